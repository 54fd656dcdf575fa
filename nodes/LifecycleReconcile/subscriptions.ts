import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';
import { asError } from '../../services/http';
import {
  STRIPE,
  subscriptionPages,
  type ListedSubscription,
  type OwnSubscriptions,
  type StripeClient,
  type SubscriptionPage,
  type SubscriptionQuery,
} from '../../services/stripe';
import type { BegunRun, FoundSubscription, Store, SyncRun } from '../../store';
import { requiredText } from '../shared/parameters';
import { storeOf } from '../shared/store';
import { stripeOf } from '../shared/stripe';

export const SUBSCRIPTIONS_SYNC = 'stripe-subscriptions';

/** How long before the last run something may have ended for workflows still to work on it: clocks, and a day's grace. */
const DAY_MS = 86_400_000;
const SECOND_MS = 1_000;

export interface SubscriptionSyncOptions extends Pick<SubscriptionQuery, 'planKey' | 'ours'> {
  /** Only go on with a run that was cut off or has failed. */
  onlyResume: boolean;
  /** Whether workflows work on what the first run of all finds, too. */
  deliverFirst: boolean;
}

/** What a run did, all tries of it together. */
interface Counts {
  [name: string]: number;
  pages: number;
  /** Ours, and others. */
  looked: number;
  skipped: number;
  created: number;
  updated: number;
  unchanged: number;
  /** Put into the flow because of changes. */
  events: number;
  /** Customers whom time alone has moved on to another stage. */
  moved: number;
}

/** The counts, where anything was done, and all of it in a sentence. */
export interface SyncResult {
  [count: string]: number | string;
  summary: string;
}

const NOTHING_YET: Counts = {
  pages: 0,
  looked: 0,
  skipped: 0,
  created: 0,
  updated: 0,
  unchanged: 0,
  events: 0,
  moved: 0,
};

/** {@link syncSubscriptions} with what is set in the node; says what came of it. */
export async function reconcileSubscriptions(context: IExecuteFunctions): Promise<IDataObject> {
  const store = await storeOf(context);
  const planKey = requiredText(context, 'planMetadataKey', 'Plan Metadata Key', 0);
  return await syncSubscriptions(await stripeOf(context), store, {
    planKey,
    ours: ownSubscriptions(context, planKey),
    onlyResume: context.getNodeParameter('onlyResume', 0, false) === true,
    deliverFirst: context.getNodeParameter('deliverFirst', 0, false) === true,
  });
}

function ownSubscriptions(context: IExecuteFunctions, key: string): OwnSubscriptions {
  if (context.getNodeParameter('ours', 0, 'metadata') === 'metadata') return { by: 'metadata', key };
  return { by: 'products', ids: context.getNodeParameter('products', 0, []) as string[] };
}

/**
 * Goes through all subscriptions of ours at Stripe, newest first, and takes over what the store has differently; a page
 * is committed before the next one is worked on, so that a run that is cut off is gone on with from there. Those made
 * while it ran are looked at last. Throws when a page cannot be had; the run then counts as failed.
 */
export async function syncSubscriptions(
  client: StripeClient,
  store: Store,
  options: SubscriptionSyncOptions,
): Promise<SyncResult> {
  if (options.onlyResume && !(await store.syncRuns.isCutOff(SUBSCRIPTIONS_SYNC))) {
    return { summary: 'No run was cut off: there is nothing to go on with.' };
  }
  const run = await store.syncRuns.begin(SUBSCRIPTIONS_SYNC);
  if (!('lease' in run)) return { summary: underWay(run) };
  const [lastDone] = await store.syncRuns.newest(SUBSCRIPTIONS_SYNC, 1, 'done');
  const sync = new SubscriptionSync(client, store, run, { ...options, lastDone });
  const counts = await sync.all().catch(async (error: unknown) => {
    // What made it fail may be the store itself; then the lease runs out, and the run is gone on with all the same.
    await store.syncRuns.fail(run, sync.counts, asError(error).message).catch(() => undefined);
    return Promise.reject(asError(error));
  });
  await store.syncRuns.finish(run, counts);
  return { ...counts, summary: summaryOf(counts, run) };
}

