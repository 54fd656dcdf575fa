import { Client } from 'pg';
import { openStore, periodUpTo, type Store } from '../store';
import { seedHistory, type HistorySize } from './journey-history';
import { figure, table } from './report';
import { withServices } from './services';
import { timeStatements, type TimedStatement } from './sql-times';
import type { BenchOptions } from './stack';
import { median } from './statistics';
import { TIPS } from './tips-sequence';

/** Of database time, for any page. */
const GOAL_MS = 1_000;
const PLANS_SHOWN = 5;

export interface DashboardSize extends HistorySize {
  /** How often each page is read. */
  rounds: number;
}

export const FULL_SIZE: DashboardSize = { customers: 100_000, messagesAndEvents: 1_000_000, rounds: 5 };
export const QUICK_SIZE: DashboardSize = { customers: 1_000, messagesAndEvents: 10_000, rounds: 2 };

const TRANSACTION = /^\s*(begin|commit|rollback|set)\b/i;

/** Reads every page of the dashboard from a store with a year behind it, and tells how long PostgreSQL takes for each. */
export async function dashboard(options: BenchOptions, size: DashboardSize): Promise<void> {
  const { progress } = options;
  const lines = await withServices(options, async ({ newDatabase }) => {
    const databaseUrl = await newDatabase();
    await progress.step('A year of customers, mails and events', () => seedHistory(databaseUrl, size));
    const store = await openStore(databaseUrl);
    try {
      return await progress.step('Pages', () => measure(store, databaseUrl, size));
    } finally {
      await store.close();
    }
  });
  progress.say(`\n${lines.join('\n')}`);
}

interface Timing {
  title: string;
  /** Of each round, all statements together, in milliseconds. */
  times: number[];
  /** Of the last round. */
  statements: TimedStatement[];
}

async function measure(store: Store, databaseUrl: string, { rounds }: DashboardSize): Promise<string[]> {
  const timed = timeStatements();
  const pages = await pagesOf(store);
  const timings: Timing[] = pages.map(({ title }) => ({ title, times: [], statements: [] }));
  for (let round = 0; round < rounds; round += 1) {
    for (const [index, { read }] of pages.entries()) {
      timed.length = 0;
      await read(store);
      const statements = timed.filter(({ text }) => !TRANSACTION.test(text));
      const timing = timings[index];
      if (timing === undefined) continue;
      timing.times.push(statements.reduce((sum, { milliseconds }) => sum + milliseconds, 0));
      timing.statements = statements;
    }
  }
  const slowest = timings
    .flatMap(({ title, statements }) => statements.map((statement) => ({ title, ...statement })))
    .sort((one, other) => other.milliseconds - one.milliseconds)
    .slice(0, PLANS_SHOWN);
  return [...timeLines(timings), ...(await planLines(databaseUrl, slowest))];
}

/** A page, and what is asked of the store for it. */
interface Page {
  title: string;
  read(store: Store): Promise<unknown>;
}

const SCOPES = [30, 365].flatMap((days) =>
  [null, 'pro' as const].map((tier) => ({ period: periodUpTo(new Date(), days), tier })),
);
const LISTS: ReadonlyArray<readonly [name: string, filters: Readonly<Record<string, string>>]> = [
  ['customers', {}],
  ['customers', { stage: 'atRisk' }],
  ['stage-changes', { stage: 'onboarding', how: 'movedOn' }],
  ['subscriptions', { currency: 'eur', state: 'paying' }],
  ['revenue', { currency: 'eur', kind: 'churned' }],
  ['payments', { currency: 'eur', kind: 'refunded' }],
  ['messages', {}],
  ['messages', { sequence: TIPS.name, step: '1', variant: '1', state: 'clicked' }],
  ['messages', { state: 'complained' }],
  ['entries', { sequence: TIPS.name, state: 'underWay' }],
  ['events', { source: 'stripe' }],
  ['deliveries', { state: 'dead' }],
  ['deliveries', { handler: 'handler-3', state: 'done' }],
  ['campaign', { kind: 'inviteIssued' }],
];

async function pagesOf(store: Store): Promise<Page[]> {
  const [customer] = await store.customers.find({}, 1);
  const overviews = SCOPES.map((scope) => ({
    title: `overview, ${scope.period.days} days, ${scope.tier ?? 'all plans'}`,
    read: async (store: Store) => await store.reports.overview(scope),
  }));
  const [year] = SCOPES.slice(-2);
  if (year === undefined || customer === undefined) throw new Error('There is nothing to read.');
  const lists = LISTS.map(([name, filters]) => ({
    title: `${name} ${Object.entries(filters)
      .map(([key, value]) => `${key}=${value}`)
      .join(' ')}`.trim(),
    read: async (store: Store) => await store.reports.list(name, year, filters, { after: null, limit: 100 }),
  }));
  const one = {
    title: 'a customer',
    read: async (store: Store) => await store.reports.customer(customer.email, year),
  };
  return [...overviews, ...lists, one];
}

function timeLines(timings: readonly Timing[]): string[] {
  const rows = timings.map(({ title, times, statements }) => [
    title,
    String(statements.length),
    figure(median(times)),
    figure(Math.max(...times)),
    Math.max(...times) < GOAL_MS ? 'yes' : 'NO',
  ]);
  return [table(['page', 'statements', 'ms (median)', 'ms (most)', 'below a second'], rows), ''];
}

async function planLines(
  databaseUrl: string,
  slowest: ReadonlyArray<TimedStatement & { title: string }>,
): Promise<string[]> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const lines: string[] = [];
    for (const { title, text, values } of slowest) {
      const { rows } = await client.query<{ 'QUERY PLAN': string }>(
        `explain (analyze, costs off, timing off, summary off) ${text}`,
        [...values],
      );
      lines.push(`\nOf ${title}:`, ...rows.map((row) => row['QUERY PLAN']));
    }
    return lines;
  } finally {
    await client.end();
  }
}
