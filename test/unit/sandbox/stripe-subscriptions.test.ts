import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type OfficialStripe from 'stripe';
import { STRIPE_SECRET_KEY, STRIPE_WEBHOOK_SECRET } from '../../../sandbox/identities';
import { StripeDouble } from '../../../sandbox/stripe';
import { startHttpServer, type TestServer } from '../../support/http-server';
import { officialStripe } from '../../support/official-stripe';
import { eventually, startSandboxUnderTest, type SandboxUnderTest } from '../../support/sandbox-under-test';

const ANNA = { email: 'anna@example.com', name: 'Anna Schmidt' };

interface Billed {
  subscriptionId: string;
  customerId: string;
  eventIds: string[];
}

let sandbox: SandboxUnderTest;
let intake: TestServer;
/** The official library, speaking to the double. */
let stripe: OfficialStripe;

beforeEach(async () => {
  intake = await startHttpServer(() => ({ status: 200 }));
  sandbox = await startSandboxUnderTest({ stripe: StripeDouble });
  stripe = officialStripe(sandbox);
});
afterEach(async () => {
  await sandbox.close();
  await intake.close();
});

const act = (action: string, input: object = {}) =>
  sandbox.act('stripe', action, { deliver: false, ...input }) as Promise<Billed>;

const subscribe = (input: object = {}) => act('subscribe', { ...ANNA, ...input });

/** The events that an action raised, oldest first. */
async function eventsOf({ eventIds }: Billed): Promise<OfficialStripe.Event[]> {
  return await Promise.all(eventIds.map((id) => stripe.events.retrieve(id)));
}

async function typesOf(billed: Billed): Promise<string[]> {
  return (await eventsOf(billed)).map(({ type }) => type);
}

/** The object and the previous attributes of the only event of an action. */
async function told(billed: Billed): Promise<[type: string, object: unknown, previous: unknown]> {
  const events = await eventsOf(billed);
  expect(events).toHaveLength(1);
  const { type, data } = events[0] as OfficialStripe.Event;
  return [type, data.object, data.previous_attributes];
}

describe('beginning a subscription', () => {
  it('tells of the customer, the subscription, its invoice, and that it is active', async () => {
    const billed = await subscribe({ timestamp: '2026-05-04T12:00:00.900Z' });
    const events = await eventsOf(billed);
    expect(events.map(({ type, created }) => [type, created])).toEqual(
      [
        'customer.created',
        'customer.subscription.created',
        'invoice.paid',
        'customer.subscription.updated',
      ].map((type) => [type, Date.UTC(2026, 4, 4, 12) / 1000]),
    );
    expect(events.map(({ data }) => data)).toMatchObject([
      { object: { object: 'customer', id: billed.customerId, ...ANNA } },
      { object: { id: billed.subscriptionId, status: 'incomplete' } },
      { object: { object: 'invoice', amount_paid: 2_900, customer_email: ANNA.email } },
      { object: { status: 'active' }, previous_attributes: { status: 'incomplete' } },
    ]);
    expect(events[3]?.data.previous_attributes).toEqual({ status: 'incomplete' });
  });

  it('is for a customer who is there already, whatever the case of the address', async () => {
    const first = await subscribe();
    const second = await subscribe({ email: 'ANNA@example.com', plan: 'enterprise' });
    expect(second.customerId).toBe(first.customerId);
    expect(await typesOf(second)).not.toContain('customer.created');
  });

  it('with a trial costs nothing at first', async () => {
    const billed = await subscribe({ trialDays: 14 });
    const [, created, invoice] = await eventsOf(billed);
    expect([created, invoice]).toMatchObject([
      { data: { object: { status: 'trialing', trial_end: expect.any(Number) } } },
      { type: 'invoice.paid', data: { object: { amount_paid: 0 } } },
    ]);
    expect(await typesOf(await act('renew'))).toEqual(['invoice.paid', 'customer.subscription.updated']);
    expect(await stripe.subscriptions.retrieve(billed.subscriptionId)).toMatchObject({ status: 'active' });
  });

  it('whose first payment fails stays incomplete until it is paid', async () => {
    const billed = await subscribe({ paid: false });
    expect(await typesOf(billed)).toEqual([
      'customer.created',
      'customer.subscription.created',
      'invoice.payment_failed',
    ]);
    await act('renew');
    expect(await stripe.subscriptions.retrieve(billed.subscriptionId)).toMatchObject({ status: 'active' });
  });

  it('in Checkout tells of a session of mode subscription, with its invoice', async () => {
    const billed = await subscribe({ checkout: true });
    const session = (await eventsOf(billed)).find(({ type }) => type === 'checkout.session.completed');
    expect(session?.data.object).toMatchObject({
      mode: 'subscription',
      payment_status: 'paid',
      payment_intent: null,
      subscription: billed.subscriptionId,
      invoice: expect.stringMatching(/^in_/),
      amount_total: 2_900,
    });
  });

  it.each([
    [{ plan: 'gold' }, 'no product for the plan'],
    [{ plan: 'prod_VipReservation' }, 'bought once'],
  ])('with %j is refused', async (input, message) => {
    await expect(subscribe(input)).rejects.toThrow(message);
  });
});

