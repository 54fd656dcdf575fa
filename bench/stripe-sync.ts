import { fork } from 'node:child_process';
import path from 'node:path';
import { inTurns, ratioOf, type Runs, type Side } from './contest';
import { growthOf } from './memory-samples';
import { figure, ratio, table } from './report';
import { withServices, type BenchServices } from './services';
import type { BenchOptions } from './stack';
import { median } from './statistics';
import type { SyncSideName } from './sync-sides';
import type { SyncJob, SyncOutcome, SyncPass } from './sync-worker';

/** Of each call to Stripe. */
const LATENCY_MS = 20;
/** No side is to run into Stripe's limit, which would be all that is measured then. */
const RATE_PER_SECOND = 1_000_000;
/** Those of the sandbox's crowd began within so many seconds, one after the other. */
const CROWD_SECONDS = 28 * 86_400;

/** How much is measured, on each side. */
export interface StripeSyncSize {
  rounds: number;
  subscriptions: number;
  /** Newest ones, of the engine alone, with a call for each customer. */
  backfilled: number;
  /** Rows after which memory is sampled, over and over. */
  sampleEvery: number;
}

export const FULL_SIZE: StripeSyncSize = {
  rounds: 3,
  subscriptions: 10_000,
  backfilled: 1_000,
  sampleEvery: 1_000,
};
export const QUICK_SIZE: StripeSyncSize = {
  rounds: 1,
  subscriptions: 1_000,
  backfilled: 100,
  sampleEvery: 200,
};

interface SyncSide extends Side {
  name: SyncSideName;
}

const OURS: SyncSide = { title: 'ours', prefix: '', name: 'ours' };
const WITH_CUSTOMERS: SyncSide = {
  title: 'engine, customers listed first',
  prefix: '',
  name: 'engine-customers',
};
const BARE: SyncSide = { title: 'engine, no customers', prefix: '', name: 'engine' };
const SIDES = [OURS, WITH_CUSTOMERS, BARE] as const;

/** One process that syncs into an empty database, and then once more. */
interface Run {
  first: SyncPass;
  again: SyncPass;
}

/** Runs a sync in a process of its own, so that neither side pays for what another one left behind. */
async function syncIn(
  { stripeUrl, newDatabase }: BenchServices,
  signal: AbortSignal,
  job: Pick<SyncJob, 'side' | 'passes' | 'sampleEvery' | 'createdFrom'>,
): Promise<SyncOutcome> {
  const asked: SyncJob = { ...job, stripeUrl, databaseUrl: await newDatabase() };
  return await new Promise((resolve, reject) => {
    const worker = fork(path.join(__dirname, 'sync-worker.ts'), {
      execArgv: ['--expose-gc', '--import', 'tsx'],
      signal,
    });
    worker.once('error', reject);
    worker.once('exit', (code) => reject(new Error(`The sync of ${job.side} ended with exit code ${code}.`)));
    worker.once('message', (message: { outcome: SyncOutcome } | { failure: string }) => {
      if ('outcome' in message) resolve(message.outcome);
      else reject(new Error(`The sync of ${job.side} failed: ${message.failure}`));
    });
    worker.send(asked);
  });
}

function check(side: SyncSide, { subscriptions, customers }: SyncOutcome, expected: number): void {
  const kept = [subscriptions, ...(side === BARE ? [] : [customers])];
  if (kept.every((count) => count === expected)) return;
  throw new Error(`${side.title}: ${kept.join(' and ')} rows instead of ${expected} are there.`);
}

async function compare(
  services: BenchServices,
  { progress, signal }: BenchOptions,
  size: StripeSyncSize,
): Promise<string[]> {
  const { subscriptions } = size;
  await services.sandbox.call('PUT', '/sandbox/state/stripe', { rateLimitPerSecond: RATE_PER_SECOND });
  await services.sandbox.call('POST', '/sandbox/stripe/actions/addSubscriptions', { count: subscriptions });
  await services.sandbox.call('PUT', '/sandbox/latency', { milliseconds: LATENCY_MS });

  const runs = await inTurns(SIDES, size.rounds, (side) =>
    progress.step(`Sync by ${side.title}`, async (): Promise<Run> => {
      const outcome = await syncIn(services, signal, { side: side.name, passes: 2 });
      check(side, outcome, subscriptions);
      const [first, again] = outcome.passes;
      if (!first || !again) throw new Error('The sync went through Stripe less than twice.');
      return { first, again };
    }),
  );
  const lines = [...speedLines(runs, size), ''];
  lines.push(
    await progress.step('Customers one by one', () => backfillLine(services, signal, runs, size)),
    '',
  );
  for (const side of SIDES) {
    lines.push(
      ...(await progress.step(`Memory of ${side.title}`, () => memoryLines(services, signal, side, size))),
    );
  }
  return lines;
}

