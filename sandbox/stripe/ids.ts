import { randomLetters } from '../letters';

const SHORT = 24;
/** Ids of checkout sessions are this much longer than all others. */
const SESSION = 58;

/** A new id of Stripe's looks, e.g. `evt_1PgafmB7WZ01zgkW02Hf9z6c`. */
export function newId(prefix: string): string {
  return `${prefix}_${randomLetters(prefix === 'cs_test' ? SESSION : SHORT)}`;
}
