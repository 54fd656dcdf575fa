import { beforeEach, describe, expect, it } from '@jest/globals';
import { ServiceError, type HttpRequestOptions, type HttpResponse } from '../../../services/http';
import {
  QuotaExceeded,
  ResendError,
  SentBefore,
  createResend,
  listTemplates,
  sendBatch,
  sendMail,
  type Mail,
  type ResendApi,
} from '../../../services/resend';
import { VirtualClock } from '../../support/virtual-clock';

type Reply = HttpResponse | Error;

let clock: VirtualClock;
let api: ResendApi;
let requests: HttpRequestOptions[];
let replies: Reply[];

beforeEach(() => {
  clock = new VirtualClock();
  requests = [];
  replies = [];
  api = createResend({
    url: 'https://api.resend.example/ ',
    clock,
    request: (options) => {
      requests.push(options);
      const reply = replies.shift() ?? ok({ id: 'mail-1' });
      return reply instanceof Error ? Promise.reject(reply) : Promise.resolve(reply);
    },
  });
});

const MAIL: Mail = {
  from: 'Ada <ada@example.com>',
  to: ['bob@example.com'],
  subject: 'Hello',
  text: 'Hello Bob',
};

const ok = (body: unknown): HttpResponse => ({ status: 200, headers: { 'ratelimit-limit': '5' }, body });

const refused = (status: number, name: string, headers: Record<string, string> = {}): HttpResponse => ({
  status,
  headers,
  body: { statusCode: status, name, message: `it is ${name}` },
});

const lost = (code: string): Error => Object.assign(new Error('lost'), { code });

/** Lets time go by until it is settled. */
async function ended<Value>(work: Promise<Value>): Promise<Value | ResendError> {
  const settled = work.catch((error: unknown) => {
    if (error instanceof ResendError) return error;
    throw error;
  });
  await clock.advance(10 * 60_000);
  return await settled;
}

const send = (key = 'a-key') => ended(sendMail(api, MAIL, key));

describe('a mail', () => {
  it('is sent with its key, and says who sends it', async () => {
    expect(await send()).toEqual({ id: 'mail-1' });
    expect(requests).toMatchObject([
      {
        method: 'POST',
        url: 'https://api.resend.example/emails',
        headers: { 'Idempotency-Key': 'a-key', 'User-Agent': expect.stringContaining('n8n-nodes-lifecycle') },
        body: { ...MAIL },
      },
    ]);
  });

  it.each([['ü'], ['with a blank'], ['x'.repeat(257)], ['line\nbreak']])(
    'has a key that a header can hold for %j, another one for every other',
    async (key) => {
      await send(key);
      await send(key);
      await send(`${key}2`);
      const [first, second, other] = requests.map(({ headers }) => headers?.['Idempotency-Key'] ?? '');
      expect(first).toMatch(/^[\x21-\x7e]{1,256}$/);
      expect(second).toBe(first);
      expect(other).not.toBe(first);
    },
  );

  it('is sent again under the same key when the answer was lost', async () => {
    replies = [lost('ECONNRESET'), refused(500, 'application_error')];
    expect(await send()).toEqual({ id: 'mail-1' });
    expect(new Set(requests.map((request) => JSON.stringify(request))).size).toBe(1);
    expect(requests).toHaveLength(3);
  });

  it('waits for the call that is sending it at the moment', async () => {
    replies = [
      lost('ETIMEDOUT'),
      ...Array.from({ length: 4 }, () => refused(409, 'concurrent_idempotent_requests')),
    ];
    expect(await send()).toEqual({ id: 'mail-1' });
  });

  it('is left to a later try when that does not end, and may have been sent', async () => {
    replies = Array.from({ length: 9 }, () => refused(409, 'concurrent_idempotent_requests'));
    expect(await send()).toMatchObject({ retryable: true, unsent: false, status: 409 });
    expect(requests.length).toBeLessThan(9);
  });

  it('is not sent again when its key was used with another content', async () => {
    replies = [refused(409, 'invalid_idempotent_request')];
    const error = await send();
    expect(error).toBeInstanceOf(SentBefore);
    expect(error).toMatchObject({
      retryable: false,
      unsent: false,
      message: expect.stringContaining('sent before'),
    });
    expect(requests).toHaveLength(1);
  });

  it('waits when calls come too fast', async () => {
    replies = [refused(429, 'rate_limit_exceeded', { 'retry-after': '2' })];
    expect(await send()).toEqual({ id: 'mail-1' });
  });
});

