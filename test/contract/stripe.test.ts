import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { STRIPE_SECRET_KEY } from '../../sandbox/identities';
import { StripeDouble } from '../../sandbox/stripe';
import { providers } from '../../services/intake';
import {
  StripeClient,
  SubscriptionReader,
  keepEndpoint,
  readPayer,
  removeEndpoint,
} from '../../services/stripe';
import { axiosRequest } from '../../stack/axios-request';
import { startHttpServer, type TestServer } from '../support/http-server';
import { eventually, startSandboxUnderTest, type SandboxUnderTest } from '../support/sandbox-under-test';
import { validateLog, validateWebhook, warnAboutMissingContracts } from './contract';
import { haveContracts } from './document';

let sandbox: SandboxUnderTest;
let intake: TestServer;

beforeAll(async () => {
  intake = await startHttpServer(() => ({ status: 200 }));
  sandbox = await startSandboxUnderTest({ stripe: StripeDouble });
});
afterAll(async () => {
  await sandbox.close();
  await intake.close();
});

const CHECKOUTS = [
  {},
  { product: 'basic', quantity: 3, email: "Uma.O'Hara+VIP@Example.COM", name: null },
  { product: 'many', customer: 'customer', name: '李小龙' },
  { product: ['prod_Sticker', 'prod_VipReservation'], discount: true },
  { amount: 12_345, locale: 'de', email: null },
  { paymentStatus: 'unpaid' },
];

/** Every operation that the double has, with and without its parameters. */
async function driveEverything(): Promise<void> {
  const { stripe } = sandbox;
  const get = async (...paths: string[]): Promise<void> => {
    for (const path of paths) expect(await stripe('GET', path)).toMatchObject({ status: 200 });
  };
  const { body } = await stripe('POST', '/v1/webhook_endpoints', {
    url: `${intake.url}/hook`,
    'enabled_events[]': 'checkout.session.completed',
    'enabled_events[1]': 'checkout.session.async_payment_succeeded',
    'enabled_events[2]': 'checkout.session.async_payment_failed',
    api_version: '2026-07-29.dahlia',
    description: 'Sandbox',
    'metadata[from]': 'n8n',
  });
  const endpoint = (body as { id: string }).id;
  for (const input of CHECKOUTS) {
    const { sessionId, eventId } = (await sandbox.act('stripe', 'completeCheckout', input)) as Record<
      string,
      string
    >;
    const session = `/v1/checkout/sessions/${sessionId}`;
    await get(
      session,
      `${session}?expand[]=line_items.data.price.product&expand[]=customer`,
      `${session}/line_items`,
      `${session}/line_items?limit=100&expand[]=data.price.product`,
      `/v1/events/${eventId}`,
    );
  }
  await sandbox.act('stripe', 'succeedAsyncPayment');
  await sandbox.act('stripe', 'completeCheckout', { paymentStatus: 'unpaid' });
  await sandbox.act('stripe', 'failAsyncPayment');
  const state = await stateOfStripe();
  await get(
    '/v1/products',
    '/v1/products?limit=1&active=true&expand[]=data.default_price',
    '/v1/products/prod_VipReservation?expand[]=default_price',
    '/v1/prices/price_VipReservation?expand[]=product',
    `/v1/customers/${state.customers?.[0]?.id}`,
    '/v1/events?limit=100&types[]=checkout.session.completed&created[gte]=1&delivery_success=true',
    '/v1/events?type=checkout.session.completed&created=1',
    '/v1/checkout/sessions?limit=2&status=complete&created[gte]=1&expand[]=data.line_items',
    '/v1/checkout/sessions?payment_intent=pi_x&customer=cus_x&subscription=sub_x&created=1',
    '/v1/checkout/sessions?customer_details[email]=anna@example.com',
    '/v1/webhook_endpoints?limit=3',
    `/v1/webhook_endpoints/${endpoint}`,
  );
  await stripe('POST', `/v1/webhook_endpoints/${endpoint}`, {
    disabled: 'true',
    description: '',
    metadata: '',
  });
  await stripe('DELETE', `/v1/webhook_endpoints/${endpoint}`);
  await sandbox.call('GET', '/stripe/v1/products');
  await stripe('GET', '/v1/checkout/sessions/cs_test_missing');
  await stripe('GET', '/v1/products?limit=0');
}

const YEARLY_IN_YEN = { currency: 'jpy', interval: 'year', intervalCount: 1 };