class SubscriptionSync {
  counts: Counts;

  constructor(
    private readonly client: StripeClient,
    private readonly store: Store,
    private readonly run: BegunRun,
    private readonly options: SubscriptionSyncOptions & { lastDone: SyncRun | undefined },
  ) {
    this.counts = { ...NOTHING_YET, ...run.counts };
  }

  async all(): Promise<Counts> {
    const { startedAt, position } = this.run;
    const after = typeof position?.after === 'string' ? position.after : undefined;
    // Stripe's clock has whole seconds: what was made in the first one belongs to what was made meanwhile.
    await this.take({ createdUntil: new Date(startedAt.getTime() - SECOND_MS), after });
    await this.take({ createdFrom: startedAt });
    this.counts.moved += await this.store.customers.moveOn();
    return this.counts;
  }

  private async take(
    window: Pick<SubscriptionQuery, 'createdFrom' | 'createdUntil' | 'after'>,
  ): Promise<void> {
    const { planKey, ours } = this.options;
    for await (const page of subscriptionPages(this.client, { planKey, ours, ...window })) {
      await this.keep(page);
      // What was made meanwhile is soon looked at anew; how far the rest was read is not to be lost.
      const position = window.createdUntil ? { after: page.last } : (this.run.position ?? {});
      this.run.position = position;
      if (await this.store.syncRuns.progress(this.run, position, this.counts)) continue;
      throw new Error(
        'The run took too long for one page, and another one has taken it over. Nothing is lost.',
      );
    }
  }

  private async keep({ readings, skipped }: SubscriptionPage): Promise<void> {
    const isFirst = this.options.lastDone === undefined && !this.options.deliverFirst;
    const news = readings.filter((reading) => !isFirst && !this.isHistory(reading));
    const history = readings.filter((reading) => !news.includes(reading));
    for (const [some, deliver] of [
      [news, true],
      [history, false],
    ] as const) {
      if (some.length === 0) continue;
      const page = await this.store.subscriptions.sync(some.map(foundOf), { deliver });
      this.counts.created += page.created;
      this.counts.updated += page.updated;
      this.counts.unchanged += page.unchanged;
      this.counts.events += page.events;
    }
    this.counts.pages += 1;
    this.counts.looked += readings.length;
    this.counts.skipped += skipped;
  }

  /** Over for so long that nobody wants to hear of it any more, such as what came into the list by another rule. */
  private isHistory({ details: { endedAt } }: ListedSubscription): boolean {
    const { lastDone } = this.options;
    return (
      endedAt !== null && lastDone !== undefined && endedAt.getTime() < lastDone.startedAt.getTime() - DAY_MS
    );
  }
}

function foundOf({ details, email, name, statement }: ListedSubscription): FoundSubscription {
  const { externalId, externalCustomerId, status, endedAt } = details;
  const type = endedAt === null ? 'customer.subscription.updated' : 'customer.subscription.deleted';
  return {
    reading: { source: 'stripe', ...details },
    email,
    name,
    plan: statement,
    event: {
      type,
      payload: {
        object: 'event',
        type,
        created: Math.floor(details.readAt.getTime() / 1000),
        foundBy: SUBSCRIPTIONS_SYNC,
        data: { object: { id: externalId, object: 'subscription', customer: externalCustomerId, status } },
      },
    },
  };
}

function underWay({ startedAt, counts }: SyncRun): string {
  return `${STRIPE}: a run is under way since ${startedAt.toISOString().slice(0, 19)}Z, and has looked at ${counts.looked ?? 0} subscriptions.`;
}

function summaryOf(
  { looked, created, updated, events, moved, skipped }: Counts,
  { counts }: BegunRun,
): string {
  const changes =
    created + updated === 0
      ? 'all as the store has them'
      : `${created} new, ${updated} changed, ${events} events raised`;
  const others = skipped > 0 ? `; ${skipped} are not ours` : '';
  const stages = moved > 0 ? `; ${moved} customers reached another stage by time` : '';
  const resumed = Object.keys(counts).length > 0 ? ' It went on with a run that was cut off.' : '';
  return `${STRIPE}: looked at ${looked} subscriptions: ${changes}${others}${stages}.${resumed}`;
}
