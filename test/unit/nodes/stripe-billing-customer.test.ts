import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { IDataObject, INodeParameters } from 'n8n-workflow';
import { LifecycleStripeApi } from '../../../credentials/LifecycleStripeApi.credentials';
import { StripeBilling } from '../../../nodes/StripeBilling/StripeBilling.node';
import { STRIPE_SECRET_KEY } from '../../../sandbox/identities';
import { StripeDouble } from '../../../sandbox/stripe';
import { executeNode, type NodeSetup } from '../../support/execute-node';
import { startTestSandbox, type TestSandbox } from '../../support/sandbox';
import { bill, noticeAbout } from '../../support/stripe-billing';

const ANNA = { email: 'anna@example.com', name: 'Anna Schmidt' };

let stripe: TestSandbox;
let customerId: string;

beforeAll(async () => {
  stripe = await startTestSandbox('stripe', StripeDouble);
});
beforeEach(async () => {
  await stripe.reset();
  ({ customerId } = await bill(stripe, 'subscribe', ANNA));
  await stripe.forgetRequests();
});
afterAll(() => stripe.close());

function setup(parameters: INodeParameters = {}): NodeSetup {
  const data = { url: stripe.url, secretKey: STRIPE_SECRET_KEY };
  return {
    node: new StripeBilling(),
    parameters: { resource: 'customer', operation: 'get', ...parameters },
    credentials: [{ type: new LifecycleStripeApi(), data }],
  };
}

async function run(items: IDataObject[], parameters?: INodeParameters): Promise<IDataObject[]> {
  const outputs = await executeNode(setup(parameters), items);
  expect(outputs).toHaveLength(1);
  return (outputs[0] ?? []).map(({ json }) => json);
}

function itemOf(object: IDataObject, source = 'stripe'): IDataObject {
  return {
    event: {
      id: '1',
      source,
      type: 'invoice.paid',
      occurredAt: '2026-05-04T12:00:00.000Z',
      payload: { data: { object } },
    },
    delivery: { id: '1', lease: 'l', attempt: 1 },
  };
}

it('reads who pays where the event names only the customer, each once', async () => {
  const item = itemOf({ object: 'charge', customer: customerId, billing_details: { email: null } });
  const expected = {
    ...item,
    payer: { customerId, ...ANNA },
    outcomes: [{ service: 'Stripe', action: 'customer looked up', id: customerId, at: expect.any(String) }],
  };
  expect(await run([item, item])).toEqual([expected, expected]);
  expect(await stripe.calls()).toEqual([`GET /v1/customers/${customerId}`]);
});

it('reads the customer of a charge, which names the holder of the card', async () => {
  const item = itemOf({
    object: 'charge',
    customer: customerId,
    billing_details: { email: 'Holder@example.com' },
  });
  expect(await run([item])).toMatchObject([{ payer: { customerId, ...ANNA } }]);
  await bill(stripe, 'deleteCustomer', { email: ANNA.email });
  expect(await run([item])).toMatchObject([{ payer: { customerId, email: 'holder@example.com' } }]);
});

it('takes the event at its word where it names an address', async () => {
  const item = itemOf({ object: 'invoice', customer: customerId, customer_email: 'Then@Example.com' });
  expect(await run([item])).toEqual([
    { ...item, payer: { customerId, email: 'then@example.com', name: null } },
  ]);
  expect(await stripe.calls()).toEqual([]);
});

it('lets pass what is of another source, or of a guest', async () => {
  const items = [
    itemOf({ customer: customerId }, 'lemonSqueezy'),
    itemOf({ object: 'checkout.session', customer: null, customer_details: { email: 'guest@example.com' } }),
    itemOf({ object: 'charge' }),
  ];
  expect(await run(items)).toEqual(items);
  expect(await stripe.calls()).toEqual([]);
});

it('knows nothing of a deleted customer, which is no error', async () => {
  await bill(stripe, 'deleteCustomer', { email: ANNA.email });
  expect(await run([itemOf({ customer: customerId })])).toMatchObject([
    { payer: { customerId, email: null, name: null } },
  ]);
});

it('can be asked for any customer, without an event', async () => {
  const parameters = { customerId: '={{ $json.id }}' };
  expect(await run([{ id: customerId }], parameters)).toMatchObject([{ payer: ANNA }]);
  await expect(run([{}], parameters)).rejects.toThrow('"Customer ID" is empty');
});

it('fails for a customer that Stripe does not have', async () => {
  expect(await run([itemOf({ customer: 'cus_unknown' })])).toMatchObject([
    { failure: { retryable: false, message: expect.stringContaining('retrieve the customer cus_unknown') } },
  ]);
});

describe('a dispute', () => {
  it('has the customer of its charge, each charge looked up once', async () => {
    const { notices } = await bill(stripe, 'openDispute', { email: ANNA.email });
    const dispute = noticeAbout(notices, 'charge.dispute.created');
    const { object } = (dispute.payload as { data: { object: IDataObject } }).data;
    await stripe.forgetRequests();
    const item = itemOf(object);
    const charge = String(object.charge);
    const expected = {
      ...item,
      payer: { customerId, ...ANNA },
      outcomes: [
        { service: 'Stripe', action: 'customer of the charge looked up', id: charge, at: expect.any(String) },
      ],
    };
    expect(await run([item, item])).toEqual([expected, expected]);
    expect(await stripe.calls()).toEqual([`GET /v1/charges/${charge}`]);
  });

  it('of a guest has the holder of the card', async () => {
    await stripe.act('completeCheckout', { deliver: false, email: 'Guest@example.com', name: 'Guest' });
    const { notices } = await bill(stripe, 'openDispute', { email: 'guest@example.com' });
    const { payload } = noticeAbout(notices, 'charge.dispute.created');
    const { object } = (payload as { data: { object: IDataObject } }).data;
    expect(await run([itemOf(object)])).toMatchObject([
      { payer: { customerId: null, email: 'guest@example.com', name: 'Guest' } },
    ]);
  });

  it('fails for a charge that Stripe does not have', async () => {
    expect(await run([itemOf({ object: 'dispute', charge: 'ch_unknown' })])).toMatchObject([
      { failure: { retryable: false, message: expect.stringContaining('retrieve the charge ch_unknown') } },
    ]);
  });

  it('fails for a charge that is answered with something else: it is no charge of a guest', async () => {
    await stripe.fail({ path: '^/v1/charges/', status: 200, body: { hello: 'world' } });
    expect(await run([itemOf({ object: 'dispute', charge: 'ch_1' })])).toMatchObject([
      { failure: { retryable: true, message: expect.stringContaining('retrieve the charge ch_1') } },
    ]);
    await stripe.fail();
  });
});