/** All that can become of subscriptions, one after the other. */
const LIVES: Array<[action: string, input?: object]> = [
  ['subscribe', { email: 'anna@example.com', name: 'Анна', plan: 'pro', checkout: true }],
  ['changePlan', { email: 'anna@example.com', plan: 'enterprise' }],
  ['failPayment'],
  ['failPayment'],
  ['renew'],
  ['refund', { email: 'anna@example.com', amount: 100 }],
  ['cancelAtPeriodEnd'],
  ['resume'],
  ['pauseCollection'],
  ['resume'],
  ['pause'],
  ['resume'],
  ['cancelNow'],
  ['subscribe', { email: 'ben@example.com', plan: 'pro', addOns: ['prod_Support'], trialDays: 14 }],
  ['trialWillEnd'],
  ['renew'],
  ['subscribe', { email: 'cora@example.com', paid: false }],
  ['deleteCustomer', { email: 'ben@example.com' }],
  ['createProduct', { name: 'Yen', metadata: { plan: 'yen' }, amount: 4_500, ...YEARLY_IN_YEN }],
  ['subscribe', { email: null, plan: 'yen', checkout: true }],
  ['cancelAtPeriodEnd', { feedback: 'too_expensive', comment: 'Elsewhere it is half the price' }],
  ['subscribe', { email: 'cora@example.com', newCustomer: true }],
  ['updateCustomer', { email: 'cora@example.com', newEmail: 'cora.new@example.com' }],
  ['openDispute', { email: 'cora@example.com', reason: 'subscription_canceled', amount: 900 }],
  ['openDispute', { inquiry: true }],
  ['cancelNow', { feedback: 'other' }],
  ['completeCheckout', { email: 'dora@example.com' }],
  ['refund', { email: 'dora@example.com' }],
];

interface Lists {
  [list: string]: Array<{ id: string }>;
}

async function stateOfStripe(): Promise<Lists> {
  return (await sandbox.call('GET', '/sandbox/state/stripe')).body as Lists;
}

describe('the Stripe double, against Stripe’s contract', () => {
  it('answers every operation as it should', async () => {
    await driveEverything();
    const log = await sandbox.log();
    expect(log.length).toBeGreaterThan(40);
    expect(validateLog(log)).toEqual([]);
  });

  it('answers and tells of subscriptions, invoices and charges as it should', async () => {
    const listener = await startHttpServer(() => ({ status: 200 }));
    await sandbox.call('POST', '/sandbox/reset');
    const endpoint = { id: 'we_lives', url: listener.url, secret: 'whsec_1' };
    await sandbox.call('PUT', '/sandbox/state/stripe', { webhookEndpoints: [endpoint] });
    for (const [action, input] of LIVES) await sandbox.act('stripe', action, input);
    const {
      subscriptions = [],
      invoices = [],
      charges = [],
      customers = [],
      events = [],
    } = await stateOfStripe();
    const paths = [
      ...subscriptions.map(
        ({ id }) => `/v1/subscriptions/${id}?expand[]=customer&expand[]=latest_invoice.customer`,
      ),
      ...subscriptions.map(({ id }) => `/v1/subscriptions/${id}`),
      ...invoices.map(({ id }) => `/v1/invoices/${id}`),
      ...charges.map(({ id }) => `/v1/charges/${id}?expand[]=customer`),
      ...customers.map(({ id }) => `/v1/customers/${id}`),
      '/v1/subscriptions?status=all&limit=2&expand[]=data.items.data.price&created[gte]=1',
      `/v1/subscriptions?customer=${customers[0]?.id}&status=canceled&price=price_Enterprise`,
      '/v1/customers?email=cora@example.com&limit=1',
      '/v1/prices?product=prod_Pro&type=recurring&active=true&expand[]=data.product',
      '/v1/subscriptions?status=all&limit=100&expand[]=data.customer&expand[]=data.latest_invoice',
      '/v1/subscriptions?expand[]=data.items.data.price.product',
      '/v1/events?limit=100',
      '/v1/invoices/in_missing',
    ];
    for (const path of paths) await sandbox.stripe('GET', path);
    const log = await sandbox.log();
    expect(log).toHaveLength(paths.length);
    expect(validateLog(log)).toEqual([]);

    const requests = await eventually(() =>
      listener.requests.length >= events.length ? listener.requests : undefined,
    );
    await listener.close();
    // The contract has no webhooks about customers, and of charges only that of disputes.
    const told = requests
      .map(({ body }) => body as { type: string })
      .filter(({ type }) => !/^customer\.(created|updated|deleted)$|^charge\.refunded$/.test(type));
    expect(new Set(told.map(({ type }) => type)).size).toBe(10);
    const findings = told.flatMap((body) =>
      haveContracts() ? validateWebhook('stripe', body.type, body) : [],
    );
    expect(findings).toEqual([]);
  });

  it('answers for a crowd of subscriptions, and beyond its limit, as it should', async () => {
    await sandbox.act('stripe', 'addSubscriptions', { count: 100 });
    await sandbox.call('PUT', '/sandbox/state/stripe', { rateLimitPerSecond: 1 });
    await sandbox.call('DELETE', '/sandbox/requests');
    const path = '/v1/subscriptions?status=all&limit=100&expand[]=data.customer&expand[]=data.latest_invoice';
    for (let call = 0; call < 3; call += 1) await sandbox.stripe('GET', path);
    await sandbox.call('PUT', '/sandbox/state/stripe', { rateLimitPerSecond: 100 });
    const log = await sandbox.log();
    expect(log.map(({ status }) => status)).toContain(429);
    expect(log.map(({ status }) => status)).toContain(200);
    expect(validateLog(log)).toEqual([]);
  });

  it('is asked for subscriptions and customers as it should be', async () => {
    const { subscriptionId, customerId } = (await sandbox.act('stripe', 'subscribe', {})) as Record<
      string,
      string
    >;
    await sandbox.call('DELETE', '/sandbox/requests');
    const request = axiosRequest({ Authorization: `Bearer ${STRIPE_SECRET_KEY}` });
    const client = new StripeClient({ url: `${sandbox.url}/stripe`, request });
    const items = { data: [{ price: { product: 'prod_Enterprise' } }] };
    await new SubscriptionReader(client, 'plan').read(String(subscriptionId), {
      type: 'customer.subscription.updated',
      occurredAt: new Date(),
      payload: { data: { previous_attributes: { items } } },
    });
    await readPayer(client, String(customerId));
    const log = await sandbox.log();
    expect(log.map(({ path }) => path)).toEqual([
      `/v1/subscriptions/${subscriptionId}`,
      '/v1/products/prod_Enterprise',
      `/v1/customers/${customerId}`,
    ]);
    expect(validateLog(log)).toEqual([]);
  });

  it('is asked for webhook endpoints as it should be', async () => {
    await sandbox.call('DELETE', '/sandbox/requests');
    const request = axiosRequest({ Authorization: `Bearer ${STRIPE_SECRET_KEY}` });
    const client = new StripeClient({ url: `${sandbox.url}/stripe`, request });
    const wanted = { url: 'https://n8n.example/webhook', knowsSecret: false };
    const { id } = await keepEndpoint(client, { ...wanted, eventTypes: ['invoice.paid'] });
    const known = { id, hasSecret: true };
    const eventTypes = providers.find(({ source }) => source === 'stripe')?.eventTypes ?? [];
    await keepEndpoint(client, { ...wanted, known, eventTypes: eventTypes.map(({ type }) => type) });
    await removeEndpoint(client, id);
    const log = await sandbox.log();
    expect(log.map(({ method }) => method)).toEqual(['GET', 'POST', 'GET', 'POST', 'DELETE']);
    expect(validateLog(log)).toEqual([]);
  });

  it('sends events as it should', async () => {
    const requests = await eventually(() =>
      intake.requests.length >= CHECKOUTS.length + 3 ? intake.requests : undefined,
    );
    const findings = requests.flatMap(({ body }) => {
      const { type } = body as { type: string };
      return haveContracts() ? validateWebhook('stripe', type, body) : [];
    });
    expect(findings).toEqual([]);
  });
});

