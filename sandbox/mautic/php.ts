/** What PHP's own functions, on which Mautic relies, make of values. */

/** `FILTER_SANITIZE_SPECIAL_CHARS`. */
export function sanitizeSpecialChars(text: string): string {
  // The second part is every control character: all below the blank.
  return text.replace(/['"<>&]|[^ -\uffff]/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** `html_entity_decode`, for the numeric entities that {@link sanitizeSpecialChars} makes and the named ones of HTML. */
export function decodeEntities(text: string): string {
  const named: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"' };
  return text.replace(/&(?:#(\d+)|(\w+));/g, (entity, code: string | undefined, name: string | undefined) => {
    if (code !== undefined) return String.fromCodePoint(Number(code));
    return (name !== undefined && named[name]) || entity;
  });
}

/** `FILTER_SANITIZE_EMAIL` on the first 254 bytes: what is no ASCII letter, digit or permitted sign is dropped. */
export function sanitizeEmail(text: string): string {
  const cut = Buffer.from(text, 'utf8').subarray(0, 254).toString('utf8');
  return cut.replace(/[^A-Za-z0-9!#$%&'*+\-=?^_`{|}~@.[\]]/g, '').trim();
}

const LOCAL_PART = /^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*$/;
const DOMAIN =
  /^(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?$/;

/** `FILTER_VALIDATE_EMAIL`. */
export function isEmail(text: string): boolean {
  const at = text.lastIndexOf('@');
  const local = text.slice(0, at);
  return at > 0 && local.length <= 64 && LOCAL_PART.test(local) && DOMAIN.test(text.slice(at + 1));
}

/** `is_numeric`. */
export function isNumeric(value: unknown): boolean {
  if (typeof value === 'number') return true;
  return typeof value === 'string' && /^\s*[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?\s*$/i.test(value);
}

/** `empty`. */
export function isEmpty(value: unknown): boolean {
  if (Array.isArray(value)) return value.length === 0;
  return (
    value === undefined || value === null || value === '' || value === '0' || value === 0 || value === false
  );
}

/** `FILTER_VALIDATE_BOOLEAN`: everything that does not mean yes is no. */
export function toBoolean(value: unknown): boolean {
  return ['1', 'true', 'on', 'yes'].includes(String(value).trim().toLowerCase());
}

/** `json_encode` with its default flags, which escape slashes and everything beyond ASCII. */
export function phpJson(value: unknown): string {
  return JSON.stringify(value)
    .replace(/\//g, '\\/')
    .replace(/[\u0080-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** `serialize`, for the properties of fields. */
export function phpSerialize(value: unknown): string {
  if (value === null || value === undefined) return 'N;';
  if (typeof value === 'boolean') return `b:${Number(value)};`;
  if (typeof value === 'number') return Number.isInteger(value) ? `i:${value};` : `d:${value};`;
  if (typeof value === 'string') return `s:${Buffer.byteLength(value)}:"${value}";`;
  const entries: [string | number, unknown][] = Array.isArray(value)
    ? value.map((item: unknown, index) => [index, item])
    : Object.entries(value);
  const body = entries.map(([key, item]) => phpSerialize(key) + phpSerialize(item)).join('');
  return `a:${entries.length}:{${body}}`;
}

/** `str_getcsv`. */
export function parseCsvLine(line: string): string[] {
  return [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(([, quoted, plain]) =>
    quoted === undefined ? (plain ?? '') : quoted.replaceAll('""', '"'),
  );
}

/** `date('c')`: no fractions of a second, and an offset instead of `Z`. */
export function phpDate(date = new Date()): string {
  return `${date.toISOString().slice(0, 19)}+00:00`;
}

/** A date as it stands in the database. */
export function sqlDate(iso: string): string {
  return new Date(iso).toISOString().slice(0, 19).replace('T', ' ');
}

/** An array that PHP keeps under the keys of a map: a list when they count up from 0, and when it is empty. */
export function phpArray<T>(entries: readonly (readonly [number, T])[]): T[] | Record<string, T> {
  const isList = entries.every(([key], index) => key === index);
  return isList ? entries.map(([, value]) => value) : Object.fromEntries(entries);
}
