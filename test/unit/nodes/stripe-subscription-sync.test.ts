import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { SUBSCRIPTIONS_SYNC, syncSubscriptions } from '../../../nodes/LifecycleReconcile/subscriptions';
import { LifecycleReconcile } from '../../../nodes/LifecycleReconcile/LifecycleReconcile.node';
import { StripeDouble } from '../../../sandbox/stripe';
import type { BegunRun, Store } from '../../../store';
import { stripeCredential } from '../../support/billing-events';
import { executeNode } from '../../support/execute-node';
import { startTestSandbox, type TestSandbox } from '../../support/sandbox';
import { useStore } from '../../support/store';
import { storeCredential } from '../../support/store-credential';
import { stripeClient } from '../../support/stripe-billing';

const database = useStore();
const OPTIONS = {
  planKey: 'plan',
  ours: { by: 'metadata', key: 'plan' },
  onlyResume: false,
  deliverFirst: false,
} as const;
const HANDLER = { id: 'workflow/node', workflowId: 'workflow', name: 'Test' };
let store: Store;
let stripe: TestSandbox;

beforeAll(async () => {
  stripe = await startTestSandbox('stripe', StripeDouble);
});
beforeEach(async () => {
  store = await database.empty();
  await stripe.reset();
  await stripe.fail();
  const types = ['created', 'updated', 'deleted'].map((what) => `stripe:customer.subscription.${what}`);
  await store.handlers.register({ ...HANDLER, eventTypes: [...types, 'app:customer.stageChanged'] });
});
afterAll(() => stripe.close());

