import { setTimeout as sleep } from 'node:timers/promises';

export interface WaitOptions {
  /** Milliseconds between two looks. */
  every?: number;
  /** Milliseconds after which to give up. */
  timeout: number;
  signal?: AbortSignal | undefined;
}

/**
 * Looks again and again until there is something to see.
 * @returns what `look` returned, or `undefined` when the time was up
 */
export async function waitFor<T>(
  look: () => Promise<T | undefined>,
  { every = 100, timeout, signal }: WaitOptions,
): Promise<T | undefined> {
  const deadline = Date.now() + timeout;
  for (;;) {
    signal?.throwIfAborted();
    const seen = await look();
    if (seen !== undefined) return seen;
    if (Date.now() >= deadline) return undefined;
    await sleep(every, undefined, { signal });
  }
}
