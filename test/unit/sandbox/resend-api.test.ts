import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { RESEND_SENDING_KEY } from '../../../sandbox/identities';
import { ResendDouble } from '../../../sandbox/resend';
import { IdempotencyKeys } from '../../../sandbox/resend/idempotency';
import { Quota } from '../../../sandbox/resend/quota';
import { RateLimit } from '../../../sandbox/resend/rate-limit';
import { callDouble, doubleContext } from '../../support/double-client';
import { MAIL, callResend } from '../../support/resend';
import { eventually } from '../../support/sandbox-under-test';
import { startTestSandbox, type TestSandbox } from '../../support/sandbox';

interface State {
  mails: Array<{ id: string; subject: string; html: string; text: string; lastEvent: string }>;
}

let resend: TestSandbox;
beforeEach(async () => {
  resend = await startTestSandbox('resend', ResendDouble);
  await resend.act('setRateLimit', { perSecond: 1_000 });
});
afterEach(() => resend.close());

const call = (method: string, path: string, body?: unknown, headers?: Record<string, string>) =>
  callResend(resend.url, method, path, body, headers);
const send = (mail: object = {}, headers?: Record<string, string>) =>
  call('POST', '/emails', { ...MAIL, ...mail }, headers);
const batch = (mails: unknown, headers?: Record<string, string>) =>
  call('POST', '/emails/batch', mails, headers);
const mails = async () => (await resend.state<State>()).mails;
const idOf = ({ body }: { body: unknown }): string => Object(body).id;
const refusal = (statusCode: number, name: string, message: unknown = expect.any(String)) => ({
  status: statusCode,
  body: { statusCode, name, message },
});

describe('a key', () => {
  const bearer = (key: string) => ({ authorization: `Bearer ${key}` });

  it('is asked for', async () => {
    expect(await send({}, { authorization: '' })).toMatchObject(refusal(401, 'missing_api_key'));
  });

  it('for sending sends, and does nothing else', async () => {
    expect(await send({}, bearer(RESEND_SENDING_KEY))).toMatchObject({ status: 200 });
    expect(await batch([MAIL], bearer(RESEND_SENDING_KEY))).toMatchObject({ status: 200 });
    for (const path of ['/domains', '/webhooks', '/templates']) {
      expect(await call('GET', path, undefined, bearer(RESEND_SENDING_KEY))).toMatchObject(
        refusal(401, 'restricted_api_key', 'This API key is restricted to only send emails'),
      );
    }
  });

  it('that is unknown is refused, while sending with another status than elsewhere', async () => {
    expect(await send({}, bearer('re_nobody'))).toMatchObject(
      refusal(401, 'validation_error', 'API key is invalid'),
    );
    expect(await call('GET', '/domains', undefined, bearer('re_nobody'))).toMatchObject(
      refusal(400, 'validation_error', 'API key is invalid'),
    );
    expect(await mails()).toEqual([]);
  });

  it('is of no use without a User-Agent', async () => {
    const double = new ResendDouble(doubleContext('http://127.0.0.1/resend'));
    const headers = { authorization: 'Bearer re_sandbox_full_access' };
    expect(await callDouble(double, 'POST', '/emails', { headers, body: MAIL })).toMatchObject({
      status: 403,
      body: 'error code: 1010',
    });
    expect(double.state()).toMatchObject({ mails: [] });
    await double.reset();
  });
});