describe('the life of a subscription', () => {
  it('goes through what Stripe tells, with what was before', async () => {
    const { subscriptionId } = await subscribe();
    const now = () => stripe.subscriptions.retrieve(subscriptionId);

    const [type, object, previous] = await told(await act('changePlan', { plan: 'enterprise' }));
    expect(type).toBe('customer.subscription.updated');
    expect(object).toMatchObject({ items: { data: [{ price: { id: 'price_Enterprise' } }] } });
    expect(previous).toMatchObject({
      items: { data: [{ price: { id: 'price_Pro', product: 'prod_Pro' } }] },
    });
    await expect(act('changePlan', { plan: 'enterprise' })).rejects.toThrow('change nothing');

    const [, cancelled, before] = await told(await act('cancelAtPeriodEnd'));
    expect(cancelled).toMatchObject({ status: 'active', cancel_at_period_end: true });
    expect(before).toEqual({
      cancel_at: null,
      cancel_at_period_end: false,
      canceled_at: null,
      cancellation_details: { reason: null },
    });
    await act('resume');
    expect(await now()).toMatchObject({ cancel_at: null, cancel_at_period_end: false, canceled_at: null });

    expect(await told(await act('pauseCollection'))).toMatchObject([
      'customer.subscription.updated',
      { status: 'active', pause_collection: { behavior: 'void' } },
      { pause_collection: null },
    ]);
    await act('resume');
    expect((await told(await act('pause')))[0]).toBe('customer.subscription.paused');
    expect(await now()).toMatchObject({ status: 'paused' });
    expect((await told(await act('resume')))[0]).toBe('customer.subscription.resumed');
    expect((await told(await act('trialWillEnd')))[0]).toBe('customer.subscription.trial_will_end');

    expect(await told(await act('cancelNow'))).toMatchObject([
      'customer.subscription.deleted',
      { status: 'canceled', ended_at: expect.any(Number) },
      undefined,
    ]);
    expect(await now()).toMatchObject({ status: 'canceled' });
    await expect(act('renew')).rejects.toThrow('Nobody has a subscription');
    await expect(act('renew', { subscriptionId })).rejects.toThrow('has ended');
  });

  it('is renewed, or past due until the money comes', async () => {
    const { subscriptionId } = await subscribe();
    const { current_period_end: end } = await firstItem(subscriptionId);
    await act('renew');
    expect(await firstItem(subscriptionId)).toMatchObject({ current_period_start: end });

    expect(await typesOf(await act('failPayment'))).toEqual([
      'invoice.payment_failed',
      'customer.subscription.updated',
    ]);
    expect(await told(await act('failPayment'))).toMatchObject([
      'invoice.payment_failed',
      { attempt_count: 2, amount_paid: 0, next_payment_attempt: expect.any(Number) },
    ]);
    expect(await stripe.subscriptions.retrieve(subscriptionId)).toMatchObject({ status: 'past_due' });
    await act('renew');
    const paid = await stripe.subscriptions.retrieve(subscriptionId, { expand: ['latest_invoice'] });
    expect(paid).toMatchObject({
      status: 'active',
      latest_invoice: { status: 'paid', amount_paid: 2_900, attempt_count: 3 },
    });
  });

  it('ends with the period when it is set to', async () => {
    await subscribe();
    await act('cancelAtPeriodEnd', { timestamp: '2026-05-04T12:00:00Z' });
    const [type, object] = await told(await act('renew', { timestamp: '2026-06-04T12:00:00Z' }));
    expect(type).toBe('customer.subscription.deleted');
    // When it was asked for, and when it came.
    expect(object).toMatchObject({
      canceled_at: Date.UTC(2026, 4, 4, 12) / 1000,
      ended_at: Date.UTC(2026, 5, 4, 12) / 1000,
    });
  });

  it('ends with its customer, of whom hardly anything is left', async () => {
    const { customerId, subscriptionId } = await subscribe();
    expect(await typesOf(await act('deleteCustomer', { email: ANNA.email }))).toEqual([
      'customer.subscription.deleted',
      'customer.deleted',
    ]);
    const deleted = { id: customerId, object: 'customer', deleted: true };
    expect((await sandbox.stripe('GET', `/v1/customers/${customerId}`)).body).toEqual(deleted);
    const read = await stripe.subscriptions.retrieve(subscriptionId, { expand: ['customer'] });
    expect(read).toMatchObject({ status: 'canceled', customer: deleted });
    expect((await stripe.customers.list({ email: ANNA.email })).data).toEqual([]);
    expect((await subscribe()).customerId).not.toBe(customerId);
  });

  async function firstItem(id: string): Promise<OfficialStripe.SubscriptionItem> {
    return (await stripe.subscriptions.retrieve(id)).items.data[0] as OfficialStripe.SubscriptionItem;
  }
});