describe('a failure tells whether something may have been sent', () => {
  it.each<[string, Reply[], object]>([
    ['no connection', [1, 2, 3].map(() => lost('ECONNREFUSED')), { unsent: true, retryable: true }],
    ['lost answers', [1, 2, 3].map(() => lost('ECONNRESET')), { unsent: false, retryable: true }],
    [
      'a lost answer, then no connection',
      [lost('ECONNRESET'), lost('ECONNREFUSED'), lost('ECONNREFUSED')],
      { unsent: false },
    ],
    [
      'trouble at Resend',
      [1, 2, 3].map(() => refused(503, 'service_unavailable')),
      { unsent: false, retryable: true },
    ],
    [
      'a lost answer, then a refusal',
      [lost('ECONNRESET'), refused(403, 'validation_error')],
      { unsent: false, retryable: false },
    ],
    ['a bad key', [refused(401, 'invalid_api_key')], { unsent: true, retryable: false }],
    ['a domain that is not verified', [refused(403, 'validation_error')], { unsent: true, retryable: false }],
    ['a bad value', [refused(422, 'missing_required_field')], { unsent: true, retryable: false }],
    [
      'a rate limit that does not end',
      [refused(429, 'rate_limit_exceeded', { 'retry-after': '600' })],
      { unsent: true, retryable: true },
    ],
    ['a lock', [refused(409, 'resource_locked')], { unsent: false, retryable: true }],
  ])('%s', async (_, answers, expected) => {
    replies = answers;
    expect(await send()).toMatchObject({ service: 'Resend', ...expected });
  });

  it('and an address that none can be sent to', async () => {
    api = createResend({ url: 'resend', clock, request: () => Promise.reject(new Error('never')) });
    expect(await send()).toMatchObject({
      unsent: true,
      ofAccount: true,
      retryable: false,
      message: expect.stringContaining('https://'),
    });
  });

  it.each<[string, number, string, string, RegExp]>([
    ['an unknown key', 401, 'validation_error', 'API key is invalid', /API Keys/],
    ['an unknown key, in older words', 403, 'invalid_api_key', 'API key is invalid', /API Keys/],
    ['an unknown key, where nothing is sent', 400, 'validation_error', 'API key is invalid', /API Keys/],
    ['a suspended key', 403, 'suspended_api_key', 'Suspended', /suspended/],
    ['a domain that is not verified', 403, 'validation_error', 'Not verified', /Verify the domain/],
    ['another service', 404, '', '', /Check the address/],
    ['an address that sends on', 308, '', '', /308/],
  ])('that %s concerns every mail of the account', async (_, status, name, message, advice) => {
    const body = name === '' ? '<html>' : { statusCode: status, name, message };
    replies = [{ status, headers: {}, body }];
    expect(await send()).toMatchObject({ ofAccount: true, message: expect.stringMatching(advice) });
  });

  it.each([
    ['validation_error', 422],
    ['not_found', 404],
    ['rate_limit_exceeded', 429],
    ['application_error', 500],
  ])('that %s (%i) does not', async (name, status) => {
    replies = Array.from({ length: 3 }, () => refused(status, name, { 'retry-after': '600' }));
    expect(await send()).toMatchObject({ ofAccount: false });
  });

  it.each([
    ['invalid_api_key', 401, /API Keys/],
    ['restricted_api_key', 401, /full access/],
    ['validation_error', 403, /domain/],
    ['missing_required_field', 422, /values in the node/],
    ['not_found', 404, /address/],
  ])('%s says what to do', async (name, status, advice) => {
    replies = [refused(status, name)];
    const error = await send();
    expect(error).toMatchObject({ message: expect.stringMatching(advice) });
    expect(error).toMatchObject({
      message: expect.stringContaining(`it answered ${status}: "it is ${name} (${name})"`),
    });
  });

  it('repeats no key that Resend repeats', async () => {
    const body = { statusCode: 401, name: 'invalid_api_key', message: 'API key re_AbCdEf123456 is invalid' };
    replies = [{ status: 401, headers: {}, body }];
    expect(await send()).toMatchObject({ message: expect.not.stringContaining('re_AbCdEf123456') });
  });
});

