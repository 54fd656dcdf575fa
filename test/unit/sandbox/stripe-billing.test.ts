import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type OfficialStripe from 'stripe';
import { StripeDouble } from '../../../sandbox/stripe';
import { startHttpServer } from '../../support/http-server';
import { officialStripe } from '../../support/official-stripe';
import { eventually, startSandboxUnderTest, type SandboxUnderTest } from '../../support/sandbox-under-test';

const ANNA = { email: 'anna@example.com', name: 'Anna Schmidt' };

interface Acted {
  subscriptionId: string;
  customerId: string;
  chargeId: string;
  disputeId: string;
  sessionId: string;
  eventIds: string[];
}

let sandbox: SandboxUnderTest;
/** The official library, speaking to the double. */
let stripe: OfficialStripe;

beforeEach(async () => {
  sandbox = await startSandboxUnderTest({ stripe: StripeDouble });
  stripe = officialStripe(sandbox);
});
afterEach(() => sandbox.close());

const act = (action: string, input: object = {}) =>
  sandbox.act('stripe', action, { deliver: false, ...input }) as Promise<Acted>;

const subscribe = (input: object = {}) => act('subscribe', { ...ANNA, ...input });

const eventsOf = ({ eventIds }: Acted) => Promise.all(eventIds.map((id) => stripe.events.retrieve(id)));

/** The one event of an action. */
async function told(acted: Acted): Promise<OfficialStripe.Event> {
  const events = await eventsOf(acted);
  expect(events).toHaveLength(1);
  return events[0] as OfficialStripe.Event;
}

const card = async () => String((await sandbox.call('GET', '/sandbox/cards/stripe')).body);

describe('a dispute', () => {
  it('names the charge and the payment, and no customer: the charge has that', async () => {
    const { customerId } = await subscribe();
    const opened = await act('openDispute', { email: ANNA.email, reason: 'product_not_received' });
    const event = await told(opened);
    expect(event.type).toBe('charge.dispute.created');
    expect(event.data.object).toMatchObject({
      object: 'dispute',
      id: opened.disputeId,
      charge: opened.chargeId,
      payment_intent: expect.stringMatching(/^pi_/),
      amount: 2_900,
      currency: 'eur',
      reason: 'product_not_received',
      status: 'needs_response',
      is_charge_refundable: false,
      evidence_details: { due_by: expect.any(Number) },
    });
    expect(event.data.object).not.toHaveProperty('customer');
    const charge = await stripe.charges.retrieve(opened.chargeId);
    expect(charge).toMatchObject({ disputed: true, customer: customerId, billing_details: ANNA });
    expect(charge.payment_intent).toBe((event.data.object as OfficialStripe.Dispute).payment_intent);
  });

  it('is of the newest payment unless told which, and of as much of it as told', async () => {
    await subscribe();
    const { subscriptionId } = await subscribe({ email: 'ben@example.com', plan: 'enterprise' });
    const first = await act('openDispute', { amount: 500, inquiry: true });
    expect((await told(first)).data.object).toMatchObject({
      amount: 500,
      status: 'warning_needs_response',
      is_charge_refundable: true,
    });
    expect(await stripe.charges.retrieve(first.chargeId)).toMatchObject({ amount: 9_900 });
    // What is disputed already is passed over.
    expect((await act('openDispute')).chargeId).not.toBe(first.chargeId);
    await act('renew', { subscriptionId });
    await expect(act('openDispute', { chargeId: first.chargeId })).rejects.toThrow(
      'can be disputed any more',
    );
    await expect(act('refund', { chargeId: first.chargeId })).rejects.toThrow('can be refunded any more');
    await expect(act('openDispute', { chargeId: 'ch_x' })).rejects.toThrow('no charge');
    await expect(act('openDispute', { amount: 9_901 })).rejects.toThrow('Only 9900 can be disputed');
    await expect(act('openDispute', { email: 'cora@example.com' })).rejects.toThrow('Nothing that cora');
  });

  it('is in the state and on the page', async () => {
    await subscribe({ email: '<i>@example.com' });
    expect(await card()).not.toContain('Disputes');
    await act('openDispute', { reason: 'subscription_canceled' });
    const { body: state } = await sandbox.call('GET', '/sandbox/state/stripe');
    expect(state).toMatchObject({
      disputes: [{ reason: 'subscription_canceled' }],
      charges: [{ disputed: true }],
    });
    const shown = await card();
    for (const text of [
      'Disputes (1)',
      '&lt;i&gt;@example.com',
      '€29.00',
      'subscription canceled',
      'payment disputed',
    ]) {
      expect(shown).toContain(text);
    }
    await sandbox.call('POST', '/sandbox/reset');
    expect((await sandbox.call('GET', '/sandbox/state/stripe')).body).toMatchObject({ disputes: [] });
    await sandbox.call('PUT', '/sandbox/state/stripe', state);
    expect((await sandbox.call('GET', '/sandbox/state/stripe')).body).toEqual(state);
  });
});

