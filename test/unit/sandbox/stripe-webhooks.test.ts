import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import OfficialStripe from 'stripe';
import { STRIPE_WEBHOOK_SECRET } from '../../../sandbox/identities';
import { StripeDouble } from '../../../sandbox/stripe';
import { signatureHeader } from '../../../sandbox/stripe/signature';
import { startHttpServer, type TestServer } from '../../support/http-server';
import { eventually, startSandboxUnderTest, type SandboxUnderTest } from '../../support/sandbox-under-test';

interface State {
  events: Array<{ id: string; deliveries: Array<{ state: string; attempts: Array<{ status: number }> }> }>;
  pendingRedeliveries: object[];
}

const stripe = new OfficialStripe('sk_test_unused');
let sandbox: SandboxUnderTest;
let intake: TestServer;
let statuses: number[];

beforeEach(async () => {
  statuses = [];
  intake = await startHttpServer(() => ({ status: statuses.shift() ?? 200 }));
  sandbox = await startSandboxUnderTest({ stripe: StripeDouble });
});
afterEach(async () => {
  await sandbox.close();
  await intake.close();
});

async function listen(endpoint: object = {}): Promise<void> {
  const whole = { id: 'we_1', url: `${intake.url}/hook`, secret: STRIPE_WEBHOOK_SECRET, ...endpoint };
  await sandbox.call('PUT', '/sandbox/state/stripe', { webhookEndpoints: [whole] });
}

const buy = (input: object = {}) =>
  sandbox.act('stripe', 'completeCheckout', input) as Promise<{ sessionId: string; eventId: string }>;

const received = (count: number) =>
  eventually(() => (intake.requests.length >= count ? intake.requests : undefined));

async function state(): Promise<State> {
  return (await sandbox.call('GET', '/sandbox/state/stripe')).body as State;
}

/** The state once every delivery of the newest event is in `wanted`. */
const settled = (wanted: string) =>
  eventually(async () => {
    const seen = await state();
    const deliveries = seen.events.at(-1)?.deliveries ?? [];
    return deliveries.length > 0 && deliveries.every((one) => one.state === wanted) ? seen : undefined;
  });

describe('a webhook', () => {
  it('is accepted by the official library, over the bytes as they came', async () => {
    await listen();
    const { sessionId, eventId } = await buy({ name: 'Zoë 李' });
    const [request] = await received(1);
    const signature = String(request?.headers['stripe-signature']);
    const event = stripe.webhooks.constructEvent(request?.text ?? '', signature, STRIPE_WEBHOOK_SECRET);
    expect(event).toMatchObject({
      id: eventId,
      object: 'event',
      type: 'checkout.session.completed',
      livemode: false,
      pending_webhooks: 1,
      data: { object: { id: sessionId, payment_status: 'paid', customer_details: { name: 'Zoë 李' } } },
    });
    expect(event.data.object).not.toHaveProperty('line_items');
    expect(request?.headers).toMatchObject({ 'content-type': 'application/json; charset=utf-8' });
    const repacked = JSON.stringify(JSON.parse(request?.text ?? ''));
    expect(() => stripe.webhooks.constructEvent(repacked, signature, STRIPE_WEBHOOK_SECRET)).toThrow(
      'signature',
    );
    expect(() => stripe.webhooks.constructEvent(request?.text ?? '', signature, 'whsec_other')).toThrow(
      'signature',
    );
  });

  it('is signed as Stripe signs', () => {
    // A vector verified with the official library.
    const header = signatureHeader(
      '{"id":"evt_1","object":"event","type":"ping"}',
      'whsec_test_secret',
      1_700_000_000,
    );
    expect(header.split(',').slice(0, 2)).toEqual([
      't=1700000000',
      'v1=6be5a5272ac29cc8843de27b9962b1a10af9028a4d15ce8768ae394567d7afa0',
    ]);
  });

  it('goes only to enabled endpoints that asked for its type', async () => {
    const endpoint = {
      url: `${intake.url}/wanted`,
      secret: 'whsec_1',
      enabled_events: ['checkout.session.completed'],
    };
    await sandbox.call('PUT', '/sandbox/state/stripe', {
      webhookEndpoints: [
        { ...endpoint, id: 'we_1' },
        { ...endpoint, id: 'we_2', url: `${intake.url}/disabled`, status: 'disabled' },
        { ...endpoint, id: 'we_3', url: `${intake.url}/other`, enabled_events: ['invoice.paid'] },
      ],
    });
    await buy();
    await settled('delivered');
    expect(intake.requests.map(({ path }) => path)).toEqual(['/wanted']);
  });

  it('can be left undelivered', async () => {
    await listen();
    await buy({ deliver: false });
    expect((await state()).events).toMatchObject([{ deliveries: [] }]);
    await buy();
    await received(1);
    expect(intake.requests).toHaveLength(1);
  });

  it('can be delivered many times at once', async () => {
    await listen();
    const { eventId } = await buy({ copies: 5 });
    const requests = await received(5);
    expect(new Set(requests.map(({ text }) => text)).size).toBe(1);
    expect(requests[0]?.body).toMatchObject({ id: eventId });
    expect((await settled('delivered')).events[0]?.deliveries[0]?.attempts).toHaveLength(5);
  });
});

