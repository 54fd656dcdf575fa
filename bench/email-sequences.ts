import { fork } from 'node:child_process';
import path from 'node:path';
import { inTurns, ratioOf, type Runs, type Side } from './contest';
import { jobQueueNode, jobQueueVersion } from './job-queue-home';
import type { MailJob, MailOutcome } from './mail-worker';
import { figure, ratio, table } from './report';
import { withServices, type BenchServices } from './services';
import type { BenchOptions } from './stack';
import { median } from './statistics';
import { TIPS } from './tips-sequence';

/** Of the job queue's jobs per second. */
const GOAL = 0.5;

/** How much is measured, on each side. */
export interface EmailSequencesSize {
  rounds: number;
  /** Each gets a mail of every step. */
  customers: number;
}

export const FULL_SIZE: EmailSequencesSize = { rounds: 3, customers: 33_334 };
export const QUICK_SIZE: EmailSequencesSize = { rounds: 1, customers: 1_000 };

interface MailSide extends Side {
  side: MailJob['side'];
}

const OURS: MailSide = { title: 'ours', prefix: '', side: 'ours' };
const QUEUE: MailSide = { title: `pg-boss ${jobQueueVersion()}`, prefix: '', side: 'queue' };
const SIDES = [OURS, QUEUE] as const;

/** Runs a side in a process of its own, so that neither pays for what another one left behind. */
async function moveIn(node: string, signal: AbortSignal, job: MailJob): Promise<MailOutcome> {
  return await new Promise((resolve, reject) => {
    const worker = fork(path.join(__dirname, 'mail-worker.ts'), {
      execPath: node,
      execArgv: ['--import', 'tsx'],
      signal,
    });
    worker.once('error', reject);
    worker.once('exit', (code) =>
      reject(new Error(`The process of ${job.side} ended with exit code ${code}.`)),
    );
    worker.once('message', (message: { outcome: MailOutcome } | { failure: string }) => {
      if ('outcome' in message) resolve(message.outcome);
      else reject(new Error(`The process of ${job.side} failed: ${message.failure}`));
    });
    worker.send(job);
  });
}

async function compare(
  { newDatabase }: BenchServices,
  { progress, signal }: BenchOptions,
  { rounds, customers }: EmailSequencesSize,
  node: string,
): Promise<string[]> {
  const count = customers * TIPS.steps.length;
  const runs = await inTurns(SIDES, rounds, ({ title, side }) =>
    progress.step(`${count} by ${title}`, async () => {
      const outcome = await moveIn(node, signal, { side, customers, databaseUrl: await newDatabase() });
      if (outcome.moved === count) return outcome;
      throw new Error(`${title}: ${outcome.moved} instead of ${count} were moved.`);
    }),
  );
  return linesOf(runs, count);
}

const PARTS = ['plan', 'claim', 'render', 'mark'] as const;

const PICKS: ReadonlyArray<readonly [string, (run: MailOutcome) => number]> = [
  ['planned, claimed, rendered and marked', ({ planning, moving }) => planning + moving],
  ['planned', ({ planning }) => planning],
  ['claimed, rendered and marked', ({ moving }) => moving],
  ['claimed and marked, without the rendering', ({ moving, times }) => moving - (times.render ?? 0)],
];

function linesOf(runs: Runs<MailOutcome>, count: number): string[] {
  const perSecond = (milliseconds: number): number => count / (milliseconds / 1000);
  const rows = SIDES.map((side) => {
    const all = runs.get(side) ?? [];
    const total = ({ planning, moving }: MailOutcome): number => planning + moving;
    return [
      side.title,
      figure(median(all.map((run) => perSecond(total(run))))),
      all.map((run) => figure(total(run) / 1000)).join(', '),
      ...PARTS.map((part) => figure(100 * median(all.map((run) => (run.times[part] ?? 0) / total(run))))),
    ];
  });
  const ratios = PICKS.map(([what, pick]) => {
    const ours = ratioOf(runs, [OURS, QUEUE], (run) => perSecond(pick(run)));
    return { what, ours };
  });
  const [first] = ratios;
  return [
    table(['', 'mails/s', 'seconds of each round', ...PARTS.map((part) => `${part} %`)], rows),
    '',
    ...ratios.map(({ what, ours }) => `Ours ÷ ${QUEUE.title}, ${what}: ${ratio(ours)} per second`),
    `The goal of ${ratio(GOAL)} over all is ${first && first.ours >= GOAL ? 'met' : 'missed'}`,
  ];
}

/** Mails of sequences through the store, against a job queue on the same PostgreSQL, without n8n. */
export async function emailSequences(options: BenchOptions, size: EmailSequencesSize): Promise<void> {
  const node = await jobQueueNode(options);
  const lines = await withServices(options, (services) => compare(services, options, size, node));
  options.progress.say(`\n${size.customers * TIPS.steps.length} mails, in batches of 100\n`);
  for (const line of lines) options.progress.say(line);
}