function speedLines(runs: Runs<Run>, { subscriptions, rounds }: StripeSyncSize): string[] {
  const perSecond = ({ milliseconds }: SyncPass): number => subscriptions / (milliseconds / 1000);
  const rows = SIDES.flatMap((side) =>
    (['first', 'again'] as const).map((which) => {
      const passes = (runs.get(side) ?? []).map((run) => run[which]);
      return [
        `${side.title}, ${which === 'first' ? 'into an empty store' : 'nothing has changed'}`,
        figure(median(passes.map(perSecond))),
        passes.map(({ milliseconds }) => figure(milliseconds / 1000)).join(', '),
        figure(median(passes.map(({ calls }) => calls))),
        figure(median(passes.map(({ statements }) => statements))),
      ];
    }),
  );
  const ratios = [WITH_CUSTOMERS, BARE].map(
    (peer) =>
      `Ours ÷ ${peer.title}: ${ratio(ratioOf(runs, [OURS, peer], ({ first }) => perSecond(first)))} the subscriptions per second ` +
      `into an empty store, ${ratio(ratioOf(runs, [OURS, peer], ({ again }) => perSecond(again)))} when nothing has changed ` +
      `(medians of ${rounds} rounds)`,
  );
  return [
    table(['', 'subscriptions/s', 'seconds of each round', 'calls', 'SQL statements'], rows),
    '',
    ...ratios,
  ];
}

/** How the engine fetches customers when asked to backfill them: each by a call of its own. */
async function backfillLine(
  services: BenchServices,
  signal: AbortSignal,
  runs: Runs<Run>,
  { subscriptions, backfilled }: StripeSyncSize,
): Promise<string> {
  const now = Math.floor(Date.now() / 1000);
  const createdFrom = now - Math.floor((CROWD_SECONDS * backfilled) / subscriptions);
  const outcome = await syncIn(services, signal, { side: 'engine-backfill', passes: 1, createdFrom });
  const [pass] = outcome.passes;
  if (!pass || outcome.customers !== outcome.subscriptions) throw new Error('Customers were not backfilled.');
  const perSecond = outcome.subscriptions / (pass.milliseconds / 1000);
  const ours = subscriptions / (median((runs.get(OURS) ?? []).map(({ first }) => first.milliseconds)) / 1000);
  return (
    `Engine with backfillRelatedEntities, the newest ${outcome.subscriptions}: ${figure(perSecond)} subscriptions/s, ` +
    `${pass.calls} calls; ours into an empty store, all ${subscriptions}: ${ratio(ours / perSecond)} as many per second`
  );
}

async function memoryLines(
  services: BenchServices,
  signal: AbortSignal,
  side: SyncSide,
  { sampleEvery }: StripeSyncSize,
): Promise<string[]> {
  const { samples } = await syncIn(services, signal, { side: side.name, passes: 1, sampleEvery });
  const growth = growthOf(samples);
  const heaps = samples.map(({ rows, heap, resident }) => `${rows}: ${figure(heap)}/${figure(resident)}`);
  return [
    `Memory of ${side.title}: heap ${ratio(growth.heap)}, resident ${ratio(growth.resident)} from the first sample to the last; ` +
      `most heap ${ratio(growth.peak)} the first`,
    `  MiB of heap/resident after so many rows: ${heaps.join(', ')}`,
  ];
}

/** All of Stripe's subscriptions into PostgreSQL, against Supabase's Stripe Sync Engine, without n8n. */
export async function stripeSync(options: BenchOptions, size: StripeSyncSize): Promise<void> {
  const lines = await withServices(options, (services) => compare(services, options, size));
  options.progress.say(
    `\n${size.subscriptions} subscriptions, ${LATENCY_MS} ms latency of every call to Stripe\n`,
  );
  for (const line of lines) options.progress.say(line);
}
