import type { Tier } from '../plan';

const DAY_MS = 24 * 60 * 60_000;

/** How many days a report may be about, for people to choose from. */
export const REPORT_PERIODS = [1, 7, 30, 90, 365] as const;

/** Calendar days in UTC, the last of them up to a moment: `from` belongs to it, `until` does not. */
export interface ReportPeriod {
  days: number;
  /** The beginning of a day: so the days of a chart are whole, and a figure is the sum of its days. */
  from: Date;
  until: Date;
}

/** What a report is about. */
export interface ReportScope {
  period: ReportPeriod;
  /** `null` for customers of whatever tier. */
  tier: Tier | null;
}

/** So many days up to a moment, the day of that moment among them. */
export function periodUpTo(until: Date, days: number): ReportPeriod {
  const today = Date.UTC(until.getUTCFullYear(), until.getUTCMonth(), until.getUTCDate());
  return { days, from: new Date(today - (days - 1) * DAY_MS), until };
}

/** What of a period lies on a day (`YYYY-MM-DD`, UTC); all of it for anything that is no day. */
export function dayOf(period: ReportPeriod, day: string | undefined): Pick<ReportPeriod, 'from' | 'until'> {
  const from = /^\d{4}-\d{2}-\d{2}$/.test(day ?? '') ? Date.parse(`${day}T00:00:00Z`) : Number.NaN;
  if (Number.isNaN(from)) return period;
  return {
    from: new Date(Math.max(from, period.from.getTime())),
    until: new Date(Math.min(from + DAY_MS, period.until.getTime())),
  };
}
