import { z } from 'zod/v4';
import type { Json } from '../double';

export const kindSchema = z.enum(['script', 'flow']);
export type Kind = z.infer<typeof kindSchema>;

const dateSchema = z.iso.datetime();

/** What a script or flow does when it is run. */
export const behaviourSchema = z.discriminatedUnion('does', [
  /** Gives back its arguments. */
  z.strictObject({ does: z.literal('echo') }),
  z.strictObject({ does: z.literal('return'), result: z.json() }),
  z.strictObject({ does: z.literal('throw'), name: z.string(), message: z.string() }),
]);
export type Behaviour = z.infer<typeof behaviourSchema>;

export const runnableSchema = z.strictObject({
  kind: kindSchema,
  path: z.string().regex(/^[uf]\/[^/]+\/.+$/, 'has to be like f/folder/name'),
  summary: z.string(),
  behaviour: behaviourSchema,
  /** How long a worker is busy with it; `null` until somebody ends the job by hand. */
  durationMs: z.number().min(0).nullable(),
});

const jobSchema = z.strictObject({
  /** UUID. */
  id: z.string().min(1),
  kind: kindSchema,
  path: z.string(),
  args: z.record(z.string(), z.json()),
  createdBy: z.string(),
  createdAt: dateSchema,
  /** When a worker took it. */
  startedAt: dateSchema.nullable(),
  /** How it ended, if it has. */
  end: z
    .strictObject({ as: z.enum(['success', 'failure', 'canceled']), result: z.json(), at: dateSchema })
    .nullable(),
});

const settingsSchema = z.strictObject({
  /** All tokens were deleted. */
  tokensRejected: z.boolean(),
  /** Whether a token that may run something may also read the jobs, as in newer versions. */
  runTokensRead: z.boolean(),
  /** No worker is up: jobs stay in the queue. */
  workersPaused: z.boolean(),
});

const stateSchema = z.strictObject({
  settings: settingsSchema,
  runnables: z.array(runnableSchema),
  /** Oldest first. */
  jobs: z.array(jobSchema),
});

export type Runnable = z.infer<typeof runnableSchema>;
export type Job = z.infer<typeof jobSchema>;
export type JobEnd = NonNullable<Job['end']>;
export type Settings = z.infer<typeof settingsSchema>;

/** One workspace: what can be run in it, and what was. Time goes on whenever somebody looks. */
export class WindmillState {
  settings: Settings;
  private readonly runnables = new Map<string, Runnable>();
  private readonly jobsById = new Map<string, Job>();
  /** Ids of the jobs that have not ended: looked through at every request, while the others only pile up. */
  private readonly openIds = new Set<string>();

  constructor(json: Json) {
    const contents = parse(json);
    this.settings = contents.settings;
    this.fill(contents);
  }

  /** By path. */
  all(kind: Kind): Runnable[] {
    return [...this.runnables.values()]
      .filter((runnable) => runnable.kind === kind)
      .sort((one, other) => (one.path < other.path ? -1 : 1));
  }

  runnable(kind: Kind, path: string): Runnable | undefined {
    return this.runnables.get(keyOf(kind, path));
  }

  /** Inserts or replaces by kind and path. */
  putRunnable(runnable: Runnable): Runnable {
    this.runnables.set(keyOf(runnable.kind, runnable.path), runnable);
    return runnable;
  }

  deleteRunnable(kind: Kind, path: string): boolean {
    return this.runnables.delete(keyOf(kind, path));
  }

  job(id: string): Job | undefined {
    this.goOn();
    return this.jobsById.get(id);
  }

  /** Oldest first. */
  jobs(): Job[] {
    this.goOn();
    return [...this.jobsById.values()];
  }

  /** Those that have not ended, oldest first. */
  openJobs(): Job[] {
    this.goOn();
    return [...this.openIds].flatMap((id) => this.jobsById.get(id) ?? []);
  }

  /** Inserts or replaces by id. */
  putJob(job: Job): Job {
    this.jobsById.set(job.id, job);
    if (job.end) this.openIds.delete(job.id);
    else this.openIds.add(job.id);
    return job;
  }

  endJob(job: Job, as: JobEnd['as'], result: Json, at = new Date()): Job {
    const end = { as, result, at: at.toISOString() };
    return this.putJob({ ...job, startedAt: job.startedAt ?? end.at, end });
  }

  toJson(): Json {
    return structuredClone({
      settings: this.settings,
      runnables: [...this.runnables.values()],
      jobs: this.jobs(),
    });
  }

  /** Replaces everything; throws a readable error, and changes nothing, when `json` does not fit. */
  load(json: Json): void {
    const contents = parse(json);
    this.settings = contents.settings;
    for (const held of [this.runnables, this.jobsById, this.openIds]) held.clear();
    this.fill(contents);
  }

  private fill({ runnables, jobs }: z.infer<typeof stateSchema>): void {
    for (const runnable of runnables) this.putRunnable(runnable);
    for (const job of jobs) this.putJob(job);
  }

  /** What the workers have done since somebody looked last. */
  private goOn(): void {
    const now = Date.now();
    for (const id of this.openIds) {
      const job = this.jobsById.get(id);
      if (job) this.work(job, now);
    }
  }

  private work(job: Job, now: number): void {
    const taken = this.settings.workersPaused
      ? job.startedAt
      : (job.startedAt ?? new Date(now).toISOString());
    if (taken === null) return;
    const running = this.putJob({ ...job, startedAt: taken });
    const runnable = this.runnable(job.kind, job.path);
    if (runnable?.durationMs === undefined || runnable.durationMs === null) return;
    const end = Date.parse(taken) + runnable.durationMs;
    if (end > now) return;
    const { behaviour } = runnable;
    if (behaviour.does === 'throw') {
      this.endJob(running, 'failure', errorResult(behaviour), new Date(end));
    } else {
      this.endJob(running, 'success', behaviour.does === 'echo' ? job.args : behaviour.result, new Date(end));
    }
  }
}

/** What a job that failed has as its result. */
export function errorResult({ name, message }: { name: string; message: string }): Json {
  return { error: { name, message, stack: `${name}: ${message}\n    at main (script.ts:1:1)` } };
}

function keyOf(kind: Kind, path: string): string {
  return `${kind} ${path}`;
}

function parse(json: Json): z.infer<typeof stateSchema> {
  const parsed = stateSchema.safeParse(json);
  if (parsed.success) return parsed.data;
  throw new Error(`This is no Windmill state:\n${z.prettifyError(parsed.error)}`);
}
