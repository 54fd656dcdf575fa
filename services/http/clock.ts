import { setTimeout as wait } from 'node:timers/promises';

/** The time and the waiting that tests put their own in place of. */
export interface Clock {
  /** Milliseconds since some fixed moment. */
  now(): number;
  /** Rejects when the signal comes first. */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<unknown>;
}

export const systemClock: Clock = {
  now: Date.now,
  sleep: (milliseconds, signal) => wait(milliseconds, undefined, signal && { signal }),
};
