import { hasMarks, type Values } from './values';

/** Where a link or an image may lead. */
const LINKS = /^(?:https?:\/\/[^/?#\s]|mailto:[^\s])/i;
const IMAGES = /^https:\/\/[^/?#\s]/i;
/** Up to the end of the host. */
const HOST = /^(?:https?:\/\/[^/?#]*|mailto:)/i;
const UNSAFE = /[^\x21-\x7E]|["'<>\\^`{|}]/gu;

export type AddressKind = 'link' | 'image';

/** Why an address as it stands in a template, with marks, cannot be used; `undefined` when it can. */
export function faultOf(address: string, kind: AddressKind): string | undefined {
  if (hasMarks(address.charAt(0))) return undefined;
  if (!patternOf(kind).test(address)) {
    const schemes = kind === 'image' ? 'https://' : 'https://, http:// or mailto:';
    return `the ${kind} "${address}" does not begin with ${schemes}`;
  }
  return hasMarks(HOST.exec(address)?.[0] ?? '')
    ? `a value cannot be a part of the host of the ${kind} "${address}"; let it be the whole address, or the end of it`
    : undefined;
}

/**
 * The address with its values. One at its beginning is an address of its own, one further on is kept from being more
 * than what it stands for. `undefined` when there is no address, or one that no mail may link to.
 */
export function addressOf(template: string, kind: AddressKind, values: Values): string | undefined {
  const first = template.charAt(0);
  const isGiven = hasMarks(first);
  const start = isGiven ? values.of(first).trim() : '';
  const rest = values.fill(isGiven ? template.slice(1) : template, encoded);
  const address = (start + rest).replace(UNSAFE, percentEncoded);
  return patternOf(kind).test(address) ? address : undefined;
}

function patternOf(kind: AddressKind): RegExp {
  return kind === 'image' ? IMAGES : LINKS;
}

/** What `url_encode` encoded is left as it is. */
function encoded(value: string): string {
  return value.replace(/%(?![0-9A-F]{2})|[^%]+/gi, (text) => encodeURIComponent(text));
}

function percentEncoded(character: string): string {
  return character === "'" ? '%27' : encodeURIComponent(character);
}
