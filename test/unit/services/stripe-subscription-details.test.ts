import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { StripeDouble } from '../../../sandbox/stripe';
import {
  SubscriptionReader,
  readSubscription,
  type StripeClient,
  type SubscriptionDetails,
} from '../../../services/stripe';
import { startHttpServer } from '../../support/http-server';
import { startTestSandbox, type TestSandbox } from '../../support/sandbox';
import { bill, stripeClient } from '../../support/stripe-billing';

const NOON = '2026-05-04T12:00:00.000Z';

let stripe: TestSandbox;
let client: StripeClient;

beforeAll(async () => {
  stripe = await startTestSandbox('stripe', StripeDouble);
  client = stripeClient(stripe.url);
});
beforeEach(() => stripe.reset());
afterAll(() => stripe.close());

const subscribe = (input: object = {}) => bill(stripe, 'subscribe', { timestamp: NOON, ...input });

async function detailsOf(id: string): Promise<SubscriptionDetails> {
  return (await readSubscription(client, id)).details;
}

it('are all that Stripe says of a subscription', async () => {
  const { subscriptionId, customerId } = await subscribe({ addOns: ['prod_Support'] });
  const clock = { now: () => Date.parse('2026-05-05T00:00:00.123Z') };
  const { details } = await readSubscription(client, subscriptionId, 'plan', clock);
  expect(details).toEqual({
    externalId: subscriptionId,
    externalCustomerId: customerId,
    status: 'active',
    productId: 'prod_Pro',
    productName: 'Pro',
    priceId: 'price_Pro',
    tier: 'pro',
    currency: 'eur',
    amountMinor: 3800,
    intervalCount: 1,
    intervalUnit: 'month',
    periodStart: new Date(NOON),
    periodEnd: new Date('2026-06-03T12:00:00Z'),
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
    collectionPaused: false,
    metadata: {},
    startedAt: new Date(NOON),
    readAt: new Date('2026-05-05T00:00:00.123Z'),
  });
});

it('tell of a trial and of how somebody leaves', async () => {
  const { subscriptionId } = await subscribe({ trialDays: 14 });
  const leaving = { feedback: 'too_expensive', comment: '  Half the price elsewhere ' };
  await bill(stripe, 'cancelAtPeriodEnd', { ...leaving, timestamp: '2026-05-05T12:00:00Z' });
  expect(await detailsOf(subscriptionId)).toMatchObject({
    status: 'trialing',
    trialStart: new Date(NOON),
    trialEnd: new Date('2026-05-18T12:00:00Z'),
    cancelAtPeriodEnd: true,
    canceledAt: new Date('2026-05-05T12:00:00Z'),
    endedAt: null,
    cancellationReason: 'cancellation_requested',
    cancellationFeedback: 'too_expensive',
    cancellationComment: 'Half the price elsewhere',
  });
  await bill(stripe, 'cancelNow', { timestamp: '2026-05-06T12:00:00Z' });
  expect(await detailsOf(subscriptionId)).toMatchObject({
    status: 'canceled',
    endedAt: new Date('2026-05-06T12:00:00Z'),
  });
});

it('tell of a payment that fails until it comes', async () => {
  const { subscriptionId } = await subscribe();
  await bill(stripe, 'failPayment');
  expect(await detailsOf(subscriptionId)).toMatchObject({ status: 'past_due', paymentFailing: true });
  await bill(stripe, 'renew');
  expect(await detailsOf(subscriptionId)).toMatchObject({ status: 'active', paymentFailing: false });
});

it('are null once Stripe has the subscription no more', async () => {
  const end = { type: 'customer.subscription.deleted', occurredAt: new Date(NOON), payload: undefined };
  expect(await new SubscriptionReader(client, 'plan').read('sub_gone', end)).toMatchObject({ details: null });
});

const BARE = {
  id: 'sub_1',
  status: 'active',
  currency: 'EUR',
  created: 1_750_000_000,
  cancel_at_period_end: false,
  customer: { id: 'cus_1' },
};

function itemWith(change: object = {}, ofPrice: object = {}): object {
  const product = { id: 'prod_1', name: ' Pro ', metadata: { plan: 'pro' } };
  return { id: 'si_1', quantity: 1, price: { id: 'price_1', product, ...ofPrice }, ...change };
}

