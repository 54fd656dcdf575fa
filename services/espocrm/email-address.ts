import { ServiceError } from '../http';
import { ESPOCRM } from './client';

/** What PHP's FILTER_VALIDATE_EMAIL can pass: visible ASCII. Anything else would fail the look-up of a whole batch. */
const STORABLE = /^[!-?A-~]+@[!-?A-~]+$/;
const LONGEST = 254;

/**
 * An address as it is compared: trimmed, in lower case, as `in` is not lower-cased by EspoCRM itself. Throws a
 * `ServiceError` that is not retryable for one that EspoCRM does not store.
 */
export function comparableAddress(given: string): string {
  const address = given.trim();
  // As given: some signs beyond ASCII are a plain letter in lower case, and so part of somebody else's address.
  if (STORABLE.test(address) && address.length <= LONGEST) return address.toLowerCase();
  throw new ServiceError(
    ESPOCRM,
    `${ESPOCRM} could not look for the lead: what the item has as its e-mail address is not one that ${ESPOCRM} can ` +
      'store. Correct it where it comes from.',
    false,
  );
}