describe('leaving', () => {
  const leaving = { feedback: 'too_expensive', comment: 'Found something for half the price' };

  it.each(['cancelAtPeriodEnd', 'cancelNow'])('by %s may tell why', async (action) => {
    const { subscriptionId } = await subscribe();
    const event = await told(await act(action, leaving));
    expect(event.data.object).toMatchObject({
      cancellation_details: { reason: 'cancellation_requested', ...leaving },
    });
    expect((await stripe.subscriptions.retrieve(subscriptionId)).cancellation_details).toMatchObject(leaving);
    expect(await card()).toContain('too expensive');
  });

  it('is told until it comes, and forgotten when it is taken back', async () => {
    const { subscriptionId } = await subscribe();
    await act('cancelAtPeriodEnd', leaving);
    const back = await told(await act('resume'));
    expect(back.data).toMatchObject({
      object: { cancellation_details: { reason: null, feedback: null, comment: null } },
      previous_attributes: { cancellation_details: leaving },
    });
    await act('cancelAtPeriodEnd', { feedback: 'unused' });
    const ended = await told(await act('renew', { subscriptionId }));
    expect(ended).toMatchObject({
      type: 'customer.subscription.deleted',
      data: { object: { cancellation_details: { feedback: 'unused', comment: null } } },
    });
  });

  it('takes only the reasons that Stripe has', async () => {
    await subscribe();
    await expect(act('cancelNow', { feedback: 'bored' })).rejects.toThrow('feedback');
  });
});

describe('prices in other currencies', () => {
  const sell = (currency: string, amount: number, input: object = {}) =>
    sandbox.act('stripe', 'createProduct', {
      id: `prod_${currency}`,
      name: `Pro ${currency}`,
      metadata: { plan: currency },
      amount,
      currency,
      interval: 'month',
      ...input,
    });

  it.each([
    ['jpy', 4_500, '¥4,500 monthly'],
    ['kwd', 9_500, 'KWD 9.500 monthly'],
    ['usd', 2_900, '$29.00 monthly'],
    ['mga', 9_000, 'MGA 9,000 monthly'],
  ])('are taken over in %s by all that follows from them', async (currency, amount, shown) => {
    await sell(currency, amount);
    const begun = await subscribe({ plan: currency, checkout: true });
    const { subscriptionId } = begun;
    const subscription = await stripe.subscriptions.retrieve(subscriptionId, { expand: ['latest_invoice'] });
    expect(subscription).toMatchObject({
      currency,
      items: { data: [{ price: { currency, unit_amount: amount } }] },
      latest_invoice: { currency, amount_paid: amount },
    });
    const session = (await eventsOf(begun)).find(({ type }) => type === 'checkout.session.completed');
    expect(session?.data.object).toMatchObject({ currency, amount_total: amount });
    const { chargeId } = await act('refund', { email: ANNA.email, amount: 500 });
    expect(await stripe.charges.retrieve(chargeId)).toMatchObject({
      currency,
      amount,
      amount_refunded: 500,
    });
    // Intl sets the currency apart by a space that does not break.
    expect((await card()).replaceAll('\u00a0', ' ')).toContain(shown);
  });

  it('may be paid by the year, or every few months', async () => {
    await sell('jpy', 45_000, { interval: 'year' });
    await sell('kwd', 9_500, { intervalCount: 3 });
    const lengths = [];
    for (const plan of ['jpy', 'kwd']) {
      const { subscriptionId } = await subscribe({ plan, email: `${plan}@example.com` });
      await act('renew', { subscriptionId });
      const [item] = (await stripe.subscriptions.retrieve(subscriptionId)).items.data;
      if (!item?.price.recurring) throw new Error('It is not recurring.');
      const { interval, interval_count } = item.price.recurring;
      const seconds = item.current_period_end - item.current_period_start;
      lengths.push([interval, interval_count, seconds / 86_400]);
    }
    expect(lengths).toEqual([
      ['year', 1, 365],
      ['month', 3, 90],
    ]);
    const shown = await card();
    expect(shown).toContain('yearly');
    expect(shown).toContain('every 3 months');
  });

  it('are not mixed', async () => {
    await sell('jpy', 4_500);
    await expect(subscribe({ addOns: ['jpy'] })).rejects.toThrow('one currency');
    await subscribe();
    await expect(act('changePlan', { plan: 'jpy' })).rejects.toThrow('is paid in eur');
    await expect(act('completeCheckout', { product: ['prod_jpy', 'prod_Sticker'] })).rejects.toThrow(
      'one currency',
    );
  });

  it('hold for single purchases, too', async () => {
    await sell('jpy', 4_500, { interval: undefined });
    const { sessionId } = await act('completeCheckout', { product: ['prod_jpy'], quantity: 2 });
    expect(await stripe.checkout.sessions.retrieve(sessionId)).toMatchObject({
      currency: 'jpy',
      amount_total: 9_000,
    });
    expect(await card()).toContain('¥9,000');
  });
});

