import { waitFor } from '../stack/wait';
import type { BenchStack } from './stack';

const TIMEOUT_MS = 240_000;

/** Waits until every delivery of the store is done; rejects when one is not after four minutes. */
export async function awaitSettled({ count, stack }: BenchStack): Promise<void> {
  const isDone = await waitFor(
    async () =>
      (await count(`select count(*)::int as count from lifecycle.delivery where state <> 'done'`)) === 0 ||
      undefined,
    { timeout: TIMEOUT_MS, every: 25 },
  );
  if (!isDone) throw new Error(`Some deliveries are still not done. See ${stack.logPath}.`);
}

/** Waits until n8n has no execution under way; rejects as {@link awaitSettled} does. */
export async function awaitExecutions({ countInN8n, stack }: BenchStack): Promise<void> {
  const isDone = await waitFor(
    async () =>
      (await countInN8n(
        `select count(*)::int as count from execution_entity where status in ('new', 'running', 'waiting')`,
      )) === 0 || undefined,
    { timeout: TIMEOUT_MS, every: 25 },
  );
  if (!isDone) throw new Error(`Some executions have still not ended. See ${stack.logPath}.`);
}
