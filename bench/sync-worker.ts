import { Client } from 'pg';
import { z } from 'zod/v4';
import { sampleMemory, type MemorySample } from './memory-samples';
import { countStatements } from './sql-counter';
import { SYNC_SIDES, syncerOf } from './sync-sides';

/** What Stripe gives at once. */
const PAGE_SIZE = 100;

export const syncJobSchema = z.strictObject({
  side: z.enum(SYNC_SIDES),
  stripeUrl: z.url(),
  databaseUrl: z.string(),
  createdFrom: z.number().optional(),
  /** How often to go through Stripe; nothing changes there meanwhile. */
  passes: z.int().min(1),
  /** Rows after which memory is sampled, over and over; never unless given, because that takes time. */
  sampleEvery: z.int().multipleOf(PAGE_SIZE).optional(),
});
export type SyncJob = z.infer<typeof syncJobSchema>;

export interface SyncPass {
  milliseconds: number;
  calls: number;
  statements: number;
}

export interface SyncOutcome {
  passes: SyncPass[];
  samples: MemorySample[];
  /** Rows at the end. */
  subscriptions: number;
  customers: number;
}

const OUR_TABLES = ['lifecycle.subscription', 'lifecycle.customer'] as const;
const ENGINE_TABLES = ['stripe.subscriptions', 'stripe.customers'] as const;

async function work({ side, passes, sampleEvery, ...target }: SyncJob): Promise<SyncOutcome> {
  const statements = countStatements();
  const samples: MemorySample[] = [];
  let calls = 0;
  let rows = 0;
  const onCall = (path: string): void => {
    calls += 1;
    if (!path.endsWith('/v1/subscriptions')) return;
    rows += PAGE_SIZE;
    if (sampleEvery !== undefined && rows % sampleEvery === 0) samples.push(sampleMemory(rows));
  };
  const syncer = await syncerOf(side, { ...target, onCall });
  const done: SyncPass[] = [];
  for (let pass = 0; pass < passes; pass += 1) {
    const before = { calls, statements: statements().all };
    const startedAt = performance.now();
    await syncer.sync();
    done.push({
      milliseconds: performance.now() - startedAt,
      calls: calls - before.calls,
      statements: statements().all - before.statements,
    });
  }
  await syncer.close();
  const [subscriptions, customers] = await counts(
    target.databaseUrl,
    side === 'ours' ? OUR_TABLES : ENGINE_TABLES,
  );
  return { passes: done, samples, subscriptions: subscriptions ?? 0, customers: customers ?? 0 };
}

async function counts(databaseUrl: string, tables: readonly string[]): Promise<number[]> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const found: number[] = [];
    for (const table of tables) {
      const { rows } = await client.query<{ count: number }>(`select count(*)::int as count from ${table}`);
      found.push(rows[0]?.count ?? 0);
    }
    return found;
  } finally {
    await client.end();
  }
}

process.once('message', (message) => {
  work(syncJobSchema.parse(message)).then(
    (outcome) => process.send?.({ outcome }, () => process.exit(0)),
    (error: unknown) =>
      process.send?.({ failure: error instanceof Error ? error.stack : 'unknown' }, () => process.exit(1)),
  );
});
