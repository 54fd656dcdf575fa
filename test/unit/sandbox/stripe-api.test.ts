import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { StripeDouble } from '../../../sandbox/stripe';
import { startSandboxUnderTest, type SandboxUnderTest } from '../../support/sandbox-under-test';

interface List {
  data: Array<{ id: string; price: { product: { name: string; metadata: object } } }>;
  has_more: boolean;
}

let sandbox: SandboxUnderTest;
beforeEach(async () => {
  sandbox = await startSandboxUnderTest({ stripe: StripeDouble });
});
afterEach(() => sandbox.close());

async function checkout(input: object): Promise<string> {
  const { sessionId } = (await sandbox.act('stripe', 'completeCheckout', input)) as { sessionId: string };
  return sessionId;
}

async function list(path: string): Promise<List> {
  return (await sandbox.stripe('GET', path)).body as List;
}

const ids = ({ data }: List): string[] => data.map(({ id }) => id);

describe('authentication', () => {
  const get = (authorization?: string) =>
    sandbox.call('GET', '/stripe/v1/products', undefined, authorization ? { authorization } : {});

  it('takes the secret key as a bearer token or as the user name of Basic', async () => {
    expect(await get('Bearer sk_test_sandbox')).toMatchObject({ status: 200 });
    expect(await get(`Basic ${Buffer.from('sk_test_sandbox:').toString('base64')}`)).toMatchObject({
      status: 200,
    });
  });

  it('refuses a missing and a wrong key in Stripe’s envelope, without repeating the key', async () => {
    const missing = await get();
    expect(missing).toMatchObject({ status: 401, body: { error: { type: 'invalid_request_error' } } });
    expect(missing.headers.get('www-authenticate')).toBe('Basic realm="Stripe"');
    const wrong = await get('Bearer sk_test_somebody_else_1234');
    expect(wrong.body).toEqual({
      error: { type: 'invalid_request_error', message: 'Invalid API Key provided: sk_test_****1234' },
    });
  });
});

describe('errors', () => {
  it.each([
    [
      '/v1/checkout/sessions/cs_test_x',
      404,
      'resource_missing',
      'session',
      "No such checkout.session: 'cs_test_x'",
    ],
    ['/v1/checkout/sessions/cs_test_x/line_items', 404, 'resource_missing', 'session', expect.any(String)],
    ['/v1/products/prod_x', 404, 'resource_missing', 'id', "No such product: 'prod_x'"],
    ['/v1/events/evt_x', 404, 'resource_missing', 'id', "No such event: 'evt_x'"],
    ['/v1/webhook_endpoints/we_x', 404, 'resource_missing', 'webhook_endpoint', expect.any(String)],
    ['/v1/products?starting_after=prod_x', 404, 'resource_missing', 'starting_after', expect.any(String)],
    ['/v1/products?limit=101', 400, 'parameter_invalid_integer', 'limit', expect.stringContaining('100')],
    ['/v1/products?limit=ten', 400, 'parameter_invalid_integer', 'limit', 'Invalid integer: ten'],
    ['/v1/products?colour=red', 400, 'parameter_unknown', 'colour', 'Received unknown parameter: colour'],
    ['/v1/events?created[after]=1', 400, 'parameter_unknown', 'after', expect.any(String)],
  ])('%s is answered %i %s', async (path, status, code, param, message) => {
    const { status: got, body } = await sandbox.stripe('GET', path);
    expect(got).toBe(status);
    const doc_url = `https://stripe.com/docs/error-codes/${code.replaceAll('_', '-')}`;
    expect(body).toEqual({ error: { type: 'invalid_request_error', code, param, message, doc_url } });
  });

  it('tells of an address that Stripe does not have', async () => {
    expect(await sandbox.stripe('GET', '/v1/nothing')).toMatchObject({
      status: 404,
      body: { error: { message: expect.stringContaining('Unrecognized request URL (GET: /v1/nothing)') } },
    });
  });

  it.each(['line_items.data', 'nothing', 'id', 'line_items.data.price.product.default_price'])(
    'refuses to expand %s',
    async (path) => {
      const session = await checkout({});
      const { status, body } = await sandbox.stripe(
        'GET',
        `/v1/checkout/sessions/${session}?expand[]=${path}`,
      );
      expect(status).toBe(400);
      expect(body).toMatchObject({ error: { message: expect.stringContaining(`(${path})`) } });
    },
  );
});

