import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { IDataObject, INodeParameters } from 'n8n-workflow';
import { LifecycleStripeApi } from '../../../credentials/LifecycleStripeApi.credentials';
import { StripeBilling } from '../../../nodes/StripeBilling/StripeBilling.node';
import { STRIPE_SECRET_KEY } from '../../../sandbox/identities';
import { StripeDouble } from '../../../sandbox/stripe';
import { executeNode, loadOptionsContext, type NodeSetup } from '../../support/execute-node';
import { startTestSandbox, type TestSandbox } from '../../support/sandbox';
import { bill, noticeAbout } from '../../support/stripe-billing';

let stripe: TestSandbox;

beforeAll(async () => {
  stripe = await startTestSandbox('stripe', StripeDouble);
});
beforeEach(() => stripe.reset());
afterAll(() => stripe.close());

function setup(parameters: INodeParameters = {}, over: Partial<NodeSetup> = {}): NodeSetup {
  // With the slash that gets pasted along.
  const data = { url: `${stripe.url}/`, secretKey: STRIPE_SECRET_KEY };
  return {
    node: new StripeBilling(),
    name: 'Look up purchase',
    parameters,
    credentials: [{ type: new LifecycleStripeApi(), data }],
    ...over,
  };
}

async function purchase(checkout: object = {}, type = 'checkout.session.completed'): Promise<IDataObject> {
  const { sessionId } = await stripe.act<{ sessionId: string }>('completeCheckout', {
    deliver: false,
    ...checkout,
  });
  return itemOf(sessionId, type);
}

function itemOf(sessionId: string, type = 'checkout.session.completed'): IDataObject {
  return {
    event: { id: 'evt_1', source: 'stripe', type, payload: { data: { object: { id: sessionId } } } },
    delivery: { id: '1', lease: 'l', attempt: 1 },
  };
}

/** The `json` of what left by each output. */
async function run(node: NodeSetup, items: IDataObject[]): Promise<[IDataObject[], IDataObject[]]> {
  const [match = [], noMatch = []] = await executeNode(node, items);
  return [match.map(({ json }) => json), noMatch.map(({ json }) => json)];
}

describe('a paid VIP purchase', () => {
  it('leaves by Match with what the following nodes need', async () => {
    const item = await purchase({ email: 'Anna+VIP@Example.com', name: 'Anna Schmidt', quantity: 2 });

    const [match, noMatch] = await run(setup(), [item]);

    expect(noMatch).toEqual([]);
    expect(match).toEqual([
      {
        ...item,
        checkout: {
          id: expect.stringMatching(/^cs_test_/),
          email: 'anna+vip@example.com',
          name: 'Anna Schmidt',
          locale: null,
          currency: 'eur',
          amountTotal: 2000,
          paymentStatus: 'paid',
          refunded: false,
          quantity: 2,
          products: [
            {
              id: 'prod_VipReservation',
              name: 'VIP reservation',
              quantity: 2,
              metadata: { lifecycle: 'vip' },
              matches: true,
            },
          ],
        },
        outcomes: [
          { service: 'Stripe', action: 'purchase looked up', id: expect.any(String), at: expect.any(String) },
        ],
      },
    ]);
  });

  it.each([
    ['among more items than a page holds', { product: 'many' }],
    ['that cost nothing', { discount: true }],
    ['of a known customer', { customer: 'customer' }],
    ['without a name', { email: 'x@example.com', name: null }],
    ['with a non-Latin name', { email: 'x@example.com', name: '李小龙' }],
  ])('%s matches', async (_, checkout) => {
    const [match] = await run(setup(), [await purchase(checkout)]);
    expect(match).toHaveLength(1);
  });

  it('without an e-mail address fails for good', async () => {
    const [match] = await run(setup(), [await purchase({ email: null, name: null })]);
    expect(match).toMatchObject([
      {
        failure: {
          node: 'Look up purchase',
          service: 'Stripe',
          retryable: false,
          message: expect.stringContaining('no e-mail address'),
        },
      },
    ]);
  });
});

