import { createHash } from 'node:crypto';

/** A key as it may stand in a header: itself, or for what is too long or has other characters a digest of it. */
export function idempotencyKey(key: string): string {
  if (/^[\x21-\x7e]{1,256}$/.test(key)) return key;
  return `sha256-${createHash('sha256').update(key).digest('base64url')}`;
}
