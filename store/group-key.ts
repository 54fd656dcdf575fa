import { createHash } from 'node:crypto';

/** As the intake gives it to events that name this person or customer (`groupKeyOf` in services/intake): a digest. */
export function groupKeyOf(kind: 'email' | 'contact' | 'customer' | 'object', value: string): string {
  return `${kind}:${createHash('sha256').update(value.trim().toLowerCase()).digest('hex').slice(0, 32)}`;
}
