import { createHmac } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { Webhook } from 'standardwebhooks';
import {
  LARGEST_BODY_BYTES,
  groupKeyOf,
  providers,
  receive,
  type IntakeEvent,
  type Provider,
} from '../../../services/intake';

const resend = providerOf('resend');
const SECRET = secretOf('resend-test-signing-key-0001');
const OTHER_SECRET = secretOf('resend-test-signing-key-0002');
const NOW = new Date('2026-03-01T12:00:00Z');
const SECONDS = NOW.getTime() / 1000;
const ID = 'msg_2b0c9f';

const delivered = {
  type: 'email.delivered',
  created_at: '2026-03-01T11:59:58.126Z',
  data: {
    created_at: '2026-03-01T11:00:00.894719+00:00',
    email_id: 'e-1',
    from: 'Acme <hello@example.com>',
    to: ['Ada@Example.com'],
    subject: 'Welcome',
    tags: { sequence: 'welcome' },
  },
};

describe('a webhook of Resend', () => {
  it('is accepted when the official library has signed it', async () => {
    const { answer, accepted } = await send(JSON.stringify(delivered));
    expect(answer).toEqual({ status: 200, body: { received: true }, externalId: ID });
    expect(accepted).toEqual([
      {
        externalId: ID,
        type: 'email.delivered',
        occurredAt: new Date('2026-03-01T11:59:58.126Z'),
        groupKey: groupKeyOf('email', 'ada@example.com'),
        payload: delivered,
      },
    ]);
  });

  it('is accepted with a signature that was made elsewhere', async () => {
    const { answer } = await send('{"id":"evt_1","object":"event","type":"ping"}', {
      secrets: ['whsec_cmVzZW5kLXRlc3Qtc2lnbmluZy1rZXktMDAwMQ=='],
      id: 'msg_1',
      timestamp: '1700000000',
      signature: 'v1,Tmf2ZcoVaPAfNUSwa8fCpYcZrzQ9365NpGEpQVz76pE=',
      now: new Date(1_700_000_000_000),
    });
    // It is genuine; what it says is not Resend's.
    expect(answer).toMatchObject({ status: 400, body: { reason: /not an event of Resend/ } });
  });

  it('says that it is a duplicate when it was accepted before', async () => {
    const { answer } = await send(JSON.stringify(delivered), { duplicate: true });
    expect(answer).toMatchObject({ status: 200, body: { received: true, duplicate: true } });
  });

  it('is verified over the exact bytes', async () => {
    const body = `{ "type": "email.opened",\n "data": {"subject": "\\u00e9 é", "email_id" : "e-1"}}`;
    expect((await send(body)).answer.status).toBe(200);
  });

  it.each([
    ['the older of two secrets', { secrets: [OTHER_SECRET, SECRET] }],
    ['one secret beside such as are none', { secrets: ['whsec_', 'whsec_###', 'wrong', SECRET] }],
    ['one of two signatures', { signature: `${sign('{}', OTHER_SECRET)} ${sign(text())}` }],
    [
      'a signature beside those of other versions',
      { signature: `v1a,abc v2,${'A'.repeat(43)}= ${sign(text())}` },
    ],
    ['a clock that is nearly five minutes off', { timestamp: String(SECONDS - 299) }],
    ['a clock that is nearly five minutes ahead', { timestamp: String(SECONDS + 299) }],
  ])('is accepted with %s', async (_case, options) => {
    expect((await send(text(), options)).answer.status).toBe(200);
  });

  it.each([
    ['without id', { id: undefined }, 401, /missing/],
    ['without time', { timestamp: undefined }, 401, /missing/],
    ['without signature', { signature: undefined }, 401, /missing/],
    ['with an empty signature', { signature: '' }, 401, /missing/],
    ['with garbage for a signature', { signature: 'garbage' }, 401, /malformed/],
    [
      'with a signature of another version only',
      { signature: sign(text()).replace('v1', 'v2') },
      401,
      /malformed/,
    ],
    ['with half a signature', { signature: sign(text()).slice(0, 24) }, 401, /wrong/],
    ['signed with another secret', { signature: sign(text(), OTHER_SECRET) }, 401, /wrong/],
    ['signed for another body', { signature: sign('{}') }, 401, /wrong/],
    ['signed for another id', { signature: sign(text(), SECRET, { id: 'msg_other' }) }, 401, /wrong/],
    ['signed for another time', { signature: sign(text(), SECRET, { seconds: SECONDS - 1 }) }, 401, /wrong/],
    ['that is more than five minutes old', { timestamp: String(SECONDS - 301) }, 401, /too old/],
    ['that is from the future', { timestamp: String(SECONDS + 301) }, 401, /future/],
    ['with a time that is none', { timestamp: '2026-03-01', signature: sign(text()) }, 401, /malformed/],
    ['when no secret is set', { secrets: [] }, 401, /no signing secret/],
    ['sent as a form', { contentType: 'application/x-www-form-urlencoded' }, 415, /application\/json/],
    ['when the store is down', { storeDown: true }, 503, /send it again/],
  ])('%s is refused and not stored', async (_case, options, status, reason) => {
    await expectRefusal(text(), options, status, reason);
  });

  it.each(['whsec_', 'whsec_=', 'whsec_c2hvcnQ=', 'resend-test-signing-key-0001', 'whsec_not base64!'])(
    'is refused when the secret is %s, also when it is signed with what is left of it',
    async (secret) => {
      const key = Buffer.from(secret.replace('whsec_', ''), 'base64');
      const hash = createHmac('sha256', key).update(`${ID}.${SECONDS}.${text()}`).digest('base64');
      await expectRefusal(text(), { secrets: [secret], signature: `v1,${hash}` }, 401, /no signing secret/);
    },
  );

  it.each([
    ['over 1 MiB', `"${'x'.repeat(LARGEST_BODY_BYTES)}"`, 413, /1 MiB/],
    ['that is not JSON', '{"type":', 400, /not valid JSON/],
    ['that is no event', '{"data":{}}', 400, /not an event of Resend: look at "type"/],
    ['without data', '{"type":"email.sent"}', 400, /look at "data"/],
    ['that is a list', '[]', 400, /not an event of Resend/],
  ])('%s is refused and not stored', async (_case, body, status, reason) => {
    await expectRefusal(body, {}, status, reason);
  });

  it.each(['email.received', 'contact.created', 'domain.updated'])(
    'of the type %s, which nobody can subscribe to, is acknowledged and dropped',
    async (type) => {
      const { answer, accepted } = await send(JSON.stringify({ ...delivered, type }));
      expect(answer).toMatchObject({ status: 200, body: { reason: /ignored/ } });
      expect(accepted).toEqual([]);
    },
  );

  it.each([
    [
      'its recipient, however spelt',
      { to: ['Ada <ADA@example.com>'] },
      groupKeyOf('email', 'ada@example.com'),
    ],
    ['the first of several', { to: ['b@x.example', 'a@x.example'] }, groupKeyOf('email', 'b@x.example')],
    ['the e-mail, when it names nobody', { to: [], email_id: 'e-1' }, groupKeyOf('object', 'e-1')],
    ['nothing, when it names neither', {}, undefined],
  ])('belongs to %s', async (_case, data, groupKey) => {
    const { accepted } = await send(JSON.stringify({ type: 'email.sent', data }));
    expect(accepted.map((event) => event.groupKey)).toEqual([groupKey]);
  });

  it.each([
    ['without time', {}, NOW],
    ['of a time that is none', { created_at: 'soon' }, NOW],
    [
      'of a time as the API writes it',
      { created_at: '2026-03-01 11:00:00.5+00' },
      new Date('2026-03-01T11:00:00.5Z'),
    ],
  ])('%s is accepted', async (_case, over, occurredAt) => {
    const { accepted } = await send(JSON.stringify({ type: 'email.sent', data: {}, ...over }));
    expect(accepted).toEqual([expect.objectContaining({ occurredAt })]);
  });

  it('never tells the secret or the expected signature', async () => {
    const { answer } = await send(text(), { signature: sign(text(), OTHER_SECRET) });
    const said = JSON.stringify(answer);
    expect(said).not.toContain(sign(text()).slice(3));
    expect(said).not.toContain(SECRET.slice(6));
  });
});