describe('customers', () => {
  it('may have no address', async () => {
    const first = await subscribe({ email: null, name: undefined });
    const second = await subscribe({ email: null, name: 'Somebody' });
    expect(second.customerId).not.toBe(first.customerId);
    expect(await stripe.customers.retrieve(first.customerId)).toMatchObject({ email: null, name: null });
    const [, , invoice] = await eventsOf(first);
    expect(invoice).toMatchObject({ type: 'invoice.paid', data: { object: { customer_email: null } } });
    await act('cancelNow', { subscriptionId: first.subscriptionId });
  });

  it('may be several with one address', async () => {
    const first = await subscribe();
    const second = await subscribe({ newCustomer: true, plan: 'enterprise' });
    expect(second.customerId).not.toBe(first.customerId);
    const found = await stripe.customers.list({ email: ANNA.email });
    expect(found.data.map(({ id }) => id)).toEqual([second.customerId, first.customerId]);
    // Without an id the newest of them is meant.
    expect((await act('renew', { email: ANNA.email })).subscriptionId).toBe(second.subscriptionId);
    expect((await act('deleteCustomer', { customerId: first.customerId })).customerId).toBe(first.customerId);
    expect(await stripe.subscriptions.retrieve(second.subscriptionId)).toMatchObject({ status: 'active' });
  });

  it('change their address and name, of which Stripe tells what was before', async () => {
    const { customerId } = await subscribe();
    const changed = await told(
      await act('updateCustomer', { email: ANNA.email, newEmail: 'anna.new@example.com' }),
    );
    expect(changed).toMatchObject({
      type: 'customer.updated',
      data: { object: { id: customerId, email: 'anna.new@example.com', name: ANNA.name } },
    });
    expect(changed.data.previous_attributes).toEqual({ email: ANNA.email });
    const named = await told(await act('updateCustomer', { customerId, newEmail: null, newName: 'Änne' }));
    expect(named.data.previous_attributes).toEqual({ email: 'anna.new@example.com', name: ANNA.name });
    expect(await stripe.customers.retrieve(customerId)).toMatchObject({ email: null, name: 'Änne' });
    await expect(act('updateCustomer', { customerId, newName: 'Änne' })).rejects.toThrow('change nothing');
    await expect(act('updateCustomer', { email: ANNA.email })).rejects.toThrow('no customer');
    await expect(act('updateCustomer', { customerId: 'cus_x' })).rejects.toThrow('no customer');
  });
});