describe('a checkout session', () => {
  it('has its line items only when they are asked for, and then the first ten', async () => {
    const session = await checkout({ product: 'many' });
    const plain = await sandbox.stripe('GET', `/v1/checkout/sessions/${session}`);
    expect(plain.body).not.toHaveProperty('line_items');
    const { body } = await sandbox.stripe('GET', `/v1/checkout/sessions/${session}?expand[]=line_items`);
    expect(body).toMatchObject({
      line_items: { has_more: true, url: `/v1/checkout/sessions/${session}/line_items` },
    });
    expect((body as { line_items: List }).line_items.data).toHaveLength(10);
  });

  it('can be read as a whole only page by page, in order, without gaps', async () => {
    const session = await checkout({ product: 'many' });
    const path = `/v1/checkout/sessions/${session}/line_items`;
    expect((await list(path)).data).toHaveLength(10);
    const first = await list(`${path}?limit=100&expand[]=data.price.product`);
    const second = await list(
      `${path}?limit=100&expand[]=data.price.product&starting_after=${ids(first).at(-1)}`,
    );
    expect([first.data.length, first.has_more, second.data.length, second.has_more]).toEqual([
      100,
      true,
      20,
      false,
    ]);
    expect(new Set([...ids(first), ...ids(second)]).size).toBe(120);
    const vip = [...first.data, ...second.data].map(({ price }) => 'lifecycle' in price.product.metadata);
    expect(vip.indexOf(true)).toBe(119);
    const back = await list(`${path}?limit=3&ending_before=${ids(second)[0]}`);
    expect(ids(back)).toEqual(ids(first).slice(97));
    expect(back.has_more).toBe(true);
  });

  it('expands the product’s metadata into the session, and the customer', async () => {
    const session = await checkout({
      product: ['prod_Sticker', 'prod_VipReservation'],
      customer: 'customer',
      email: 'a@b.example',
    });
    const { body } = await sandbox.stripe(
      'GET',
      `/v1/checkout/sessions/${session}?expand[]=line_items.data.price.product&expand[]=customer`,
    );
    expect(body).toMatchObject({
      customer: { object: 'customer', email: 'a@b.example' },
      line_items: {
        has_more: false,
        data: [
          { description: 'Sticker pack', price: { product: { id: 'prod_Sticker', metadata: {} } } },
          { price: { product: { id: 'prod_VipReservation', metadata: { lifecycle: 'vip' } } } },
        ],
      },
    });
  });

  it.each([
    [
      {},
      {
        payment_status: 'paid',
        amount_total: 1_000,
        customer: null,
        payment_intent: expect.stringMatching(/^pi_/),
      },
    ],
    [
      { product: 'basic', quantity: 3 },
      { amount_subtotal: 300, amount_total: 300 },
    ],
    [{ amount: 4_200, quantity: 2 }, { amount_total: 8_400 }],
    [
      { discount: true },
      {
        payment_status: 'no_payment_required',
        amount_subtotal: 1_000,
        amount_total: 0,
        payment_intent: null,
        total_details: { amount_discount: 1_000, amount_shipping: 0, amount_tax: 0 },
      },
    ],
    [{ paymentStatus: 'unpaid' }, { payment_status: 'unpaid', payment_method_types: ['card', 'sepa_debit'] }],
    [
      { email: "Uma.O'Hara+VIP@Example.COM", name: null, locale: 'de' },
      {
        customer_details: expect.objectContaining({ email: "Uma.O'Hara+VIP@Example.COM", name: null }),
        customer_email: null,
        locale: 'de',
      },
    ],
    [{ customer: 'customer' }, { customer: expect.stringMatching(/^cus_/), customer_creation: 'always' }],
  ])('after %j', async (input, expected) => {
    const session = await checkout(input);
    expect((await sandbox.stripe('GET', `/v1/checkout/sessions/${session}`)).body).toMatchObject(expected);
  });

  it('takes made-up buyers in turn', async () => {
    const emails = new Set<string>();
    for (let bought = 0; bought < 5; bought += 1) {
      const { body } = await sandbox.stripe('GET', `/v1/checkout/sessions/${await checkout({})}`);
      emails.add((body as { customer_details: { email: string } }).customer_details.email);
    }
    expect(emails.size).toBe(5);
  });

  it('cannot be bought with what does not exist', async () => {
    await expect(checkout({ product: ['prod_x'] })).rejects.toThrow('Stripe has no product \\"prod_x\\"');
    await expect(checkout({ quantity: 0 })).rejects.toThrow('quantity');
  });
});

