import { beforeEach, describe, expect, it } from '@jest/globals';
import type { IDataObject, INodeParameters } from 'n8n-workflow';
import { LifecycleStore } from '../../../nodes/LifecycleStore/LifecycleStore.node';
import type { BegunRun, Store, SubscriptionReading } from '../../../store';
import { executeNode } from '../../support/execute-node';
import { useStore } from '../../support/store';
import { storeCredential } from '../../support/store-credential';

const database = useStore();
let store: Store;

beforeEach(async () => {
  store = await database.empty();
});

const DAY = new Date('2026-01-01T12:00:00Z');

const reading: SubscriptionReading = {
  source: 'stripe',
  externalId: 'sub_1',
  externalCustomerId: 'cus_1',
  status: 'active',
  productId: 'prod_1',
  productName: 'Pro',
  priceId: 'price_1',
  tier: 'pro',
  currency: 'jpy',
  amountMinor: 1_900,
  intervalCount: 1,
  intervalUnit: 'month',
  periodStart: DAY,
  periodEnd: DAY,
  cancelAtPeriodEnd: true,
  cancelAt: DAY,
  canceledAt: DAY,
  endedAt: null,
  cancellationReason: 'cancellation_requested',
  cancellationFeedback: 'too_expensive',
  cancellationComment: null,
  trialStart: null,
  trialEnd: null,
  paymentFailing: false,
  metadata: {},
  startedAt: DAY,
  readAt: DAY,
};

describe('customers', () => {
  it('are made and renamed by hand, in whatever spelling of the address', async () => {
    const [saved] = await run({ operation: 'upsert', email: ' Ada@Example.com', name: 'Ada Byron' });
    expect(saved).toMatchObject({
      customer: { email: 'ada@example.com', name: 'Ada Byron', stage: 'discovery' },
    });
    await run({ operation: 'upsert', email: 'ada@example.com', name: 'Ada Lovelace' });
    const [again] = await run({ operation: 'upsert', email: 'ada@example.com', name: '' });
    expect(again).toMatchObject({ customer: { name: 'Ada Lovelace' } });
    expect(await store.customers.find({}, 10)).toHaveLength(1);
  });

  it('keep a name that was entered, whatever earlier registrations say', async () => {
    await run({ operation: 'upsert', email: 'ada@example.com', name: 'Ada Lovelace' });
    const eventId = '1';
    await store.customers.record([
      { eventId, source: 'app', email: 'ada@example.com', name: 'A. Byron', signedUpAt: DAY },
    ]);
    expect(await store.customers.get('ada@example.com')).toMatchObject({
      name: 'Ada Lovelace',
      stage: 'trial',
    });
  });

  it('are found by a part of name or address, by stage, tier and status', async () => {
    const eventId = '1';
    const plan = { subject: 'app', asOf: DAY, rank: 0, tier: 'pro', status: 'active' } as const;
    await store.customers.record([
      { eventId, source: 'app', email: 'ada@example.com', name: 'Ada 100% Lovelace', plan },
      { eventId, source: 'app', email: 'grace@example.com', signedUpAt: DAY },
    ]);
    const found = async (parameters: INodeParameters) =>
      (await run({ operation: 'find', ...parameters })).map(({ email }) => email).sort();
    expect(await found({})).toEqual(['ada@example.com', 'grace@example.com']);
    expect(await found({ text: 'LOVE' })).toEqual(['ada@example.com']);
    expect(await found({ text: '0% l' })).toEqual(['ada@example.com']);
    expect(await found({ text: '%' })).toEqual(['ada@example.com']);
    expect(await found({ stages: ['trial', 'churned'] })).toEqual(['grace@example.com']);
    expect(await found({ tiers: ['pro'] })).toEqual(['ada@example.com']);
    expect(await found({ statuses: ['churned'] })).toEqual([]);
    expect(await found({ limit: 1 })).toHaveLength(1);
  });
});

describe('subscriptions', () => {
  it('are listed as people read them', async () => {
    await store.subscriptions.sync(
      [
        {
          reading,
          email: 'ada@example.com',
          name: null,
          plan: null,
          event: { type: 'customer.subscription.updated', payload: {} },
        },
      ],
      { deliver: false },
    );
    const [row, ...others] = await run({ resource: 'subscription', operation: 'find', atRisk: true });
    expect(others).toEqual([]);
    expect(row).toMatchObject({
      email: 'ada@example.com',
      productName: 'Pro',
      status: 'active',
      price: '1900 JPY every month',
      cancellationFeedback: 'too_expensive',
      periodEnd: DAY.toISOString(),
    });
    expect(await run({ resource: 'subscription', operation: 'find', email: 'b@example.com' })).toEqual([]);
    expect(await run({ resource: 'subscription', operation: 'find', statuses: ['canceled'] })).toEqual([]);
  });
});

describe('sync runs', () => {
  it('are listed with what they did, and their names can be chosen', async () => {
    const begun = (await store.syncRuns.begin('stripe-subscriptions')) as BegunRun;
    await store.syncRuns.finish(begun, { pages: 2, looked: 150 });
    await store.syncRuns.begin('trial-leads');
    const rows = await run({ resource: 'syncRun', operation: 'find' });
    expect(rows).toMatchObject([
      { name: 'trial-leads', state: 'running', did: '–', finishedAt: null },
      {
        name: 'stripe-subscriptions',
        state: 'done',
        did: '2 pages, 150 looked',
        finishedAt: expect.any(String),
      },
    ]);
    const chosen = { resource: 'syncRun', operation: 'find', syncName: 'trial-leads', state: 'done' };
    expect(await run(chosen)).toEqual([]);
    expect(await store.syncRuns.names()).toEqual(['stripe-subscriptions', 'trial-leads']);
  });
});

async function run(parameters: INodeParameters): Promise<IDataObject[]> {
  const node = {
    node: new LifecycleStore(),
    parameters: { resource: 'customer', ...parameters },
    credentials: [storeCredential(database.url())],
  };
  const [items = []] = await executeNode(node, [{}]);
  return items.map(({ json }) => json);
}