describe('the list of subscriptions', () => {
  const PAGE = { status: 'all', limit: 100 } as const;

  it('expands customers and invoices, and stops where Stripe stops', async () => {
    await subscribe();
    const { data } = await stripe.subscriptions.list({
      expand: ['data.customer', 'data.latest_invoice', 'data.items.data.price'],
    });
    expect(data).toMatchObject([
      { customer: ANNA, latest_invoice: { status: 'paid' }, items: { data: [{ price: { active: true } }] } },
    ]);
    // Five levels with `data` counted, of four (github.com/stripe/stripe-java/issues/2011).
    await expect(stripe.subscriptions.list({ expand: ['data.items.data.price.product'] })).rejects.toThrow(
      'cannot expand more than 4 levels',
    );
  });

  it('has those that were created within a time', async () => {
    const days = ['2026-05-01', '2026-05-02', '2026-05-03'];
    const ids = [];
    for (const day of days) {
      const input = { email: `${day}@example.com`, timestamp: `${day}T12:00:00Z` };
      ids.push((await subscribe(input)).subscriptionId);
    }
    const second = Date.UTC(2026, 4, 2, 12) / 1000;
    const within = async (created: OfficialStripe.RangeQueryParam) =>
      (await stripe.subscriptions.list({ ...PAGE, created })).data.map(({ id }) => id);
    expect(await within({ lte: second })).toEqual([ids[1], ids[0]]);
    expect(await within({ gte: second })).toEqual([ids[2], ids[1]]);
    expect(await within({ gt: second, lt: second + 1 })).toEqual([]);
  });

  it('can be read page by page while others begin, and end', async () => {
    await act('addSubscriptions', { count: 250 });
    const seen: string[] = [];
    let after: string | undefined;
    for (let more = true; more;) {
      const page = await stripe.subscriptions.list({
        limit: 100,
        ...(after !== undefined && { starting_after: after }),
      });
      seen.push(...page.data.map(({ id }) => id));
      after = page.data.at(-1)?.id;
      more = page.has_more;
      await subscribe({ email: `new${seen.length}@example.com` });
      // The one to go on from is not in the list any more.
      if (more) await act('cancelNow', { subscriptionId: after });
    }
    expect(seen).toHaveLength(225);
    expect(new Set(seen).size).toBe(225);
  });

  it('can be read backwards', async () => {
    await act('addSubscriptions', { count: 12 });
    const all = (await stripe.subscriptions.list(PAGE)).data.map(({ id }) => id);
    const back = async (ending_before = '', limit = 3) => {
      const { data, has_more } = await stripe.subscriptions.list({ status: 'all', limit, ending_before });
      return [data.map(({ id }) => id), has_more];
    };
    expect(await back(all[6])).toEqual([all.slice(3, 6), true]);
    expect(await back(all[3])).toEqual([all.slice(0, 3), false]);
    await expect(stripe.subscriptions.list({ ending_before: 'sub_x' })).rejects.toThrow(
      'No such subscription',
    );
  });
});

describe('the list of checkout sessions', () => {
  const list = async (query: OfficialStripe.Checkout.SessionListParams) =>
    (await stripe.checkout.sessions.list(query)).data.map(({ id }) => id);

  it('finds the session of a payment, to which its refund leads', async () => {
    const { sessionId } = await act('completeCheckout', ANNA);
    await act('completeCheckout', { email: 'ben@example.com' });
    const refunded = await told(await act('refund', { email: ANNA.email }));
    expect(refunded).toMatchObject({
      type: 'charge.refunded',
      data: { object: { refunded: true, amount_refunded: 1_000, payment_intent: expect.any(String) } },
    });
    const { payment_intent } = refunded.data.object as OfficialStripe.Charge;
    expect(await list({ payment_intent: String(payment_intent) })).toEqual([sessionId]);
    expect(await list({ payment_intent: 'pi_x' })).toEqual([]);
  });

  it('is the newest first, page by page, of a customer, a subscription or a status', async () => {
    const { sessionId: single } = await act('completeCheckout', { ...ANNA, customer: 'customer' });
    const { subscriptionId, customerId } = await subscribe({ email: 'ben@example.com', checkout: true });
    const [newest = ''] = await list({ limit: 1 });
    expect(newest).not.toBe(single);
    expect(await list({ limit: 1, starting_after: newest })).toEqual([single]);
    expect(await list({ subscription: subscriptionId })).toEqual([newest]);
    expect(await list({ customer: customerId })).toEqual([newest]);
    expect(await list({ customer_details: { email: ANNA.email } })).toEqual([single]);
    expect(await list({ status: 'complete', created: { gte: 1 } })).toEqual([newest, single]);
    expect(await list({ status: 'open' })).toEqual([]);
    const { data } = await stripe.checkout.sessions.list({ expand: ['data.line_items'], limit: 1 });
    expect(data).toMatchObject([{ line_items: { data: [{ amount_total: 2_900 }] } }]);
    expect(await sandbox.stripe('GET', '/v1/checkout/sessions?customer_details=x')).toMatchObject({
      status: 400,
    });
  });
});

