import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { IDataObject, INodeParameters } from 'n8n-workflow';
import { LifecycleResendApi } from '../../credentials/LifecycleResendApi.credentials';
import { ResendSend } from '../../nodes/ResendSend/ResendSend.node';
import { RESEND_FROM, RESEND_KEY } from '../../sandbox/identities';
import { ResendDouble } from '../../sandbox/resend';
import {
  createResend,
  keepWebhook,
  listTemplates,
  removeWebhook,
  sendBatch,
  sendMail,
  type Mail,
} from '../../services/resend';
import { axiosRequest } from '../../stack/axios-request';
import { executeNode, loadOptionsContext, type NodeSetup } from '../support/execute-node';
import { startTestSandbox, type TestSandbox } from '../support/sandbox';
import { validateLog } from './contract';

let resend: TestSandbox;

beforeAll(async () => {
  resend = await startTestSandbox('resend', ResendDouble);
});
beforeEach(async () => {
  await resend.reset();
  await resend.act('setRateLimit', { perSecond: 1_000 });
  await resend.forgetRequests();
});
afterAll(() => resend.close());

/** The statuses of all calls; every one of them, with its answer, has to fit the contract. */
async function statuses(): Promise<number[]> {
  const log = await resend.requests();
  expect(validateLog(log)).toEqual([]);
  return log.map(({ status }) => status);
}

const EVERYTHING: Mail = {
  from: RESEND_FROM,
  to: ['ada@example.com', 'Bob <bob@example.com>'],
  subject: 'Hello',
  html: '<p>Hello</p>',
  text: 'Hello',
  cc: ['c@example.com'],
  bcc: ['d@example.com'],
  replyTo: ['help@example.com'],
  headers: { 'List-Unsubscribe': '<https://example.com/u>' },
  tags: [{ name: 'sequence', value: 'welcome' }],
};
const FROM_TEMPLATE: Mail = {
  to: ['ada@example.com'],
  template: { id: 'order-shipped', variables: { NAME: 'Ada', ORDER: 7 } },
};

describe('what services/resend sends', () => {
  const api = () =>
    createResend({
      url: resend.url,
      apiKey: RESEND_KEY,
      request: axiosRequest({ Authorization: `Bearer ${RESEND_KEY}` }),
    });

  it('is a mail with everything, with a file and a time, or from a template', async () => {
    const attachments = [{ filename: 'a.txt', content: 'SGk=', contentType: 'text/plain' }];
    const scheduledAt = new Date(Date.now() + 3_600_000).toISOString();
    await sendMail(api(), EVERYTHING, 'one');
    await sendMail(api(), { ...EVERYTHING, attachments, scheduledAt }, 'two');
    await sendMail(api(), FROM_TEMPLATE, 'three');
    expect(await statuses()).toEqual([200, 200, 200]);
    const { mails } = await resend.state<{ mails: Array<{ scheduledAt: string | null }> }>();
    expect(mails.map((mail) => mail.scheduledAt !== null)).toEqual([false, true, false]);
  });

  it('is a batch, with one among it that is refused', async () => {
    const refused = { ...EVERYTHING, to: ['nobody'] };
    const sent = await sendBatch(api(), [EVERYTHING, refused, FROM_TEMPLATE], 'batch');
    expect(sent.map((result) => result instanceof Error)).toEqual([false, true, false]);
    expect(await statuses()).toEqual([200]);
  });

  it('is what it takes to keep a webhook, to repair it and to remove it', async () => {
    const wanted = {
      url: 'https://n8n.example/webhook/resend/lifecycle',
      eventTypes: ['email.sent', 'email.bounced', 'email.suppressed'],
      knowsSecret: false,
    };
    const { id } = await keepWebhook(api(), wanted);
    const more = [...wanted.eventTypes, 'email.clicked'];
    const known = { id, hasSecret: true };
    expect(await keepWebhook(api(), { ...wanted, eventTypes: more, known })).toMatchObject({ changed: true });
    expect(await keepWebhook(api(), { ...wanted, eventTypes: more })).toMatchObject({ id, changed: false });
    await removeWebhook(api(), id);
    await removeWebhook(api(), id);
    expect(await statuses()).toEqual(expect.arrayContaining([200, 201, 404]));
    const methods = (await resend.requests()).map(({ method, path }) => `${method} ${path}`);
    expect(new Set(methods)).toEqual(
      new Set([
        'GET /webhooks',
        'POST /webhooks',
        ...['GET', 'PATCH', 'DELETE'].map((method) => `${method} /webhooks/${id}`),
      ]),
    );
  });

  it('is the question for the templates', async () => {
    expect(await listTemplates(api())).toMatchObject([{ alias: 'order-shipped' }]);
    expect(await statuses()).toEqual([200]);
  });
});

