import type { SqliteValue } from './sqlite';

/** Numbers below are seconds: as milliseconds they would lie in or before 1973, as seconds up to the year 5138. */
const FIRST_MILLISECONDS = 100_000_000_000;
/** What lies outside is a placeholder or a slip. */
const FIRST_YEAR = 1971;
const LAST_YEAR = 9999;
/** Without a zone, as SQLite's own `datetime('now')` writes it: in UTC. */
const WITHOUT_ZONE = /^\d{4}-\d\d-\d\d([ T]\d\d:\d\d(:\d\d(\.\d+)?)?)?$/;
const WITH_ZONE = /^\d{4}-\d\d-\d\d[ T]\d\d:\d\d(:\d\d(\.\d+)?)? ?(Z|[+-]\d\d:?\d\d)$/i;
const NUMBER = /^-?\d+(\.\d+)?$/;

/** Text, or a number as text; `undefined` when blank. */
export function textOf(value: SqliteValue): string | undefined {
  const text = typeof value === 'bigint' || typeof value === 'number' ? String(value) : value;
  return (typeof text === 'string' && text.trim()) || undefined;
}

/**
 * A time out of ISO 8601 text, or out of seconds or milliseconds since 1970, as a number or as text. `undefined` when
 * blank, an `Error` when it is none of these.
 */
export function timeOf(value: SqliteValue): Date | Error | undefined {
  const text = textOf(value);
  if (text === undefined) return value instanceof Uint8Array ? new Error('not a time') : undefined;
  const time = new Date(millisecondsOf(text));
  const year = time.getUTCFullYear();
  return year >= FIRST_YEAR && year <= LAST_YEAR ? time : new Error('not a time');
}

function millisecondsOf(text: string): number {
  if (NUMBER.test(text)) {
    const number = Number(text);
    return Math.abs(number) < FIRST_MILLISECONDS ? number * 1000 : number;
  }
  const iso = text.replace(' ', 'T').replace(' ', '');
  if (WITH_ZONE.test(text)) return Date.parse(iso);
  if (!WITHOUT_ZONE.test(text)) return Number.NaN;
  return Date.parse(iso.includes('T') ? `${iso}Z` : iso);
}
