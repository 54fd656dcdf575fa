import { DateTime } from 'luxon';
import type { PlannedMessage, SequenceDefinition, SequenceStep, WhenTimeIsUp } from '../../../store';
import { eventTypeOptions } from '../../shared/event-types';

const OTHERWISE: Readonly<Record<WhenTimeIsUp, string>> = {
  end: 'the sequence ends',
  send: 'it goes out all the same',
  sendOther: 'another text goes out',
  skip: 'it is skipped',
};

/** When a mail goes out, in words, in the time zone of whom it is for. */
export function goesOut(
  { steps }: SequenceDefinition,
  { step, state, dueAt, reason }: PlannedMessage,
  timeZone: string,
): string {
  const own = steps[step];
  const at = dueAt === null ? '' : timeOf(dueAt, timeZone);
  if (state === 'dropped') return `not at all: ${reason ?? ''}`;
  if (state === 'planned' || own === undefined) return at;
  const before = `"${steps[step - 1]?.name ?? ''}" has gone out or was skipped`;
  if (own.wait === null) return `${laterThan(own)} ${before}`;
  const events = own.wait.events.map(titleOf).join(' or ');
  const until = state === 'waiting' ? at : `${laterThan(own)} ${before}`;
  return `as soon as this happens: ${events}; if it has not by the end of the wait (${until}), ${OTHERWISE[own.wait.whenTimeIsUp]}`;
}

function timeOf(moment: Date, zone: string): string {
  return DateTime.fromJSDate(moment, { zone }).setLocale('en-GB').toFormat('ccc, d LLL yyyy, HH:mm');
}

function laterThan({ delay, unit }: SequenceStep): string {
  if (delay === 0) return 'once';
  return `${delay} ${delay === 1 ? unit.slice(0, -1) : unit} after`;
}

function titleOf(event: string): string {
  return eventTypeOptions.find(({ value }) => value === event)?.name ?? event;
}
