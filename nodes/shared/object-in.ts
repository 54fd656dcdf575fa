/** What a parameter of type `json` holds: an object, or the text of one; `undefined` for text that is no JSON. */
export function objectIn(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  try {
    return JSON.parse(value) as unknown;
  } catch {
    return undefined;
  }
}
