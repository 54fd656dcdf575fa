import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { IDataObject, INodeParameters } from 'n8n-workflow';
import { LifecycleResendApi } from '../../../credentials/LifecycleResendApi.credentials';
import { ResendSend } from '../../../nodes/ResendSend/ResendSend.node';
import { executeNode, loadOptionsContext, type NodeSetup } from '../../support/execute-node';
import {
  startHttpServer,
  type Answer,
  type ReceivedRequest,
  type TestServer,
} from '../../support/http-server';

let resend: TestServer;
let respond: (request: ReceivedRequest) => Answer | 'drop';
let keys = 0;
/** One for each test, since calls with one key share a pace. */
let apiKey: string;

const HEADERS = { 'ratelimit-limit': '1000' };

beforeAll(async () => {
  resend = await startHttpServer((request) => respond(request));
});
beforeEach(() => {
  resend.requests.length = 0;
  keys += 1;
  apiKey = `key-${keys}`;
  respond = ({ path, body }) => ({
    headers: HEADERS,
    body: path.endsWith('/batch')
      ? { data: (body as unknown[]).map((_, index) => ({ id: `mail-${index}` })) }
      : { id: 'mail-1' },
  });
});
afterAll(() => resend.close());

/** With the given default sender in the credential. */
const credentials = (from?: string): NodeSetup['credentials'] => [
  { type: new LifecycleResendApi(), data: { url: resend.url, apiKey, ...(from !== undefined && { from }) } },
];

const setup = (parameters: INodeParameters, rest: Partial<NodeSetup> = {}): NodeSetup => ({
  node: new ResendSend(),
  parameters,
  credentials: credentials(),
  ...rest,
});

async function run(
  items: IDataObject[],
  parameters: INodeParameters = {},
  rest: Partial<NodeSetup> = {},
): Promise<IDataObject[]> {
  const [output = []] = await executeNode(setup(parameters, rest), items);
  return output.map(({ json }) => json);
}

const bodies = () => resend.requests.map(({ body }) => body);

