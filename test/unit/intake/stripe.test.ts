import { describe, expect, it } from '@jest/globals';
import StripeLibrary from 'stripe';
import {
  LARGEST_BODY_BYTES,
  providers,
  receive,
  type IntakeEvent,
  type Provider,
} from '../../../services/intake';

const stripe = providerOf('stripe');
const SECRET = 'whsec_current';
const NOW = new Date('2026-03-01T12:00:00Z');
const signer = new StripeLibrary('sk_test_unused').webhooks;

const completed = {
  id: 'evt_1',
  object: 'event',
  type: 'checkout.session.completed',
  created: 1_772_366_400,
  data: { object: { id: 'cs_1', customer_details: { email: 'Ada@Example.com' } } },
};

describe('a Stripe webhook', () => {
  it('is accepted when the official library has signed it', async () => {
    const { answer, accepted } = await send(JSON.stringify(completed));
    expect(answer).toEqual({ status: 200, body: { received: true }, externalId: 'evt_1' });
    expect(accepted).toEqual([
      {
        externalId: 'evt_1',
        type: 'checkout.session.completed',
        occurredAt: new Date('2026-03-01T12:00:00Z'),
        groupKey: expect.stringMatching(/^email:[0-9a-f]{32}$/),
        payload: completed,
      },
    ]);
  });

  it('belongs to the same group however the e-mail is spelt', async () => {
    const first = await send(JSON.stringify(completed));
    const spelt = { ...completed, data: { object: { id: 'cs_2', customer_email: ' ada@example.COM ' } } };
    const second = await send(JSON.stringify(spelt));
    expect(second.accepted[0]?.groupKey).toBe(first.accepted[0]?.groupKey);
  });

  it('says that it is a duplicate when it was accepted before', async () => {
    const { answer } = await send(JSON.stringify(completed), { duplicate: true });
    expect(answer).toMatchObject({ status: 200, body: { received: true, duplicate: true } });
  });

  it('is verified over the exact bytes', async () => {
    const body =
      '{ "id": "evt_1",\n "type":"checkout.session.completed", "created": 1, "data": {"object": {"a": "\\u00e9"}}}';
    expect((await send(body)).answer.status).toBe(200);
  });

  it('is accepted with the older of two secrets while they are rolled', async () => {
    const header = signed('{}', 'whsec_old');
    const { answer } = await send('{}', { header, secrets: [SECRET, 'whsec_old'] });
    expect(answer.status).toBe(400);
  });

  it('is accepted when one of two signatures is right', async () => {
    const body = JSON.stringify(completed);
    const [time, right] = signed(body).split(',');
    const { answer } = await send(body, { header: `${time},v1=${'0'.repeat(64)},${right},v0=ignored` });
    expect(answer.status).toBe(200);
  });

  const body = JSON.stringify(completed);
  const seconds = NOW.getTime() / 1000;
  it.each([
    ['without signature', body, { header: undefined }, 401, /missing/],
    ['with an empty signature', body, { header: '' }, 401, /malformed/],
    ['with garbage for a signature', body, { header: 'garbage' }, 401, /malformed/],
    ['with a signature that is not hex', body, { header: `t=${seconds},v1=zz` }, 401, /wrong/],
    ['signed with another secret', body, { header: signed(body, 'whsec_other') }, 401, /wrong/],
    ['signed for another body', body, { header: signed('{}') }, 401, /wrong/],
    ['with only a v0 signature', body, { header: signed(body).replace('v1=', 'v0=') }, 401, /malformed/],
    [
      'with the time changed',
      body,
      { header: signed(body).replace(/^t=\d+/, `t=${seconds + 1}`) },
      401,
      /wrong/,
    ],
    [
      'that is more than five minutes old',
      body,
      { header: signed(body, SECRET, seconds - 301) },
      401,
      /too old/,
    ],
    ['from the future', body, { header: signed(body, SECRET, seconds + 301) }, 401, /future/],
    ['when no secret is set', body, { secrets: [] }, 401, /wrong/],
    ['over 1 MiB', `"${'x'.repeat(LARGEST_BODY_BYTES)}"`, {}, 413, /1 MiB/],
    ['that is not JSON', '{"id":', {}, 400, /not valid JSON/],
    ['that is no event', '{"id":"cs_1"}', {}, 400, /not a Stripe event: look at "id"/],
    ['sent as a form', body, { contentType: 'application/x-www-form-urlencoded' }, 415, /application\/json/],
    ['sent without content type', body, { contentType: undefined }, 415, /application\/json/],
    ['when the store is down', body, { storeDown: true }, 503, /send it again/],
  ])('%s is refused and not stored', async (_case, text, options, status, reason) => {
    const { answer, accepted } = await send(text, options);
    expect(answer.status).toBe(status);
    expect(answer.body).toEqual({ received: false, reason: expect.stringMatching(reason) });
    expect(accepted).toEqual([]);
  });

  it('of a type nobody can subscribe to is acknowledged and dropped', async () => {
    const { answer, accepted } = await send(JSON.stringify({ ...completed, type: 'climate.order.created' }));
    expect(answer.status).toBe(200);
    expect(answer.body.reason).toMatch(/ignored/);
    expect(accepted).toEqual([]);
  });

  it('never tells the secret or the expected signature', async () => {
    const { answer } = await send(body, { header: signed(body, 'whsec_other') });
    const right = signed(body).split('v1=')[1];
    expect(JSON.stringify(answer)).not.toContain(right);
    expect(JSON.stringify(answer)).not.toContain(SECRET);
  });
});

interface SendOptions {
  header?: string | undefined;
  contentType?: string | undefined;
  secrets?: string[];
  duplicate?: boolean;
  storeDown?: boolean;
}

async function send(body: string, options: SendOptions = {}) {
  const accepted: IntakeEvent[] = [];
  const headers = {
    'content-type': 'contentType' in options ? options.contentType : 'application/json; charset=utf-8',
    'stripe-signature': 'header' in options ? options.header : signed(body),
  };
  const answer = await receive(
    stripe,
    { headers, rawBody: Buffer.from(body) },
    {
      secrets: options.secrets ?? [SECRET],
      now: NOW,
      accept: async (events) => {
        if (options.storeDown) throw new Error('connect ECONNREFUSED');
        accepted.push(...events);
        return events.map(() => ({ duplicate: options.duplicate ?? false }));
      },
    },
  );
  return { answer, accepted };
}

function signed(payload: string, secret = SECRET, timestamp = NOW.getTime() / 1000): string {
  return signer.generateTestHeaderString({ payload, secret, timestamp });
}

function providerOf(source: string): Provider {
  const provider = providers.find((each) => each.source === source);
  if (!provider) throw new Error(`no provider ${source}`);
  return provider;
}