describe('a purchase that needs nothing done', () => {
  it.each([
    ['not paid yet', { paymentStatus: 'unpaid' }, 'ignored: payment_status is unpaid'],
    ['of another product', { product: 'basic' }, 'ignored: no matching product'],
    [
      'of another product without an address',
      { product: 'basic', email: null },
      'ignored: no matching product',
    ],
  ])('because it is %s leaves by No match and says why', async (_, checkout, action) => {
    const [match, noMatch] = await run(setup(), [await purchase(checkout)]);
    expect(match).toEqual([]);
    expect(noMatch).toMatchObject([
      { checkout: { id: expect.any(String) }, outcomes: [{ service: 'Stripe', action }] },
    ]);
  });

  it('because the payment failed in the end leaves by No match', async () => {
    const { sessionId } = await stripe.act<{ sessionId: string }>('completeCheckout', {
      deliver: false,
      paymentStatus: 'unpaid',
    });
    await stripe.act('failAsyncPayment', { sessionId });
    const [, noMatch] = await run(setup(), [itemOf(sessionId, 'checkout.session.async_payment_failed')]);
    expect(noMatch).toMatchObject([{ outcomes: [{ action: 'ignored: payment_status is unpaid' }] }]);
  });

  it('matches once the payment has come', async () => {
    const { sessionId } = await stripe.act<{ sessionId: string }>('completeCheckout', {
      deliver: false,
      paymentStatus: 'unpaid',
    });
    await stripe.act('succeedAsyncPayment', { sessionId });
    const [match] = await run(setup(), [itemOf(sessionId, 'checkout.session.async_payment_succeeded')]);
    expect(match).toHaveLength(1);
  });
});

/** The charge's refund, as the Lifecycle Event Trigger hands it out. */
async function refund(email: string, amount?: number): Promise<IDataObject> {
  const { notices } = await bill(stripe, 'refund', { email, ...(amount !== undefined && { amount }) });
  const { type, occurredAt, payload } = noticeAbout(notices, 'charge.refunded');
  return {
    event: { id: '1', source: 'stripe', type, occurredAt: occurredAt.toISOString(), payload } as IDataObject,
    delivery: { id: '1', lease: 'l', attempt: 1 },
  };
}

const ANNA = { email: 'anna@example.com', name: 'Anna Schmidt' };
const findByPayment = { operation: 'findByPayment' };

describe('a purchase whose money was given back', () => {
  it('leaves by No match and says so, but not when it was a part of the money', async () => {
    const item = await purchase(ANNA);
    await refund(ANNA.email, 100);
    expect((await run(setup(), [item]))[0]).toMatchObject([{ checkout: { refunded: false } }]);
    await refund(ANNA.email);
    await stripe.forgetRequests();
    const [match, noMatch] = await run(setup(), [item]);
    expect(match).toEqual([]);
    expect(noMatch).toMatchObject([
      { checkout: { refunded: true }, outcomes: [{ action: 'ignored: the payment was refunded' }] },
    ]);
    expect(await stripe.calls()).toHaveLength(1);
  });

  it('is found by its payment, and leaves by Match', async () => {
    const item = await purchase({ ...ANNA, quantity: 2 });
    await purchase({ email: 'ben@example.com' });
    const given = await refund(ANNA.email);
    const [match, noMatch] = await run(setup(findByPayment), [given]);
    expect(noMatch).toEqual([]);
    const { id } = ((item.event as IDataObject).payload as { data: { object: { id: string } } }).data.object;
    expect(match).toMatchObject([
      {
        ...given,
        checkout: { id, email: ANNA.email, refunded: true, quantity: 2 },
        outcomes: [{ action: 'purchase looked up', id }],
      },
    ]);
  });

  it('in parts is found as well, unless only what was refunded in full is asked for', async () => {
    await purchase(ANNA);
    const part = await refund(ANNA.email, 100);
    expect((await run(setup(findByPayment), [part]))[0]).toHaveLength(1);
    const onlyRefunded = setup({ ...findByPayment, onlyRefunded: true });
    expect((await run(onlyRefunded, [part]))[1]).toMatchObject([
      { outcomes: [{ action: 'ignored: the payment was not refunded in full' }] },
    ]);
    await refund(ANNA.email);
    // It is the payment as it is now that counts, whichever refund is told of.
    expect((await run(onlyRefunded, [part]))[0]).toHaveLength(1);
  });

  it('of another product is found, and leaves by No match', async () => {
    await purchase({ ...ANNA, product: 'basic' });
    const [match, noMatch] = await run(setup(findByPayment), [await refund(ANNA.email)]);
    expect(match).toEqual([]);
    expect(noMatch).toMatchObject([
      { checkout: { email: ANNA.email }, outcomes: [{ action: 'ignored: no matching product' }] },
    ]);
  });

  it('in no checkout leaves by No match, without a call where there is no payment intent', async () => {
    await bill(stripe, 'subscribe', ANNA);
    const ofInvoice = await refund(ANNA.email);
    const bare = structuredClone(ofInvoice);
    ((bare.event as IDataObject).payload as { data: { object: IDataObject } }).data.object.payment_intent =
      null;
    await stripe.forgetRequests();
    const [match, noMatch] = await run(setup(findByPayment), [ofInvoice, bare]);
    expect(match).toEqual([]);
    const action = 'ignored: the payment was not made in a checkout';
    expect(noMatch).toMatchObject([
      { outcomes: [{ action, id: expect.stringMatching(/^pi_/) }] },
      { outcomes: [{ action }] },
    ]);
    expect(await stripe.calls()).toEqual(['GET /v1/checkout/sessions']);
  });

  it('can be asked for by any payment, which then has to be named', async () => {
    await purchase(ANNA);
    const { sessions } = await stripe.state<{ sessions: Array<{ paymentIntentId: string }> }>();
    const parameters = { ...findByPayment, paymentIntentId: '={{ $json.payment }}' };
    const payment = sessions[0]?.paymentIntentId;
    const [match] = await run(setup(parameters), [{ payment }]);
    expect(match).toMatchObject([{ checkout: { email: ANNA.email } }]);
    await expect(run(setup(parameters), [{}])).rejects.toThrow('"Payment Intent ID" is empty');
  });
});

