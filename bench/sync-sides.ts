import { StripeSync, runMigrations } from '@supabase/stripe-sync-engine';
import { Client } from 'pg';
import OfficialStripe from 'stripe';
import { syncSubscriptions } from '../nodes/LifecycleReconcile/subscriptions';
import { STRIPE_SECRET_KEY } from '../sandbox/identities';
import type { HttpRequest } from '../services/http';
import { StripeClient } from '../services/stripe';
import { axiosRequest } from '../stack/axios-request';
import { openStore } from '../store';

/** Who syncs. */
export const SYNC_SIDES = ['ours', 'engine', 'engine-customers', 'engine-backfill'] as const;
export type SyncSideName = (typeof SYNC_SIDES)[number];

export interface SyncTarget {
  /** The sandbox's Stripe. */
  stripeUrl: string;
  databaseUrl: string;
  /** Unix time from when on subscriptions are synced, where a side can be told; all unless given. */
  createdFrom?: number | undefined;
  /** Told the path of each call that was answered. */
  onCall(path: string): void;
}

export interface Syncer {
  /** Goes through Stripe once. */
  sync(): Promise<void>;
  close(): Promise<void>;
}

/** A side with its tables made, ready to go. */
export function syncerOf(side: SyncSideName, target: SyncTarget): Promise<Syncer> {
  return side === 'ours' ? ourSyncer(target) : engineSyncer(side, target);
}

/** Subscriptions with their customers, plans and stages; of any product, so that both sides keep the same ones. */
async function ourSyncer({ stripeUrl, databaseUrl, onCall }: SyncTarget): Promise<Syncer> {
  const store = await openStore(databaseUrl);
  const send = axiosRequest({ Authorization: `Bearer ${STRIPE_SECRET_KEY}` });
  const request: HttpRequest = async (call) => {
    const response = await send(call);
    onCall(new URL(call.url).pathname);
    return response;
  };
  const client = new StripeClient({ url: stripeUrl, request });
  const options = { planKey: 'plan', ours: { by: 'any' }, onlyResume: false, deliverFirst: false } as const;
  return {
    sync: async () => void (await syncSubscriptions(client, store, options)),
    close: () => store.close(),
  };
}

/** Supabase's engine as its README sets it up, with a client that finds the sandbox. */
async function engineSyncer(
  side: Exclude<SyncSideName, 'ours'>,
  { stripeUrl, databaseUrl, createdFrom, onCall }: SyncTarget,
): Promise<Syncer> {
  await addRole(databaseUrl);
  // What goes wrong there only a logger is told; the missing tables then fail the sync.
  await runMigrations({ databaseUrl, schema: 'stripe' });
  const engine = new StripeSync({
    stripeSecretKey: STRIPE_SECRET_KEY,
    stripeWebhookSecret: '',
    poolConfig: { connectionString: databaseUrl },
  });
  engine.stripe = sandboxStripe(stripeUrl, onCall);
  const created = createdFrom === undefined ? {} : { created: { gte: createdFrom } };
  const backfillRelatedEntities = side === 'engine-backfill';
  return {
    async sync() {
      if (side === 'engine-customers') await engine.syncBackfill({ object: 'customer', ...created });
      await engine.syncBackfill({ object: 'subscription', backfillRelatedEntities, ...created });
    },
    close: () => engine.close(),
  };
}

/** The engine's migrations give a function to the role `postgres`, which not every server has. */
async function addRole(databaseUrl: string): Promise<void> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const { rows } = await client.query(`select from pg_roles where rolname = 'postgres'`);
    if (rows.length === 0) await client.query('create role postgres');
  } finally {
    await client.end();
  }
}

/** The official library takes no path before `/v1`. */
function sandboxStripe(url: string, onCall: (path: string) => void): OfficialStripe {
  const { hostname, port, pathname } = new URL(url);
  const http = OfficialStripe.createNodeHttpClient();
  const makeRequest: typeof http.makeRequest = async (host, toPort, path, ...rest) => {
    const response = await http.makeRequest(host, toPort, pathname + path, ...rest);
    onCall(path.split('?', 1)[0] ?? path);
    return response;
  };
  const httpClient = Object.assign(Object.create(http) as typeof http, { makeRequest });
  return new OfficialStripe(STRIPE_SECRET_KEY, {
    host: hostname,
    port: Number(port),
    protocol: 'http',
    httpClient,
  });
}
