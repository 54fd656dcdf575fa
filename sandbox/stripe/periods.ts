import type { Price } from './model';

export const DAY_SECONDS = 86_400;

/** All months are alike here, and all years. */
const INTERVAL_SECONDS = {
  day: DAY_SECONDS,
  week: 7 * DAY_SECONDS,
  month: 30 * DAY_SECONDS,
  year: 365 * DAY_SECONDS,
} as const;

/** For how long one payment of a price is good. */
export function periodOf({ recurring }: Pick<Price, 'recurring'>): number {
  const { interval, intervalCount } = recurring ?? { interval: 'month', intervalCount: 1 };
  return INTERVAL_SECONDS[interval] * intervalCount;
}

/** What one payment is for, as an adjective: `monthly`, or `every 3 months`. */
export function periodText({ recurring }: Pick<Price, 'recurring'>): string {
  if (!recurring) return 'once';
  const { interval, intervalCount } = recurring;
  if (intervalCount > 1) return `every ${intervalCount} ${interval}s`;
  return interval === 'day' ? 'daily' : `${interval}ly`;
}
