import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { IDataObject, INodeParameters } from 'n8n-workflow';
import { LifecycleStripeApi } from '../../../credentials/LifecycleStripeApi.credentials';
import { StripeBilling } from '../../../nodes/StripeBilling/StripeBilling.node';
import { STRIPE_SECRET_KEY } from '../../../sandbox/identities';
import { StripeDouble } from '../../../sandbox/stripe';
import type { StripeNotice } from '../../../services/stripe';
import { executeNode, type NodeSetup } from '../../support/execute-node';
import { startTestSandbox, type TestSandbox } from '../../support/sandbox';
import { bill, noticeAbout } from '../../support/stripe-billing';

const NOON = '2026-05-04T12:00:00.000Z';
const ANNA = { email: 'anna@example.com', name: 'Anna Schmidt' };
const UPDATED = 'customer.subscription.updated';

let stripe: TestSandbox;

beforeAll(async () => {
  stripe = await startTestSandbox('stripe', StripeDouble);
});
beforeEach(async () => {
  await stripe.reset();
  await stripe.fail();
});
afterAll(() => stripe.close());

function setup(parameters: INodeParameters = {}): NodeSetup {
  const data = { url: stripe.url, secretKey: STRIPE_SECRET_KEY };
  return {
    node: new StripeBilling(),
    name: 'Read subscription',
    parameters: { resource: 'subscription', operation: 'get', ...parameters },
    credentials: [{ type: new LifecycleStripeApi(), data }],
  };
}

async function run(items: IDataObject[], parameters?: INodeParameters): Promise<IDataObject[]> {
  const outputs = await executeNode(setup(parameters), items);
  expect(outputs).toHaveLength(1);
  return (outputs[0] ?? []).map(({ json }) => json);
}

const DELIVERY = { id: '1', lease: 'l', attempt: 1 };

/** A notice as the Lifecycle Event Trigger hands it out. */
function itemOf({ type, occurredAt, payload }: StripeNotice): IDataObject {
  const event = { id: '1', source: 'stripe', type, occurredAt: occurredAt.toISOString(), payload };
  return { event: event as IDataObject, delivery: DELIVERY };
}

const subscribe = (input: object = {}) =>
  bill(stripe, 'subscribe', { ...ANNA, plan: 'pro', timestamp: NOON, ...input });

it('adds the subscription as it is now, dated by the event, and keeps the rest', async () => {
  const { subscriptionId, customerId, notices } = await subscribe();
  const item = { ...itemOf(noticeAbout(notices, 'customer.subscription.created')), kept: true };
  await bill(stripe, 'cancelAtPeriodEnd');
  await stripe.forgetRequests();

  expect(await run([item])).toEqual([
    {
      ...item,
      subscription: {
        id: subscriptionId,
        customerId,
        ...ANNA,
        productName: 'Pro',
        tier: 'pro',
        status: 'cancelled',
        statement: {
          subject: subscriptionId,
          asOf: NOON,
          rank: expect.any(Number),
          tier: 'pro',
          status: 'cancelled',
        },
        details: expect.objectContaining({
          externalId: subscriptionId,
          externalCustomerId: customerId,
          status: 'active',
          cancelAtPeriodEnd: true,
          amountMinor: 2900,
          startedAt: NOON,
          readAt: expect.stringMatching(/^\d{4}-.*Z$/),
        }),
      },
      outcomes: [
        { service: 'Stripe', action: 'subscription looked up', id: subscriptionId, at: expect.any(String) },
      ],
    },
  ]);
});

it('has what was before for the first event that is heard of somebody', async () => {
  await subscribe({ plan: 'enterprise' });
  const { notices } = await bill(stripe, 'changePlan', { plan: 'pro' });
  expect(await run([itemOf(noticeAbout(notices, UPDATED))])).toMatchObject([
    { subscription: { statement: { tier: 'pro', previousTier: 'enterprise' } } },
  ]);
});