/** What is made of an answer of Stripe's. */
async function madeOf(change: object, items = [itemWith()]): Promise<SubscriptionDetails> {
  const body = { ...BARE, items: { data: items, has_more: false }, ...change };
  const server = await startHttpServer(() => ({ body }));
  const { details } = await readSubscription(stripeClient(server.url), 'sub_1');
  await server.close();
  return details;
}

describe('of an answer', () => {
  it('from before API version 2025-03-31 have the subscription’s own period', async () => {
    const period = { current_period_start: 1_750_000_000, current_period_end: 1_752_592_000 };
    expect(await madeOf({ ...period, latest_invoice: 'in_1' })).toMatchObject({
      periodStart: new Date(1_750_000_000_000),
      periodEnd: new Date(1_752_592_000_000),
      paymentFailing: false,
    });
  });

  it('with several periods have the one that ends first', async () => {
    const yearly = itemWith({ current_period_start: 1_750_000_000, current_period_end: 1_781_536_000 });
    const monthly = itemWith({ current_period_start: 1_751_000_000, current_period_end: 1_753_592_000 });
    expect(await madeOf({}, [yearly, monthly, itemWith()])).toMatchObject({
      periodStart: new Date(1_751_000_000_000),
      periodEnd: new Date(1_753_592_000_000),
    });
  });

  it('without a period, a price or a name have none', async () => {
    expect(await madeOf({ currency: null }, [])).toMatchObject({
      productId: null,
      productName: null,
      priceId: null,
      tier: null,
      currency: null,
      amountMinor: null,
      intervalCount: null,
      intervalUnit: null,
      periodStart: null,
      periodEnd: null,
    });
  });

  it('have trimmed texts, the currency in lower case, and the metadata as it is', async () => {
    const metadata = { note: ' kept ' };
    expect(await madeOf({ metadata, cancellation_details: { comment: ' ' } })).toMatchObject({
      productName: 'Pro',
      currency: 'eur',
      metadata,
      cancellationComment: null,
    });
  });

  it.each<[string, object[], number | null]>([
    [
      'several items',
      [itemWith({ quantity: 3 }, { unit_amount: 500 }), itemWith({}, { unit_amount: 9 })],
      1509,
    ],
    ['a free item', [itemWith({}, { unit_amount: 0 })], 0],
    ['one item in tiers', [itemWith({}, { unit_amount: null }), itemWith({}, { unit_amount: 700 })], 700],
    ['only items in tiers', [itemWith({}, { unit_amount: null })], null],
    ['only a metered item', [itemWith({ quantity: undefined }, { unit_amount: 5 })], null],
  ])('with %s have the amount that is known', async (_, items, amountMinor) => {
    expect(await madeOf({}, items)).toMatchObject({ amountMinor });
  });

  it('have the first item’s interval', async () => {
    const quarterly = itemWith({}, { recurring: { interval: 'month', interval_count: 3 } });
    const weekly = itemWith({}, { recurring: { interval: 'week', interval_count: 1 } });
    expect(await madeOf({}, [quarterly, weekly])).toMatchObject({ intervalCount: 3, intervalUnit: 'month' });
  });

  it.each<[object, boolean]>([
    [{ latest_invoice: null }, false],
    [{ latest_invoice: { status: 'open', attempted: true, attempt_count: 1 } }, true],
    [{ latest_invoice: { status: 'open', attempt_count: 2 } }, true],
    [{ latest_invoice: { status: 'open', attempted: false, attempt_count: 0 } }, false],
    [{ latest_invoice: { status: 'draft', attempted: false } }, false],
    [{ latest_invoice: { status: 'paid', attempted: true } }, false],
    [{ status: 'unpaid', latest_invoice: { status: 'draft' } }, true],
    [{ status: 'past_due', latest_invoice: 'in_1' }, true],
  ])('with %j tell whether payment fails: %s', async (change, paymentFailing) => {
    expect(await madeOf(change)).toMatchObject({ paymentFailing });
  });

  it('tell whether payments are paused, which its status does not', async () => {
    expect(await madeOf({ pause_collection: { behavior: 'void' } })).toMatchObject({
      status: 'active',
      collectionPaused: true,
    });
    expect(await madeOf({ pause_collection: null })).toMatchObject({ collectionPaused: false });
  });

  it('begin when the subscription did, which may be before Stripe had it', async () => {
    expect(await madeOf({})).toMatchObject({ startedAt: new Date(1_750_000_000_000) });
    expect(await madeOf({ start_date: 1_600_000_000 })).toMatchObject({
      startedAt: new Date(1_600_000_000_000),
    });
  });
});