describe('Send', () => {
  const EVENT: IDataObject = {
    event: {
      id: '1',
      source: 'app',
      externalId: 'e1',
      occurredAt: '2026-11-29T08:00:00Z',
      payload: { n: 3 },
    },
    delivery: { id: '1', lease: 'l', attempt: 1 },
    customer: { email: 'bob@example.com', firstName: 'Bob' },
  };
  const LIQUID: INodeParameters = {
    from: 'Ada <ada@example.com>',
    subject: 'Hello {{ customer.firstName }}',
    body: 'You have **{{ data.n }}**.',
  };
  const HTML: INodeParameters = {
    from: 'ada@example.com',
    content: 'html',
    subject: 'Hi',
    html: '<p>Hi</p>',
  };

  it('renders a template, sends it once for its cause, and adds what it was sent as', async () => {
    const [item] = await run([EVENT], LIQUID);
    expect(item).toMatchObject({
      mail: { id: 'mail-1', to: 'bob@example.com', subject: 'Hello Bob' },
      outcomes: [{ service: 'Resend', action: 'e-mail sent', id: 'mail-1' }],
    });
    expect(bodies()).toMatchObject([
      {
        from: 'Ada <ada@example.com>',
        to: ['bob@example.com'],
        subject: 'Hello Bob',
        html: expect.stringContaining('<strong>3</strong>'),
        text: expect.any(String),
      },
    ]);
    expect(resend.requests[0]?.headers).toMatchObject({
      authorization: `Bearer ${apiKey}`,
      'user-agent': expect.stringContaining('n8n-nodes-lifecycle'),
      'idempotency-key': 'node-under-test:app:e1',
    });
    await run([EVENT], LIQUID);
    expect(resend.requests[1]?.text).toBe(resend.requests[0]?.text);
    expect(resend.requests[1]?.headers['idempotency-key']).toBe('node-under-test:app:e1');
  });

  it('takes every option', async () => {
    const scheduledAt = new Date(Date.now() + 86_400_000).toISOString();
    const options = {
      cc: 'c@example.com; "Doe, Jane" <jane@example.com>',
      bcc: 'd@example.com',
      replyTo: 'help@example.com',
      attachments: 'invoice',
      scheduledAt,
      tags: { tag: [{ name: 'kind', value: 'bill' }] },
      headers: { header: [{ name: 'X-Ref', value: '7' }] },
      unsubscribeUrl: 'https://example.com/u?t=1',
    };
    const binaries = [{ invoice: { data: 'SGk=', fileName: 'a.txt', mimeType: 'text/plain' } }];
    await run([EVENT], { ...HTML, options }, { binaries });
    expect(bodies()).toEqual([
      {
        from: 'ada@example.com',
        to: ['bob@example.com'],
        subject: 'Hi',
        cc: ['c@example.com', '"Doe, Jane" <jane@example.com>'],
        bcc: ['d@example.com'],
        reply_to: ['help@example.com'],
        html: '<p>Hi</p>',
        headers: {
          'List-Unsubscribe': '<https://example.com/u?t=1>',
          'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
          'X-Ref': '7',
        },
        attachments: [{ filename: 'a.txt', content: 'SGk=', content_type: 'text/plain' }],
        tags: [{ name: 'kind', value: 'bill' }],
        scheduled_at: scheduledAt,
      },
    ]);
  });

  it("sends a template of Resend's, whose sender and subject may be its own", async () => {
    const parameters = {
      content: 'resendTemplate',
      template: { __rl: true, mode: 'alias', value: 'welcome' },
      variables: { variable: [{ name: 'NAME', value: '={{ $json.customer.firstName }}' }] },
    };
    await run([EVENT], parameters);
    expect(bodies()).toEqual([
      { to: ['bob@example.com'], template: { id: 'welcome', variables: { NAME: 'Bob' } } },
    ]);
  });

  it.each<[string, INodeParameters]>([
    ['enter a sender in the node, or the default one in the credential', { ...HTML, from: '' }],
    ['"From" has more than one address', { ...HTML, from: 'a@b.example, c@d.example' }],
    ['"To" is empty', { ...HTML, to: '={{ $json.nobody }}' }],
    ['"To" has "bob", which is no e-mail address', { ...HTML, to: 'bob' }],
    ['"To" has 51 addresses', { ...HTML, to: Array.from({ length: 51 }, () => 'a@b.example').join(',') }],
    ['"Cause" is incomplete', { ...HTML, cause: '={{ $json.a }}:1' }],
    ['"HTML" and "Text" are both empty', { ...HTML, html: '' }],
    ['"Tags" has "mail"', { ...HTML, options: { tags: { tag: [{ name: 'mail', value: 'a@b.c' }] } } }],
    ['"Scheduled At" is more than 30 days', { ...HTML, options: { scheduledAt: '2999-01-01T00:00:00' } }],
    ['"Attachments" names "data"', { ...HTML, options: { attachments: 'data' } }],
    ['"List-Unsubscribe URL" must be', { ...HTML, options: { unsubscribeUrl: 'javascript:1' } }],
    ["The e-mail's body, line", { ...LIQUID, body: '{% if %}' }],
    ['"Customer" must be a JSON object', { ...LIQUID, customer: '[1]' }],
  ])('says %s, and sends nothing', async (message, parameters) => {
    const [item] = await run([EVENT], parameters);
    expect(item).toMatchObject({
      failure: { message: expect.stringContaining(message), retryable: false, unsent: true },
    });
    expect(resend.requests).toEqual([]);
  });

  it('is from the default sender where the node names none', async () => {
    const rest = { credentials: credentials(' Team, the <team@example.com>\n') };
    await run([EVENT, { ...EVENT, from: 'own@example.com' }], { ...HTML, from: '={{ $json.from }}' }, rest);
    expect(bodies()).toMatchObject([{ from: 'Team, the <team@example.com>' }, { from: 'own@example.com' }]);
  });

  it("leaves the sender to a template of Resend's, which has its own", async () => {
    const template = { content: 'resendTemplate', template: { __rl: true, mode: 'alias', value: 'welcome' } };
    await run([EVENT], template, { credentials: credentials('team@example.com') });
    expect(bodies()).toEqual([{ to: ['bob@example.com'], template: { id: 'welcome', variables: {} } }]);
  });

  it('says that the default sender is none', async () => {
    const [item] = await run([EVENT], { ...HTML, from: '' }, { credentials: credentials('the team') });
    expect(item).toMatchObject({
      failure: { message: expect.stringContaining('"the team", which is no e-mail address'), unsent: true },
    });
    expect(resend.requests).toEqual([]);
  });

  it('takes no more than 40 MB along', async () => {
    const data = Buffer.alloc(31 * 1024 * 1024).toString('base64');
    const binaries = [{ data: { data, mimeType: 'a/b' } }];
    const [item] = await run([EVENT], { ...HTML, options: { attachments: 'data' } }, { binaries });
    expect(item).toMatchObject({ failure: { message: expect.stringContaining('40 MB') } });
  });

  it('says that it was sent before', async () => {
    const body = { statusCode: 409, name: 'invalid_idempotent_request', message: 'no' };
    respond = () => ({ status: 409, body });
    const [item] = await run([EVENT], HTML);
    expect(item).toMatchObject({ failure: { retryable: false, sentBefore: true } });
    expect(item?.failure).not.toHaveProperty('unsent');
  });
});