describe('the events of Resend', () => {
  it('have a sample of their own type each', () => {
    expect(resend.eventTypes.map(({ sample }) => sample?.type)).toEqual(
      resend.eventTypes.map(({ type }) => type),
    );
  });
});

interface SendOptions {
  id?: string | undefined;
  timestamp?: string | undefined;
  signature?: string | undefined;
  contentType?: string;
  secrets?: string[];
  duplicate?: boolean;
  storeDown?: boolean;
  now?: Date;
}

async function expectRefusal(body: string, options: SendOptions, status: number, reason: RegExp) {
  const { answer, accepted } = await send(body, options);
  expect(answer.status).toBe(status);
  expect(answer.body).toEqual({ received: false, reason: expect.stringMatching(reason) });
  expect(accepted).toEqual([]);
}

async function send(body: string, options: SendOptions = {}) {
  const accepted: IntakeEvent[] = [];
  const seconds = Number(options.timestamp ?? SECONDS);
  const headers = {
    'content-type': options.contentType ?? 'application/json',
    'svix-id': 'id' in options ? options.id : ID,
    'svix-timestamp': 'timestamp' in options ? options.timestamp : String(SECONDS),
    'svix-signature': 'signature' in options ? options.signature : sign(body, SECRET, { seconds }),
  };
  const answer = await receive(
    resend,
    { headers, rawBody: Buffer.from(body) },
    {
      secrets: options.secrets ?? [SECRET],
      now: options.now ?? NOW,
      accept: async (events) => {
        if (options.storeDown) throw new Error('connect ECONNREFUSED');
        accepted.push(...events);
        return events.map(() => ({ duplicate: options.duplicate ?? false }));
      },
    },
  );
  return { answer, accepted };
}

function text(): string {
  return JSON.stringify(delivered);
}

function sign(body: string, secret = SECRET, { id = ID, seconds = SECONDS } = {}): string {
  return new Webhook(secret).sign(id, new Date(seconds * 1000), body);
}

function secretOf(key: string): string {
  return `whsec_${Buffer.from(key).toString('base64')}`;
}

function providerOf(source: string): Provider {
  const provider = providers.find((each) => each.source === source);
  if (!provider) throw new Error(`no provider ${source}`);
  return provider;
}