describe('what the node Resend Send sends', () => {
  const setup = (parameters: INodeParameters, rest: Partial<NodeSetup> = {}): NodeSetup => ({
    node: new ResendSend(),
    parameters,
    credentials: [
      { type: new LifecycleResendApi(), data: { url: resend.url, apiKey: RESEND_KEY, from: RESEND_FROM } },
    ],
    ...rest,
  });
  const EVENT: IDataObject = {
    event: { source: 'app', externalId: 'e1', occurredAt: '2026-11-29T08:00:00Z', payload: { n: 3 } },
    customer: { email: 'ada@example.com', firstName: 'Ada' },
  };

  it.each<[string, INodeParameters]>([
    ['Liquid', { subject: 'Hello {{ customer.firstName }}', body: 'You have **{{ data.n }}**.' }],
    ['HTML', { content: 'html', subject: 'Hello', html: '<p>Hello</p>' }],
    [
      "a template of Resend's",
      {
        content: 'resendTemplate',
        template: { __rl: true, mode: 'alias', value: 'order-shipped' },
        variables: { variable: [{ name: 'ORDER', value: '7' }] },
      },
    ],
  ])('is a mail out of %s, with every option', async (_, content) => {
    const options = {
      cc: 'c@example.com, "Doe, Jane" <jane@example.com>',
      bcc: 'd@example.com',
      replyTo: 'help@example.com',
      attachments: 'invoice',
      scheduledAt: new Date(Date.now() + 86_400_000).toISOString(),
      tags: { tag: [{ name: 'kind', value: 'bill' }] },
      headers: { header: [{ name: 'X-Ref', value: '7' }] },
      unsubscribeUrl: 'https://example.com/u?t=1',
    };
    const binaries = [{ invoice: { data: 'SGk=', fileName: 'a.txt', mimeType: 'text/plain' } }];
    await executeNode(setup(content), [EVENT]);
    const other = { ...content, cause: 'another', options };
    await executeNode(setup(other, { binaries }), [EVENT]);
    expect(await statuses()).toEqual([200, 200]);
  });

  it('is a batch of due messages', async () => {
    const message = (id: string, rest: IDataObject = {}): IDataObject => ({
      message: {
        ...{ id, batchKey: 'batch-1', sequence: 'Welcome – 1', step: 'first', variant: null },
        ...{ kind: 'marketing', from: null, replyTo: 'help@example.com', to: `${id}@example.com` },
        ...{ subject: 'Hello {{ customer.name }}', preheader: 'For you', body: 'For {{ customer.name }}' },
        ...{ customer: { name: id }, data: {}, sentAt: '2026-11-29T08:00:00Z', timeZone: 'UTC' },
        ...{ unsubscribeUrl: 'https://example.com/u', preferencesUrl: 'https://example.com/p', ...rest },
      },
    });
    const items = [message('a'), message('b', { kind: 'transactional', unsubscribeUrl: null })];
    const [sent] = await executeNode(setup({ operation: 'sendBatch' }), items);
    expect(sent?.map(({ json }) => json.mail)).toMatchObject([
      { subject: 'Hello a' },
      { subject: 'Hello b' },
    ]);
    expect(await statuses()).toEqual([200]);
  });

  it('is the question for the list of templates', async () => {
    const { searchTemplates } = new ResendSend().methods.listSearch;
    const { results } = await searchTemplates.call(loadOptionsContext(setup({})));
    expect(results).toMatchObject([{ value: 'order-shipped' }]);
    expect(await statuses()).toEqual([200]);
  });
});