describe('Send Batch', () => {
  const BATCH = { operation: 'sendBatch' };
  const message = (id: string, rest: IDataObject = {}): IDataObject => ({
    message: {
      id,
      batchKey: 'batch-1',
      sequence: 'Welcome – 1',
      step: 'first',
      variant: null,
      kind: 'marketing',
      from: 'Ada <ada@example.com>',
      replyTo: null,
      to: `${id}@example.com`,
      subject: 'Hello {{ customer.name }}',
      preheader: '',
      body: 'For {{ customer.name }}',
      customer: { email: `${id}@example.com`, name: id },
      data: {},
      sentAt: '2026-11-29T08:00:00Z',
      timeZone: 'UTC',
      unsubscribeUrl: 'https://example.com/u',
      preferencesUrl: null,
      ...rest,
    },
  });

  it('needs nothing filled in: one call for each key, in order, the same bytes again', async () => {
    const items = [message('a'), message('b', { batchKey: 'batch-2', kind: 'transactional' }), message('c')];
    const sent = await run(items, BATCH);
    expect(sent).toMatchObject([
      { mail: { id: 'mail-0', to: 'a@example.com', subject: 'Hello a' } },
      { mail: { id: 'mail-0', to: 'b@example.com' } },
      { mail: { id: 'mail-1', to: 'c@example.com' } },
    ]);
    const byKey = new Map(resend.requests.map((request) => [request.headers['idempotency-key'], request]));
    expect(byKey.get('batch-1')?.body).toMatchObject([
      {
        to: ['a@example.com'],
        headers: { 'List-Unsubscribe': '<https://example.com/u>' },
        tags: [
          { name: 'sequence', value: 'Welcome___1' },
          { name: 'step', value: 'first' },
          { name: 'message', value: 'a' },
        ],
      },
      { to: ['c@example.com'] },
    ]);
    expect(byKey.get('batch-2')?.text).not.toContain('List-Unsubscribe');
    resend.requests.length = 0;
    await run(items, BATCH);
    expect(resend.requests.map(({ text }) => text).sort()).toEqual(
      [...byKey.values()].map(({ text }) => text).sort(),
    );
  });

  it('leaves out what cannot be rendered, and gives the others their ids', async () => {
    respond = () => ({
      headers: HEADERS,
      body: { data: [{ id: 'of-c' }], errors: [{ index: 0, message: 'bad domain' }] },
    });
    const sent = await run([message('a'), message('b', { body: '{% if %}' }), message('c')], BATCH);
    expect(sent).toMatchObject([
      { failure: { unsent: true, retryable: false, message: expect.stringContaining('bad domain') } },
      { failure: { unsent: true, retryable: false, message: expect.stringContaining('body, line') } },
      { mail: { id: 'of-c' } },
    ]);
  });

  it('sends what names no sender from the default one', async () => {
    await run([message('a', { from: null }), message('b')], BATCH, {
      credentials: credentials('t@example.com'),
    });
    expect(bodies()).toMatchObject([[{ from: 't@example.com' }, { from: 'Ada <ada@example.com>' }]]);
  });

  it('has every item of a batch tell that its outcome is unknown', async () => {
    respond = () => 'drop';
    const sent = await run([message('a'), message('b')], BATCH);
    for (const { failure } of sent) {
      expect(failure).toMatchObject({ service: 'Resend', retryable: true });
      expect(failure).not.toHaveProperty('unsent');
    }
  });

  it('stops at the quota, and says when it is full again', async () => {
    const body = { statusCode: 429, name: 'daily_quota_exceeded', message: 'used up' };
    respond = () => ({ status: 429, headers: { ...HEADERS, 'retry-after': '3600' }, body });
    const items = Array.from({ length: 30 }, (_, index) => message(`m${index}`, { batchKey: `b${index}` }));
    const sent = await run(items, BATCH);
    const [first] = sent;
    expect(first).toMatchObject({ failure: { unsent: true, retryable: true, retryAt: expect.any(String) } });
    expect(resend.requests).toHaveLength(1);
    expect(new Set(sent.map(({ failure }) => (failure as IDataObject).retryAt)).size).toBe(1);
  });

  it('tells what concerns the account from what concerns the mail', async () => {
    const body = { statusCode: 401, name: 'validation_error', message: 'API key is invalid' };
    respond = () => ({ status: 401, headers: HEADERS, body });
    const noSender = { batchKey: 'batch-2', from: null };
    const items = [message('a'), message('b', { body: '{% if %}' }), message('c', noSender)];
    const [refused, unwritten, unnamed] = (await run(items, BATCH)).map(({ failure }) => failure);
    expect(refused).toMatchObject({ ofAccount: true, unsent: true, retryable: false });
    expect(refused).toMatchObject({
      message: expect.stringContaining('API key in the Lifecycle Resend API'),
    });
    expect(unnamed).toMatchObject({ ofAccount: true, unsent: true, retryable: false });
    expect(unwritten).not.toHaveProperty('ofAccount');
  });

  it('takes no more than 100 in a batch', async () => {
    const sent = await run(
      Array.from({ length: 101 }, (_, index) => message(`m${index}`)),
      BATCH,
    );
    expect(sent[0]).toMatchObject({ failure: { unsent: true, message: expect.stringContaining('100') } });
    expect(resend.requests).toEqual([]);
  });

  it('lets the items travel on when the credential is missing', async () => {
    const [item] = await run([message('a')], BATCH, { credentials: [] });
    expect(item).toMatchObject({ failure: { unsent: true, ofAccount: true } });
  });
});

describe('the list of templates', () => {
  it('keeps a template by its alias, else by its ID', async () => {
    const published = { status: 'published' };
    const data = [
      { id: '1', name: 'Welcome', alias: 'hello', ...published },
      { id: '2', name: 'Bill', ...published },
    ];
    respond = () => ({ headers: HEADERS, body: { object: 'list', has_more: false, data } });
    const { searchTemplates } = new ResendSend().methods.listSearch;
    const context = loadOptionsContext(setup({}));
    expect(await searchTemplates.call(context)).toEqual({
      results: [
        { name: 'Bill', value: '2' },
        { name: 'Welcome (hello)', value: 'hello' },
      ],
    });
    expect(await searchTemplates.call(context, 'HELL')).toMatchObject({ results: [{ value: 'hello' }] });
  });
});
