import { z } from 'zod/v4';
import { parseAnswer, quotable, ServiceError } from '../http';
import type { WindmillClient } from './client';
import type { Runnable } from './runnable';
import { WINDMILL } from './service';

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 2_000;

const scriptError = z.object({
  error: z.object({ name: z.string().nullish(), message: z.string().nullish() }),
});

const state = z.object({
  completed: z.boolean(),
  result: z.unknown(),
  success: z.boolean().nullish(),
  /** Whether a worker has taken the job. */
  started: z.boolean().nullish(),
});

export interface WaitingJob extends Runnable {
  /** UUID. */
  id: string;
}

/** Sends a call when it is its turn. */
export type Turn = <Value>(call: () => Promise<Value>) => Promise<Value>;

/**
 * The result of a job, asked for less and less often (100 ms to 2 s). Never by the endpoint that runs and waits: Windmill
 * cancels a job when whoever waits there is cut off. Throws a `ServiceError`: retryable when the job has not ended after
 * `longestWaitMs`, not retryable when it failed or the token may not read it.
 */
export async function waitForResult(
  client: WindmillClient,
  job: WaitingJob,
  longestWaitMs: number,
  turn: Turn,
): Promise<unknown> {
  const end = client.now() + longestWaitMs;
  for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(pause * 1.5, LONGEST_PAUSE_MS)) {
    await client.sleep(Math.max(0, Math.min(pause, end - client.now())));
    const { completed, result, success, started } = await turn(() => look(client, job));
    if (completed && (success ?? !scriptError.safeParse(result).success)) return result;
    if (completed) throw failed(job, result);
    if (client.now() >= end) throw unfinished(job, longestWaitMs, started === false);
  }
}

async function look(client: WindmillClient, { id, kind, path }: WaitingJob) {
  const action = `read the result of the ${kind} ${path}`;
  const cannotRead =
    `The job ${id} is started. The token may run it but not read its result: create one in Windmill that is not ` +
    'limited to a webhook, or switch off "Wait for Result" in the node.';
  const { body } = await client.call({
    action,
    method: 'GET',
    path: `/jobs_u/completed/get_result_maybe/${id}`,
    query: { get_started: true },
    advice: { 401: cannotRead, 403: cannotRead },
  });
  return parseAnswer({ service: WINDMILL, action }, state, body);
}

function failed({ id, kind, path }: WaitingJob, result: unknown): ServiceError {
  const { name, message } = scriptError.safeParse(result).data?.error ?? {};
  const told = [name, message].flatMap((part) => (part ? quotable(part) : [])).join(': ');
  return new ServiceError(
    WINDMILL,
    `${WINDMILL} ran the ${kind} ${path}, and it failed${told ? `: ${told}` : ''}. Mend it, then run the job ${id} ` +
      'again in Windmill, under Runs: for the same cause nothing is run twice from here.',
    false,
  );
}

function unfinished({ id, kind, path }: WaitingJob, waitedMs: number, isQueued: boolean): ServiceError {
  return new ServiceError(
    WINDMILL,
    `${WINDMILL} has not finished the ${kind} ${path} within ${waitedMs / 1000} seconds (job ${id}). ` +
      (isQueued
        ? 'No worker has taken it yet: check under Workers that one is up for its tag. '
        : 'It goes on there. ') +
      'A later try takes up the same job; if it always takes that long, raise "Longest Wait" in the node.',
    true,
  );
}
