import type { IDataObject } from 'n8n-workflow';
// With its ending: without one, tsx takes the JSON file of the same name.
import { LifecycleStore } from '../nodes/LifecycleStore/LifecycleStore.node.js';
import { StripeBilling } from '../nodes/StripeBilling/StripeBilling.node.js';
import { eventJson } from '../nodes/shared/event-item';
import { connectionUrlOf } from '../nodes/shared/store';
import { openStore, type ClaimedDelivery, type NewEvent, type Store } from '../store';
import { stripeCredential } from '../test/support/billing-events';
import { executeNode } from '../test/support/execute-node';
import { storeCredential } from '../test/support/store-credential';
import { billingEvents, handledTypes, mixOf } from './billing-history';
import { inTurns, ratioOf, type Runs, type Side } from './contest';
import { figure, ratio, table } from './report';
import { withServices, type BenchServices } from './services';
import { countStatements, difference, sum, type Statements } from './sql-counter';
import type { BenchOptions } from './stack';
import { median } from './statistics';

/** Of each call to Stripe. */
const LATENCY_MS = 20;
/** No batch is to run into Stripe's limit, which would be all that is measured then. */
const RATE_PER_SECOND = 1_000_000;
const HANDLER = 'bench:customer-billing';
const LEASE_SECONDS = 300;
const BATCH_SIZES = [1, 10, 100] as const;
/** Round trips per batch that the upserts of subscriptions and customers are to take. */
const MOST_UPSERTS = 2;

/** How much is measured, for each size of batches. */
export interface BillingEventsSize {
  rounds: number;
  events: number;
}

export const FULL_SIZE: BillingEventsSize = { rounds: 3, events: 1_000 };
export const QUICK_SIZE: BillingEventsSize = { rounds: 1, events: 120 };

interface BatchSize extends Side {
  most: number;
}

/** All events, worked on in batches. */
interface Run {
  milliseconds: number;
  /** How many events each batch had. */
  batches: number[];
  /** Of claiming and settling the batches. */
  handingOut: Statements;
  /** Of "Read subscription", "Read payer" and "Record billing". */
  working: Statements;
  /** Of the one batch that took most of them. */
  mostUpserts: number;
}

/** Round trips that write what was found out about subscriptions and customers, beside the one that locks the customers. */
export function upsertsIn({ subscriptionUpsert, customerUpdate }: Statements): number {
  return subscriptionUpsert + customerUpdate;
}

/** Works on events as *Customer billing* does up to "Record billing", without n8n around it. */
class Biller {
  private constructor(
    private readonly store: Store,
    private readonly credentials: Parameters<typeof executeNode>[0]['credentials'],
  ) {}

  /** In an empty store in which the events wait. */
  static async of({ newDatabase, stripeUrl }: BenchServices, events: readonly NewEvent[]): Promise<Biller> {
    const credential = storeCredential(await newDatabase());
    // By the same URL as the nodes, which then share it.
    const store = await openStore(connectionUrlOf(credential.data));
    const eventTypes = handledTypes();
    await store.handlers.register({
      id: HANDLER,
      workflowId: HANDLER,
      name: 'Customer billing',
      eventTypes,
    });
    await store.events.acceptAll(events);
    return new Biller(store, [stripeCredential(stripeUrl), credential]);
  }

  async workOff(most: number, statements: () => Statements): Promise<Run> {
    const batches: number[] = [];
    const handingOut: Statements[] = [];
    const working: Statements[] = [];
    const startedAt = performance.now();
    for (;;) {
      const begin = statements();
      const claimed = await this.store.deliveries.claim({
        handlerId: HANDLER,
        limit: most,
        leaseSeconds: LEASE_SECONDS,
        owner: 0,
      });
      if (claimed.length === 0) break;
      const claimedAt = statements();
      await this.record(claimed);
      const recordedAt = statements();
      await this.store.deliveries.settle(claimed.map(({ id, lease }) => ({ id, lease, outcomes: [] })));
      batches.push(claimed.length);
      working.push(difference(recordedAt, claimedAt));
      handingOut.push(difference(claimedAt, begin), difference(statements(), recordedAt));
    }
    return {
      milliseconds: performance.now() - startedAt,
      batches,
      handingOut: sum(handingOut),
      working: sum(working),
      mostUpserts: Math.max(...working.map(upsertsIn)),
    };
  }

  close(): Promise<void> {
    return this.store.close();
  }

