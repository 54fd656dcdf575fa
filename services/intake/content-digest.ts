import { createHash } from 'node:crypto';

/** The same hexadecimal digest for the same content, in whatever order its keys come. */
export function contentDigest(content: unknown): string {
  const canonical = JSON.stringify(content, (_key, value: unknown) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1)))
      : value,
  );
  return createHash('sha256').update(canonical).digest('hex');
}
