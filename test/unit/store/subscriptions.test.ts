import { beforeEach, describe, expect, it } from '@jest/globals';
import { createPool } from '../../../store/database';
import {
  openStore,
  type FoundSubscription,
  type Store,
  type Subscription,
  type SubscriptionReading,
} from '../../../store';
import { writeSubscriptions } from '../../../store/subscriptions';
import { Random } from '../../support/random';
import { useStore } from '../../support/store';

const database = useStore();
const NOON = Date.UTC(2026, 0, 1, 12);
const EMAIL = 'ada@example.com';
let store: Store;

beforeEach(async () => {
  store = await database.empty();
});

describe('of two readings of a subscription', () => {
  it('the one that was made later counts, in whatever order they come', async () => {
    const early = reading({ readAt: at(1), status: 'active' });
    const late = reading({ readAt: at(2), status: 'past_due', paymentFailing: true });
    for (const order of [
      [early, late],
      [late, early],
      [late, early, late, early],
    ]) {
      store = await database.empty();
      for (const each of order) await found({ reading: each });
      expect(await only()).toMatchObject({ status: 'past_due', paymentFailing: true, readAt: at(2) });
    }
  });

  it('made at the same instant the same one counts, in whatever order they come', async () => {
    const tied = [reading({ status: 'active' }), reading({ status: 'paused' })];
    const ends: unknown[] = [];
    for (const order of [tied, tied.toReversed(), [...tied, ...tied]]) {
      store = await database.empty();
      for (const each of order) await found({ reading: each });
      ends.push((await only()).status);
    }
    expect(new Set(ends).size).toBe(1);
  });

  it('in one list the newest counts', async () => {
    await store.subscriptions.keepOwnerless([
      reading({ readAt: at(2), status: 'past_due' }),
      reading({ readAt: at(3), status: 'canceled', endedAt: at(3) }),
      reading({ readAt: at(1) }),
    ]);
    expect(await only()).toMatchObject({ status: 'canceled', readAt: at(3) });
  });

  it('that say the same the later one changes nothing but the time until which older ones are outdated', async () => {
    await found({ reading: reading({ readAt: at(1) }) });
    const first = await only();
    expect(await found({ reading: reading({ readAt: at(3) }) })).toMatchObject({ unchanged: 1, events: 0 });
    expect(await only()).toEqual({ ...first, readAt: at(3) });
    // Read between the two, and late.
    await found({ reading: reading({ readAt: at(2), status: 'paused' }) });
    expect(await only()).toEqual({ ...first, readAt: at(3) });
  });

  it('the later one leaves alone when it began, and takes nobody away', async () => {
    await found({ reading: reading({ readAt: at(1), startedAt: at(0) }) });
    const first = await only();
    await found({ reading: reading({ readAt: at(2), startedAt: at(1), status: 'paused' }), email: null });
    expect(await only()).toMatchObject({
      startedAt: at(0),
      firstSeenAt: first.firstSeenAt,
      customerId: first.customerId,
      email: EMAIL,
      status: 'paused',
    });
  });
});

