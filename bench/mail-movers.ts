import { createRequire } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { templateCustomer } from '../nodes/shared/template-customer';
import { compileEmail } from '../services/email';
import { openStore } from '../store';
import { DUE_BY, seedCustomers, startsOf, TIPS } from './tips-sequence';

export const BATCH = 100;
const LEASE_SECONDS = 900;
const JOB_QUEUE = 'mails';

/** How long each part of the work took, in milliseconds. */
export type Times = Record<string, number>;

export interface MailMover {
  /** Puts in all there is to move. */
  plan(): Promise<void>;
  /** Moves all of it; gives how much that was. */
  move(): Promise<number>;
  /** Where the time went so far. */
  times(): Times;
  close(): Promise<void>;
}

/** Adds up the time of what is done under each name. */
class StopWatch {
  readonly times: Times = {};

  async time<Result>(name: string, work: () => Result | Promise<Result>): Promise<Result> {
    const startedAt = performance.now();
    try {
      return await work();
    } finally {
      this.times[name] = (this.times[name] ?? 0) + performance.now() - startedAt;
    }
  }
}

/** What sequences do for `customers`, up to and after the call to Resend, whose ids are made up. */
export async function ourMover(databaseUrl: string, customers: number): Promise<MailMover> {
  const store = await openStore(databaseUrl);
  await seedCustomers(databaseUrl, customers);
  const watch = new StopWatch();
  return {
    async plan() {
      for (let first = 0; first < customers; first += BATCH) {
        const starts = startsOf(first, Math.min(BATCH, customers - first));
        await watch.time('plan', () => store.sequences.start(TIPS, starts, DUE_BY[0]));
      }
    },
    async move() {
      let moved = 0;
      for (const now of DUE_BY) {
        for (;;) {
          const options = { limit: BATCH, mostMarketingPerDay: 1, leaseSeconds: LEASE_SECONDS };
          const { messages } = await watch.time('claim', () => store.messages.claimDue(options, now));
          if (messages.length === 0) break;
          await watch.time('render', () => messages.map(rendered));
          const results = messages.map(({ id, lease }) => ({ id, lease, providerId: `mail_${id}` }));
          const marked = await watch.time('mark', () => store.messages.mark(results, now));
          moved += marked.filter(({ state }) => state === 'sent').length;
        }
      }
      return moved;
    },
    times: () => watch.times,
    close: () => store.close(),
  };
}

type Claimed = Awaited<ReturnType<Awaited<ReturnType<typeof openStore>>['messages']['claimDue']>>['messages'];

function rendered({ subject, preheader, body, data, sentAt, customer, ...rest }: Claimed[number]): string {
  const { timeZone, ...person } = customer;
  const page = `${rest.preferencesPage}?token=${rest.id}`;
  const email = compileEmail({ subject, preheader, body }).render({
    customer: templateCustomer(person),
    data,
    links: { unsubscribe: page, preferences: page },
    sentAt: sentAt.toISOString(),
    timeZone,
  });
  return email.html;
}

/** As far as it is used here. */
interface JobQueueModule {
  PgBoss: new (databaseUrl: string) => {
    on(event: 'error', listener: (error: Error) => void): void;
    start(): Promise<unknown>;
    createQueue(name: string): Promise<void>;
    insert(name: string, jobs: Array<{ data: object }>): Promise<unknown>;
    fetch(name: string, options: { batchSize: number }): Promise<Array<{ id: string; data: object }>>;
    complete(name: string, ids: string[]): Promise<{ affected: number }>;
    stop(options: { graceful: boolean }): Promise<void>;
  };
}

/** A job queue that moves jobs as they are: it decides nothing, renders nothing, and knows no customer. */
export async function queueMover(databaseUrl: string, jobs: number): Promise<MailMover> {
  const { resolve } = createRequire(path.join(__dirname, 'job-queue', 'package.json'));
  const { PgBoss } = (await import(pathToFileURL(resolve('pg-boss')).href)) as JobQueueModule;
  const queue = new PgBoss(databaseUrl);
  queue.on('error', (error) => process.emitWarning(error));
  await queue.start();
  await queue.createQueue(JOB_QUEUE);
  const watch = new StopWatch();
  return {
    async plan() {
      for (let first = 0; first < jobs; first += BATCH) {
        const batch = Array.from({ length: Math.min(BATCH, jobs - first) }, (_, index) => ({
          data: {
            customerId: first + index,
            sequence: TIPS.name,
            step: 0,
            data: { campaign: 'spring & summer' },
          },
        }));
        await watch.time('plan', () => queue.insert(JOB_QUEUE, batch));
      }
    },
    async move() {
      let moved = 0;
      for (;;) {
        const batch = await watch.time('claim', () => queue.fetch(JOB_QUEUE, { batchSize: BATCH }));
        if (batch.length === 0) return moved;
        const ids = batch.map(({ id }) => id);
        moved += (await watch.time('mark', () => queue.complete(JOB_QUEUE, ids))).affected;
      }
    },
    times: () => watch.times,
    close: () => queue.stop({ graceful: false }),
  };
}
