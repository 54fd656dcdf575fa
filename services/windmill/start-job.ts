import { z } from 'zod/v4';
import { asError, parseAnswer, type CallOptions, type HttpResponse } from '../http';
import { describe, type WindmillClient } from './client';
import { jobIdOf } from './job-id';
import { encodePath, type Runnable } from './runnable';
import { WINDMILL } from './service';

/** A script or flow that should run once for a cause. */
export interface JobRequest extends Runnable {
  /** By the name of the script's parameters or the flow's inputs. */
  args: Readonly<Record<string, unknown>>;
  /** What the job is for; the same cause never runs the same script or flow twice. */
  cause: string;
}

export interface StartedJob {
  /** UUID. */
  id: string;
  /** False when an earlier try had started it. */
  started: boolean;
}

/** A UUID as text, by some versions in quotes, which makes it JSON. */
const jobId = z.string().trim().toLowerCase().pipe(z.guid());

/** What Windmill, or two tries at the same instant its database, says about an id that is taken. */
const TAKEN = /already exists|duplicate key/i;

/**
 * Starts the job of a cause, unless that was done before. It may be sent again after a lost answer: Windmill answers 400
 * for a job id that it knows, also when the job has ended long ago. Throws `ServiceError`.
 */
export async function startJob(client: WindmillClient, request: JobRequest): Promise<StartedJob> {
  const { kind, path, args, cause } = request;
  const id = jobIdOf(client.workspace, request, cause);
  const call: CallOptions = {
    action: `start the ${kind} ${path}`,
    method: 'POST',
    path: `/jobs/run/${kind === 'script' ? 'p' : 'f'}/${encodePath(request)}`,
    query: { job_id: id },
    headers: { 'Content-Type': 'application/json' },
    // As text: n8n would leave out an object without properties.
    body: JSON.stringify(args),
    repeatable: true,
    expect: [400],
    advice: {
      404: `There is no ${kind} with this path in the workspace "${client.workspace}", or the token's user may not see it. Choose it from the list in the node, and check the address and the workspace in the Windmill credential.`,
    },
  };
  const answer = await client.call(call);
  if (answer.status !== 400) {
    return { id: parseAnswer({ service: WINDMILL, action: call.action }, jobId, answer.body), started: true };
  }
  if (await isKnown(client, id, answer)) return { id, started: false };
  throw client.failure(
    { ...call, advice: { 400: `Check the arguments in the node against the inputs of the ${kind}.` } },
    answer,
  );
}

/**
 * Whether Windmill has the job whose start it refused. It is asked; where it does not let the token look, which depends on
 * its version and on what the token was made for, the words of the refusal decide.
 */
async function isKnown(client: WindmillClient, id: string, refusal: HttpResponse): Promise<boolean> {
  const isToldSo = TAKEN.test(describe(refusal.body) ?? '');
  const look = await client
    .call({
      action: `look for the job ${id}`,
      method: 'GET',
      path: `/jobs_u/get/${id}`,
      expect: [400, 401, 403, 404],
    })
    .catch(asError);
  if (!(look instanceof Error)) return look.status === 200 || isToldSo;
  if (isToldSo) return true;
  throw look;
}