describe('a mail', () => {
  it('is taken, kept and shown', async () => {
    const sent = await send({
      to: ['ada@example.com', 'Ben <ben@example.com>'],
      cc: 'cc@example.com',
      reply_to: 'help@example.com',
      tags: [{ name: 'step', value: 'welcome-1' }],
      attachments: [{ filename: 'a.pdf', content: 'AAAA' }, { path: 'https://a.example/b.pdf' }],
    });
    expect(sent).toMatchObject({ status: 200, body: { id: expect.stringMatching(/^[0-9a-f-]{36}$/) } });
    expect(await call('GET', `/emails/${idOf(sent)}`)).toMatchObject({
      status: 200,
      body: {
        object: 'email',
        to: ['ada@example.com', 'Ben <ben@example.com>'],
        cc: ['cc@example.com'],
        bcc: [],
        reply_to: ['help@example.com'],
        subject: 'Welcome',
        html: MAIL.html,
        text: MAIL.text,
        created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}\+00:00$/),
        last_event: 'delivered',
      },
    });
    expect(await mails()).toMatchObject([{ attachments: ['a.pdf', 'b.pdf'] }]);
  });

  it.each([
    ['no sender', { from: undefined }, 422, 'missing_required_field', /`from`/],
    ['no recipient', { to: undefined }, 422, 'missing_required_field', /`to`/],
    ['an empty list of recipients', { to: [] }, 422, 'missing_required_field', /`to`/],
    ['no subject', { subject: undefined }, 422, 'missing_required_field', /`subject`/],
    ['nothing to read', { html: undefined, text: null }, 422, 'validation_error', /`html` or `text`/],
    ['a sender without address', { from: 'Lifecycle' }, 422, 'validation_error', /Invalid `from` field/],
    [
      'a recipient without address',
      { to: ['a@b.example', 'nobody'] },
      422,
      'validation_error',
      /Invalid `to`/,
    ],
    ['a recipient that is a number', { to: 7 }, 422, 'validation_error', /`to` field must be a `string`/],
    ['51 recipients', { to: Array(51).fill('a@b.example') }, 422, 'validation_error', /at most 50/],
    ['an e-mail address as tag', { tags: [{ name: 'a', value: 'a@b.c' }] }, 422, 'validation_error', /ASCII/],
    ['a long tag', { tags: [{ name: 'a', value: 'x'.repeat(257) }] }, 422, 'validation_error', /256/],
    ['an empty attachment', { attachments: [{ filename: 'a' }] }, 422, 'invalid_attachment', /content/],
    [
      'another’s domain',
      { from: 'a@other.example' },
      403,
      'validation_error',
      /other.example domain is not verified/,
    ],
    [
      'a domain not yet verified',
      { from: 'a@unverified.example.com' },
      403,
      'validation_error',
      /not verified/,
    ],
    [
      'the sandbox’s sender',
      { from: 'onboarding@resend.dev' },
      403,
      'validation_error',
      /your own email address/,
    ],
    ['a time that is none', { scheduled_at: 'whenever' }, 422, 'validation_error', /scheduled_at/],
    ['a time too far away', { scheduled_at: 'in 31 days' }, 422, 'validation_error', /30 days/],
  ])('with %s is refused', async (_, change, status, name, message) => {
    expect(await send(change)).toMatchObject(refusal(status, name, expect.stringMatching(message)));
    expect(await mails()).toEqual([]);
  });

  it('that is no JSON is refused', async () => {
    expect(await call('POST', '/emails', '{')).toMatchObject(refusal(400, 'validation_error'));
  });

  it('to example.com is refused once the team is told to be as strict as Resend', async () => {
    await resend.load({ settings: { refusesExampleAddresses: true } });
    expect(await send()).toMatchObject(
      refusal(422, 'validation_error', expect.stringContaining('`example.com`')),
    );
    expect(await send({ to: 'delivered+1@resend.dev' })).toMatchObject({ status: 200 });
  });

  it.each([
    ['GET', '/emails/d0000000-0000-4000-8000-000000000001', refusal(404, 'not_found', 'Email not found')],
    ['GET', '/emails/1', refusal(422, 'invalid_parameter')],
    ['GET', '/emails', refusal(405, 'method_not_allowed')],
    ['GET', '/nothing', refusal(404, 'not_found')],
  ])('is not found at %s %s', async (method, path, answer) => {
    expect(await call(method, path)).toMatchObject(answer);
  });
});