describe('redelivery', () => {
  it('goes on until the endpoint accepts, with a signature of its own each time', async () => {
    await listen();
    statuses = [503];
    await buy();
    const waiting = await eventually(async () => {
      const seen = await state();
      return seen.pendingRedeliveries.length > 0 ? seen : undefined;
    });
    expect(waiting.pendingRedeliveries).toEqual([
      { eventId: expect.any(String), endpointId: 'we_1', tries: 1, nextAttemptAt: expect.any(String) },
    ]);
    const done = await settled('delivered');
    expect(done.events[0]?.deliveries[0]?.attempts.map(({ status }) => status)).toEqual([503, 200]);
    expect(done.pendingRedeliveries).toEqual([]);
    const [first, second] = intake.requests;
    expect(second?.text).toBe(first?.text);
    expect(second?.headers['stripe-signature']).not.toBe(first?.headers['stripe-signature']);
    for (const { text, headers } of intake.requests) {
      stripe.webhooks.constructEvent(text, String(headers['stripe-signature']), STRIPE_WEBHOOK_SECRET);
    }
  });

  it('waits when nobody answers', async () => {
    await listen({ url: 'http://127.0.0.1:9/closed' });
    await buy();
    const seen = await eventually(async () => {
      const { events } = await state();
      return events[0]?.deliveries[0]?.attempts.length ? events[0].deliveries[0] : undefined;
    });
    expect(seen).toMatchObject({ state: 'pending', attempts: [{ status: 0 }] });
  });

  it('ends with the endpoint', async () => {
    await listen();
    statuses = [500];
    await buy();
    await eventually(async () => ((await state()).pendingRedeliveries.length > 0 ? true : undefined));
    await sandbox.stripe('DELETE', '/v1/webhook_endpoints/we_1');
    await settled('failed');
    expect(intake.requests).toHaveLength(1);
  });

  it('can be asked for, for the newest event or any', async () => {
    await listen();
    const first = await buy();
    const second = await buy();
    await received(2);
    expect(await sandbox.act('stripe', 'redeliver')).toEqual({ eventId: second.eventId, endpoints: 1 });
    expect(await sandbox.act('stripe', 'redeliver', { eventId: first.eventId, copies: 2 })).toMatchObject({
      endpoints: 1,
    });
    const requests = await received(5);
    const times = (id: string) => requests.filter(({ body }) => (body as { id: string }).id === id).length;
    expect([times(first.eventId), times(second.eventId)]).toEqual([3, 2]);
    await expect(sandbox.act('stripe', 'redeliver', { eventId: 'evt_x' })).rejects.toThrow('no event');
  });
});

describe('a delayed payment', () => {
  it.each([
    ['succeedAsyncPayment', 'checkout.session.async_payment_succeeded', 'paid'],
    ['failAsyncPayment', 'checkout.session.async_payment_failed', 'unpaid'],
  ])('after %s sends %s', async (action, type, payment_status) => {
    await listen();
    const { sessionId } = await buy({ paymentStatus: 'unpaid' });
    await received(1);
    await sandbox.act('stripe', action);
    const requests = await received(2);
    expect(requests[0]?.body).toMatchObject({
      type: 'checkout.session.completed',
      data: { object: { id: sessionId, payment_status: 'unpaid' } },
    });
    expect(requests[1]?.body).toMatchObject({ type, data: { object: { id: sessionId, payment_status } } });
    await expect(sandbox.act('stripe', action, { sessionId })).rejects.toThrow('not under way');
  });

  it('cannot be settled when there is none', async () => {
    await expect(sandbox.act('stripe', 'succeedAsyncPayment')).rejects.toThrow('No delayed payment');
  });
});
