import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type OfficialStripe from 'stripe';
import { StripeDouble } from '../../../sandbox/stripe';
import {
  SubscriptionReader,
  readSubscription,
  type PlanStatement,
  type ReadSubscription,
  type StripeClient,
  type StripeNotice,
} from '../../../services/stripe';
import { startHttpServer } from '../../support/http-server';
import { startTestSandbox, type TestSandbox } from '../../support/sandbox';
import { bill, noticeAbout, stripeClient } from '../../support/stripe-billing';

const NOON = '2026-05-04T12:00:00.000Z';
const ANNA = { email: 'Anna@Example.com', name: 'Anna Schmidt' };
const CREATED = 'customer.subscription.created';
const UPDATED = 'customer.subscription.updated';
const DELETED = 'customer.subscription.deleted';

let stripe: TestSandbox;
let client: StripeClient;

beforeAll(async () => {
  stripe = await startTestSandbox('stripe', StripeDouble);
  client = stripeClient(stripe.url);
});
beforeEach(async () => {
  await stripe.reset();
  await stripe.fail();
});
afterAll(() => stripe.close());

const subscribe = (input: object = {}) =>
  bill(stripe, 'subscribe', { ...ANNA, plan: 'pro', timestamp: NOON, ...input });

/** The least that Stripe says of one, without its items. */
const BARE = {
  id: 'sub_1',
  status: 'active',
  created: 1_750_000_000,
  cancel_at_period_end: false,
  customer: { id: 'cus_1' },
};

const updated: StripeNotice = { type: UPDATED, occurredAt: new Date(NOON), payload: undefined };

const read = (id: string, notice = updated, planKey = 'plan'): Promise<ReadSubscription> =>
  new SubscriptionReader(client, planKey).read(id, notice);

/** Changes what the double holds of its only subscription. */
async function patch(change: object): Promise<void> {
  const { subscriptions } = await stripe.state<{ subscriptions: object[] }>();
  await stripe.load({ subscriptions: subscriptions.map((one) => ({ ...one, ...change })) });
}

