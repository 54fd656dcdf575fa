import { domainToASCII, domainToUnicode } from 'node:url';
import { ServiceError } from '../http';
import { TWENTY } from './client';

const ADDRESS = /^[^\s@]+@[^\s@]+$/;
const LONGEST = 254;
/** What means something in a filter or in LIKE, or may be written in more than one way. */
const NOT_PLAIN = /[^a-z0-9@.+-]/gu;

/**
 * An address as it is compared: trimmed, in lower case, its domain in ASCII, as Twenty stores it since 2.4x; older
 * versions store either spelling of a domain. Throws a `ServiceError` that is not retryable for what is no address.
 */
export function comparableAddress(given: string): string {
  const address = given.trim();
  if (ADDRESS.test(address) && address.length <= LONGEST) return canonical(address);
  throw new ServiceError(
    TWENTY,
    `${TWENTY} could not look for the person: what the item has as its e-mail address is not one. Correct it where it ` +
      'comes from.',
    false,
  );
}

/** {@link comparableAddress} for what Twenty holds, whatever that is. */
export function canonical(address: string): string {
  const [local, domain] = parts(address);
  return `${local}${domainToASCII(domain) || domain}`;
}

/**
 * LIKE patterns that every spelling of the address fits. All that is not plain is `_`, which is one character whatever
 * it is: a quote or a bracket would have Twenty read the whole filter wrong, without a word.
 */
export function patternsOf(address: string): string[] {
  const [local, domain] = parts(address);
  const spellings = [domain, domainToASCII(domain), domainToUnicode(domain)].filter(Boolean);
  return [...new Set(spellings.map((spelling) => `${local}${spelling}`.replace(NOT_PLAIN, '_')))];
}

/** What is before the domain, with the @, and the domain; in lower case. */
function parts(address: string): [string, string] {
  const lower = address.trim().toLowerCase();
  const at = lower.lastIndexOf('@') + 1;
  return [lower.slice(0, at), lower.slice(at)];
}
