import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type OfficialStripe from 'stripe';
import { StripeDouble } from '../../../sandbox/stripe';
import { paymentIn, payerIn, readPayer, type StripeNotice } from '../../../services/stripe';
import { startTestSandbox, type TestSandbox } from '../../support/sandbox';
import { bill, noticeAbout, stripeClient } from '../../support/stripe-billing';

const NOON = '2026-05-04T12:00:00.000Z';
const ANNA = { email: 'Anna@Example.com', name: 'Anna Schmidt' };
const PAYER = { email: 'payer@example.com', name: 'Pay Er' };

let stripe: TestSandbox;

beforeAll(async () => {
  stripe = await startTestSandbox('stripe', StripeDouble);
});
beforeEach(() => stripe.reset());
afterAll(() => stripe.close());

const subscribe = (input: object = {}) => bill(stripe, 'subscribe', { ...ANNA, timestamp: NOON, ...input });

/** The object of a notice's event. */
function objectOf<Shape>({ payload }: StripeNotice): Shape {
  return (payload as { data: { object: Shape } }).data.object;
}

/** An event about an object with only these fields. */
function notice(type: string, object: object): StripeNotice {
  return { type, occurredAt: new Date(NOON), payload: { data: { object } } };
}

async function bought(input: object): Promise<StripeNotice> {
  await stripe.act('completeCheckout', { deliver: false, ...ANNA, ...input });
  return await newestEvent();
}

async function newestEvent(): Promise<StripeNotice> {
  const { events } = await stripe.state<{ events: Array<{ type: string; payload: string }> }>();
  const { type, payload } = events.at(-1) ?? { type: '', payload: '{}' };
  return { type, occurredAt: new Date(NOON), payload: JSON.parse(payload) };
}

describe.each(['current', 'before-2025-03-31'])('in events of the generation %s', (generation) => {
  it('a paid invoice counts as the invoice', async () => {
    const paid = noticeAbout((await subscribe({ generation })).notices, 'invoice.paid');
    expect(paymentIn(paid)).toEqual({
      email: 'anna@example.com',
      name: 'Anna Schmidt',
      payment: {
        subject: objectOf<OfficialStripe.Invoice>(paid).id,
        asOf: new Date(NOON),
        currency: 'eur',
        paidMinor: 2_900,
      },
    });
  });

  it('a refund counts with all earlier ones of its charge', async () => {
    const paid = noticeAbout((await subscribe({ generation })).notices, 'invoice.paid');
    await bill(stripe, 'refund', { email: ANNA.email, amount: 900, generation });
    const { notices } = await bill(stripe, 'refund', { email: ANNA.email, timestamp: NOON, generation });
    const refunded = noticeAbout(notices, 'charge.refunded');
    const { payment_intent } = objectOf<OfficialStripe.Charge>(refunded);
    const invoiceId = objectOf<OfficialStripe.Invoice>(paid).id;
    expect(paymentIn(refunded)).toEqual({
      email: 'anna@example.com',
      name: 'Anna Schmidt',
      payment: {
        subject: generation === 'current' ? payment_intent : invoiceId,
        asOf: new Date(NOON),
        currency: 'eur',
        refundedMinor: 2_900,
      },
    });
  });
});

describe('a checkout', () => {
  it('paid at once counts as its payment intent, and so does its refund', async () => {
    const completed = await bought({ quantity: 2 });
    const { payment_intent } = objectOf<OfficialStripe.Checkout.Session>(completed);
    expect(payment_intent).toMatch(/^pi_/);
    expect(paymentIn(completed)).toMatchObject({
      email: 'anna@example.com',
      payment: { subject: payment_intent, currency: 'eur', paidMinor: 2_000 },
    });
    await stripe.act('refund', { deliver: false, email: ANNA.email, amount: 50 });
    expect(paymentIn(await newestEvent())).toMatchObject({
      email: 'anna@example.com',
      payment: { subject: payment_intent, refundedMinor: 50 },
    });
  });

  it('with a delayed payment counts when the money comes', async () => {
    expect(paymentIn(await bought({ paymentStatus: 'unpaid' }))).toEqual({
      nothing: 'payment_status is unpaid',
    });
    await stripe.act('succeedAsyncPayment');
    const succeeded = await newestEvent();
    expect(succeeded.type).toBe('checkout.session.async_payment_succeeded');
    expect(paymentIn(succeeded)).toMatchObject({ payment: { paidMinor: 1_000 } });
  });

  it('of a subscription counts only as its invoice', async () => {
    const { notices } = await subscribe({ checkout: true });
    const payments = notices.map((one) => paymentIn(one)).filter((told) => 'payment' in told);
    expect(payments).toHaveLength(1);
    expect(paymentIn(noticeAbout(notices, 'checkout.session.completed'))).toEqual({
      nothing: 'the checkout is paid for by an invoice',
    });
  });

  it('with an invoice of its own counts only as that', () => {
    const session = {
      id: 'cs_1',
      mode: 'payment',
      payment_status: 'paid',
      currency: 'eur',
      amount_total: 100,
      invoice: 'in_1',
    };
    expect(paymentIn(notice('checkout.session.completed', session), PAYER)).toHaveProperty('nothing');
    expect(
      paymentIn(notice('checkout.session.completed', { ...session, invoice: null }), PAYER),
    ).toMatchObject({ email: PAYER.email, name: PAYER.name, payment: { subject: 'cs_1', paidMinor: 100 } });
  });
});

