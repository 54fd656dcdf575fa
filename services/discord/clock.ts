import { setTimeout as wait } from 'node:timers/promises';

export interface Clock {
  /** Milliseconds since some fixed moment. */
  now(): number;
  sleep(milliseconds: number): Promise<unknown>;
}

export const systemClock: Clock = { now: Date.now, sleep: wait };
