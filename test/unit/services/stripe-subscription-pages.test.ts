import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { StripeDouble } from '../../../sandbox/stripe';
import {
  SubscriptionReader,
  subscriptionPages,
  type StripeClient,
  type SubscriptionPage,
  type SubscriptionQuery,
} from '../../../services/stripe';
import { startHttpServer } from '../../support/http-server';
import { startTestSandbox, type TestSandbox } from '../../support/sandbox';
import { bill, noticeAbout, stripeClient } from '../../support/stripe-billing';
import { until } from '../../support/until';

let stripe: TestSandbox;
let client: StripeClient;

beforeAll(async () => {
  stripe = await startTestSandbox('stripe', StripeDouble);
  client = stripeClient(stripe.url);
});
beforeEach(async () => {
  await stripe.reset();
  await stripe.fail();
});
afterAll(() => stripe.close());

const ANY: SubscriptionQuery = { planKey: 'plan', ours: { by: 'any' } };

async function allOf(query: Partial<SubscriptionQuery> = {}, from = client): Promise<SubscriptionPage[]> {
  const pages: SubscriptionPage[] = [];
  for await (const page of subscriptionPages(from, { ...ANY, ...query })) pages.push(page);
  return pages;
}

const idsOf = (pages: readonly SubscriptionPage[]) =>
  pages.flatMap(({ readings }) => readings.map(({ id }) => id));

const subscribe = (input: object = {}) => bill(stripe, 'subscribe', { newCustomer: true, ...input });

describe('the list of subscriptions', () => {
  it('has each as it is now, with all there is to know, ended ones as well', async () => {
    const anna = await subscribe({ email: 'Anna@Example.com', name: 'Anna', plan: 'pro' });
    await subscribe({ email: 'ben@example.com', plan: 'enterprise' });
    await bill(stripe, 'cancelNow', { email: 'ben@example.com' });
    await stripe.forgetRequests();
    const before = Date.now();

    const pages = await allOf();

    expect(pages).toMatchObject([
      {
        readings: [
          { email: 'ben@example.com', tier: 'enterprise', status: 'churned', statement: { tier: null } },
          {
            id: anna.subscriptionId,
            customerId: anna.customerId,
            email: 'anna@example.com',
            name: 'Anna',
            productName: 'Pro',
            statement: { subject: anna.subscriptionId, tier: 'pro', status: 'active' },
            details: { externalId: anna.subscriptionId, productId: 'prod_Pro', amountMinor: 2900 },
          },
        ],
        skipped: 0,
        last: anna.subscriptionId,
      },
    ]);
    const readAt = pages[0]?.readings[0]?.details.readAt.getTime() ?? 0;
    expect(readAt).toBeGreaterThanOrEqual(before);
    const requests = await stripe.requests();
    expect(requests.map(({ query }) => query)).toEqual([
      { status: 'all', limit: '100', 'expand[]': ['data.customer', 'data.latest_invoice'] },
      { limit: '100', 'ids[]': ['prod_Enterprise', 'prod_Pro'] },
    ]);
  });

  it('is the same as what is read one by one', async () => {
    const { subscriptionId, notices } = await subscribe({ trialDays: 7 });
    await bill(stripe, 'failPayment');
    const notice = noticeAbout(notices, 'customer.subscription.created');
    const { statement, details, ...single } = await new SubscriptionReader(client, 'plan').read(
      subscriptionId,
      notice,
    );
    const listed = (await allOf())[0]?.readings[0];
    expect(listed).toMatchObject(single);
    expect({ ...listed?.details, readAt: null }).toEqual({ ...details, readAt: null });
    expect({ ...listed?.statement, asOf: null, rank: null }).toEqual({
      ...statement,
      asOf: null,
      rank: null,
    });
  });

  it('says how it is when Stripe is asked, before an event of the same second that is read later', async () => {
    const { subscriptionId } = await subscribe();
    const at = Date.parse('2026-05-04T12:00:00.300Z');
    const page = await subscriptionPages(client, ANY, { now: () => at }).next();
    const said = page.value?.readings[0]?.statement;
    expect(said?.asOf).toEqual(new Date('2026-05-04T12:00:00Z'));
    const reader = new SubscriptionReader(client, 'plan', { now: () => at + 500 });
    const type = 'customer.subscription.updated';
    const occurredAt = new Date('2026-05-04T12:00:00Z');
    const { statement } = await reader.read(subscriptionId, { type, occurredAt, payload: undefined });
    expect(statement?.rank).toBeGreaterThan(said?.rank ?? Infinity);
  });

  it('of nothing is nothing', async () => {
    expect(await allOf()).toEqual([]);
  });

  it('has only what was made in a time', async () => {
    const days = ['2026-05-01', '2026-05-02', '2026-05-03'].map((day) => `${day}T12:00:00.000Z`);
    const ids: string[] = [];
    for (const timestamp of days) ids.push((await subscribe({ timestamp })).subscriptionId);
    const from = new Date('2026-05-02T12:00:00Z');
    expect(idsOf(await allOf({ createdFrom: from }))).toEqual([ids[2], ids[1]]);
    expect(idsOf(await allOf({ createdUntil: from }))).toEqual([ids[1], ids[0]]);
    expect(idsOf(await allOf({ createdFrom: from, createdUntil: from }))).toEqual([ids[1]]);
  });

  it('goes on behind a subscription', async () => {
    const first = await subscribe();
    const second = await subscribe();
    expect(idsOf(await allOf({ after: second.subscriptionId }))).toEqual([first.subscriptionId]);
  });
});

