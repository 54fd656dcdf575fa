import { createHmac } from 'node:crypto';
import { afterEach, describe, expect, it } from '@jest/globals';
import StripeLibrary from 'stripe';
import {
  APP_EVENTS_BEARER,
  APP_EVENTS_WEBHOOK_PATH,
  MAUTIC_WEBHOOK_PATH,
  MAUTIC_WEBHOOK_SECRET,
  STRIPE_WEBHOOK_PATH,
  STRIPE_WEBHOOK_SECRET,
} from '../../sandbox/identities';
import { useCampaign } from '../support/campaign';

const campaign = useCampaign();

// What a test has had accepted must not start an execution while the next one counts them.
afterEach(() => campaign.allSettled());
const signer = new StripeLibrary('sk_test_unused').webhooks;
const JSON_TYPE = 'application/json; charset=utf-8';

const body = JSON.stringify({
  id: 'evt_bad_input',
  object: 'event',
  type: 'checkout.session.completed',
  created: 1_772_366_400,
  data: { object: { id: 'cs_1' } },
});

const UNAVAILABLE = {
  status: 503,
  text: '{"received":false,"reason":"the event could not be stored; send it again later"}',
};

const contact = { id: 4711, fields: { core: { email: { alias: 'email', value: 'ada@example.com' } } } };
const item = { contact, timestamp: '2026-03-01T12:00:00+00:00' };
const delivery = JSON.stringify({ 'mautic.lead_post_save_update': [item] });

describe('a webhook at the real n8n', () => {
  it.each<[string, string, () => Record<string, string>, number, RegExp]>([
    ['without a signature', body, () => ({}), 401, /missing/],
    ['with a wrong signature', body, () => signedAs(body, { secret: 'whsec_other' }), 401, /wrong/],
    ['signed for another body', body, () => signedAs('{}'), 401, /wrong/],
    ['with a stale signature', body, () => signedAs(body, { offsetSeconds: -301 }), 401, /too old/],
    ['with a signature from the future', body, () => signedAs(body, { offsetSeconds: 330 }), 401, /future/],
    ['with a body over 1 MiB', large(), () => signedAs(large()), 413, /1 MiB/],
    ['with invalid JSON', '{"id":', () => signedAs('{"id":'), 422, /parse/],
    ['with JSON that is no event', '{}', () => signedAs('{}'), 400, /not a Stripe event/],
    [
      'with another content type',
      body,
      () => signedAs(body, { type: 'text/plain' }),
      415,
      /application\/json/,
    ],
    [
      'sent as a form',
      body,
      () => signedAs(body, { type: 'application/x-www-form-urlencoded' }),
      415,
      /application\/json/,
    ],
    // n8n itself reads multipart bodies before any node sees them.
    [
      'sent as multipart',
      body,
      () => signedAs(body, { type: 'multipart/form-data; boundary=x' }),
      400,
      /could not be parsed/,
    ],
  ])('%s is refused: nothing is stored, nothing executed', async (_case, text, headers, status, reason) => {
    const before = await campaign.traces();
    const answer = await send(STRIPE_WEBHOOK_PATH, text, headers());
    expect(answer.text).toMatch(reason);
    expect(answer.status).toBe(status);
    expect(answer.text).not.toMatch(/at .*\.js|node_modules|whsec/);
    expect(await campaign.traces()).toEqual(before);
  });

  it('of an unknown type is acknowledged, but neither stored nor executed', async () => {
    const before = await campaign.traces();
    const unknown = body.replace('checkout.session.completed', 'climate.order.created');
    const answer = await send(STRIPE_WEBHOOK_PATH, unknown, signedAs(unknown));
    expect(answer.status).toBe(200);
    expect(answer.text).toMatch(/ignored/);
    expect(await campaign.traces()).toEqual(before);
  });

  it('with two signatures of which one is right is accepted', async () => {
    const [time, right] = (signedAs(body)['stripe-signature'] ?? '').split(',');
    const rolled = `${time},v1=${'0'.repeat(64)},${right}`;
    const answer = await send(STRIPE_WEBHOOK_PATH, body, { 'stripe-signature': rolled });
    expect(answer).toEqual({ status: 200, text: '{"received":true}' });
  });

  it('of an app is accepted with its token, and refused with a clear reason', async () => {
    const registered = JSON.stringify({
      id: 'signup-1',
      type: 'user.registered',
      data: { email: 'ada@example.com', plan: 'pro' },
    });
    const authorization = `Bearer ${APP_EVENTS_BEARER}`;
    expect((await send(APP_EVENTS_WEBHOOK_PATH, registered, { authorization })).status).toBe(200);
    expect((await send(APP_EVENTS_WEBHOOK_PATH, registered, {})).status).toBe(401);
    const wrong = registered.replace('"pro"', '"gold"');
    const answer = await send(APP_EVENTS_WEBHOOK_PATH, wrong, { authorization });
    expect(answer.status).toBe(422);
    expect(answer.text).toMatch(/data\.plan/);
  });
});