describe('the contract check itself', () => {
  const entry = {
    at: '2026-01-01T00:00:00Z',
    double: 'stripe',
    method: 'GET',
    path: '/v1/products/prod_1',
    query: {},
    headers: {},
    body: null,
    status: 200,
    responseHeaders: { 'content-type': 'application/json' },
    responseBody: {},
    fault: null,
  };

  it.each([
    ['an unknown address', { path: '/v1/nothing' }, 'the contract has no such operation'],
    ['an unknown parameter', { query: { colour: 'red' } }, 'the query parameter colour is not declared'],
    ['an answer without its fields', {}, "must have required property 'active'"],
    [
      'an answer that is no JSON',
      { responseHeaders: { 'content-type': 'text/html' } },
      'text/html is not declared',
    ],
    ['an error without its envelope', { status: 404 }, "must have required property 'error'"],
    ['a parameter of the wrong type', { path: '/v1/events', query: { limit: 'ten' } }, 'must be integer'],
    ['a body where none belongs', { body: 'x=1' }, 'the operation takes none'],
    ['a missing body', { method: 'POST', path: '/v1/webhook_endpoints' }, 'the request has no body'],
    [
      'a form with a wrong event',
      {
        method: 'POST',
        path: '/v1/webhook_endpoints',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: 'url=http://a.example&enabled_events[]=nothing.happened',
      },
      'request body/value/enabled_events/0',
    ],
  ])('finds %s', (_, change, finding) => {
    if (!haveContracts()) return warnAboutMissingContracts();
    expect(validateLog([{ ...entry, ...change }]).join('\n')).toContain(finding);
  });

  it('passes over systems without a contract, and answers that a fault made up', () => {
    expect(validateLog([{ ...entry, double: 'slack' }])).toEqual([]);
    expect(validateLog([{ ...entry, fault: 'status', status: 503, responseBody: 'down' }])).toEqual([]);
  });
});
