import { createHash } from 'node:crypto';

/** The group key that the intake gives to events of a person or customer (`groupKeyOf` in services/intake): a digest. */
export function groupKey(kind: 'email' | 'contact' | 'customer', value: string): string {
  return `${kind}:${createHash('sha256').update(value.trim().toLowerCase()).digest('hex').slice(0, 32)}`;
}
