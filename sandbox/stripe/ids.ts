import { randomBytes } from 'node:crypto';

const LETTERS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const SHORT = 24;
/** Ids of checkout sessions are this much longer than all others. */
const SESSION = 58;

/** A new id of Stripe's looks, e.g. `evt_1PgafmB7WZ01zgkW02Hf9z6c`. */
export function newId(prefix: string): string {
  return `${prefix}_${letters(prefix === 'cs_test' ? SESSION : SHORT)}`;
}

function letters(length: number): string {
  let text = '';
  for (const byte of randomBytes(length)) text += LETTERS[byte % LETTERS.length];
  return text;
}
