import { asError, orError } from '../http';
import type { MauticApi } from './api';
import { reasonAgainst } from './confirm-values';
import { findByEmail } from './contacts';
import { emailAddress } from './email-address';
import type { Contact } from './schemas';

/** What a contact is thought to hold. */
export interface SupposedValue {
  email: unknown;
  /** Alias of a text or address field. */
  field: string;
  expected: string;
}

export interface Comparison {
  /** Undefined when there is none with this address. */
  contact?: Contact;
  same: boolean;
  /** Why not, without the value that is there. */
  reason?: string;
}

/**
 * Finds contacts by address, in one call for many, and tells of each whether its field holds a value. Gives a result or an
 * error for each, in their order; one that already is an error stays it.
 */
export async function compareValues(
  api: MauticApi,
  supposed: ReadonlyArray<SupposedValue | Error>,
): Promise<Array<Comparison | Error>> {
  const wanted = supposed.map((one) =>
    one instanceof Error ? one : orError(() => ({ ...one, email: emailAddress(one.email) })),
  );
  const addresses = new Set(wanted.flatMap((one) => (one instanceof Error ? [] : one.email)));
  const found = addresses.size > 0 ? await findByEmail(api, [...addresses]).catch(asError) : NOBODY;
  return wanted.map((one) => {
    if (one instanceof Error) return one;
    if (found instanceof Error) return found;
    return orError(() => comparisonOf(found.get(one.email), one));
  });
}

const NOBODY: ReadonlyMap<string, Contact> = new Map();

function comparisonOf(
  contact: Contact | undefined,
  { field, expected }: Omit<SupposedValue, 'email'>,
): Comparison {
  if (!contact) return { same: false, reason: 'there is no contact with this address' };
  const reason = reasonAgainst(contact, { field, expected });
  return reason === undefined ? { contact, same: true } : { contact, same: false, reason };
}
