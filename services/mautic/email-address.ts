import { notPossible } from './api';

/** What PHP's FILTER_SANITIZE_EMAIL keeps, less what Mautic's `EmailValidator` refuses (`^&*%`) and address literals. */
const STORABLE = /^[a-z\d!#$'+\-=?_`{|}~.]+@[a-z\d-]+(\.[a-z\d-]+)+$/i;
const LONGEST = 254;

/**
 * The address in lower case. Throws a `ServiceError` that is not retryable for one that Mautic would not store as it
 * is: it cuts out the characters it does not know before it looks for the contact, and so can meet another person.
 */
export function emailAddress(given: unknown): string {
  const address = typeof given === 'string' ? given.trim() : '';
  if (address === '') throw notPossible('look for the contact: there is no e-mail address on the item');
  // As given: some signs beyond ASCII are a plain letter in lower case, and so part of somebody else's address.
  if (!STORABLE.test(address) || address.length > LONGEST) {
    throw notPossible(
      "look for the contact: its e-mail address is not one that Mautic can store (letters without accents, digits and !#$'+-=?_`{|}~. only)",
    );
  }
  return address.toLowerCase();
}
