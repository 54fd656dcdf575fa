import { markup, NOTHING, type Html } from './html';
import { duration } from './numbers';
import type { ReportPeriod } from './report';

const DATE = new Intl.DateTimeFormat('en-GB', {
  day: 'numeric',
  month: 'short',
  year: 'numeric',
  timeZone: 'UTC',
});
const SHORT_DATE = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', timeZone: 'UTC' });
const CLOCK = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', timeZone: 'UTC' });
const DAY_MS = 86_400_000;

/** Takes ISO 8601; `29 Nov 2026, 22:19 UTC` */
export function momentText(iso: string): string {
  return isTime(iso) ? `${dateText(iso)}, ${clockText(iso)} UTC` : iso;
}

/** `29 Nov 2026` */
export function dateText(iso: string): string {
  return isTime(iso) ? DATE.format(new Date(iso)) : iso;
}

/** `29 Nov` */
export function shortDate(iso: string): string {
  return isTime(iso) ? SHORT_DATE.format(new Date(iso)) : iso;
}

/** `22:19` */
export function clockText(iso: string): string {
  return isTime(iso) ? CLOCK.format(new Date(iso)) : iso;
}

export function moment(iso: string | null): Html {
  return iso === null ? NOTHING : markup`<time datetime="${iso}">${momentText(iso)}</time>`;
}

export function date(iso: string | null): Html {
  return iso === null ? NOTHING : markup`<time datetime="${iso}">${dateText(iso)}</time>`;
}

/** `3 h`, between two times in ISO 8601; nothing negative, whatever two clocks say. */
export function age(since: string, now: string): string {
  return duration(secondsBetween(since, now));
}

export function secondsBetween(since: string, now: string): number {
  return Math.max(0, (Date.parse(now) - Date.parse(since)) / 1_000);
}

/** Every day of the period in UTC, oldest first, as `2026-11-29`. */
export function daysOf({ from, until }: ReportPeriod): string[] {
  return steps(from, until, DAY_MS).map((time) => time.slice(0, 10));
}

/** Every hour of the period, as ISO 8601, oldest first. */
export function hoursOf({ from, until }: ReportPeriod): string[] {
  return steps(from, until, 3_600_000);
}

function steps(from: string, until: string, size: number): string[] {
  const first = Math.floor(Date.parse(from) / size);
  const last = Math.floor(Date.parse(until) / size);
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, index) =>
    new Date((first + index) * size).toISOString(),
  );
}

function isTime(text: string): boolean {
  return !Number.isNaN(Date.parse(text));
}
