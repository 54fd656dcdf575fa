import pLimit from 'p-limit';
import { asError } from '../http';
import type { WindmillClient } from './client';
import type { RunnableKind } from './runnable';
import { startJob, type JobRequest, type StartedJob } from './start-job';
import { waitForResult } from './wait-for-result';

/** Calls under way at a time, of however many jobs. */
const CONCURRENCY = 10;

export interface RunRequest extends JobRequest {
  /** How long to wait for the result, in milliseconds; `undefined` to start the job only. */
  longestWaitMs?: number;
}

export interface RunJob extends StartedJob {
  kind: RunnableKind;
  /** What the script or flow gave back; only when it was waited for. */
  result?: unknown;
}

/**
 * Runs jobs side by side: those that are waited for keep nothing else waiting. Gives a job or an error for each request,
 * in their order; one that already is an error stays it.
 */
export async function runJobs(
  client: WindmillClient,
  requests: ReadonlyArray<RunRequest | Error>,
): Promise<Array<RunJob | Error>> {
  const turn = pLimit(CONCURRENCY);
  const run = async (request: RunRequest): Promise<RunJob> => {
    const { kind, path, longestWaitMs } = request;
    const job = { kind, ...(await turn(() => startJob(client, request))) };
    if (longestWaitMs === undefined) return job;
    const result = await waitForResult(client, { id: job.id, kind, path }, longestWaitMs, turn);
    return { ...job, result };
  };
  return await Promise.all(
    requests.map((request) => (request instanceof Error ? request : run(request).catch(asError))),
  );
}