describe('a quota that is used up', () => {
  it.each([
    ['daily_quota_exceeded', {}, '1970-01-02T00:00:00.000Z'],
    ['monthly_quota_exceeded', {}, '1970-02-01T00:00:00.000Z'],
    ['daily_quota_exceeded', { 'retry-after': '7200' }, '1970-01-01T02:16:40.000Z'],
    ['daily_quota_exceeded', { 'retry-after': '1' }, '1970-01-02T00:00:00.000Z'],
  ])('%s %j is full again at %s, which ends all sending until then', async (name, headers, resetsAt) => {
    replies = [refused(429, name, headers)];
    const error = await send();
    expect(error).toBeInstanceOf(QuotaExceeded);
    expect(error).toMatchObject({ retryable: true, unsent: true, resetsAt: new Date(resetsAt) });
    expect(error).toMatchObject({ message: expect.stringContaining(resetsAt) });

    expect(await ended(sendBatch(api, [MAIL], 'b'))).toMatchObject({
      resetsAt: new Date(resetsAt),
      unsent: true,
    });
    expect(requests).toHaveLength(1);

    await clock.advance(new Date(resetsAt).getTime());
    expect(await send()).toEqual({ id: 'mail-1' });
  });

  it('is not known to have kept back a mail whose first answer was lost', async () => {
    replies = [lost('ECONNRESET'), refused(429, 'daily_quota_exceeded')];
    expect(await send()).toMatchObject({ resetsAt: expect.any(Date), unsent: false });
  });

  it('holds back calls that were waiting for their turn', async () => {
    replies = [refused(429, 'daily_quota_exceeded')];
    const all = await ended(
      Promise.all([1, 2, 3].map((key) => sendMail(api, MAIL, `${key}`).catch((error) => error))),
    );
    expect(all).toMatchObject(
      [1, 2, 3].map(() => ({ retryable: true, unsent: true, resetsAt: expect.any(Date) })),
    );
    expect(requests).toHaveLength(1);
  });
});

describe('a batch', () => {
  const mails = ['a', 'b', 'c', 'd'].map((name) => ({ ...MAIL, to: [`${name}@example.com`] }));
  const sendAll = () => ended(sendBatch(api, mails, 'batch-1'));

  it('goes out in one call, in its order', async () => {
    replies = [ok({ data: [1, 2, 3, 4].map((id) => ({ id: `${id}` })) })];
    expect(await sendAll()).toEqual([1, 2, 3, 4].map((id) => ({ id: `${id}` })));
    expect(requests).toMatchObject([
      {
        url: 'https://api.resend.example/emails/batch',
        headers: { 'Idempotency-Key': 'batch-1', 'x-batch-validation': 'permissive' },
        body: mails,
      },
    ]);
  });

  it('gives every mail its own id although the refused ones have none', async () => {
    const errors = [
      { index: 2, message: 'The `to` field is no address.' },
      { index: 0, message: 'The a.example domain is not verified.' },
    ];
    replies = [ok({ data: [{ id: 'of-b' }, { id: 'of-d' }], errors })];
    expect(await sendAll()).toMatchObject([
      { message: expect.stringContaining('under Domains'), unsent: true, retryable: false, ofAccount: true },
      { id: 'of-b' },
      { message: expect.stringContaining('no address'), unsent: true, retryable: false, ofAccount: false },
      { id: 'of-d' },
    ]);
  });

  it.each([[[{ id: 'of-a' }]], [[1, 2, 3, 4, 5].map((id) => ({ id: `${id}` }))]])(
    'is asked for again later when the answer does not name each mail (%j)',
    async (data) => {
      replies = [ok({ data })];
      expect(await sendAll()).toMatchObject({ retryable: true, unsent: false });
    },
  );

  it('is not known to be sent when something else answers', async () => {
    replies = [{ status: 200, headers: {}, body: '<html>' }];
    const error = sendBatch(api, mails, 'b').catch((thrown: unknown) => thrown);
    await clock.advance(1_000);
    expect(await error).toBeInstanceOf(ServiceError);
    expect(await error).toMatchObject({ retryable: true });
    expect(await error).not.toHaveProperty('unsent', true);
  });

  it.each([0, 101])('has no %i mails', async (count) => {
    const batch = Array.from({ length: count }, () => MAIL);
    await expect(sendBatch(api, batch, 'b')).rejects.toThrow(RangeError);
  });
});

describe('the templates', () => {
  it('are the published ones of all pages, by name', async () => {
    const template = (id: string, name: string, status = 'published', alias: string | null = null) => ({
      id,
      name,
      status,
      alias,
    });
    replies = [
      ok({
        object: 'list',
        data: [template('1', 'Welcome', 'published', 'welcome'), template('2', 'Draft', 'draft')],
        has_more: true,
      }),
      ok({ object: 'list', data: [template('3', 'Bill')], has_more: false }),
    ];
    expect(await ended(listTemplates(api))).toEqual([
      { id: '3', name: 'Bill', alias: null },
      { id: '1', name: 'Welcome', alias: 'welcome' },
    ]);
    expect(requests.map(({ query }) => query)).toEqual([{ limit: 100 }, { limit: 100, after: '2' }]);
  });

  it('say what a key lacks that may only send', async () => {
    replies = [refused(401, 'restricted_api_key')];
    expect(await ended(listTemplates(api))).toMatchObject({
      message: expect.stringContaining('may only send'),
    });
  });
});