describe('a refund', () => {
  const refund = (input: object = {}) => act('refund', { email: ANNA.email, ...input });

  it('is of the newest payment, and adds up', async () => {
    await subscribe();
    await act('renew');
    expect(await told(await refund({ amount: 400 }))).toMatchObject([
      'charge.refunded',
      { amount: 2_900, amount_refunded: 400, refunded: false, billing_details: ANNA },
    ]);
    expect((await told(await refund()))[1]).toMatchObject({ amount_refunded: 2_900, refunded: true });
    await refund();
    await expect(refund()).rejects.toThrow('can be refunded');
  });

  it('may be of a single purchase, not of more than was paid', async () => {
    await sandbox.act('stripe', 'completeCheckout', { ...ANNA, deliver: false });
    await expect(refund({ amount: 1_001 })).rejects.toThrow('Only 1000');
    const [, charge] = await told(await refund({ amount: 1_000 }));
    const { id } = charge as OfficialStripe.Charge;
    expect(await stripe.charges.retrieve(id)).toMatchObject({ refunded: true, customer: null });
  });
});

describe('the shape', () => {
  const old = { generation: 'before-2025-03-31' };

  it('of events before 2025-03-31 has the period, the subscription and the charge elsewhere', async () => {
    const [, created, paid] = await eventsOf(await subscribe(old));
    expect(created).toMatchObject({ api_version: '2025-02-24.acacia' });
    expect(created?.data.object).toMatchObject({ current_period_end: expect.any(Number) });
    const invoice = paid?.data.object;
    expect(invoice).toMatchObject({
      subscription: expect.stringMatching(/^sub_/),
      charge: expect.stringMatching(/^ch_/),
      paid: true,
    });
    expect(invoice).not.toHaveProperty('parent');
    const [, charge] = await told(await act('refund', { email: ANNA.email, ...old }));
    expect(charge).toMatchObject({ invoice: (invoice as OfficialStripe.Invoice).id });
  });

  it('of events since then has them at the items, below the parent, and not at all', async () => {
    const [, created, paid] = await eventsOf(await subscribe());
    expect(created).toMatchObject({ api_version: '2026-07-29.dahlia' });
    expect(created?.data.object).toMatchObject({
      items: { data: [{ current_period_end: expect.any(Number) }] },
    });
    expect(created?.data.object).not.toHaveProperty('current_period_end');
    expect(paid?.data.object).toMatchObject({
      parent: { subscription_details: { subscription: expect.stringMatching(/^sub_/) } },
    });
    expect(paid?.data.object).not.toHaveProperty('charge');
    const [, charge] = await told(await act('refund', { email: ANNA.email }));
    expect(charge).not.toHaveProperty('invoice');
  });

  it('of answers is that of the version asked for', async () => {
    const { subscriptionId } = await subscribe();
    const get = async (version: string) =>
      (
        await sandbox.call('GET', `/stripe/v1/subscriptions/${subscriptionId}`, undefined, {
          authorization: `Bearer ${STRIPE_SECRET_KEY}`,
          'stripe-version': version,
        })
      ).body;
    expect(await get('2025-02-24.acacia')).toHaveProperty('current_period_end');
    expect(await get('2025-03-31.basil')).not.toHaveProperty('current_period_end');
  });
});