describe('a subscription', () => {
  it('is kept with all that is known of it', async () => {
    const all = reading({
      metadata: { campaign: 'spring', note: 'a\0b' },
      amountMinor: 9_007_199_254_740_991,
      currency: 'jpy',
      trialStart: at(1),
      trialEnd: at(2),
      cancelAtPeriodEnd: true,
      cancelAt: at(3),
      canceledAt: at(4),
      endedAt: at(5),
      cancellationReason: 'cancellation_requested',
      cancellationFeedback: 'too_expensive',
      cancellationComment: 'See you; drop table lifecycle.subscription',
    });
    await found({ reading: all });
    const { metadata, ...rest } = all;
    expect(await only()).toMatchObject({
      ...rest,
      metadata: { ...metadata, note: 'a\uFFFDb' },
      email: EMAIL,
    });
  });

  it('has exact times, in a database of any time zone and across a change to daylight saving time', async () => {
    const elsewhere = await openStore(`${database.url()}?options=-c%20TimeZone%3DAmerica/New_York`);
    database.beforeClosing(() => elsewhere.close());
    store = elsewhere;
    // Both 1:30 by the clock, an hour apart.
    const periodStart = new Date('2026-11-01T05:30:00Z');
    const periodEnd = new Date('2026-11-01T06:30:00Z');
    await found({ reading: reading({ periodStart, periodEnd }) });
    expect(await only()).toMatchObject({ periodStart, periodEnd });
  });

  it('whose payer has no address is nobody’s until one is known', async () => {
    await found({ email: null });
    expect(await only()).toMatchObject({ email: null, customerId: null });
    expect(await store.customers.find({}, 10)).toEqual([]);
    expect(await found({ reading: reading({ readAt: at(2) }) })).toMatchObject({ updated: 1, events: 1 });
    expect(await only()).toMatchObject({ email: EMAIL });
  });

  it('is found by its customer, its state, and whether it is at risk', async () => {
    await found({});
    await found({
      reading: reading({ externalId: 'sub_2', cancelAtPeriodEnd: true }),
      email: 'b@example.com',
    });
    await found({
      reading: reading({ externalId: 'sub_3', status: 'canceled', endedAt: at(1), cancelAtPeriodEnd: true }),
    });
    const ids = async (filter: Parameters<Store['subscriptions']['find']>[0]) =>
      (await store.subscriptions.find(filter, 10)).map(({ externalId }) => externalId).sort();
    expect(await ids({})).toEqual(['sub_1', 'sub_2', 'sub_3']);
    expect(await ids({ email: ' ADA@example.com' })).toEqual(['sub_1', 'sub_3']);
    expect(await ids({ statuses: ['canceled'] })).toEqual(['sub_3']);
    expect(await ids({ atRisk: true })).toEqual(['sub_2']);
  });

  it('of many customers at once takes one statement, in any order, side by side', async () => {
    const pool = createPool(database.url());
    const many = Array.from({ length: 200 }, (_none, index) => reading({ externalId: `sub_${index}` }));
    const owned = many.map((each) => ({ reading: each, customerId: null }));
    const rows = await Promise.all(
      [1, 2, 3, 4].map((seed) => writeSubscriptions(pool, new Random(seed).shuffled(owned))),
    );
    await pool.end();
    expect(rows.flat().filter(({ isNew }) => isNew)).toHaveLength(200);
    expect(await store.subscriptions.find({}, 1_000)).toHaveLength(200);
  });
});

describe('what a sync comes upon', () => {
  beforeEach(async () => {
    await store.handlers.register({
      id: 'workflow/node',
      workflowId: 'workflow',
      name: 'Test',
      eventTypes: ['stripe:customer.subscription.updated', 'app:customer.stageChanged'],
    });
  });

  it('is recorded, raised as an event, and puts its customer on a stage', async () => {
    expect(await found({})).toEqual({ created: 1, updated: 0, unchanged: 0, events: 1 });
    expect(await store.customers.get(EMAIL)).toMatchObject({
      tier: 'pro',
      status: 'active',
      stage: 'active',
    });
    expect(await dueTypes()).toEqual(['customer.stageChanged', 'customer.subscription.updated']);
  });

  it('again changes nothing and raises nothing', async () => {
    await found({});
    const before = await dueTypes();
    const customer = await store.customers.get(EMAIL);
    expect(await found({ reading: reading({ readAt: at(9) }) })).toMatchObject({ unchanged: 1, events: 0 });
    expect(await dueTypes()).toEqual(before);
    expect(await store.customers.get(EMAIL)).toEqual(customer);
  });

  it('is another thing when its payments are paused, and when they go on', async () => {
    await found({});
    const paused = {
      plan: statement('paused', at(2)),
      reading: reading({ readAt: at(2), collectionPaused: true }),
    };
    expect(await found(paused)).toMatchObject({ updated: 1, events: 1 });
    expect(await store.customers.get(EMAIL)).toMatchObject({ status: 'paused' });
    expect(await found({ ...paused, reading: { ...paused.reading, readAt: at(3) } })).toMatchObject({
      unchanged: 1,
    });
    const goingOn = { plan: statement('active', at(4)), reading: reading({ readAt: at(4) }) };
    expect(await found(goingOn)).toMatchObject({ updated: 1, events: 1 });
    expect(await store.customers.get(EMAIL)).toMatchObject({ status: 'active' });
  });

  it('on the first of all syncs is kept without any workflow working on it', async () => {
    expect(await found({}, { deliver: false })).toEqual({ created: 1, updated: 0, unchanged: 0, events: 0 });
    expect(await dueTypes()).toEqual([]);
    expect(await store.customers.get(EMAIL)).toMatchObject({ tier: 'pro', stage: 'active' });
    const kinds = (await store.customers.timeline(EMAIL, 10)).map(({ kind }) => kind);
    expect(kinds).toEqual(['stage', 'plan', 'event']);
  });

  it('of two payers with one address is about one customer', async () => {
    await store.subscriptions.sync(
      [
        foundOf({ email: 'Ada@example.com' }),
        foundOf({
          reading: reading({ externalId: 'sub_2', externalCustomerId: 'cus_2', cancelAtPeriodEnd: true }),
        }),
      ],
      { deliver: true },
    );
    expect(await store.customers.find({}, 10)).toHaveLength(1);
    expect(await store.customers.get(EMAIL)).toMatchObject({ stage: 'atRisk' });
  });
});