describe('a webhook of Mautic at the real n8n', () => {
  it.each<[string, () => Record<string, string>, RegExp]>([
    ['without a signature', () => ({}), /missing/],
    ['with a wrong signature', () => signedByMautic(delivery, 'another secret'), /wrong/],
    ['signed for another body', () => signedByMautic('{}'), /wrong/],
  ])('%s is refused: nothing is stored, nothing executed', async (_case, headers, reason) => {
    const before = await campaign.traces();
    const answer = await send(MAUTIC_WEBHOOK_PATH, delivery, headers());
    expect(answer.status).toBe(401);
    expect(answer.text).toMatch(reason);
    expect(answer.text).not.toMatch(/at .*\.js|node_modules|sandbox-mautic/);
    expect(await campaign.traces()).toEqual(before);
  });

  it.each([
    ['a list', '[]', { received: false }],
    ['a text', '"mautic"', { received: false }],
    [
      'without a contact',
      JSON.stringify({ 'mautic.lead_post_save_update': [{ lead: 1 }] }),
      { received: false },
    ],
    ['of unknown kinds', JSON.stringify({ 'mautic.asset_on_download': [item] }), { received: true }],
    ['empty', '{}', { received: true }],
  ])('that is genuine, but %s, is answered with 200 and not stored', async (_case, text, expected) => {
    const before = await campaign.traces();
    const answer = await send(MAUTIC_WEBHOOK_PATH, text, signedByMautic(text));
    expect(answer.status).toBe(200);
    expect(JSON.parse(answer.text)).toEqual({ ...expected, reason: expect.stringMatching(/ignored/) });
    expect(await campaign.traces()).toEqual(before);
  });

  it('that is genuine, but no JSON, is refused by n8n itself', async () => {
    const before = await campaign.traces();
    expect((await send(MAUTIC_WEBHOOK_PATH, '{"mautic', signedByMautic('{"mautic'))).status).toBe(422);
    expect(await campaign.traces()).toEqual(before);
  });

  it('keeps the items that can be read beside one that cannot', async () => {
    const text = JSON.stringify({
      'mautic.lead_post_save_update': [item, { contact: 'nobody', timestamp: 7 }, null],
      'mautic.lead_post_save_new': [{ ...item, contact: { ...contact, id: '4712' } }],
      timestamp: '2026-03-01T12:00:00+00:00',
    });
    const before = await campaign.traces();
    const answer = await send(MAUTIC_WEBHOOK_PATH, text, signedByMautic(text));
    expect(answer).toEqual({ status: 200, text: '{"received":true}' });
    expect((await campaign.traces()).events).toBe(before.events + 2);
    await campaign.allSettled();
    const again = await send(MAUTIC_WEBHOOK_PATH, text, signedByMautic(text));
    expect(again).toEqual({ status: 200, text: '{"received":true,"duplicate":true}' });
    expect((await campaign.traces()).events).toBe(before.events + 2);
  });

  it('that Mautic’s test button sends is taken, and ends without effect', async () => {
    const { sent } = (await campaign.act('mautic', 'sendTestPayload')) as {
      sent: Array<{ status: number }>;
    };
    expect(sent).toEqual([expect.objectContaining({ status: 200 })]);
    expect((await campaign.traces()).events).toBe(2);
    await campaign.allSettled();
    const deliveries = await campaign.mauticDeliveries('Discord invite');
    expect(deliveries.map(({ state }) => state)).toEqual(['done', 'done']);
    expect(await campaign.invites()).toEqual([]);
    expect(await campaign.emails()).toEqual([]);
  });
});