describe('nothing is counted', () => {
  it('of what cost nothing', async () => {
    const trial = await subscribe({ trialDays: 14 });
    expect(paymentIn(noticeAbout(trial.notices, 'invoice.paid'))).toEqual({
      nothing: 'the invoice cost nothing',
    });
    expect(paymentIn(await bought({ discount: true }))).toEqual({
      nothing: 'payment_status is no_payment_required',
    });
    expect(paymentIn(await bought({ amount: 0 }))).toEqual({ nothing: 'the checkout cost nothing' });
    const charge = { id: 'ch_1', currency: 'eur', amount_refunded: 0 };
    expect(paymentIn(notice('charge.refunded', charge), PAYER)).toEqual({ nothing: 'nothing was refunded' });
  });

  it('of other events', async () => {
    const { notices } = await subscribe();
    expect(paymentIn(noticeAbout(notices, 'customer.subscription.created'), PAYER)).toEqual({
      nothing: 'the event says nothing about a payment',
    });
  });

  it('of somebody without an address', () => {
    const invoice = { id: 'in_1', currency: 'eur', amount_paid: 5 };
    expect(paymentIn(notice('invoice.paid', invoice), { email: null, name: null })).toEqual({
      nothing: 'Stripe has no e-mail address for in_1',
    });
  });

  it('silently of an object that is not as it should be', () => {
    const invoice = { id: 'in_1', currency: 'eur', amount_paid: '29.00' };
    expect(() => paymentIn(notice('invoice.paid', invoice), PAYER)).toThrow(
      expect.objectContaining({
        service: 'Stripe',
        retryable: false,
        message: expect.stringContaining('(data.object.amount_paid)'),
      }),
    );
  });
});

it('a refund without a payment intent counts for its charge, in lower-case currency', () => {
  const charge = { id: 'ch_1', currency: 'EUR', amount_refunded: 7, payment_intent: null };
  expect(paymentIn(notice('charge.refunded', charge), PAYER)).toMatchObject({
    payment: { subject: 'ch_1', currency: 'eur', refundedMinor: 7 },
  });
});

it('a refund counts for the customer, and for the card’s holder only where the customer has no address', () => {
  const charge = {
    object: 'charge',
    id: 'ch_1',
    customer: 'cus_1',
    billing_details: { email: 'holder@example.com' },
    currency: 'eur',
    amount_refunded: 7,
  };
  const refunded = notice('charge.refunded', charge);
  expect(paymentIn(refunded, PAYER)).toMatchObject(PAYER);
  expect(paymentIn(refunded, { email: null, name: null })).toMatchObject({ email: 'holder@example.com' });
  const byGuest = notice('charge.refunded', { ...charge, customer: null });
  expect(paymentIn(byGuest, PAYER)).toMatchObject({ email: 'holder@example.com' });
});

describe('who pays', () => {
  it.each<[string, object, object]>([
    [
      'a customer',
      { object: 'customer', id: 'cus_1', email: ' A@B.example ', name: 'A' },
      { customerId: 'cus_1', name: 'A' },
    ],
    [
      'an invoice',
      { object: 'invoice', customer: 'cus_1', customer_email: 'a@b.example' },
      { customerId: 'cus_1' },
    ],
    [
      'a session, by what was typed',
      { customer_email: 'prefilled@b.example', customer_details: { email: 'A@b.example', name: null } },
      { customerId: null, name: null },
    ],
    ['a charge', { billing_details: { email: null }, receipt_email: 'a@b.example' }, {}],
    [
      'an expanded customer',
      { customer: { id: 'cus_1' }, customer_email: 'a@b.example' },
      { customerId: 'cus_1' },
    ],
  ])('is told by %s', (_, object, expected) => {
    expect(payerIn({ data: { object } })).toMatchObject({ email: 'a@b.example', ...expected });
  });

  it.each([undefined, {}, { data: { object: 'sub_1' } }, { data: { object: { customer: 7 } } }])(
    'is not told by %j',
    (event) => {
      expect(payerIn(event)).toEqual({ customerId: null, email: null, name: null });
    },
  );

  it('is read from Stripe, until deleted', async () => {
    const client = stripeClient(stripe.url);
    const { customerId } = await subscribe();
    const nobody = { email: null, name: null };
    expect(await readPayer(client, customerId)).toEqual({
      customerId,
      email: 'anna@example.com',
      name: 'Anna Schmidt',
    });
    await bill(stripe, 'deleteCustomer', { email: ANNA.email });
    expect(await readPayer(client, customerId)).toEqual({ customerId, ...nobody });
    await expect(readPayer(client, 'cus_unknown')).rejects.toMatchObject({ retryable: false, status: 404 });
  });
});
