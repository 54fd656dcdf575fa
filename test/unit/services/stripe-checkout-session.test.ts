import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { STRIPE_SECRET_KEY } from '../../../sandbox/identities';
import { StripeDouble } from '../../../sandbox/stripe';
import {
  StripeClient,
  isPaid,
  listProducts,
  requireEmail,
  retrieveCheckoutSession,
} from '../../../services/stripe';
import { axiosRequest } from '../../../stack/axios-request';
import { startHttpServer } from '../../support/http-server';
import { startTestSandbox, type TestSandbox } from '../../support/sandbox';

let stripe: TestSandbox;
let client: StripeClient;

beforeAll(async () => {
  stripe = await startTestSandbox('stripe', StripeDouble);
  client = clientWith(STRIPE_SECRET_KEY);
});
beforeEach(() => stripe.reset());
afterAll(() => stripe.close());

function clientWith(key: string, url = stripe.url): StripeClient {
  const request = axiosRequest({ Authorization: `Bearer ${key}` });
  return new StripeClient({ url, request, sleep: () => Promise.resolve() });
}

async function buy(checkout: object): Promise<string> {
  const { sessionId } = await stripe.act<{ sessionId: string }>('completeCheckout', {
    deliver: false,
    ...checkout,
  });
  return sessionId;
}

describe('a checkout session', () => {
  it('is read with what the flows need', async () => {
    const id = await buy({ email: 'anna@example.com', name: 'Анна Петрова', locale: 'de', quantity: 2 });

    await expect(retrieveCheckoutSession(client, id)).resolves.toEqual({
      id,
      email: 'anna@example.com',
      name: 'Анна Петрова',
      locale: 'de',
      currency: 'eur',
      amountTotal: 2000,
      paymentStatus: 'paid',
      refunded: false,
      items: [expect.objectContaining({ description: 'VIP reservation', quantity: 2 })],
    });
    const requests = await stripe.requests();
    expect(requests.map(({ query }) => query)).toEqual([
      { 'expand[]': ['line_items.data.price.product', 'payment_intent.latest_charge'] },
    ]);
  });

  it.each([
    ['Anna.Schmidt@Example.COM', 'anna.schmidt@example.com'],
    ['anna+vip@example.com', 'anna+vip@example.com'],
    ["Liam.O'Brien@example.com", "liam.o'brien@example.com"],
  ])('has the address %s as %s', async (typed, expected) => {
    const session = await retrieveCheckoutSession(client, await buy({ email: typed }));
    expect(requireEmail(session)).toBe(expected);
  });

  it('has no name and no locale when Stripe has none', async () => {
    const id = await buy({ email: 'anna@example.com', name: null, locale: 'auto' });
    expect(await retrieveCheckoutSession(client, id)).toMatchObject({ name: null, locale: null });
  });

  it('falls back to the address that the shop had filled in', async () => {
    const server = await startHttpServer(() => ({
      body: {
        id: 'cs_1',
        payment_status: 'paid',
        customer_details: null,
        customer_email: ' Prefilled@Example.com ',
        line_items: { data: [], has_more: false },
      },
    }));
    const session = await retrieveCheckoutSession(clientWith('sk', server.url), 'cs_1');
    await server.close();

    expect(session.email).toBe('prefilled@example.com');
  });

  it('without any address is told as something a person has to solve', async () => {
    const session = await retrieveCheckoutSession(client, await buy({ email: null, name: null }));

    expect(session.email).toBeNull();
    expect(() => requireEmail(session)).toThrow(
      expect.objectContaining({
        retryable: false,
        message: expect.stringContaining(`no e-mail address for the checkout session ${session.id}`),
      }),
    );
  });

  it.each([
    ['paid', true],
    ['no_payment_required', true],
    ['unpaid', false],
  ])('with payment status %s counts as paid: %s', async (paymentStatus, expected) => {
    expect(isPaid(await retrieveCheckoutSession(client, await buy({ paymentStatus })))).toBe(expected);
  });

  it('is asked for in a fixed version of the API', async () => {
    await retrieveCheckoutSession(client, await buy({}));
    const [request] = await stripe.requests();
    expect(request?.headers['stripe-version']).toBe('2026-07-29.dahlia');
  });

  it('that Stripe does not know is no matter of trying again', async () => {
    await expect(retrieveCheckoutSession(client, 'cs_test_unknown')).rejects.toMatchObject({
      service: 'Stripe',
      retryable: false,
      status: 404,
      message: expect.stringMatching(
        /^Stripe could not retrieve the checkout session cs_test_unknown: .*same Stripe account/,
      ),
    });
  });

  it('cannot be reached through an odd id', async () => {
    await expect(retrieveCheckoutSession(client, '../products?limit=1')).rejects.toMatchObject({
      status: 404,
    });
    const [request] = await stripe.requests();
    expect(request?.path).toBe('/v1/checkout/sessions/..%2Fproducts%3Flimit%3D1');
  });

  it('with a wrong key names the credential, and never the key', async () => {
    const error = await retrieveCheckoutSession(clientWith('sk_test_wrong_key_of_someone'), 'cs_1').catch(
      String,
    );
    expect(error).toMatch(/Lifecycle Stripe API credential/);
    expect(error).not.toContain('sk_test_wrong_key_of_someone');
  });

  it('is tried again while Stripe limits the rate', async () => {
    const id = await buy({ email: 'anna@example.com' });
    await stripe.fail({ status: 429, times: 2 });
    await expect(retrieveCheckoutSession(client, id)).resolves.toMatchObject({ id });
  });

  it('answered by something else than Stripe is retryable and names the place', async () => {
    const server = await startHttpServer(() => ({ body: { id: 'cs_1' } }));
    const answer = retrieveCheckoutSession(clientWith('sk', server.url), 'cs_1');
    await expect(answer).rejects.toMatchObject({
      retryable: true,
      message: expect.stringContaining('(payment_status)'),
    });
    await server.close();
  });
});