describe('while the store is down', () => {
  const event = body.replace('evt_bad_input', 'evt_while_down');

  afterEach(() => campaign.allowStoreConnections(true));

  it('a webhook is refused with 503, and its redelivery is accepted once it is back', async () => {
    const headers = signedAs(event);
    await campaign.allowStoreConnections(false);
    expect(await send(STRIPE_WEBHOOK_PATH, event, headers)).toEqual(UNAVAILABLE);
    await campaign.allowStoreConnections(true);
    expect(await send(STRIPE_WEBHOOK_PATH, event, headers)).toEqual({
      status: 200,
      text: '{"received":true}',
    });
  });

  it('a webhook of Mautic is refused with 503', async () => {
    await campaign.allowStoreConnections(false);
    expect(await send(MAUTIC_WEBHOOK_PATH, delivery, signedByMautic(delivery))).toEqual(UNAVAILABLE);
    await campaign.allowStoreConnections(true);
    expect((await campaign.traces()).events).toBe(0);
  });
});

describe('while all of PostgreSQL is down', () => {
  it('a webhook is refused by n8n itself, and its redelivery is accepted once it is back', async () => {
    const event = body.replace('evt_bad_input', 'evt_while_all_is_down');
    const headers = signedAs(event);
    await campaign.stack.postgres?.kill();
    const refused = await send(STRIPE_WEBHOOK_PATH, event, headers);
    // 500 until n8n has noticed that its own database is gone, which it looks after every few seconds.
    expect([500, 503]).toContain(refused.status);
    await campaign.stack.postgres?.start();
    await campaign.stack.n8n.waitForWebhooks();
    expect((await campaign.traces()).events).toBe(0);
    expect(await send(STRIPE_WEBHOOK_PATH, event, headers)).toEqual({
      status: 200,
      text: '{"received":true}',
    });
  });

  it('a purchase is not lost: Stripe delivers it again, and it completes', async () => {
    await campaign.stack.postgres?.kill();
    const { eventId } = await campaign.buy({ email: 'outage@example.com' });
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    await campaign.stack.postgres?.start();
    await campaign.settled([eventId], 'done');
    expect(await campaign.emails()).toHaveLength(1);
  });
});

async function send(webhookPath: string, text: string, headers: Record<string, string>) {
  const response = await fetch(campaign.stack.n8nUrl + webhookPath, {
    method: 'POST',
    headers: { 'content-type': JSON_TYPE, ...headers },
    body: text,
  });
  return { status: response.status, text: await response.text() };
}

function large(): string {
  return JSON.stringify({ id: 'evt_large', padding: 'x'.repeat(1024 * 1024) });
}

/** Headers of a delivery, signed now. */
function signedAs(
  payload: string,
  { secret = STRIPE_WEBHOOK_SECRET, offsetSeconds = 0, type = JSON_TYPE } = {},
): Record<string, string> {
  const timestamp = Math.floor(Date.now() / 1000) + offsetSeconds;
  const signature = signer.generateTestHeaderString({ payload, secret, timestamp });
  return { 'content-type': type, 'stripe-signature': signature };
}

function signedByMautic(payload: string, secret = MAUTIC_WEBHOOK_SECRET): Record<string, string> {
  return { 'webhook-signature': createHmac('sha256', secret).update(payload).digest('base64') };
}