describe('the API', () => {
  it('expands customer and products in one answer, four levels deep', async () => {
    const { subscriptionId } = await subscribe({ addOns: ['prod_Support'] });
    const read = await stripe.subscriptions.retrieve(subscriptionId, {
      expand: ['customer', 'items.data.price.product'],
    });
    expect(read).toMatchObject({
      customer: ANNA,
      items: {
        data: [
          { price: { product: { metadata: { plan: 'pro' } }, recurring: { interval: 'month' } } },
          { price: { product: { name: 'Priority support', metadata: {} } } },
        ],
      },
    });
  });

  it('lists subscriptions, those that were canceled only when asked', async () => {
    const ids = async (query: OfficialStripe.SubscriptionListParams): Promise<string[]> =>
      (await stripe.subscriptions.list(query)).data.map(({ id }) => id);
    const first = await subscribe();
    const second = await subscribe({ email: 'ben@example.com', plan: 'enterprise' });
    await act('cancelNow', { email: ANNA.email });
    expect(await ids({})).toEqual([second.subscriptionId]);
    const all = [second.subscriptionId, first.subscriptionId];
    expect(await ids({ status: 'all' })).toEqual(all);
    expect(await ids({ status: 'ended' })).toEqual([first.subscriptionId]);
    expect(await ids({ status: 'all', customer: first.customerId })).toEqual([first.subscriptionId]);
    expect(await ids({ price: 'price_Enterprise' })).toEqual([second.subscriptionId]);
    expect(await ids({ status: 'all', limit: 1, starting_after: second.subscriptionId })).toEqual([
      first.subscriptionId,
    ]);
    expect(await ids({ status: 'all', created: { gt: 4_000_000_000 } })).toEqual([]);
  });

  it('lists customers by their address as it was written, and prices', async () => {
    await subscribe({ email: 'Anna@example.com' });
    expect((await stripe.customers.list({ email: 'anna@example.com' })).data).toEqual([]);
    expect((await stripe.customers.list({ email: 'Anna@example.com' })).data).toHaveLength(1);
    const { data } = await stripe.prices.list({ type: 'recurring', active: true, limit: 2 });
    expect(data.map(({ id }) => id)).toEqual(['price_Enterprise', 'price_Pro']);
    expect((await stripe.prices.list({ product: 'prod_Pro' })).data).toMatchObject([{ unit_amount: 2_900 }]);
  });

  it.each([
    ['subscriptions', 'sub_x'],
    ['invoices', 'in_x'],
    ['charges', 'ch_x'],
    ['customers', 'cus_x'],
  ])('answers 404 for %s that it does not have', async (path, id) => {
    expect(await sandbox.stripe('GET', `/v1/${path}/${id}`)).toMatchObject({
      status: 404,
      body: { error: { code: 'resource_missing' } },
    });
  });
});

describe('webhooks of subscriptions', () => {
  beforeEach(async () => {
    const endpoint = { id: 'we_1', url: `${intake.url}/hook`, secret: STRIPE_WEBHOOK_SECRET };
    await sandbox.call('PUT', '/sandbox/state/stripe', { webhookEndpoints: [endpoint] });
  });

  it.each([{}, { shuffle: true }])('with %j are sent as often as asked, all of them', async (input) => {
    const { eventIds } = await subscribe({ deliver: true, copies: 3, ...input });
    const requests = await eventually(() => (intake.requests.length >= 12 ? intake.requests : undefined));
    const received = requests.map(({ text, headers }) =>
      stripe.webhooks.constructEvent(text, String(headers['stripe-signature']), STRIPE_WEBHOOK_SECRET),
    );
    for (const id of eventIds) expect(received.filter((event) => event.id === id)).toHaveLength(3);
  });
});

it('shows who is on which plan, how it stands and what was paid', async () => {
  await subscribe({ name: '<b>Anna</b>' });
  await act('cancelAtPeriodEnd', { timestamp: '2026-05-04T12:00:00Z' });
  await sandbox.act('stripe', 'subscribe', { email: 'ben@example.com', plan: 'enterprise', deliver: false });
  await act('deleteCustomer', { email: 'ben@example.com' });
  await act('refund', { email: ANNA.email, amount: 900 });
  const { body } = await sandbox.call('GET', '/sandbox/cards/stripe');
  for (const text of [
    'Subscriptions (2)',
    '&lt;b&gt;Anna&lt;/b&gt;',
    '€20.00',
    '>ends 20',
    '>deleted<',
    '>Enterprise<',
    'money given back',
  ]) {
    expect(body).toContain(text);
  }
  expect(body).not.toContain('<b>Anna');
});

it('keeps subscriptions, invoices and charges in its state', async () => {
  await subscribe();
  const { body: state } = await sandbox.call('GET', '/sandbox/state/stripe');
  await sandbox.call('POST', '/sandbox/reset');
  expect((await sandbox.call('GET', '/sandbox/state/stripe')).body).toMatchObject({
    subscriptions: [],
    invoices: [],
    charges: [],
  });
  await sandbox.call('PUT', '/sandbox/state/stripe', state);
  expect((await sandbox.call('GET', '/sandbox/state/stripe')).body).toEqual(state);
});
