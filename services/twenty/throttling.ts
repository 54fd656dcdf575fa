import { z } from 'zod/v4';
import type { HttpResponse } from '../http';
import { describe } from './failure';

const SHORTEST_WAIT_MS = 1_000;
const UNTOLD_WAIT_MS = 5_000;
/** Tokens to wait for when only the size of the bucket is told, so that not every single one costs a refusal. */
const WORTH_WAITING_FOR = 10;

const body = z.object({ retryAfterSeconds: z.number().nonnegative() });

/**
 * How long to wait, in milliseconds, when the answer is that the rate limit is reached; else `undefined`. Older servers
 * say so with a 400, told by its message `Limit reached (100 tokens per 60000 ms)`; only newer ones with a time.
 */
export function throttledForMs(answer: HttpResponse): number | undefined {
  const [limit, tokens, windowMs] =
    /limit reached(?:.*?(\d+) tokens per (\d+) ms)?/i.exec(describe(answer.body) ?? '') ?? [];
  const isThrottled = answer.status === 429 || (answer.status === 400 && limit !== undefined);
  if (!isThrottled) return undefined;
  const told = Number(answer.headers['retry-after'] ?? body.safeParse(answer.body).data?.retryAfterSeconds);
  if (told >= 0) return Math.max(SHORTEST_WAIT_MS, told * 1000);
  const each = Number(windowMs) / Number(tokens);
  return each > 0 ? Math.max(SHORTEST_WAIT_MS, each * WORTH_WAITING_FOR) : UNTOLD_WAIT_MS;
}
