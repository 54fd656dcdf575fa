import { describe, expect, it } from '@jest/globals';
import { afterQuiet, dueAfter, zoneOf } from '../../../store/schedule';
import type { SequenceStep } from '../../../store';

const NIGHT = { from: '21:00', to: '08:00' };

function due(
  previous: string,
  given: Partial<SequenceStep>,
  zone = 'UTC',
  quietHours: typeof NIGHT | null = null,
): string {
  const step = { delay: 0, unit: 'minutes' as const, timeOfDay: null, weekdays: [], ...given };
  return dueAfter(new Date(previous), step, zone, quietHours).toISOString();
}

describe('a step is due', () => {
  it('so long after the one before', () => {
    expect(due('2026-01-01T12:00:00Z', { delay: 90 })).toBe('2026-01-01T13:30:00.000Z');
    expect(due('2026-01-01T12:00:00Z', { delay: 2, unit: 'weeks' })).toBe('2026-01-15T12:00:00.000Z');
  });

  it('before the start when the delay is negative', () => {
    expect(due('2026-01-15T12:00:00Z', { delay: -3, unit: 'days' })).toBe('2026-01-12T12:00:00.000Z');
  });

  it('at its time on the day that is so many days later, be that earlier in the day', () => {
    const given = { delay: 2, unit: 'days', timeOfDay: '10:00' } as const;
    expect(due('2026-01-01T15:00:00Z', given)).toBe('2026-01-03T10:00:00.000Z');
    expect(due('2026-01-01T09:00:00Z', given)).toBe('2026-01-03T10:00:00.000Z');
  });

  it('at its time today or, when that has passed, tomorrow', () => {
    expect(due('2026-01-01T09:00:00Z', { timeOfDay: '10:00' })).toBe('2026-01-01T10:00:00.000Z');
    expect(due('2026-01-01T10:01:00Z', { timeOfDay: '10:00' })).toBe('2026-01-02T10:00:00.000Z');
    expect(due('2026-01-01T09:00:00Z', { delay: 0, unit: 'days', timeOfDay: '10:00' })).toBe(
      '2026-01-01T10:00:00.000Z',
    );
    expect(due('2026-01-01T11:00:00Z', { delay: 0, unit: 'days', timeOfDay: '10:00' })).toBe(
      '2026-01-02T10:00:00.000Z',
    );
  });

  it('on one of its weekdays', () => {
    // 2 January 2026 is a Friday.
    const workdays = { weekdays: [1, 2, 3, 4, 5], timeOfDay: '10:00', unit: 'days' } as const;
    expect(due('2026-01-01T12:00:00Z', { ...workdays, delay: 1 })).toBe('2026-01-02T10:00:00.000Z');
    expect(due('2026-01-01T12:00:00Z', { ...workdays, delay: 2 })).toBe('2026-01-05T10:00:00.000Z');
  });

  it('never in the quiet hours, which may span midnight', () => {
    expect(due('2026-01-01T22:30:00Z', {}, 'UTC', NIGHT)).toBe('2026-01-02T08:00:00.000Z');
    expect(due('2026-01-02T03:00:00Z', {}, 'UTC', NIGHT)).toBe('2026-01-02T08:00:00.000Z');
    expect(due('2026-01-02T08:00:00Z', {}, 'UTC', NIGHT)).toBe('2026-01-02T08:00:00.000Z');
    expect(due('2026-01-02T13:00:00Z', {}, 'UTC', { from: '12:00', to: '14:00' })).toBe(
      '2026-01-02T14:00:00.000Z',
    );
  });

  it('on a weekday outside of the quiet hours, when one pushes it into the other', () => {
    // On Friday night it waits until Saturday morning, which is no workday.
    expect(due('2026-01-02T22:00:00Z', { weekdays: [1, 2, 3, 4, 5] }, 'UTC', NIGHT)).toBe(
      '2026-01-05T08:00:00.000Z',
    );
  });
});

describe('in the time zone of the customer', () => {
  it('days keep the hour when daylight-saving time begins and ends', () => {
    // 29 March and 25 October 2026.
    const tomorrow = { delay: 1, unit: 'days' } as const;
    expect(due('2026-03-28T09:00:00Z', tomorrow, 'Europe/Berlin')).toBe('2026-03-29T08:00:00.000Z');
    expect(due('2026-10-24T08:00:00Z', tomorrow, 'Europe/Berlin')).toBe('2026-10-25T09:00:00.000Z');
    expect(due('2026-03-07T15:00:00Z', tomorrow, 'America/New_York')).toBe('2026-03-08T14:00:00.000Z');
  });

  it('hours are as long as they are', () => {
    expect(due('2026-03-28T23:00:00Z', { delay: 24, unit: 'hours' }, 'Europe/Berlin')).toBe(
      '2026-03-29T23:00:00.000Z',
    );
  });

  it('a time that does not exist on that day is the one after the gap', () => {
    expect(due('2026-03-28T12:00:00Z', { delay: 1, unit: 'days', timeOfDay: '02:30' }, 'Europe/Berlin')).toBe(
      '2026-03-29T01:30:00.000Z',
    );
  });

  it('a time that comes twice is the first one', () => {
    expect(due('2026-10-24T12:00:00Z', { delay: 1, unit: 'days', timeOfDay: '02:30' }, 'Europe/Berlin')).toBe(
      '2026-10-25T00:30:00.000Z',
    );
  });

  it('quiet hours are those of the place', () => {
    expect(afterQuiet(new Date('2026-01-01T12:30:00Z'), 'Asia/Tokyo', NIGHT).toISOString()).toBe(
      '2026-01-01T23:00:00.000Z',
    );
    expect(afterQuiet(new Date('2026-01-01T12:30:00Z'), 'Europe/Berlin', NIGHT).toISOString()).toBe(
      '2026-01-01T12:30:00.000Z',
    );
    // Half hours and quarters.
    expect(afterQuiet(new Date('2026-01-01T16:00:00Z'), 'Asia/Kathmandu', NIGHT).toISOString()).toBe(
      '2026-01-02T02:15:00.000Z',
    );
  });

  it('an unknown one counts as that of the sequence, and failing that as UTC', () => {
    expect(zoneOf('Europe/Berlin', 'Asia/Tokyo')).toBe('Europe/Berlin');
    expect(zoneOf('Mars/Olympus_Mons', 'Asia/Tokyo')).toBe('Asia/Tokyo');
    expect(zoneOf(null, 'Asia/Tokyo')).toBe('Asia/Tokyo');
    expect(zoneOf(null, 'nowhere')).toBe('UTC');
  });
});
