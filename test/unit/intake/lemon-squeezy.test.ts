import { createHmac } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { groupKeyOf, providers, receive, type IntakeEvent } from '../../../services/intake';

const lemonSqueezy = providers.find(({ source }) => source === 'lemonSqueezy');
const SECRET = 'lemon-secret';
const NOW = new Date('2026-03-01T12:00:00Z');

const subscription = (attributes: object = {}, event = 'subscription_updated') => ({
  meta: { event_name: event, test_mode: true, custom_data: { user: '7' } },
  data: {
    type: 'subscriptions',
    id: '41',
    attributes: {
      customer_id: 9,
      user_email: 'Ada@example.com',
      status: 'active',
      updated_at: '2026-03-01T11:00:00.000000Z',
      ...attributes,
    },
  },
});

describe('a webhook of Lemon Squeezy', () => {
  it('is accepted, answered with exactly 200, and read', async () => {
    const body = subscription();
    const { answer, accepted } = await send(JSON.stringify(body));
    expect(answer).toMatchObject({ status: 200, body: { received: true } });
    expect(accepted).toEqual([
      {
        externalId: 'subscription_updated:subscriptions:41:2026-03-01T11:00:00.000000Z:active',
        type: 'subscription_updated',
        occurredAt: new Date('2026-03-01T11:00:00Z'),
        groupKey: groupKeyOf('email', 'ada@example.com'),
        payload: body,
      },
    ]);
  });

  it('is answered with 200 when it was accepted before', async () => {
    const { answer } = await send(JSON.stringify(subscription()), { duplicate: true });
    expect(answer).toMatchObject({ status: 200, body: { received: true, duplicate: true } });
  });

  it('is verified as OpenSSL signs', async () => {
    const body = '{"meta":{"event_name":"order_created"},"data":{"type":"orders","id":"1","attributes":{}}}';
    // openssl dgst -sha256 -hmac lemon-secret
    const signature = '2f05e42e064ac9eda4526c52146a3827e9a9a707528164fcd6f42d1df6c07405';
    expect(await send(body, { signature, name: 'order_created' })).toMatchObject({ answer: { status: 200 } });
    expect(await send(body, { signature: signature.toUpperCase(), name: 'order_created' })).toMatchObject({
      answer: { status: 200 },
    });
    expect(await send(` ${body}`, { signature })).toMatchObject({ answer: { status: 401 } });
  });

  it('is accepted with any of several secrets', async () => {
    const secrets = ['newer-secret', SECRET];
    expect(await send(JSON.stringify(subscription()), { secrets })).toMatchObject({
      answer: { status: 200 },
    });
  });

  it.each(lemonSqueezy?.eventTypes ?? [])(
    'of type $type is accepted as its sample has it',
    async ({ type, sample }) => {
      const { accepted } = await send(JSON.stringify(sample), { name: type });
      expect(accepted).toEqual([
        expect.objectContaining({ type, payload: sample, occurredAt: new Date('2026-01-01T12:00:00Z') }),
      ]);
    },
  );

  it('is told apart from another one by its event, its object, its time and what changed at that time', async () => {
    const ids = await Promise.all(
      [
        subscription(),
        subscription({}, 'subscription_cancelled'),
        subscription({ updated_at: '2026-03-01T11:00:01.000000Z' }),
        { ...subscription(), data: { ...subscription().data, id: '42' } },
        { ...subscription(), data: { ...subscription().data, type: 'orders' } },
        subscription({ status: 'past_due' }),
        subscription({ variant_id: 3 }),
        subscription({ refunded_amount: 900 }),
        // Addresses that run out are made anew for each delivery.
        subscription({ urls: { customer_portal: 'https://shop.example/billing?expires=1' } }),
      ].map(
        async (body) =>
          (await send(JSON.stringify(body), { name: body.meta.event_name })).accepted[0]?.externalId,
      ),
    );
    expect(new Set(ids).size).toBe(8);
  });

  it('that names no time is known again by its content, and happened when it came', async () => {
    const [one, again, other] = await Promise.all(
      [{ status: 'active' }, { status: 'active' }, { status: 'paused' }].map(async (attributes) => {
        const body = subscription({ ...attributes, updated_at: null });
        return (await send(JSON.stringify(body))).accepted[0];
      }),
    );
    expect(one).toMatchObject({ externalId: expect.stringMatching(/^[\da-f]{64}$/), occurredAt: NOW });
    expect(again?.externalId).toBe(one?.externalId);
    expect(other?.externalId).not.toBe(one?.externalId);
  });

  it.each([
    ['the customer without an address', { user_email: null }, groupKeyOf('customer', '9')],
    [
      'itself without either',
      { user_email: '', customer_id: null },
      groupKeyOf('object', 'subscriptions:41'),
    ],
  ])('is worked on one after the other for %s', async (_case, attributes, groupKey) => {
    const { accepted } = await send(JSON.stringify(subscription(attributes)));
    expect(accepted).toEqual([expect.objectContaining({ groupKey })]);
  });

  it('may lack the header with its name', async () => {
    const { accepted } = await send(JSON.stringify(subscription()), { name: undefined });
    expect(accepted).toHaveLength(1);
  });

  it('of a type nobody can subscribe to is acknowledged and dropped', async () => {
    const body = JSON.stringify(subscription({}, 'license_key_created'));
    const { answer, accepted } = await send(body, { name: 'license_key_created' });
    expect(answer.status).toBe(200);
    expect(accepted).toEqual([]);
  });

  const body = JSON.stringify(subscription());
  it.each([
    ['without a signature', body, { signature: undefined }, 401, /missing/],
    ['with an empty signature', body, { signature: '' }, 401, /missing/],
    ['with half a signature', body, { signature: signed(body).slice(2) }, 401, /malformed/],
    ['with a signature in base64', body, { signature: btoa(signed(body)) }, 401, /malformed/],
    ["with another body's signature", body, { signature: signed('{}') }, 401, /wrong/],
    ['signed with another secret', body, { signature: signed(body, 'other-secret') }, 401, /wrong/],
    ['when no secret is set', body, { secrets: [] }, 401, /wrong/],
    [
      'whose header names another event',
      body,
      { name: 'subscription_expired' },
      422,
      /^meta\.event_name: .*X-Event-Name/,
    ],
    ['that is not JSON', '{"meta":', {}, 400, /not valid JSON/],
    ['that names no event', '{"data":{}}', {}, 400, /look at "meta"/],
    ['that is about nothing', '{"meta":{"event_name":"subscription_updated"}}', {}, 400, /look at "data"/],
    ['when the store is down', body, { storeDown: true }, 503, /send it again/],
  ])('%s is refused and not stored', async (_case, text, options, status, reason) => {
    const { answer, accepted } = await send(text, options);
    expect(answer.status).toBe(status);
    expect(answer.body).toEqual({ received: false, reason: expect.stringMatching(reason) });
    expect(JSON.stringify(answer)).not.toContain(SECRET);
    expect(accepted).toEqual([]);
  });
});

interface Options {
  signature?: string | undefined;
  name?: string | undefined;
  secrets?: string[];
  duplicate?: boolean;
  storeDown?: boolean;
}

function signed(body: string, secret = SECRET): string {
  return createHmac('sha256', secret).update(body).digest('hex');
}

async function send(body: string, options: Options = {}) {
  if (!lemonSqueezy) throw new Error('no provider for Lemon Squeezy');
  const accepted: IntakeEvent[] = [];
  const headers = {
    'content-type': 'application/json',
    'x-signature': 'signature' in options ? options.signature : signed(body),
    'x-event-name': 'name' in options ? options.name : 'subscription_updated',
  };
  const { secrets = [SECRET], duplicate = false, storeDown = false } = options;
  const answer = await receive(
    lemonSqueezy,
    { headers, rawBody: Buffer.from(body) },
    {
      secrets,
      now: NOW,
      accept: async (events) => {
        if (storeDown) throw new Error('connect ECONNREFUSED');
        accepted.push(...events);
        return events.map(() => ({ duplicate }));
      },
    },
  );
  return { answer, accepted };
}
