import { invalid } from './errors';

const UNIT_MS: Readonly<Record<string, number>> = {
  second: 1_000,
  sec: 1_000,
  minute: 60_000,
  min: 60_000,
  hour: 3_600_000,
  day: 86_400_000,
  week: 604_800_000,
};
const IN_SOME_TIME = /^in (an?|\d+) (second|sec|minute|min|hour|day|week)s?$/i;
const FARTHEST_MS = 30 * 86_400_000;

/** A moment (ISO 8601) as Resend writes it: `2026-08-22T15:28:00.000000+00:00`. */
export function resendTime(at: string): string {
  return at.replace(
    /(\.\d{3})?Z$/,
    (_, milliseconds: string | undefined) => `${milliseconds ?? '.000'}000+00:00`,
  );
}

/**
 * When a mail is to be sent: ISO 8601, or the plainest of Resend's natural language, e.g. `in 1 hour`.
 * @throws ResendError for what it does not understand, and for more than 30 days ahead
 */
export function readSchedule(text: string, now: number): string {
  const at = momentOf(text.trim(), now);
  if (Number.isNaN(at)) {
    throw invalid(
      'Invalid `scheduled_at` field. It must be in ISO 8601 format or natural language, e.g. `in 1 hour`.',
    );
  }
  if (at - now > FARTHEST_MS) throw invalid('Emails can be scheduled up to 30 days in advance.');
  return new Date(at).toISOString();
}

function momentOf(text: string, now: number): number {
  const [, count, unit] = IN_SOME_TIME.exec(text) ?? [];
  if (count === undefined || unit === undefined) {
    return /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d/.test(text) ? Date.parse(text) : Number.NaN;
  }
  return now + (/^an?$/i.test(count) ? 1 : Number(count)) * (UNIT_MS[unit.toLowerCase()] ?? Number.NaN);
}
