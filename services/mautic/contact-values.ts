import { notPossible } from './api';
import type { Contact } from './schemas';
import { isBlank, plainValue } from './values';

/**
 * What a contact holds in a field, as Mautic gave it. Every answer of its API holds all published fields, also those
 * without a value: a field that is not among them does not exist, which throws a `ServiceError` that is not retryable
 * and says where to create it.
 */
export function valueIn(one: Contact, alias: string): unknown {
  if (Object.hasOwn(one.fields, alias)) return one.fields[alias];
  throw notPossible(
    `read the contact field "${alias}": it has no published field with that alias. ` +
      'Create or publish it under Settings > Custom Fields with exactly this alias, or pick another field in the node',
  );
}

/** Whether a yes-or-no field says yes, in whatever shape Mautic gave it. Throws as {@link valueIn}. */
export function isTrue(one: Contact, alias: string): boolean {
  return booleanIn(one, alias) === true;
}

/** A yes-or-no field's value, `null` when nobody ever said either. Throws as {@link valueIn}. */
export function booleanIn(one: Contact, alias: string): boolean | null {
  const value = plainValue({ alias, type: 'boolean', scale: 0 }, valueIn(one, alias));
  return typeof value === 'boolean' ? value : null;
}

/** A text or address field's value without blanks around it, `null` when it is empty. Throws as {@link valueIn}. */
export function textIn(one: Contact, alias: string): string | null {
  return trimmed(valueIn(one, alias));
}

/** As {@link textIn} for what nothing depends on, such as a name: `null` also when Mautic shows no such field. */
export function textIfThere(one: Contact, alias: string): string | null {
  return trimmed(one.fields[alias]);
}

function trimmed(value: unknown): string | null {
  return isBlank(value) ? null : String(value).trim();
}
