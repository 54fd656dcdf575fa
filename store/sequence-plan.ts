import { dueAfter } from './schedule';
import type { SequenceDefinition, SequenceStep } from './sequence-definition';
import { variantFor } from './variant';

/** One mail as it is planned. */
export interface PlannedMessage {
  /** Position in the definition's steps. */
  step: number;
  variant: number;
  state: 'planned' | 'waiting' | 'held' | 'dropped';
  /** `null` while a wait before it is not over; of a wait itself, when its time is up. */
  dueAt: Date | null;
  waitsSince: Date | null;
  reason: string | null;
}

/** What a mail before the moment that the sequence counts from may be late by; after that it would say what is not so. */
const LATE_BY_MS = 60 * 60_000;

/** All mails of a sequence for a customer in this time zone, as they are planned when it starts. */
export function planOf(
  definition: SequenceDefinition,
  { customerId, zone, startedAt, now }: { customerId: string; zone: string; startedAt: Date; now: Date },
): PlannedMessage[] {
  return planFrom(definition, 0, startedAt, zone).map((planned) => {
    const step = definition.steps[planned.step];
    const isLate = step !== undefined && step.delay < 0 && Number(planned.dueAt) < now.getTime() - LATE_BY_MS;
    return {
      ...planned,
      variant: step === undefined ? 0 : variantFor(definition.name, step, customerId),
      ...(isLate && { state: 'dropped', reason: 'it was too late for it when the sequence started' }),
    };
  });
}

/** What becomes of a mail whose wait is over, and of those after it: all up to the next wait. */
export function planAfterWait(
  definition: SequenceDefinition,
  position: number,
  { outcome, at, zone }: { outcome: 'happened' | 'timeIsUp'; at: Date; zone: string },
): Array<Omit<PlannedMessage, 'variant'>> {
  const step = definition.steps[position];
  if (step === undefined) return [];
  const isSkipped = outcome === 'timeIsUp' && step.wait?.whenTimeIsUp === 'skip';
  const own: Omit<PlannedMessage, 'variant'> = {
    step: position,
    state: isSkipped ? 'dropped' : 'planned',
    dueAt: isSkipped ? at : atOnce(step, at, zone, definition),
    waitsSince: null,
    reason: isSkipped ? 'what it waited for did not happen in time' : null,
  };
  return [own, ...planFrom(definition, position + 1, own.dueAt ?? at, zone)];
}

function atOnce(step: SequenceStep, at: Date, zone: string, { quietHours }: SequenceDefinition): Date {
  return dueAfter(at, { ...step, delay: 0, unit: 'minutes' }, zone, quietHours);
}

function planFrom(
  { steps, quietHours }: SequenceDefinition,
  first: number,
  start: Date,
  zone: string,
): PlannedMessage[] {
  let previous: Date | null = start;
  return steps.slice(first).map((step, index): PlannedMessage => {
    const common = { step: first + index, variant: 0, reason: null };
    if (previous === null) return { ...common, state: 'held', dueAt: null, waitsSince: null };
    if (step.wait !== null) {
      const waitsSince = previous;
      previous = null;
      const { delay, unit } = step;
      const dueAt = dueAfter(waitsSince, { delay, unit, timeOfDay: null, weekdays: [] }, zone, null);
      return { ...common, state: 'waiting', dueAt, waitsSince };
    }
    previous = dueAfter(previous, step, zone, quietHours);
    return { ...common, state: 'planned', dueAt: previous, waitsSince: null };
  });
}