describe('a batch', () => {
  const bad = { ...MAIL, to: 'nobody' };

  it('is taken as a whole, in its order', async () => {
    const { status, body } = await batch([MAIL, { ...MAIL, subject: 'Second' }]);
    expect(status).toBe(200);
    const ids = (body as { data: Array<{ id: string }> }).data.map(({ id }) => id);
    expect((await mails()).map(({ id, subject }) => [id, subject])).toEqual([
      [ids[0], 'Welcome'],
      [ids[1], 'Second'],
    ]);
  });

  it('with one bad mail is refused as a whole', async () => {
    expect(await batch([MAIL, bad])).toMatchObject(refusal(422, 'validation_error'));
    expect(await mails()).toEqual([]);
  });

  it('loses only its bad mails when it is permissive', async () => {
    const answer = await batch([MAIL, bad, { ...MAIL, subject: undefined }, MAIL], {
      'x-batch-validation': 'permissive',
    });
    expect(answer).toMatchObject({
      status: 200,
      body: {
        data: [{ id: expect.any(String) }, { id: expect.any(String) }],
        errors: [
          { index: 1, message: expect.stringContaining('`to`') },
          { index: 2, message: 'Missing `subject` field.' },
        ],
      },
    });
    expect(await mails()).toHaveLength(2);
  });

  it.each([
    ['of 101', Array(101).fill(MAIL), /at most 100/],
    ['of none', [], /at least one/],
    ['that is no list', MAIL, /array/],
    ['with an attachment', [{ ...MAIL, attachments: [{ content: 'AA' }] }], /attachments/],
    ['with a time', [{ ...MAIL, scheduled_at: 'in 1 hour' }], /scheduled_at/],
  ])('%s is refused', async (_, body, message) => {
    expect(await batch(body)).toMatchObject(refusal(422, 'validation_error', expect.stringMatching(message)));
  });

  it('knows two ways of validation', async () => {
    expect(await batch([MAIL], { 'x-batch-validation': 'loose' })).toMatchObject(
      refusal(422, 'validation_error'),
    );
  });
});

describe('an idempotency key', () => {
  const key = { 'idempotency-key': 'welcome/1' };

  it('answers the same again, and sends once', async () => {
    const first = await send({}, key);
    expect((await send({}, key)).body).toEqual(first.body);
    const batched = { 'idempotency-key': 'batch/1', 'x-batch-validation': 'permissive' };
    const both = await batch([MAIL, { ...MAIL, to: '' }], batched);
    expect((await batch([MAIL, { ...MAIL, to: '' }], batched)).body).toEqual(both.body);
    expect(await mails()).toHaveLength(2);
  });

  it('is not for another mail, nor for a batch', async () => {
    await send({}, key);
    expect(await send({ subject: 'Other' }, key)).toMatchObject(refusal(409, 'invalid_idempotent_request'));
    expect(await batch([MAIL], key)).toMatchObject(refusal(409, 'invalid_idempotent_request'));
    expect(await mails()).toHaveLength(1);
  });

  it('is in use while a mail is being accepted', async () => {
    await resend.act('setWorkTime', { milliseconds: 300 });
    const first = send({}, key);
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(await send({}, key)).toMatchObject(refusal(409, 'concurrent_idempotent_requests'));
    expect(await first).toMatchObject({ status: 200 });
    expect((await send({}, key)).body).toEqual((await first).body);
    expect(await mails()).toHaveLength(1);
  });

  it('is free again after a refusal', async () => {
    expect(await send({ to: 'nobody' }, key)).toMatchObject({ status: 422 });
    expect(await send({}, key)).toMatchObject({ status: 200 });
  });

  it('survives a lost answer', async () => {
    await resend.fail({ method: 'POST', path: '^/emails$', drop: 'after', times: 1 });
    await expect(send({}, key)).rejects.toThrow();
    const [kept] = await mails();
    expect(await send({}, key)).toMatchObject({ status: 200, body: { id: kept?.id } });
    expect(await mails()).toHaveLength(1);
  });

  it.each([0, 257])('has 1 to 256 characters, not %i', async (length) => {
    expect(await send({}, { 'idempotency-key': 'x'.repeat(length) })).toMatchObject(
      refusal(400, 'invalid_idempotency_key'),
    );
  });

  it('is forgotten after 24 hours', async () => {
    let now = 0;
    const keys = new IdempotencyKeys(() => now);
    let sent = 0;
    const run = () =>
      keys.run('a', { path: '/emails', rawBody: Buffer.from('{}') }, async () => ({
        status: 200,
        body: (sent += 1),
      }));
    await run();
    now = 24 * 3_600_000 - 1;
    expect(await run()).toMatchObject({ body: 1 });
    now += 1;
    expect(await run()).toMatchObject({ body: 2 });
  });
});