describe('line items', () => {
  it('are listed to the last page, with their products', async () => {
    const id = await buy({ product: 'many', quantity: 3 });

    const { items } = await retrieveCheckoutSession(client, id);

    expect(items).toHaveLength(120);
    expect(items.at(-1)).toEqual({
      id: expect.stringMatching(/^li_/),
      description: 'VIP reservation',
      quantity: 3,
      product: { id: 'prod_VipReservation', name: 'VIP reservation', metadata: { lifecycle: 'vip' } },
    });
    const [, first, second, ...more] = await stripe.requests();
    expect(first?.query).toEqual({ limit: '100', 'expand[]': 'data.price.product' });
    expect(second?.query).toEqual({ ...first?.query, starting_after: items[99]?.id });
    expect(more).toEqual([]);
  });

  it('may have no price, no quantity, and products may be deleted', async () => {
    const server = await startHttpServer(() => ({
      body: {
        id: 'cs_1',
        payment_status: 'paid',
        line_items: {
          data: [
            {
              id: 'li_1',
              description: 'VIP reservation',
              quantity: 2,
              price: { product: { id: 'prod_gone', object: 'product', deleted: true } },
            },
            { id: 'li_2', description: null, quantity: null, price: null },
          ],
          has_more: false,
        },
      },
    }));
    const { items } = await retrieveCheckoutSession(clientWith('sk', server.url), 'cs_1');
    await server.close();

    expect(items).toEqual([
      {
        id: 'li_1',
        description: 'VIP reservation',
        quantity: 2,
        product: { id: 'prod_gone', name: null, metadata: {} },
      },
      { id: 'li_2', description: null, quantity: 1, product: null },
    ]);
  });

  it('without the products asked for are an error: a VIP purchase must not go unnoticed', async () => {
    const server = await startHttpServer(() => ({
      body: {
        id: 'cs_1',
        payment_status: 'paid',
        line_items: { data: [{ id: 'li_1', price: { product: 'prod_1' } }], has_more: false },
      },
    }));
    const answer = retrieveCheckoutSession(clientWith('sk', server.url), 'cs_1');
    await expect(answer).rejects.toMatchObject({
      message: expect.stringContaining('line_items.data.0.price.product'),
    });
    await server.close();
  });
});

describe('products', () => {
  it('are those on sale, by name', async () => {
    const { products } = await stripe.state<{ products: Array<{ id: string; active: boolean }> }>();
    await stripe.load({ products: products.map((one) => ({ ...one, active: one.id !== 'prod_Poster' })) });

    await expect(listProducts(client)).resolves.toEqual([
      { id: 'prod_BasicPledge', name: 'Basic pledge' },
      { id: 'prod_Enterprise', name: 'Enterprise' },
      { id: 'prod_Support', name: 'Priority support' },
      { id: 'prod_Pro', name: 'Pro' },
      { id: 'prod_Sticker', name: 'Sticker pack' },
      { id: 'prod_VipReservation', name: 'VIP reservation' },
    ]);
  });

  it('are all there when they fill more than a page', async () => {
    await stripe.load({
      products: Array.from({ length: 205 }, (_, index) => ({ id: `prod_${index}`, name: `P${index}` })),
    });
    expect(await listProducts(client)).toHaveLength(205);
  });
});
