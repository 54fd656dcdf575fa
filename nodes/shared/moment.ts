import { DateTime } from 'luxon';

/**
 * The moment that a parameter says: a time of n8n's expressions (`$now`), a `Date`, or a text in ISO 8601 or as databases
 * write it. A text without a zone is a time in `zone`, the workflow's: that is what n8n's own picker of times gives.
 * `undefined` when it is no time.
 */
export function momentIn(value: unknown, zone: string): Date | undefined {
  if (value instanceof Date || DateTime.isDateTime(value)) return valid(new Date(value.valueOf()));
  if (typeof value !== 'string') return undefined;
  const text = value.trim();
  const iso = DateTime.fromISO(text, { zone });
  return valid((iso.isValid ? iso : DateTime.fromSQL(text, { zone })).toJSDate());
}

function valid(moment: Date): Date | undefined {
  return Number.isNaN(moment.getTime()) ? undefined : moment;
}
