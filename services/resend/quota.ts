import type { HttpResponse } from '../http';

/** What `retry-after` tells below this speaks of the rate limit, not of the quota. */
const SHORTEST_TOLD_MS = 60_000;

/** When a quota that is used up at `now` (milliseconds since 1970) is full again: as told, else when Resend's day or month ends. */
export function resetOf(quota: 'daily' | 'monthly', { headers }: HttpResponse, now: number): Date {
  const told = Number(headers['retry-after']) * 1000;
  if (told >= SHORTEST_TOLD_MS) return new Date(now + told);
  const today = new Date(now);
  const [year, month] = [today.getUTCFullYear(), today.getUTCMonth()];
  return new Date(
    quota === 'daily' ? Date.UTC(year, month, today.getUTCDate() + 1) : Date.UTC(year, month + 1, 1),
  );
}