describe('a crowd of subscriptions', () => {
  it('is of all sorts, with what belongs to each, and told to nobody', async () => {
    const acted = await sandbox.act('stripe', 'addSubscriptions', { count: 40, emailDomain: 'many.example' });
    expect(acted).toEqual({ added: 40, subscriptions: 40 });
    const { data } = await stripe.subscriptions.list({
      status: 'all',
      limit: 100,
      expand: ['data.customer', 'data.latest_invoice'],
    });
    const count = (fits: (subscription: OfficialStripe.Subscription) => boolean) => data.filter(fits).length;
    expect([
      count(({ status }) => status === 'active'),
      count(({ status, trial_end }) => status === 'trialing' && trial_end !== null),
      count(({ status, ended_at }) => status === 'canceled' && ended_at !== null),
      count(({ status }) => status === 'past_due'),
      count(({ cancel_at_period_end }) => cancel_at_period_end),
      count(({ items }) => items.data[0]?.price.product === 'prod_Support'),
    ]).toEqual([28, 4, 4, 4, 4, 4]);
    for (const { status, latest_invoice: invoice, customer } of data) {
      const wanted = status === 'past_due' ? { status: 'open', attempt_count: 1 } : { status: 'paid' };
      expect(invoice).toMatchObject(wanted);
      expect(customer).toMatchObject({ email: expect.stringMatching(/^person\d+@many\.example$/) });
    }
    expect(new Set(data.map(({ customer }) => (customer as OfficialStripe.Customer).email)).size).toBe(40);
    const created = data.map((subscription) => subscription.created);
    expect(created).toEqual(created.toSorted((a, b) => b - a));
    expect((await stripe.events.list()).data).toEqual([]);
    // An open invoice can be paid as any other.
    const late = data.find(({ status }) => status === 'past_due');
    await act('renew', { subscriptionId: late?.id });
    expect(await stripe.subscriptions.retrieve(late?.id ?? '')).toMatchObject({ status: 'active' });
  });
});

describe('events', () => {
  it.each(['current', 'before-2025-03-31'])('of pauses and trials have the shape %s', async (generation) => {
    const asked = { generation };
    await subscribe({ trialDays: 7, ...asked });
    const types = [];
    for (const action of ['trialWillEnd', 'pause', 'resume']) {
      const { type, data } = await told(await act(action, asked));
      types.push(type);
      expect('current_period_end' in data.object).toBe(generation !== 'current');
    }
    expect(types).toEqual([
      'customer.subscription.trial_will_end',
      'customer.subscription.paused',
      'customer.subscription.resumed',
    ]);
  });

  it('that were held back can be sent in an order of one’s own', async () => {
    const intake = await startHttpServer(() => ({ status: 200 }));
    const endpoint = { url: `${intake.url}/hook`, secret: 'whsec_1' };
    await sandbox.call('PUT', '/sandbox/state/stripe', { webhookEndpoints: [endpoint] });
    const { eventIds } = await subscribe();
    const wanted = eventIds.toReversed();
    for (const [index, eventId] of wanted.entries()) {
      await sandbox.act('stripe', 'redeliver', { eventId });
      await eventually(() => (intake.requests.length > index ? true : undefined));
    }
    await intake.close();
    expect(intake.requests.map(({ body }) => (body as { id: string }).id)).toEqual(wanted);
  });
});
