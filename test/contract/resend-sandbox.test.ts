import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ResendDouble } from '../../sandbox/resend';
import { startHttpServer, type TestServer } from '../support/http-server';
import { MAIL, callResend } from '../support/resend';
import { startTestSandbox, type TestSandbox } from '../support/sandbox';
import { eventually, type Answered } from '../support/sandbox-under-test';
import { validateLog, validateWebhook, warnAboutMissingContracts } from './contract';
import { haveContracts } from './document';

let resend: TestSandbox;
let intake: TestServer;

beforeAll(async () => {
  intake = await startHttpServer(() => ({ status: 200 }));
  resend = await startTestSandbox('resend', ResendDouble);
  await resend.act('setRateLimit', { perSecond: 1_000 });
});
afterAll(async () => {
  await resend.close();
  await intake.close();
});

const call = (
  method: string,
  path: string,
  body?: unknown,
  headers?: Record<string, string>,
): Promise<Answered> => callResend(resend.url, method, path, body, headers);
const idOf = ({ body }: Answered): string => (body as { id: string }).id;

/** Every operation that the double has, with and without its parameters, and its refusals. */
async function driveEverything(): Promise<void> {
  const mail = idOf(await call('POST', '/emails', { ...MAIL, tags: [{ name: 'a', value: 'b' }] }));
  const onlyText = idOf(
    await call('POST', '/emails', { ...MAIL, html: undefined }, { 'idempotency-key': '1' }),
  );
  const scheduled = idOf(await call('POST', '/emails', { ...MAIL, scheduled_at: 'in 1 hour' }));
  await call('POST', '/emails', { to: MAIL.to, template: { id: 'order-shipped', variables: { ORDER: 7 } } });
  await call('POST', '/emails/batch', [MAIL, MAIL]);
  await call('POST', '/emails/batch', [MAIL, { ...MAIL, to: 'nobody' }], {
    'x-batch-validation': 'permissive',
  });
  await call('PATCH', `/emails/${scheduled}`, { scheduled_at: 'in 2 hours' });
  await call('POST', `/emails/${scheduled}/cancel`);
  for (const id of [mail, onlyText, scheduled]) await call('GET', `/emails/${id}`);

  const endpoint = `${intake.url}/hook`;
  const webhook = idOf(await call('POST', '/webhooks', { endpoint, events: ['email.sent'] }));
  await call('GET', '/webhooks?limit=1');
  await call('GET', `/webhooks/${webhook}`);
  await call('PATCH', `/webhooks/${webhook}`, { status: 'disabled', events: ['email.opened'] });
  await call('DELETE', `/webhooks/${webhook}`);

  await call('GET', '/domains');
  const variables = [{ key: 'NAME', type: 'string', fallback_value: 'there' }];
  const template = idOf(await call('POST', '/templates', { name: 'Hi', html: 'Hi {{{NAME}}}', variables }));
  await call('GET', '/templates?limit=2');
  for (const path of [template, 'order-shipped', 'draft']) await call('GET', `/templates/${path}`);
  await call('PATCH', `/templates/${template}`, { alias: 'hi', reply_to: ['a@example.com'] });
  await call('POST', `/templates/${template}/publish`);
  await call('POST', `/templates/${template}/duplicate`);
  await call('DELETE', `/templates/${template}`);

  await call('POST', '/emails', { ...MAIL, from: 'a@other.example' });
  await call('POST', '/emails', { ...MAIL, subject: 'Other' }, { 'idempotency-key': '1' });
  await call('GET', '/emails/1');
  await call('GET', '/domains', undefined, { authorization: '' });
  await call('GET', `/webhooks/${webhook}`);
  await resend.act('setQuota', { daily: 0 });
  await call('POST', '/emails', MAIL);
  await resend.act('setQuota', { daily: null });
}

describe('the Resend double, against Resend’s contract', () => {
  it('answers every operation as it should', async () => {
    await driveEverything();
    const log = await resend.requests();
    expect(new Set(log.map(({ status }) => status))).toEqual(
      new Set([200, 201, 401, 403, 404, 409, 422, 429]),
    );
    expect(validateLog(log)).toEqual([]);
  });

  it('sends events as it should', async () => {
    await resend.reset();
    await resend.load({
      webhooks: [{ endpoint: intake.url, signingSecret: 'whsec_c2FuZGJveA==' }],
      settings: { requestsPerSecond: 1_000 },
    });
    for (const to of ['ada@example.com', 'bounced@resend.dev', 'suppressed@resend.dev']) {
      const headers = { 'X-Entity-Ref-ID': '7' };
      await call('POST', '/emails', { ...MAIL, to, headers, tags: [{ name: 'step', value: '1' }] });
    }
    await call('POST', '/emails', { ...MAIL, scheduled_at: 'in 1 hour' });
    for (const action of ['open', 'click', 'delay', 'fail', 'complain']) {
      await resend.act(action, { to: 'suppressed@resend.dev' });
    }
    for (const type of ['Transient', 'Undetermined']) {
      await resend.act('bounce', {
        to: 'ada@example.com',
        emailId: await idOfMailTo('ada@example.com'),
        type,
      });
    }
    const { events } = await resend.state<{ events: unknown[] }>();
    const told = await eventually(() =>
      intake.requests.length >= events.length
        ? intake.requests.map(({ body }) => body as { type: string })
        : undefined,
    );
    expect(new Set(told.map(({ type }) => type)).size).toBe(10);
    if (!haveContracts()) return warnAboutMissingContracts();
    expect(told.flatMap((body) => validateWebhook('resend', body.type, body))).toEqual([]);
  });
});

async function idOfMailTo(address: string): Promise<string> {
  const { mails } = await resend.state<{ mails: Array<{ id: string; to: string[] }> }>();
  const mail = mails.find(({ to }) => to.includes(address));
  if (!mail) throw new Error(`There is no mail to ${address}.`);
  return mail.id;
}