describe('matching', () => {
  it('by other metadata', async () => {
    const parameters = { matchProducts: 'metadata', metadataKey: 'lifecycle', metadataValue: 'basic' };
    const [match] = await run(setup(parameters), [await purchase({ product: 'basic' }), await purchase()]);
    expect(match).toHaveLength(1);
  });

  it('by picked products', async () => {
    const parameters = { matchProducts: 'products', productIds: ['prod_Sticker'] };
    const items = [await purchase({ product: ['prod_Poster', 'prod_Sticker'] }), await purchase()];
    const [match, noMatch] = await run(setup(parameters), items);
    expect(match).toMatchObject([{ checkout: { quantity: 1 } }]);
    expect(noMatch).toHaveLength(1);
  });

  it('any product', async () => {
    const [match] = await run(setup({ matchProducts: 'any' }), [await purchase({ product: 'basic' })]);
    expect(match).toHaveLength(1);
  });

  it.each([
    [{ matchProducts: 'products', productIds: [] }, 'Pick at least one product'],
    [{ matchProducts: 'metadata', metadataKey: ' ' }, '"Metadata Key" is empty'],
    [{ sessionId: '' }, '"Checkout Session ID" is empty'],
  ])('with %j is told as a mistake in the node', async (parameters, message) => {
    const [match] = await run(setup(parameters), [await purchase()]);
    expect(match).toMatchObject([
      { failure: { retryable: false, message: expect.stringContaining(message) } },
    ]);
  });

  it('offers the products by name', async () => {
    const options = await new StripeBilling().methods.loadOptions.getProducts.call(
      loadOptionsContext(setup()),
    );
    expect(options).toContainEqual({ name: 'VIP reservation', value: 'prod_VipReservation' });
  });
});

describe('a batch', () => {
  it('goes on without the items that fail, each paired with where it came from', async () => {
    const items = [
      await purchase(),
      itemOf('cs_test_unknown'),
      await purchase({ product: 'basic' }),
      await purchase(),
    ];
    const [match = [], noMatch = []] = await executeNode(setup(), items);
    expect(match.map(({ pairedItem, json }) => [pairedItem, 'failure' in json])).toEqual([
      [{ item: 0 }, false],
      [{ item: 1 }, true],
      [{ item: 3 }, false],
    ]);
    expect(noMatch.map(({ pairedItem }) => pairedItem)).toEqual([{ item: 2 }]);
  });

  it('lets items that failed earlier pass untouched', async () => {
    const failed = {
      ...itemOf('cs_test_unknown'),
      failure: { node: 'Before', service: 'X', message: 'm', retryable: true },
    };
    expect(await run(setup(), [failed])).toEqual([[failed], []]);
    expect(await stripe.calls()).toEqual([]);
  });

  it('fails the run for an item that belongs to no event', async () => {
    await expect(executeNode(setup({ sessionId: 'cs_test_unknown' }), [{}])).rejects.toThrow(
      'cs_test_unknown',
    );
  });
});

it('says what is wrong with a refused key, sends it once, and is not retried', async () => {
  const data = { url: stripe.url, secretKey: 'sk_test_wrong' };
  const credentials = [{ type: new LifecycleStripeApi(), data }];
  const [match] = await run(setup({}, { credentials }), [await purchase()]);
  expect(match).toMatchObject([
    {
      failure: {
        retryable: false,
        message: expect.stringMatching(/Invalid API Key.*Lifecycle Stripe API credential/),
      },
    },
  ]);
  expect(await stripe.calls()).toHaveLength(1);
});