describe('products', () => {
  it('are listed newest first, and may be filtered', async () => {
    await sandbox.act('stripe', 'createProduct', {
      id: 'prod_new',
      name: 'Mug',
      metadata: { lifecycle: 'vip' },
      amount: 900,
    });
    expect(ids(await list('/v1/products?limit=2'))).toEqual(['prod_new', 'prod_VipReservation']);
    expect(ids(await list('/v1/products?active=false'))).toEqual([]);
    expect(ids(await list('/v1/products?ids[]=prod_Sticker&ids[]=prod_new'))).toEqual([
      'prod_new',
      'prod_Sticker',
    ]);
    const session = await checkout({ product: ['prod_new'] });
    expect((await sandbox.stripe('GET', `/v1/checkout/sessions/${session}`)).body).toMatchObject({
      amount_total: 900,
    });
  });
});

describe('webhook endpoints', () => {
  const create = () =>
    sandbox.stripe('POST', '/v1/webhook_endpoints', {
      url: 'http://127.0.0.1:1/hook',
      'enabled_events[]': 'checkout.session.completed',
      'enabled_events[1]': 'invoice.paid',
      'metadata[from]': 'n8n',
    });

  it('show their secret only when they are created', async () => {
    const { body: created } = await create();
    expect(created).toMatchObject({
      secret: expect.stringMatching(/^whsec_\w{32,}$/),
      enabled_events: ['checkout.session.completed', 'invoice.paid'],
      metadata: { from: 'n8n' },
      status: 'enabled',
    });
    const { id } = created as { id: string };
    expect((await sandbox.stripe('GET', `/v1/webhook_endpoints/${id}`)).body).not.toHaveProperty('secret');
    expect(ids(await list('/v1/webhook_endpoints'))).toEqual([id]);
  });

  it('can be changed and deleted', async () => {
    const { id } = (await create()).body as { id: string };
    const changed = await sandbox.stripe('POST', `/v1/webhook_endpoints/${id}`, {
      disabled: 'true',
      'metadata[from]': '',
    });
    expect(changed.body).toMatchObject({ status: 'disabled', metadata: {}, url: 'http://127.0.0.1:1/hook' });
    expect((await sandbox.stripe('DELETE', `/v1/webhook_endpoints/${id}`)).body).toEqual({
      id,
      object: 'webhook_endpoint',
      deleted: true,
    });
    expect(await sandbox.stripe('DELETE', `/v1/webhook_endpoints/${id}`)).toMatchObject({ status: 404 });
  });

  it.each([
    [{ 'enabled_events[]': '*' }, 'url'],
    [{ url: 'http://127.0.0.1:1/' }, 'enabled_events'],
    [{ url: 'nowhere', 'enabled_events[]': '*' }, 'url'],
    [{ url: 'http://127.0.0.1:1/', enabled_events: '*' }, 'enabled_events'],
  ])('are refused when they are incomplete: %j', async (form, param) => {
    expect(await sandbox.stripe('POST', '/v1/webhook_endpoints', form)).toMatchObject({
      status: 400,
      body: { error: { param } },
    });
  });
});

