import { ServiceError } from '../http';
import { ESPOCRM } from './client';

/** Would give the lead another address than the one it was looked for by, and so a new lead at every run. */
const ADDRESSES = ['emailAddress', 'emailAddressData'];

/**
 * What is sent for a new lead: texts trimmed, and nothing for what is empty (`undefined`, `null`, blanks, an empty
 * list), so that EspoCRM's own defaults hold. Throws a `ServiceError` that is not retryable for an e-mail address.
 */
export function leadAttributes(given: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const entries = Object.entries(given)
    .map(([name, value]) => [name.trim(), typeof value === 'string' ? value.trim() : value] as const)
    .filter(([name, value]) => name !== '' && !isEmpty(value));
  const address = entries.find(([name]) => ADDRESSES.includes(name));
  if (!address) return Object.fromEntries(entries);
  throw new ServiceError(
    ESPOCRM,
    `${ESPOCRM} could not create the lead: the node sets its field "${address[0]}". Remove it there, and enter the ` +
      'address as "Email".',
    false,
  );
}

function isEmpty(value: unknown): boolean {
  return (
    value === undefined || value === null || value === '' || (Array.isArray(value) && value.length === 0)
  );
}