describe('a subscription', () => {
  it('is read with customer, product and plan in one call', async () => {
    const { subscriptionId, customerId, notices } = await subscribe();
    await stripe.forgetRequests();

    const answer = await read(subscriptionId, noticeAbout(notices, UPDATED));

    expect(answer).toEqual({
      id: subscriptionId,
      customerId,
      email: 'anna@example.com',
      name: 'Anna Schmidt',
      productName: 'Pro',
      tier: 'pro',
      status: 'active',
      statement: {
        subject: subscriptionId,
        asOf: new Date(NOON),
        rank: expect.any(Number),
        tier: 'pro',
        status: 'active',
      },
      details: expect.objectContaining({ externalId: subscriptionId, status: 'active' }),
    });
    const requests = await stripe.requests();
    expect(requests.map(({ query }) => query)).toEqual([
      { 'expand[]': ['customer', 'items.data.price.product', 'latest_invoice'] },
    ]);
  });

  it('of several products is for the highest plan', async () => {
    const { subscriptionId } = await subscribe({ addOns: ['prod_Support', 'enterprise'] });
    expect(await read(subscriptionId)).toMatchObject({ tier: 'enterprise', productName: 'Enterprise' });
  });

  it.each([
    ['no metadata', {}, {}],
    ['an unknown plan', { plan: 'premium' }, {}],
    ['a plan under another key', { tier: 'pro' }, {}],
  ])('of a product with %s is for none of the plans, which is no error', async (_, metadata, ofPrice) => {
    await withProduct(metadata, ofPrice);
    const { subscriptionId } = await subscribe({ plan: 'prod_own' });
    expect(await read(subscriptionId)).toMatchObject({
      tier: null,
      productName: 'Own',
      statement: null,
      nothing: expect.stringContaining('its product "Own" names no plan: "plan" in its metadata'),
    });
  });

  it.each([
    ['in any case and with blanks', { plan: ' Enterprise ' }, {}, 'plan', 'enterprise'],
    ['under a key of one’s own', { tier: 'free' }, {}, 'tier', 'free'],
    ['at the price, in the second place', {}, { plan: 'pro' }, 'plan', 'pro'],
    ['at the product, in the first place', { plan: 'pro' }, { plan: 'enterprise' }, 'plan', 'pro'],
  ])('has its plan %s', async (_, metadata, ofPrice, key, tier) => {
    await withProduct(metadata, ofPrice);
    const { subscriptionId } = await subscribe({ plan: 'prod_own' });
    expect(await read(subscriptionId, updated, key)).toMatchObject({ tier, statement: { tier } });
  });

  it.each<[OfficialStripe.Subscription.Status, object, PlanStatement['status']]>([
    ['trialing', {}, 'trialing'],
    ['active', {}, 'active'],
    ['past_due', {}, 'past_due'],
    ['unpaid', {}, 'past_due'],
    ['paused', {}, 'paused'],
    ['active', { collectionPaused: true }, 'paused'],
    ['active', { cancelAtPeriodEnd: true }, 'cancelled'],
    ['trialing', { cancelAt: 1_800_000_000 }, 'cancelled'],
    ['past_due', { cancelAtPeriodEnd: true, collectionPaused: true }, 'cancelled'],
  ])('that Stripe calls %s with %j is %s, with its tier', async (status, more, expected) => {
    const { subscriptionId } = await subscribe();
    await patch({ status, ...more });
    expect(await read(subscriptionId)).toMatchObject({
      status: expected,
      tier: 'pro',
      statement: { status: expected, tier: 'pro' },
    });
  });

  it('that is canceled has ended, and says nothing about a tier any more', async () => {
    const { subscriptionId } = await subscribe();
    await bill(stripe, 'cancelAtPeriodEnd');
    await bill(stripe, 'renew');
    expect(await read(subscriptionId)).toMatchObject({
      status: 'churned',
      tier: 'pro',
      statement: { status: 'churned', tier: null },
    });
  });

  it.each(['incomplete', 'incomplete_expired'])(
    'that is %s grants nothing, and so ends nothing',
    async (status) => {
      const { subscriptionId } = await subscribe({ paid: false });
      await patch({ status });
      expect(await read(subscriptionId)).toMatchObject({
        statement: null,
        nothing: 'its first payment has not come',
      });
    },
  );

  it('has neither an address nor a name once its customer is deleted', async () => {
    const { subscriptionId, customerId } = await subscribe();
    const { notices } = await bill(stripe, 'deleteCustomer', { email: ANNA.email });
    expect(await read(subscriptionId, noticeAbout(notices, DELETED))).toMatchObject({
      customerId,
      email: null,
      name: null,
      statement: { status: 'churned' },
    });
  });

  it('without the products asked for is an error: a plan must not go unnoticed', async () => {
    const server = await startHttpServer(() => ({
      body: {
        ...BARE,
        items: { data: [{ id: 'si_1', price: { id: 'price_1', product: 'prod_1' } }], has_more: false },
      },
    }));
    await expect(readSubscription(stripeClient(server.url), 'sub_1')).rejects.toMatchObject({
      retryable: true,
      message: expect.stringContaining('(items.data.0.price.product)'),
    });
    await server.close();
  });

  it('with more items than Stripe gives at once is for the highest plan of all', async () => {
    const itemOf = (id: string, plan: string) => ({
      id,
      price: { id, product: { id, metadata: { plan } } },
    });
    const server = await startHttpServer(({ path }) => ({
      body:
        path === '/v1/subscription_items'
          ? { data: [itemOf('si_1', 'free'), itemOf('si_2', 'pro')], has_more: false }
          : { ...BARE, items: { data: [itemOf('si_1', 'free')], has_more: true } },
    }));
    expect(await readSubscription(stripeClient(server.url), 'sub_1')).toMatchObject({ tier: 'pro' });
    expect(server.requests[1]?.query.get('subscription')).toBe('sub_1');
    await server.close();
  });

  it('is tried again while Stripe limits the rate, and left to a later try when that goes on', async () => {
    const { subscriptionId } = await subscribe();
    await stripe.fail({ status: 429, times: 2 });
    await expect(read(subscriptionId)).resolves.toMatchObject({ tier: 'pro' });
    await stripe.fail({ status: 429 });
    await expect(read(subscriptionId)).rejects.toMatchObject({ retryable: true, status: 429 });
  });
});

