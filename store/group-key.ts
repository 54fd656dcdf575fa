import { createHash } from 'node:crypto';

/** As the intake gives it to events that name this address or customer (`groupKeyOf` in services/intake). */
export function groupKeyOf(kind: 'email' | 'customer', value: string): string {
  return `${kind}:${createHash('sha256').update(value.trim().toLowerCase()).digest('hex').slice(0, 32)}`;
}