describe('an idempotency key', () => {
  const post = (key: string, url: string) =>
    sandbox.call('POST', '/stripe/v1/webhook_endpoints', `url=${url}&enabled_events[]=*`, {
      authorization: 'Bearer sk_test_sandbox',
      'idempotency-key': key,
    });

  it('gives the first answer again', async () => {
    const first = await post('key-1', 'http://a.example/');
    const again = await post('key-1', 'http://a.example/');
    expect(again.body).toEqual(first.body);
    expect([first, again].map(({ headers }) => headers.get('idempotent-replayed'))).toEqual([null, 'true']);
    expect((await list('/v1/webhook_endpoints')).data).toHaveLength(1);
  });

  it('is refused for another call', async () => {
    await post('key-1', 'http://a.example/');
    expect(await post('key-1', 'http://b.example/')).toMatchObject({
      status: 400,
      body: { error: { type: 'idempotency_error' } },
    });
  });
});

describe('events', () => {
  it('are listed newest first, by type, time and delivery', async () => {
    const session = await checkout({ paymentStatus: 'unpaid' });
    await sandbox.act('stripe', 'succeedAsyncPayment', { sessionId: session });
    const all = await list('/v1/events');
    const types = all.data.map((event) => (event as unknown as { type: string }).type);
    expect(types).toEqual(['checkout.session.async_payment_succeeded', 'checkout.session.completed']);
    const [newest, oldest] = ids(all);
    expect(ids(await list('/v1/events?type=checkout.session.completed'))).toEqual([oldest]);
    expect(ids(await list('/v1/events?type=checkout.*'))).toEqual([newest, oldest]);
    expect(ids(await list('/v1/events?types[]=checkout.session.async_payment_succeeded'))).toEqual([newest]);
    expect(ids(await list('/v1/events?created[gt]=4000000000'))).toEqual([]);
    expect(ids(await list('/v1/events?delivery_success=false'))).toEqual([newest, oldest]);
    expect((await sandbox.stripe('GET', `/v1/events/${oldest}`)).body).toMatchObject({
      data: { object: { id: session, payment_status: 'unpaid' } },
    });
  });
});

describe('its state', () => {
  it('comes back as it was put', async () => {
    await checkout({ product: 'many', customer: 'customer' });
    const { body: state } = await sandbox.call('GET', '/sandbox/state/stripe');
    await sandbox.call('POST', '/sandbox/reset');
    expect((await sandbox.call('GET', '/sandbox/state/stripe')).body).toMatchObject({
      sessions: [],
      events: [],
    });
    await sandbox.call('PUT', '/sandbox/state/stripe', state);
    expect((await sandbox.call('GET', '/sandbox/state/stripe')).body).toEqual(state);
  });

  it('may be given in part; the rest stays, webhook endpoints even through a reset', async () => {
    const endpoint = { url: 'http://127.0.0.1:1/hook', secret: 'whsec_sandbox' };
    await sandbox.call('PUT', '/sandbox/state/stripe', { webhookEndpoints: [endpoint] });
    await sandbox.call('POST', '/sandbox/reset');
    const { body } = await sandbox.call('GET', '/sandbox/state/stripe');
    expect(body).toMatchObject({
      webhookEndpoints: [{ ...endpoint, enabled_events: ['*'], status: 'enabled' }],
      products: expect.arrayContaining([expect.objectContaining({ name: 'VIP reservation' })]),
    });
  });

  it('is refused when it does not fit, with the reason', async () => {
    const { status, body } = await sandbox.call('PUT', '/sandbox/state/stripe', { products: [{ name: 7 }] });
    expect(status).toBe(400);
    expect(body).toEqual({ error: expect.stringContaining('products[0].name') });
  });
});
