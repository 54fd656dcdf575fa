import type { MauticApi } from './api';
import { textIn } from './contact-values';
import { getContacts } from './contacts';
import { presentOrReason } from './present-contact';
import type { Contact } from './schemas';
import { sameValue } from './values';
import { orError } from '../http';

/** What was written to a contact a moment ago. */
export interface WrittenValue {
  contactId: number;
  /** Alias of a text or address field. */
  field: string;
  expected: string;
}

export interface Confirmation {
  confirmed: boolean;
  /** Why not, without the value that is there: it may belong to somebody else. */
  reason?: string;
}

/**
 * Reads the contacts again, in one call for up to 100, and tells of each whether its field holds what was written, or was
 * overtaken by another writer. Gives a result or an error for each, in their order; one that already is an error stays it.
 */
export async function confirmValues(
  api: MauticApi,
  written: ReadonlyArray<WrittenValue | Error>,
): Promise<Array<Confirmation | Error>> {
  const ids = written.flatMap((one) => (one instanceof Error ? [] : one.contactId));
  const found = await getContacts(api, ids);
  return written.map((one) =>
    one instanceof Error ? one : orError(() => confirmationOf(one, found.get(one.contactId))),
  );
}

/** Throws a `ServiceError`, not retryable, for a field that does not exist. */
function confirmationOf(
  { contactId, field, expected }: WrittenValue,
  found: Contact | undefined,
): Confirmation {
  const present = presentOrReason(contactId, found);
  if (typeof present === 'string') return { confirmed: false, reason: present };
  const reason = reasonAgainst(present, { field, expected });
  return reason === undefined ? { confirmed: true } : { confirmed: false, reason };
}

/**
 * Why a contact's text or address field does not hold a value; undefined when it does. Throws a `ServiceError`, not
 * retryable, for a field that does not exist.
 */
export function reasonAgainst(
  contact: Contact,
  { field, expected }: Pick<WrittenValue, 'field' | 'expected'>,
): string | undefined {
  const actual = textIn(contact, field);
  if (actual === null) return `"${field}" of the contact is empty`;
  return sameValue({ alias: field, type: 'url', scale: 0 }, expected, actual)
    ? undefined
    : `"${field}" of the contact holds another value by now`;
}