describe('the limits', () => {
  it('are five requests a second, told with every answer', async () => {
    await resend.reset();
    const { headers } = await send();
    expect(Object.fromEntries(headers)).toMatchObject({
      'ratelimit-limit': '5',
      'ratelimit-remaining': '4',
      'ratelimit-reset': '1',
      'x-resend-monthly-quota': '1',
    });
    expect(headers.get('x-resend-daily-quota')).toBeNull();
    expect(headers.get('retry-after')).toBeNull();
    const answers = await Promise.all(Array.from({ length: 8 }, () => send()));
    const refused = answers.find(({ status }) => status === 429);
    expect(refused).toMatchObject(refusal(429, 'rate_limit_exceeded'));
    expect(refused?.headers.get('retry-after')).toBe('1');
  });

  it('begin anew with the next second', () => {
    let now = 10_000;
    const limit = new RateLimit(
      () => 2,
      () => now,
    );
    limit.take();
    now += 999;
    expect(limit.take()).toMatchObject({ 'ratelimit-remaining': '0', 'ratelimit-reset': '1' });
    expect(() => limit.take()).toThrow(/2 requests per second/);
    now += 1;
    expect(limit.take()).toMatchObject({ 'ratelimit-remaining': '1' });
  });

  it.each([
    ['daily', 'daily_quota_exceeded'],
    ['monthly', 'monthly_quota_exceeded'],
  ])('are addresses in the %s quota, too', async (which, name) => {
    await resend.act('setQuota', { [which]: 3 });
    expect(await send({ cc: ['a@b.example'] })).toMatchObject({ status: 200 });
    expect(await batch([MAIL, MAIL])).toMatchObject(refusal(429, name));
    expect(await send({}, { 'idempotency-key': '1' })).toMatchObject({ status: 200 });
    expect(await send()).toMatchObject(refusal(429, name));
    expect(await send({}, { 'idempotency-key': '1' })).toMatchObject({ status: 200 });
    expect(await mails()).toHaveLength(2);
    await resend.act('setQuota', { [which]: null });
    expect(await send()).toMatchObject({ status: 200 });
  });

  it('free a daily quota after 24 hours, and a monthly one with the next month', () => {
    let now = Date.UTC(2026, 0, 30, 12);
    const settings = { dailyQuota: 10, monthlyQuota: 20 };
    const quota = new Quota(
      () => settings,
      () => now,
    );
    quota.count(10);
    expect(() => quota.check(1)).toThrow(/daily/);
    now += 24 * 3_600_000;
    quota.check(10);
    quota.count(10);
    now += 23 * 3_600_000;
    expect(quota.used()).toEqual({ daily: 10, monthly: 0 });
  });
});

/** A mail whose content comes from a template. */
const BARE = { from: MAIL.from, to: MAIL.to, subject: MAIL.subject };