describe('of somebody who was erased', () => {
  const begun = reading({ startedAt: new Date(Date.now() - 86_400_000) });

  beforeEach(async () => {
    await found({ reading: begun });
    await store.privacy.erase(EMAIL);
  });

  it('what the provider goes on to list brings nobody back', async () => {
    const later = { ...begun, readAt: new Date(), status: 'past_due' };
    expect(await found({ reading: later })).toEqual({ created: 0, updated: 0, unchanged: 0, events: 0 });
    await store.subscriptions.keepOwnerless([later]);
    expect(await store.subscriptions.find({}, 10)).toEqual([]);
    expect(await store.customers.find({}, 10)).toEqual([]);
  });

  it('what began later is kept', async () => {
    const startedAt = new Date(Date.now() + 1_000);
    await found({ reading: reading({ externalId: 'sub_2', startedAt, readAt: startedAt }) });
    expect(await store.customers.find({}, 10)).toMatchObject([{ email: EMAIL, tier: 'pro' }]);
  });
});

describe('stages', () => {
  it('that time alone ends are worked out anew, once', async () => {
    const startedAt = new Date(Date.now() - 13 * 86_400_000);
    await found({ reading: reading({ startedAt }) });
    expect(await store.customers.get(EMAIL)).toMatchObject({ stage: 'onboarding' });
    const later = new Date(Date.now() + 15 * 86_400_000);
    expect(await store.customers.moveOn()).toBe(0);
    expect(await store.customers.moveOn(later)).toBe(1);
    expect(await store.customers.moveOn(later)).toBe(0);
    expect(await store.customers.get(EMAIL)).toMatchObject({ stage: 'active', stageSince: later });
    expect((await store.customers.timeline(EMAIL, 10))[0]).toEqual({
      kind: 'stage',
      at: later,
      stage: 'active',
      previousStage: 'onboarding',
      cause: null,
    });
  });
});

function at(second: number): Date {
  return new Date(NOON + second * 1000);
}

function reading(over: Partial<SubscriptionReading> = {}): SubscriptionReading {
  return {
    source: 'stripe',
    externalId: 'sub_1',
    externalCustomerId: 'cus_1',
    status: 'active',
    productId: 'prod_1',
    productName: 'Pro',
    priceId: 'price_1',
    tier: 'pro',
    currency: 'eur',
    amountMinor: 1_900,
    intervalCount: 1,
    intervalUnit: 'month',
    periodStart: at(0),
    periodEnd: at(2_592_000),
    cancelAtPeriodEnd: false,
    cancelAt: null,
    canceledAt: null,
    endedAt: null,
    cancellationReason: null,
    cancellationFeedback: null,
    cancellationComment: null,
    trialStart: null,
    trialEnd: null,
    paymentFailing: false,
    metadata: {},
    startedAt: at(0),
    readAt: at(1),
    ...over,
  };
}

function statement(status: 'active' | 'paused', asOf: Date, subject = 'sub_1') {
  return { subject, asOf, rank: 0, tier: 'pro' as const, status };
}

function foundOf(over: Partial<FoundSubscription>): FoundSubscription {
  const of = over.reading ?? reading();
  return {
    reading: of,
    email: EMAIL,
    name: 'Ada Lovelace',
    plan: statement('active', of.readAt, of.externalId),
    event: { type: 'customer.subscription.updated', payload: {} },
    ...over,
  };
}

function found(over: Partial<FoundSubscription>, options = { deliver: true }) {
  return store.subscriptions.sync([foundOf(over)], options);
}

async function only(): Promise<Subscription> {
  const all = await store.subscriptions.find({}, 10);
  expect(all).toHaveLength(1);
  return all[0] as Subscription;
}

async function dueTypes(): Promise<string[]> {
  const due = await store.deliveries.find({ states: ['waiting'] }, 10);
  return due.map(({ event }) => event.type).sort();
}