describe('a sync of all subscriptions', () => {
  it('at first only fills the store', async () => {
    await stripe.act('addSubscriptions', { count: 250, deliver: false });
    const result = await sync();
    expect(result).toMatchObject({ pages: 3, looked: 225, skipped: 25, created: 225, updated: 0, events: 0 });
    expect(result.summary).toMatch(/looked at 225 subscriptions: 225 new/);
    expect(await store.subscriptions.find({}, 1_000)).toHaveLength(225);
    expect(await due()).toEqual([]);
    expect(await store.syncRuns.newest(SUBSCRIPTIONS_SYNC, 9)).toMatchObject([
      { state: 'done', counts: { looked: 225 } },
    ]);
  });

  it('lets workflows work on the first run as well where that is wanted', async () => {
    await stripe.act('subscribe', { email: 'ada@example.com', deliver: false });
    expect(await sync({ deliverFirst: true })).toMatchObject({ created: 1, events: 1 });
    expect(await due()).toEqual(['app:customer.stageChanged', 'stripe:customer.subscription.updated']);
  });

  it('run again changes nothing, and raises what has changed since', async () => {
    await stripe.act('subscribe', { email: 'ada@example.com', deliver: false });
    await stripe.act('subscribe', { email: 'grace@example.com', plan: 'enterprise', deliver: false });
    await sync();
    expect(await sync()).toMatchObject({ looked: 2, created: 0, updated: 0, unchanged: 2, events: 0 });
    await stripe.act('cancelNow', { email: 'ada@example.com', deliver: false });
    await stripe.act('subscribe', { email: 'new@example.com', deliver: false });
    expect(await sync()).toMatchObject({ looked: 3, created: 1, updated: 1, unchanged: 1, events: 2 });
    expect(await due()).toEqual([
      'app:customer.stageChanged',
      'app:customer.stageChanged',
      'stripe:customer.subscription.deleted',
      'stripe:customer.subscription.updated',
    ]);
    expect(await store.customers.get('ada@example.com')).toMatchObject({
      stage: 'churned',
      status: 'churned',
    });
  });

  it('wins nobody back who came into the list long after having left', async () => {
    await sync();
    const timestamp = new Date(Date.now() - 3 * 86_400_000).toISOString();
    await stripe.act('subscribe', { email: 'ada@example.com', deliver: false, timestamp });
    await stripe.act('cancelNow', { email: 'ada@example.com', deliver: false, timestamp });
    expect(await sync()).toMatchObject({ created: 1, events: 0 });
    expect(await due()).toEqual([]);
    expect(await store.customers.get('ada@example.com')).toMatchObject({ stage: 'churned' });
  });

  it('that fails says why, and is gone on with from where it was', async () => {
    await stripe.act('addSubscriptions', { count: 250, deliver: false });
    let pages = 0;
    const client = stripeClient(stripe.url);
    const call = client.call.bind(client);
    client.call = async (options) => {
      pages += options.path === '/v1/subscriptions' ? 1 : 0;
      if (pages > 2) await stripe.fail({ status: 500, times: 99 });
      return await call(options);
    };
    await expect(syncSubscriptions(client, store, OPTIONS)).rejects.toThrow(/Stripe/);
    const [failed] = await store.syncRuns.newest(SUBSCRIPTIONS_SYNC, 1);
    expect(failed).toMatchObject({ state: 'failed', lastFailure: expect.stringMatching(/Stripe/) });
    const kept = await store.subscriptions.find({}, 1_000);
    expect(kept.length).toBeGreaterThan(0);

    await stripe.fail();
    await stripe.forgetRequests();
    const result = await sync({ onlyResume: true });
    expect(result.summary).toMatch(/went on/);
    expect(result).toMatchObject({ looked: 225, created: 225 });
    expect(await store.syncRuns.newest(SUBSCRIPTIONS_SYNC, 9)).toMatchObject([{ state: 'done', resumed: 1 }]);
    expect(await sync({ onlyResume: true })).toEqual({
      summary: expect.stringMatching(/nothing to go on with/),
    });
  });

  it('leaves the work to the one that is under way', async () => {
    await store.syncRuns.begin(SUBSCRIPTIONS_SYNC);
    expect(await sync()).toEqual({ summary: expect.stringMatching(/under way since/) });
  });

  it('stops when another one has taken it over', async () => {
    await stripe.act('addSubscriptions', { count: 10, deliver: false });
    const { syncRuns, subscriptions, customers } = store;
    const stolen = Object.create(store, {
      syncRuns: {
        value: Object.assign(Object.create(syncRuns) as typeof syncRuns, {
          progress: (run: BegunRun) =>
            syncRuns.progress({ ...run, lease: '00000000-0000-4000-8000-000000000000' }, {}, {}),
        }),
      },
      subscriptions: { value: subscriptions },
      customers: { value: customers },
    }) as Store;
    await expect(syncSubscriptions(stripeClient(stripe.url), stolen, OPTIONS)).rejects.toThrow(
      /taken it over/,
    );
  });

  it('looks at certain products alone where these are chosen', async () => {
    await stripe.act('subscribe', { email: 'ada@example.com', plan: 'pro', deliver: false });
    await stripe.act('subscribe', { email: 'grace@example.com', plan: 'enterprise', deliver: false });
    const { products } = await stripe.state<{
      products: Array<{ id: string; metadata: { plan?: string } }>;
    }>();
    const ids = products.flatMap(({ id, metadata }) => (metadata.plan === 'pro' ? id : []));
    const [[item] = []] = await executeNode(
      {
        node: new LifecycleReconcile(),
        parameters: { provider: 'stripe', what: 'subscriptions', ours: 'products', products: ids },
        credentials: [stripeCredential(stripe.url), storeCredential(database.url())],
      },
      [{}],
    );
    expect(item?.json).toMatchObject({ looked: 1, skipped: 1, created: 1 });
  });
});

function sync(over: Partial<Parameters<typeof syncSubscriptions>[2]> = {}) {
  return syncSubscriptions(stripeClient(stripe.url), store, { ...OPTIONS, ...over });
}

async function due(): Promise<string[]> {
  const deliveries = await store.deliveries.find({ states: ['waiting'] }, 1_000);
  return deliveries.map(({ event }) => `${event.source}:${event.type}`).sort();
}
