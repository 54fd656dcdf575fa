import type { ReportPeriod } from './report';
import { daysOf, shortDate } from './times';

/** A place on a chart's time axis. */
export interface Bucket {
  label: string;
  days: readonly string[];
}

/** More places than so many are too narrow to tell apart. */
const MOST_DAYS = 92;

/** The days of a period, or its weeks when those are too many, oldest first. */
export function bucketsOf(period: ReportPeriod): Bucket[] {
  const days = daysOf(period);
  const size = days.length > MOST_DAYS ? 7 : 1;
  const starts = days.filter((_, index) => index % size === 0);
  return starts.map((start, index) => ({
    label: shortDate(start),
    days: days.slice(index * size, (index + 1) * size),
  }));
}

/** The sum of what the days of each bucket say. */
export function summed<Each extends { day: string }>(
  buckets: readonly Bucket[],
  rows: readonly Each[],
  value: (row: Each) => number,
): number[] {
  const byDay = new Map<string, number>();
  for (const row of rows) byDay.set(row.day, (byDay.get(row.day) ?? 0) + value(row));
  return buckets.map(({ days }) => days.reduce((sum, day) => sum + (byDay.get(day) ?? 0), 0));
}
