/** U+0000 and half a surrogate pair, which PostgreSQL's jsonb takes neither in values nor in names. */
const UNSTORABLE = /\0|[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/g;

/** For `JSON.stringify`: what cannot be stored becomes the replacement character. */
export function storable(_key: string, value: unknown): unknown {
  if (typeof value === 'string') return storableText(value);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const isStorable = Object.keys(value).every((name) => name.search(UNSTORABLE) === -1);
  return isStorable
    ? value
    : Object.fromEntries(Object.entries(value).map(([name, inner]) => [storableText(name), inner]));
}

/** The text with the replacement character for what cannot be stored. */
export function storableText(text: string): string {
  return text.replace(UNSTORABLE, '\uFFFD');
}