it('lets events of other sources pass untouched, without a call', async () => {
  const items = ['app', 'lemonSqueezy'].map((source) => ({
    event: { id: '1', source, type: 'subscription_updated', payload: { data: { id: '7' } } },
    delivery: DELIVERY,
  }));
  await stripe.forgetRequests();
  expect(await run(items)).toEqual(items);
  expect(await stripe.calls()).toEqual([]);
});

it('says of what is no plan that it is ignored, and why', async () => {
  const { notices } = await subscribe({ plan: 'prod_Support' });
  expect(await run([itemOf(noticeAbout(notices, UPDATED))])).toMatchObject([
    {
      subscription: {
        productName: 'Priority support',
        tier: null,
        statement: null,
        nothing: expect.stringContaining('names no plan'),
      },
      outcomes: [{ action: expect.stringMatching(/^subscription ignored: .*"plan" in its metadata/) }],
    },
  ]);
});

it('finds the plan under another key', async () => {
  const { products } = await stripe.state<{ products: object[] }>();
  const support = { id: 'prod_Support', name: 'Support', defaultPriceId: 'price_Support' };
  await stripe.load({ products: [...products, { ...support, metadata: { level: 'Free' } }] });
  const { notices } = await subscribe({ plan: 'prod_Support' });
  const items = [itemOf(noticeAbout(notices, UPDATED))];
  expect(await run(items, { planMetadataKey: 'level' })).toMatchObject([{ subscription: { tier: 'free' } }]);
});

it('can be asked for any subscription, without an event', async () => {
  const { subscriptionId } = await subscribe();
  const before = Date.now();
  const [item] = await run([{ subscriptionId }], { subscriptionId: '={{ $json.subscriptionId }}' });
  expect(item).toMatchObject({ subscription: { tier: 'pro', statement: { subject: subscriptionId } } });
  const { statement } = item?.subscription as { statement: { asOf: string } };
  expect(Date.parse(statement.asOf)).toBeGreaterThanOrEqual(before);
});

describe('a batch', () => {
  it('makes one call for each subscription, however many events', async () => {
    const anna = await subscribe();
    const ben = await subscribe({ email: 'ben@example.com' });
    const notices = [...anna.notices, ...ben.notices].filter(({ type }) => type.includes('.subscription.'));
    await stripe.forgetRequests();
    const items = await run([...notices, ...notices].map(itemOf));
    expect(items).toHaveLength(8);
    expect(await stripe.calls()).toHaveLength(2);
  });

  it('goes on without what fails', async () => {
    const { notices } = await subscribe();
    const good = noticeAbout(notices, UPDATED);
    const gone = { ...good, payload: { data: { object: { id: 'sub_gone' } } } };
    const failed = { ...itemOf(good), failure: { node: 'x', service: 'x', message: 'x', retryable: true } };
    const { event: odd } = itemOf(good) as { event: IDataObject };
    const items = await run([
      itemOf(gone),
      itemOf(good),
      failed,
      { event: { ...odd, occurredAt: 'yesterday' }, delivery: DELIVERY },
      itemOf({ ...good, payload: {} }),
    ]);
    expect(items).toMatchObject([
      { failure: { service: 'Stripe', retryable: false, message: expect.stringContaining('sub_gone') } },
      { subscription: { tier: 'pro' } },
      failed,
      { failure: { retryable: false, message: expect.stringContaining('lacks its type or time') } },
      { failure: { retryable: false, message: expect.stringContaining('"Subscription ID" is empty') } },
    ]);
    expect(items[2]).toEqual(failed);
  });

  it('is tried again later while Stripe is down', async () => {
    const { notices } = await subscribe();
    await stripe.fail({ status: 429, headers: { 'retry-after': '60' } });
    expect(await run([itemOf(noticeAbout(notices, UPDATED))])).toMatchObject([
      { failure: { node: 'Read subscription', service: 'Stripe', retryable: true } },
    ]);
  });
});