  private async record(claimed: readonly ClaimedDelivery[]): Promise<void> {
    let items = claimed.map(({ id, lease, attempt, event }): IDataObject => ({
      event: eventJson(event),
      delivery: { id, lease, attempt },
    }));
    for (const resource of ['subscription', 'customer']) {
      items = await this.run(new StripeBilling(), { resource, operation: 'get' }, items);
    }
    const about = { resource: 'customer', operation: 'record', about: 'billing' };
    const recorded = await this.run(new LifecycleStore(), about, items);
    const failure = recorded.find((item) => item.failure !== undefined)?.failure;
    if (failure !== undefined || recorded.length !== claimed.length) {
      throw new Error(
        `${recorded.length} of ${claimed.length} events were recorded: ${JSON.stringify(failure)}`,
      );
    }
  }

  private async run(
    node: StripeBilling | LifecycleStore,
    parameters: Record<string, string>,
    items: readonly IDataObject[],
  ): Promise<IDataObject[]> {
    const outputs = await executeNode({ node, parameters, credentials: this.credentials ?? [] }, items);
    return outputs.flat().map(({ json }) => json);
  }
}

async function compare(
  services: BenchServices,
  { progress }: BenchOptions,
  { rounds, events: count }: BillingEventsSize,
): Promise<string[]> {
  await services.sandbox.call('PUT', '/sandbox/state/stripe', { rateLimitPerSecond: RATE_PER_SECOND });
  const events = await progress.step(`${count} events at Stripe`, () =>
    billingEvents(services.sandbox, count),
  );
  await services.sandbox.call('PUT', '/sandbox/latency', { milliseconds: LATENCY_MS });
  const sizes = BATCH_SIZES.map((most): BatchSize => ({ title: `batches of ${most}`, prefix: '', most }));
  const statements = countStatements();
  const run = async (side: BatchSize): Promise<Run> => {
    const biller = await Biller.of(services, events);
    try {
      const done = await biller.workOff(side.most, statements);
      const worked = done.batches.reduce((total, batch) => total + batch, 0);
      if (worked !== count) throw new Error(`${worked} of ${count} events were worked on.`);
      return done;
    } finally {
      await biller.close();
    }
  };
  // What comes first would else pay for compiling the code.
  for (const side of sizes.slice(1)) await progress.step(`Warm-up, ${side.title}`, () => run(side));
  const runs = await inTurns(sizes, rounds, (side) => progress.step(side.title, () => run(side)));
  return [`Events: ${mixOf(events)}`, '', ...linesOf(runs, sizes, count)];
}

function linesOf(runs: Runs<Run>, sizes: readonly BatchSize[], count: number): string[] {
  const perSecond = ({ milliseconds }: Run): number => count / (milliseconds / 1000);
  const rows = sizes.map((side) => {
    const all = runs.get(side) ?? [];
    const perBatch = (pick: (run: Run) => number): string =>
      figure(median(all.map((each) => pick(each) / each.batches.length)));
    return [
      side.title,
      figure(median(all.map(perSecond))),
      figure(median(all.map(({ batches }) => count / batches.length))),
      perBatch(({ working }) => working.all),
      figure(median(all.map(({ working }) => working.all / count))),
      perBatch(({ handingOut }) => handingOut.all),
      perBatch(({ working }) => working.subscriptionUpsert),
      perBatch(({ working }) => working.customerUpdate),
      perBatch(({ working }) => working.customerLock),
    ];
  });
  const columns = [
    '',
    'events/s',
    'events/batch',
    'statements/batch',
    'statements/event',
    'claim, settle/batch',
    'subscription upserts',
    'customer updates',
    'customer locks',
  ];
  const most = Math.max(...[...runs.values()].flat().map(({ mostUpserts }) => mostUpserts));
  const [first, ...others] = sizes;
  if (!first) return [];
  return [
    table(columns, rows),
    '',
    ...others.map(
      (side) =>
        `${side.title}: ${ratio(ratioOf(runs, [side, first], perSecond))} the events per second of ${first.title}, ` +
        `${ratio(ratioOf(runs, [side, first], ({ working }) => working.all))} the SQL statements`,
    ),
    `Upserts of subscriptions and customers: at most ${most} round trips per batch, ` +
      (most <= MOST_UPSERTS
        ? `within the goal of ${MOST_UPSERTS}`
        : `${most - MOST_UPSERTS} more than the goal of ${MOST_UPSERTS}`),
  ];
}

/** Stripe's billing events into the store, in batches of several sizes, without n8n. */
export async function workOnBilling(options: BenchOptions, size: BillingEventsSize): Promise<void> {
  const lines = await withServices(options, (services) => compare(services, options, size));
  options.progress.say(`\n${size.events} events, ${LATENCY_MS} ms latency of every call to Stripe\n`);
  for (const line of lines) options.progress.say(line);
}
