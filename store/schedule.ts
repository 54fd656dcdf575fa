import { DateTime } from 'luxon';
import type { QuietHours, SequenceStep } from './sequence-definition';
import { findZone } from './zones';

/** Weekdays and quiet hours may push each other on; a week of days is more than enough to satisfy both. */
const MOST_TURNS = 16;
const MINUTES_OF_DAY = 24 * 60;
/** No change to or from daylight-saving time is of more than two hours. */
const FAR_MINUTES = 2 * 60;

/** The time zone by which a customer lives: their own if it exists, else the other. */
export function zoneOf(customerZone: string | null, fallback: string): string {
  return [customerZone, fallback].find((zone) => zone !== null && isTimeZone(zone)) ?? 'UTC';
}

/** Whether it is the name of a time zone, like `Europe/Berlin`. */
export function isTimeZone(name: string): boolean {
  return findZone(name) !== undefined;
}

/**
 * When a step is due that comes after `previous`. Days and weeks are those of the calendar in the zone, so that the hour
 * stays across a change to or from daylight-saving time; hours and minutes are as long as they are. An hour that a
 * change leaves out is the one after it; of one that comes twice the first counts.
 */
export function dueAfter(
  previous: Date,
  { delay, unit, timeOfDay, weekdays }: Pick<SequenceStep, 'delay' | 'unit' | 'timeOfDay' | 'weekdays'>,
  zone: string,
  quietHours: QuietHours | null,
): Date {
  const start = localTime(previous, zone);
  let due: DateTime = start.plus({ [unit]: delay });
  if (timeOfDay !== null) {
    const wantedDay = unit === 'days' || unit === 'weeks';
    const earliest = wantedDay && delay !== 0 ? due.startOf('day') : due;
    due = atTime(due, timeOfDay);
    if (due < earliest) due = atTime(due.plus({ days: 1 }), timeOfDay);
  }
  for (let turn = 0; turn < MOST_TURNS; turn += 1) {
    const moved: DateTime = afterQuietHours(onWeekday(due, weekdays), quietHours);
    if (moved.equals(due)) break;
    due = moved;
  }
  return due.toJSDate();
}

/** The end of the quiet hours that `at` lies in, or `at` itself. */
export function afterQuiet(at: Date, zone: string, quietHours: QuietHours | null): Date {
  if (quietHours === null) return at;
  const asked = `${zone} ${quietHours.from} ${quietHours.to}`;
  return onceFor(at, asked, () => afterQuietHours(localTime(at, zone), quietHours).toJSDate());
}

/** Whether both moments are on the same day of the calendar, in the zone. */
export function isSameDay(one: Date, other: Date, zone: string): boolean {
  const [day, otherDay] = [localTime(one, zone), localTime(other, zone)];
  return day.ordinal === otherDay.ordinal && day.year === otherDay.year;
}

const latest = { at: NaN, answers: new Map<string, Date>() };

/** What is asked of one moment for each of many mails, mostly in a few time zones, is worked out once. */
function onceFor(at: Date, asked: string, answer: () => Date): Date {
  if (latest.at !== at.getTime()) {
    latest.at = at.getTime();
    latest.answers.clear();
  }
  const known = latest.answers.get(asked) ?? answer();
  latest.answers.set(asked, known);
  return known;
}

function localTime(at: Date, zone: string): DateTime {
  return DateTime.fromJSDate(at, { zone: findZone(zone) ?? zone });
}

function atTime(day: DateTime, timeOfDay: string): DateTime {
  const { hour, minute } = clock(timeOfDay);
  // From midnight on: of an hour that comes twice it is then the first.
  return day.startOf('day').set({ hour, minute });
}

function onWeekday(due: DateTime, weekdays: readonly number[]): DateTime {
  if (weekdays.length === 0) return due;
  for (let days = 0; days < 7; days += 1) {
    const day = due.plus({ days });
    if (weekdays.includes(day.weekday)) return day;
  }
  return due;
}

function afterQuietHours(due: DateTime, quietHours: QuietHours | null): DateTime {
  if (quietHours === null || quietHours.from === quietHours.to) return due;
  if (isFarFrom(due, quietHours)) return due;
  const from = atTime(due, quietHours.from);
  const to = atTime(due, quietHours.to);
  if (from < to) return due >= from && due < to ? to : due;
  if (due < to) return to;
  return due >= from ? atTime(due.plus({ days: 1 }), quietHours.to) : due;
}

/** Whether it is outside of the quiet hours by more than any change of the clocks can move them. Saves most of the work. */
function isFarFrom(due: DateTime, { from, to }: QuietHours): boolean {
  const [start, end] = [minuteOf(clock(from)), minuteOf(clock(to))];
  const length = (end - start + MINUTES_OF_DAY) % MINUTES_OF_DAY;
  const sinceStart = (minuteOf(due) - start + MINUTES_OF_DAY) % MINUTES_OF_DAY;
  return sinceStart >= length + FAR_MINUTES && sinceStart < MINUTES_OF_DAY - FAR_MINUTES;
}

function minuteOf({ hour, minute }: { hour: number; minute: number }): number {
  return hour * 60 + minute;
}

function clock(timeOfDay: string): { hour: number; minute: number } {
  const [hour = 0, minute = 0] = timeOfDay.split(':').map(Number);
  return { hour, minute };
}