describe('a subscription that Stripe does not have', () => {
  const gone = (type: string, customer: string): StripeNotice => ({
    type,
    occurredAt: new Date(NOON),
    payload: { data: { object: { id: 'sub_gone', object: 'subscription', customer } } },
  });

  it('has ended when its event says so, with the customer’s address', async () => {
    const { customerId } = await subscribe();
    expect(await read('sub_gone', gone(DELETED, customerId))).toEqual({
      id: 'sub_gone',
      customerId,
      email: 'anna@example.com',
      name: 'Anna Schmidt',
      productName: null,
      tier: null,
      status: 'churned',
      statement: {
        subject: 'sub_gone',
        asOf: new Date(NOON),
        rank: expect.any(Number),
        tier: null,
        status: 'churned',
      },
      details: null,
    });
  });

  it('has ended even if the customer is gone as well', async () => {
    expect(await read('sub_gone', gone(DELETED, 'cus_gone'))).toMatchObject({
      customerId: 'cus_gone',
      email: null,
      statement: { status: 'churned' },
    });
  });

  it('is an error that says what to check otherwise', async () => {
    await expect(read('sub_gone', gone(UPDATED, 'cus_gone'))).rejects.toMatchObject({
      retryable: false,
      status: 404,
      message: expect.stringMatching(/could not retrieve the subscription sub_gone.*same Stripe account/),
    });
  });

  it('is no excuse for an answer that did not come', async () => {
    await stripe.fail({ status: 503 });
    await expect(read('sub_gone', gone(DELETED, 'cus_gone'))).rejects.toMatchObject({ retryable: true });
  });
});

