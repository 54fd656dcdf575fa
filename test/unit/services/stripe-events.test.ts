import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { STRIPE_SECRET_KEY } from '../../../sandbox/identities';
import { StripeDouble } from '../../../sandbox/stripe';
import { StripeClient, eventPages, type EventWindow } from '../../../services/stripe';
import { axiosRequest } from '../../../stack/axios-request';
import { startTestSandbox, type TestSandbox } from '../../support/sandbox';
import { stripeEvents } from '../../support/stripe-events';

const NOON = new Date('2026-05-04T12:00:00Z');
const TYPES = ['checkout.session.completed', 'invoice.paid'];

let stripe: TestSandbox;

beforeAll(async () => {
  stripe = await startTestSandbox('stripe', StripeDouble);
});
beforeEach(async () => {
  await stripe.reset();
  await stripe.forgetRequests();
});
afterAll(() => stripe.close());

const after = (seconds: number): Date => new Date(NOON.getTime() + seconds * 1000);

/** The ids that each page holds. */
async function list(over: Partial<EventWindow> = {}, key = STRIPE_SECRET_KEY): Promise<string[][]> {
  const request = axiosRequest({ Authorization: `Bearer ${key}` });
  const client = new StripeClient({ url: stripe.url, request, sleep: () => Promise.resolve() });
  const pages: string[][] = [];
  for await (const page of eventPages(client, { from: NOON, to: after(600), types: TYPES, ...over })) {
    pages.push(page.map(({ id }) => id));
  }
  return pages;
}

describe('the events of a window', () => {
  it('come newest first, both ends of the window included', async () => {
    await stripe.load({ events: stripeEvents([-1, 0, 300, 600, 601].map(after)) });
    expect(await list()).toEqual([['evt_3', 'evt_2', 'evt_1']]);
  });

  it('come page by page, and a page is fetched only when it is asked for', async () => {
    const times = Array.from({ length: 250 }, (_, index) => after(index));
    await stripe.load({ events: stripeEvents(times) });
    const pages = await list();
    expect(pages.map(({ length }) => length)).toEqual([100, 100, 50]);
    expect(new Set(pages.flat()).size).toBe(250);

    await stripe.forgetRequests();
    const request = axiosRequest({ Authorization: `Bearer ${STRIPE_SECRET_KEY}` });
    const window = { from: NOON, to: after(600), types: TYPES };
    await eventPages(new StripeClient({ url: stripe.url, request }), window).next();
    expect(await stripe.calls()).toEqual(['GET /v1/events']);
  });

  it('are only those of the wanted types', async () => {
    const events = [
      ...stripeEvents([after(1)], { prefix: 'evt_paid', type: 'invoice.paid' }),
      ...stripeEvents([after(2)], { prefix: 'evt_other', type: 'charge.refunded' }),
    ];
    await stripe.load({ events });
    expect(await list()).toEqual([['evt_paid_0']]);
  });

  it('are of all types when more are wanted than Stripe takes in a call', async () => {
    await stripe.load({ events: stripeEvents([after(1)], { type: 'charge.refunded' }) });
    const types = Array.from({ length: 21 }, (_, index) => `made.up.${index}`);
    expect(await list({ types })).toEqual([['evt_0']]);
  });

  it('are none while nothing happened', async () => {
    expect(await list()).toEqual([[]]);
  });
});

it.each([
  ['a wrong key', 'sk_test_wrong', undefined, /Stripe could not list its events.*401.*Lifecycle Stripe API/],
  [
    'a restricted key',
    STRIPE_SECRET_KEY,
    { status: 403, body: { error: { message: 'The provided key does not have the required permissions.' } } },
    /Stripe could not list its events.*403.*required permissions.*restricted key.*Events/,
  ],
])('says what to do about %s', async (_, key, fault, message) => {
  await stripe.fail(...(fault ? [fault] : []));
  await expect(list({}, key)).rejects.toThrow(message);
  await stripe.fail();
});
