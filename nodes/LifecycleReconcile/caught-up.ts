import type { IntakeEvent } from '../../services/intake';
import type { EventSource, Store } from '../../store';

/** What catching up with a provider came to. */
export interface CaughtUp {
  /** How many events, or changed contacts, it looked at. */
  looked: number;
  /** How many events had never arrived, and are in the store now. */
  added: number;
  /** The time span that it looked at. */
  from: Date;
  to: Date;
  /** Whether it stopped at its bound, so that the next run goes on where this one ended. */
  more: boolean;
}

export interface CatchUpOptions {
  now: Date;
  /** How far back the first run looks, which has nothing to go on from. */
  lookBackMs: number;
  /** After as many pages of 100 it stops, to be gone on with in the next run. */
  mostPages: number;
}

/** Stores those of the events that had not come in before, and gives their number. */
export async function addMissing(
  store: Store,
  source: EventSource,
  events: readonly IntakeEvent[],
): Promise<number> {
  const accepted = await store.events.acceptAll(events.map((event) => ({ source, ...event })));
  return accepted.filter(({ duplicate }) => !duplicate).length;
}