describe('what an update says was before', () => {
  const change = async (plan: string, from: object = {}) => {
    const { subscriptionId } = await subscribe(from);
    const { notices } = await bill(stripe, 'changePlan', { plan });
    await stripe.forgetRequests();
    return await read(subscriptionId, noticeAbout(notices, UPDATED));
  };

  it.each(['current', 'before-2025-03-31'])(
    'is the earlier tier, in events of the generation %s',
    async (generation) => {
      const { subscriptionId } = await subscribe({ plan: 'enterprise' });
      const { notices } = await bill(stripe, 'changePlan', { plan: 'pro', generation });
      const { statement } = await read(subscriptionId, noticeAbout(notices, UPDATED));
      expect(statement).toMatchObject({ tier: 'pro', previousTier: 'enterprise' });
    },
  );

  it('is found out with one more call', async () => {
    expect((await change('enterprise')).statement).toMatchObject({ tier: 'enterprise', previousTier: 'pro' });
    expect(await stripe.calls()).toEqual([
      expect.stringMatching(/^GET \/v1\/subscriptions\//),
      'GET /v1/products/prod_Pro',
    ]);
  });

  it('is nothing when the product did not change', async () => {
    const { subscriptionId } = await subscribe();
    const { notices } = await bill(stripe, 'renew');
    await stripe.forgetRequests();
    const { statement } = await read(subscriptionId, noticeAbout(notices, UPDATED));
    expect(statement).not.toHaveProperty('previousTier');
    expect(await stripe.calls()).toHaveLength(1);
  });

  it('is left out when that product is no plan, or gone', async () => {
    const answer = await change('pro', { plan: 'prod_Support' });
    expect(answer.statement).not.toHaveProperty('previousTier');
    const payload = {
      data: { previous_attributes: { items: { data: [{ price: { product: 'prod_gone' } }] } } },
    };
    const { statement } = await read(answer.id, { ...updated, payload });
    expect(statement).toMatchObject({ tier: 'pro' });
    expect(statement).not.toHaveProperty('previousTier');
  });

  it('ends the plan when there is none any more', async () => {
    expect(await change('prod_Support')).toMatchObject({
      tier: null,
      status: 'churned',
      statement: { status: 'churned', tier: null, previousTier: 'pro' },
    });
  });
});

describe('many events', () => {
  it('of one subscription share one call', async () => {
    const { subscriptionId, notices } = await subscribe();
    const other = await subscribe({ email: 'ben@example.com' });
    await stripe.forgetRequests();
    const reader = new SubscriptionReader(client, 'plan');
    await Promise.all([
      ...notices.map((notice) => reader.read(subscriptionId, notice)),
      reader.read(subscriptionId, updated),
      reader.read(other.subscriptionId, updated),
    ]);
    expect(await stripe.calls()).toHaveLength(2);
  });

  it('end in the state of now in any order and however often, though all are of one second', async () => {
    const { subscriptionId, notices } = await subscribe();
    for (const [action, input] of [
      ['changePlan', { plan: 'enterprise' }],
      ['cancelAtPeriodEnd', {}],
      ['resume', {}],
      ['changePlan', { plan: 'pro' }],
      ['failPayment', {}],
    ] as const) {
      const more = await bill(stripe, action, { ...input, timestamp: NOON });
      notices.push(...more.notices);
    }
    const events = notices.filter(({ type }) => type.startsWith('customer.subscription.'));
    for (const order of [events, events.toReversed(), [...events, ...events].sort(shuffledly())]) {
      expect(await lastOf(subscriptionId, order)).toMatchObject({ tier: 'pro', status: 'past_due' });
    }
  });

  it('read between two changes of the same second end in the later one', async () => {
    const { subscriptionId, notices } = await subscribe();
    const change = await bill(stripe, 'changePlan', { plan: 'enterprise', timestamp: NOON });
    const first = noticeAbout(notices, UPDATED);
    const second = noticeAbout(change.notices, UPDATED);
    const readAfter = (milliseconds: number, notice: StripeNotice) =>
      new SubscriptionReader(client, 'plan', { now: () => Date.parse(NOON) + milliseconds }).read(
        subscriptionId,
        notice,
      );
    const statements = [await readAfter(2_000, second)];
    await bill(stripe, 'changePlan', { plan: 'pro', timestamp: NOON });
    statements.push(await readAfter(2_001, first));
    expect(latest(statements)).toMatchObject({ tier: 'pro' });
    expect(latest(statements.toReversed())).toMatchObject({ tier: 'pro' });
  });

  it('of an end come last, even if an earlier one was read later', async () => {
    const { subscriptionId, notices } = await subscribe();
    const { notices: ends } = await bill(stripe, 'cancelNow', { timestamp: NOON });
    const far = { now: () => Date.parse(NOON) + 90 * 86_400_000 };
    const end = await read(subscriptionId, noticeAbout(ends, DELETED));
    const late = await new SubscriptionReader(client, 'plan', far).read(
      subscriptionId,
      noticeAbout(notices, CREATED),
    );
    expect(Number(end.statement?.rank)).toBeGreaterThan(Number(late.statement?.rank));
    for (const { statement } of [end, late]) {
      expect(statement?.rank).toBe(Math.trunc(statement?.rank ?? Number.NaN) | 0);
    }
  });
});

/** The statement that counts in the end of what is read for events in this order. */
async function lastOf(id: string, events: readonly StripeNotice[]): Promise<PlanStatement | undefined> {
  const readings: ReadSubscription[] = [];
  for (const event of events) readings.push(await read(id, event));
  return latest(readings);
}

/** As the store has it: the newest by time, then by rank. */
function latest(readings: readonly ReadSubscription[]): PlanStatement | undefined {
  return readings
    .flatMap(({ statement }) => statement ?? [])
    .sort((one, other) => one.asOf.getTime() - other.asOf.getTime() || one.rank - other.rank)
    .at(-1);
}

function shuffledly(): () => number {
  return () => Math.random() - 0.5;
}

/** A product of one's own with a monthly price. */
async function withProduct(metadata: object, ofPrice: object): Promise<void> {
  const { products, prices } = await stripe.state<{ products: object[]; prices: object[] }>();
  const price = {
    id: 'price_own',
    productId: 'prod_own',
    unitAmount: 100,
    recurring: { interval: 'month' },
    metadata: ofPrice,
  };
  const product = { id: 'prod_own', name: 'Own', metadata, defaultPriceId: price.id };
  await stripe.load({ products: [...products, product], prices: [...prices, price] });
}