describe('whose subscriptions', () => {
  it.each<[SubscriptionQuery['ours'], string[], number]>([
    [{ by: 'any' }, ['Priority support', 'Enterprise', 'Pro'], 0],
    [{ by: 'metadata', key: 'plan' }, ['Enterprise', 'Pro'], 1],
    [{ by: 'metadata', key: 'level' }, [], 3],
    [{ by: 'products', ids: ['prod_Support', 'prod_Pro'] }, ['Priority support', 'Pro'], 1],
  ])('are ours by %j', async (ours, names, skipped) => {
    await subscribe({ plan: 'pro' });
    await subscribe({ plan: 'enterprise' });
    const last = await subscribe({ plan: 'prod_Support' });
    const [page] = await allOf({ ours });
    expect(page?.readings.map(({ productName }) => productName)).toEqual(names);
    expect(page?.skipped).toBe(skipped);
    expect(page?.last).not.toBe(last.subscriptionId);
  });

  it('says nothing about a plan where no product names one, which is told', async () => {
    await subscribe({ plan: 'prod_Support' });
    expect(await allOf()).toMatchObject([
      { readings: [{ statement: null, nothing: expect.stringContaining('names no plan') }] },
    ]);
  });
});

describe('many subscriptions', () => {
  it('come page by page, each product read once', async () => {
    await stripe.act('addSubscriptions', { count: 250 });
    await stripe.forgetRequests();
    const pages = await allOf();
    expect(pages.map(({ readings }) => readings.length)).toEqual([100, 100, 50]);
    expect(new Set(idsOf(pages)).size).toBe(250);
    const calls = await stripe.calls();
    expect(calls.filter((call) => call === 'GET /v1/subscriptions')).toHaveLength(3);
    const requests = await stripe.requests();
    const asked = requests.flatMap(({ path, query }) => (path === '/v1/products' ? query['ids[]'] : []));
    expect(new Set(asked).size).toBe(asked.length);
  });

  it('are read one page ahead of the caller, and no further', async () => {
    await stripe.act('addSubscriptions', { count: 350 });
    await stripe.forgetRequests();
    const pages = subscriptionPages(client, ANY);
    const lists = async () =>
      (await stripe.calls()).filter((call) => call === 'GET /v1/subscriptions').length;
    expect(await lists()).toBe(0);
    await pages.next();
    await until(async () => (await lists()) === 2);
    await pages.next();
    await until(async () => (await lists()) === 3);
    await pages.return();
    expect(await lists()).toBe(3);
  });
});

/** Answers like a list of two pages, of which the second one fails. */
async function withFailingSecondPage(work: (failing: StripeClient) => Promise<void>): Promise<void> {
  const data = [
    {
      id: 'sub_1',
      status: 'active',
      created: 1_750_000_000,
      cancel_at_period_end: false,
      customer: { id: 'cus_1' },
      items: { data: [], has_more: true },
    },
  ];
  const product = { id: 'prod_1', metadata: { plan: 'pro' } };
  const items = [1, 2].map((id) => ({ id: `si_${id}`, quantity: 1, price: { id: 'price_1', product } }));
  const server = await startHttpServer(({ path, query }) => {
    if (path === '/v1/subscription_items') return { body: { data: items, has_more: false } };
    if (query.has('starting_after')) return { status: 400, body: { error: { message: 'No such page' } } };
    return { body: { data, has_more: true } };
  });
  await work(stripeClient(server.url));
  await server.close();
}

describe('a page that cannot be had', () => {
  it('is told after the one before it, with all items of that', async () => {
    await withFailingSecondPage(async (failing) => {
      const pages = subscriptionPages(failing, ANY);
      const first = await pages.next();
      expect(first.value).toMatchObject({ readings: [{ tier: 'pro' }], last: 'sub_1' });
      // Long enough for the second page to have failed in the meantime.
      await new Promise((resolve) => setTimeout(resolve, 100));
      await expect(pages.next()).rejects.toThrow('No such page');
      expect(await pages.next()).toMatchObject({ done: true });
    });
  });

  it('is nothing to a caller who has enough', async () => {
    await withFailingSecondPage(async (failing) => {
      for await (const page of subscriptionPages(failing, ANY)) {
        expect(page.last).toBe('sub_1');
        break;
      }
    });
  });
});