describe('a template', () => {
  it('makes the mail of what is published, with its variables', async () => {
    const template = { id: 'order-shipped', variables: { ORDER: 7 } };
    expect(await call('POST', '/emails', { to: MAIL.to, template })).toMatchObject({ status: 200 });
    expect(await mails()).toMatchObject([
      {
        from: 'The team <hello@example.com>',
        subject: 'Your order 7 is on its way',
        html: '<p>Hello there,</p><p>your order 7 is on its way.</p>',
        text: 'Hello there,\n\nyour order 7 is on its way.',
      },
    ]);
  });

  it.each([
    ['a value is missing', { id: 'order-shipped' }, {}, 422, /ORDER/],
    ['it is only a draft', { id: 'draft', variables: { ORDER: 1 } }, {}, 422, /not published/],
    ['there is none', { id: 'nothing' }, {}, 404, /Template not found/],
    ['there is HTML besides', { id: 'order-shipped' }, { html: 'x' }, 422, /cannot be used together/],
  ])('is refused when %s', async (_, template, more, statusCode, message) => {
    expect(await call('POST', '/emails', { ...BARE, template, ...more })).toMatchObject({
      status: statusCode,
      body: { message: expect.stringMatching(message) },
    });
  });

  it('reaches mails with its next version only when that is published', async () => {
    const created = await call('POST', '/templates', { name: 'Hi', alias: 'hi', subject: 'S', html: '1' });
    expect(created).toMatchObject({ status: 201, body: { object: 'template', id: expect.any(String) } });
    await call('POST', '/templates/hi/publish');
    await call('PATCH', '/templates/hi', { html: '2' });
    await call('POST', '/emails', { ...BARE, template: { id: idOf(created) } });
    expect(await call('GET', '/templates/hi')).toMatchObject({
      body: { html: '2', status: 'published', has_unpublished_versions: true },
    });
    await call('POST', '/templates/hi/publish');
    await call('POST', '/emails', { ...BARE, template: { id: 'hi' } });
    expect((await mails()).map(({ html }) => html)).toEqual(['1', '2']);
    expect(await call('DELETE', '/templates/hi')).toMatchObject({ body: { deleted: true } });
    expect(await call('GET', '/templates/hi')).toMatchObject({ status: 404 });
  });
});

describe('lists', () => {
  it('come in pages, newest first', async () => {
    const first = await call('GET', '/domains?limit=2');
    expect(first).toMatchObject({
      body: {
        object: 'list',
        has_more: true,
        data: [{ name: 'unverified.example.com', status: 'not_started' }, {}],
      },
    });
    const [, second] = (first.body as { data: Array<{ id: string }> }).data;
    const rest = await call('GET', `/domains?limit=2&after=${second?.id}`);
    expect(rest).toMatchObject({ body: { has_more: false, data: [{ name: 'example.com' }] } });
    expect(await call('GET', `/domains?before=${second?.id}`)).toMatchObject({ body: { data: [{}] } });
    expect(await call('GET', '/domains?limit=0')).toMatchObject(refusal(422, 'validation_error'));
  });
});

describe('a scheduled mail', () => {
  const path = async (at: string): Promise<string> => `/emails/${idOf(await send({ scheduled_at: at }))}`;
  const lastEvent = async (at: string): Promise<unknown> => Object((await call('GET', at)).body).last_event;

  it('goes out when it is due', async () => {
    const at = await path(new Date(Date.now() + 400).toISOString());
    expect(await lastEvent(at)).toBe('scheduled');
    await eventually(async () => ((await lastEvent(at)) === 'delivered' ? true : undefined));
  });

  it('can be put off, and called off for good', async () => {
    const at = await path('in 1 hour');
    expect(await call('PATCH', at, { scheduled_at: 'in 3 days' })).toMatchObject({
      status: 200,
      body: { object: 'email', id: at.slice('/emails/'.length) },
    });
    expect(await resend.act('sendScheduled', { days: 2 })).toEqual({ sent: 0 });
    expect(await call('POST', `${at}/cancel`)).toMatchObject({ status: 200, body: { object: 'email' } });
    expect(await call('PATCH', at, { scheduled_at: 'in 1 hour' })).toMatchObject(
      refusal(422, 'validation_error'),
    );
    expect(await resend.act('sendScheduled', { days: 30 })).toEqual({ sent: 0 });
    expect(await lastEvent(at)).toBe('canceled');
  });

  it('goes out when time is moved forward', async () => {
    const at = await path('in 2 weeks');
    expect(await resend.act('sendScheduled', { days: 15 })).toEqual({ sent: 1 });
    expect(await lastEvent(at)).toBe('delivered');
  });
});
