import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { IDataObject, INodeExecutionData, INodeParameters } from 'n8n-workflow';
import { LifecycleResendApi } from '../../../credentials/LifecycleResendApi.credentials';
import { LifecycleStore } from '../../../nodes/LifecycleStore/LifecycleStore.node';
import { ResendSend } from '../../../nodes/ResendSend/ResendSend.node';
import { groupKeyOf } from '../../../services/intake';
import type { MarkedMessage, SequenceDefinition, Store } from '../../../store';
import { executeNode, loadOptionsContext, type NodeSetup } from '../../support/execute-node';
import {
  startHttpServer,
  type Answer,
  type ReceivedRequest,
  type TestServer,
} from '../../support/http-server';
import { sequence, step } from '../../support/sequences';
import { storeCredential } from '../../support/store-credential';
import { useStore } from '../../support/store';

const database = useStore();
/** Ahead of the clock, so that nothing depends on it. */
const NOON = '2100-01-04T12:00:00.000Z';
const HELLO = sequence({ steps: [step('Hello')] });

let store: Store;
let resend: TestServer;
let respond: (request: ReceivedRequest) => Answer | 'drop';
let keys = 0;

beforeAll(async () => {
  resend = await startHttpServer((request) => respond(request));
});
beforeEach(async () => {
  store = await database.empty();
  resend.requests.length = 0;
  // Calls with one key share a pace.
  keys += 1;
  respond = ({ body }) => ({
    headers: { 'ratelimit-limit': '1000' },
    body: { data: (body as unknown[]).map((_, index) => ({ id: `mail-${index}` })) },
  });
});
afterAll(() => resend.close());

const setup = (parameters: INodeParameters, rest: Partial<NodeSetup> = {}): NodeSetup => ({
  node: new LifecycleStore(),
  parameters: { resource: 'message', ...parameters },
  credentials: [storeCredential(database.url())],
  ...rest,
});

const outputsOf = (
  parameters: INodeParameters,
  items: IDataObject[] = [{}],
  rest: Partial<NodeSetup> = {},
): Promise<INodeExecutionData[][]> => executeNode(setup(parameters, rest), items);

const jsonOf = (output: INodeExecutionData[] | undefined): IDataObject[] =>
  (output ?? []).map(({ json }) => json);

/** What the first output gives. */
async function run(parameters: INodeParameters, items?: IDataObject[]): Promise<IDataObject[]> {
  return jsonOf((await outputsOf(parameters, items))[0]);
}

async function start(
  names: string[],
  definition: SequenceDefinition = HELLO,
  at: string = NOON,
): Promise<void> {
  const starts = names.map((name) => ({
    email: `${name}@example.com`,
    cause: '1',
    startedAt: new Date(at),
    data: { amount: '19 EUR' },
  }));
  await store.sequences.start(definition, starts, new Date(at));
}

const claim = (dueBy: string = NOON, rest: INodeParameters = {}): Promise<INodeExecutionData[][]> =>
  outputsOf({ operation: 'claimDue', dueBy, ...rest });
const claimed = async (dueBy?: string): Promise<IDataObject[]> => jsonOf((await claim(dueBy))[0]);

/** By the real node, with nothing filled in. */
async function send(items: IDataObject[]): Promise<IDataObject[]> {
  const data = { url: resend.url, apiKey: `key-${keys}`, from: 'Team <team@example.com>' };
  const credentials = [{ type: new LifecycleResendApi(), data }];
  const node = { node: new ResendSend(), parameters: { operation: 'sendBatch' }, credentials };
  return jsonOf((await executeNode(node, items))[0]);
}

const mark = (items: IDataObject[], rest: INodeParameters = {}): Promise<IDataObject[]> =>
  run({ operation: 'mark', ...rest }, items);
const states = async (): Promise<unknown[]> =>
  (await store.messages.find({}, 99)).map(({ state }) => state).sort();

describe('claiming', () => {
  it('gives what Resend Send is preset to, and Mark then records what was sent', async () => {
    await start(
      ['ada', 'bob'],
      sequence({ replyTo: 'help@example.com', steps: [step('Hello'), step('Bye')] }),
    );
    await store.customers.upsert({ email: 'ada@example.com', name: 'Ada Lovelace' });
    const [due = [], nothing] = await claim();
    expect(nothing).toEqual([]);
    expect(due).toHaveLength(4);
    expect(due.map(({ pairedItem }) => pairedItem)).toEqual(due.map(() => ({ item: 0 })));
    const of = due.find(({ json }) => (json.message as IDataObject).to === 'ada@example.com');
    const link = expect.stringMatching(
      /^https:\/\/n8n\.example\.com\/webhook\/email-preferences\?token=[\w.~%-]+$/,
    );
    expect(of?.json).toEqual({
      message: {
        id: expect.stringMatching(/^\d+$/),
        lease: expect.any(String),
        batchKey: expect.any(String),
        ...{ sequence: 'Welcome', step: 'Hello', variant: null, kind: 'marketing' },
        ...{ from: 'Ada <ada@example.com>', replyTo: 'help@example.com', to: 'ada@example.com' },
        ...{ subject: 'Hello subject', preheader: '', body: 'Hello body' },
        customer: {
          ...{ email: 'ada@example.com', name: 'Ada Lovelace', firstName: 'Ada', lastName: 'Lovelace' },
          ...{ tier: null, stage: expect.any(String) },
        },
        data: { amount: '19 EUR' },
        ...{ sentAt: NOON, timeZone: 'UTC' },
        unsubscribeUrl: link,
        preferencesUrl: link,
      },
    });

    const sent = await send(jsonOf(due));
    expect(resend.requests).toHaveLength(1);
    expect(resend.requests[0]?.body).toMatchObject([
      { from: 'Ada <ada@example.com>', reply_to: ['help@example.com'], tags: [{ value: 'Welcome' }, {}, {}] },
      {},
      {},
      {},
    ]);
    const marked = await mark(sent);
    expect(marked).toEqual(
      sent.map(({ message }, index) => ({
        message: (message as IDataObject).id,
        state: 'sent',
        ...{ mail: `mail-${index}`, nextTryAt: null, reason: null },
      })),
    );
    expect(await states()).toEqual(['sent', 'sent', 'sent', 'sent']);
    const [found] = await store.messages.find({ email: 'ada@example.com' }, 1);
    expect(found).toMatchObject({ providerId: expect.stringMatching(/^mail-\d$/), sentAt: new Date(NOON) });
  });

  it('leaves the sender to the credential, and has no unsubscribe link in what is transactional', async () => {
    await start(['ada'], { ...HELLO, kind: 'transactional', from: null });
    const [item] = await claimed();
    expect(item?.message).toMatchObject({
      ...{ from: null, kind: 'transactional', unsubscribeUrl: null },
      preferencesUrl: expect.stringContaining('token='),
    });
    expect(await mark(await send([item ?? {}]))).toMatchObject([{ state: 'sent' }]);
    expect(resend.requests[0]?.text).not.toContain('List-Unsubscribe');
    expect(resend.requests[0]?.body).toMatchObject([{ from: 'Team <team@example.com>' }]);
  });

  it('has no links without a page that they could lead to, and adds to a query that the page has', async () => {
    await start(['ada'], { ...HELLO, preferencesPage: null });
    await start(['bob'], { ...HELLO, preferencesPage: 'https://example.com/p?lang=de' });
    const messages = (await claimed()).map(({ message }) => message as IDataObject);
    const byTo = new Map(messages.map((message) => [message.to, message]));
    expect(byTo.get('ada@example.com')).toMatchObject({ unsubscribeUrl: null, preferencesUrl: null });
    expect(byTo.get('bob@example.com')?.preferencesUrl).toMatch(/^https:\/\/example\.com\/p\?lang=de&token=/);
  });

  it('leaves by its other output when nothing is due, with what was dropped instead', async () => {
    await start(['ada', 'bob']);
    expect(jsonOf((await claim('2100-01-04T11:59:00Z'))[1])).toEqual([{ sent: 0, dropped: 0, postponed: 0 }]);
    await store.suppressions.add('ada@example.com', null);
    await store.suppressions.add('bob@example.com', null);
    const [due, nothing] = await claim();
    expect(due).toEqual([]);
    expect(jsonOf(nothing)).toEqual([{ sent: 0, dropped: 2, postponed: 0 }]);
    expect(await states()).toEqual(['dropped', 'dropped']);
  });

  it('gives no more than is wanted at once, and nobody more than is wanted in a day', async () => {
    await start(['ada', 'bob'], sequence({ steps: [step('One'), step('Two'), step('Three')] }));
    expect((await claim(NOON, { mostMails: 1, mostMarketingPerDay: 1 }))[0]).toHaveLength(1);
    const [rest = []] = await claim(NOON, { mostMarketingPerDay: 1 });
    expect(rest).toHaveLength(1);
    expect(await states()).toEqual(['dropped', 'dropped', 'dropped', 'dropped', 'sending', 'sending']);
  });

  it('reads a time without a zone as one of the workflow, and refuses what is no time', async () => {
    await start(['ada']);
    expect((await claim('2100-01-04T12:00:00'))[0]).toHaveLength(1);
    await expect(claim('soon')).rejects.toThrow('"Due By" is no time. Use one like 2026-01-31T10:00:00Z.');
    expect((await claim('={{ $now }}'))[0]).toEqual([]);
  });

  it('claims nothing in the editor, and says how many are due, however many come later', async () => {
    await start(['ada', 'bob']);
    await start(['c', 'd', 'e'], HELLO, '2100-02-01T12:00:00Z');
    const parameters = { operation: 'claimDue', dueBy: NOON, mostMails: 2 };
    const [due, nothing] = await outputsOf(parameters, [{}], { mode: 'manual' });
    expect(due).toEqual([]);
    expect(jsonOf(nothing)).toEqual([{ note: 'In the editor nothing is claimed or sent.', due: 2 }]);
    expect(await states()).toEqual(['planned', 'planned', 'planned', 'planned', 'planned']);
  });

  it('gives nothing while the quota is used up, and goes on after that', async () => {
    const now = new Date().toISOString();
    await start(['ada'], HELLO, now);
    const body = { statusCode: 429, name: 'daily_quota_exceeded', message: 'used up' };
    respond = () => ({ status: 429, headers: { 'retry-after': '3600' }, body });
    const sent = await send(await claimed(now));
    await expect(mark(sent)).rejects.toThrow(/^1 of 1 mails were not sent; they are tried again at .*quota/);
    await start(['bob'], HELLO, now);
    const [due, nothing] = await claim(new Date().toISOString());
    expect(due).toEqual([]);
    expect(jsonOf(nothing)).toEqual([
      {
        ...{ sent: 0, dropped: 0, postponed: 0 },
        pausedUntil: (sent[0]?.failure as IDataObject).retryAt,
        reason: expect.stringContaining('daily quota'),
      },
    ]);
    const later = new Date(Date.now() + 2 * 3_600_000).toISOString();
    expect(await claimed(later)).toHaveLength(2);
  });
});

describe('marking', () => {
  it('keeps a single refused mail as failed, without failing the run', async () => {
    await start(['ada', 'bob']);
    respond = () => ({
      body: { data: [{ id: 'mail-1' }], errors: [{ index: 1, message: 'Invalid `to` field.' }] },
    });
    const marked = await mark(await send(await claimed()));
    expect(marked).toMatchObject([
      { state: 'sent', mail: 'mail-1', reason: null },
      {
        state: 'failed',
        mail: null,
        nextTryAt: null,
        reason: expect.stringContaining('Invalid `to` field.'),
      },
    ]);
    expect((await claim('2100-01-05T12:00:00Z'))[0]).toEqual([]);
  });

  it('fails the run when a whole batch failed, and says why and when it is tried again', async () => {
    await start(['ada', 'bob']);
    respond = () => 'drop';
    const sent = await send(await claimed());
    await expect(mark(sent)).rejects.toThrow(
      /^2 of 2 mails were not sent; they are tried again at 2100-01-04T12:01:00.000Z\. Resend /,
    );
    expect(await states()).toEqual(['sending', 'sending']);
    const [first] = resend.requests;
    respond = ({ body }) => ({ body: { data: (body as unknown[]).map(() => ({ id: 'late' })) } });
    const again = await send(await claimed('2100-01-04T12:01:00Z'));
    const last = resend.requests.at(-1);
    expect(last?.text).toBe(first?.text);
    expect(last?.headers['idempotency-key']).toBe(first?.headers['idempotency-key']);
    expect(await mark(again)).toMatchObject([{ state: 'sent' }, { state: 'sent' }]);
  });

  it('only reports it where the run is not to fail', async () => {
    await start(['ada']);
    respond = () => 'drop';
    const marked = await mark(await send(await claimed()), { failRun: false });
    expect(marked).toMatchObject([
      { state: 'sending', mail: null, nextTryAt: '2100-01-04T12:01:00.000Z', reason: expect.any(String) },
    ]);
  });

  it('tries again what no node has sent', async () => {
    await start(['ada']);
    const items = await claimed();
    await expect(mark(items)).rejects.toThrow('No node between "Claim Due" and "Mark" has sent it.');
    expect(await store.messages.find({}, 9)).toMatchObject([
      { state: 'planned', dueAt: new Date('2100-01-04T12:01:00Z') },
    ]);
  });

  it('never sends again what was sent before', async () => {
    await start(['ada']);
    const body = { statusCode: 409, name: 'invalid_idempotent_request', message: 'no' };
    respond = () => ({ status: 409, body });
    expect(await mark(await send(await claimed()))).toMatchObject([{ state: 'unknown', nextTryAt: null }]);
    expect((await claim('2100-01-05T12:00:00Z'))[0]).toEqual([]);
  });

  it('keeps what is known, and tells of items that carry no mail', async () => {
    await start(['ada']);
    const sent = await send(await claimed());
    const strange = { mail: { id: 'x' }, message: { id: 7 } };
    await expect(mark([{}, ...sent, strange])).rejects.toThrow(
      '2 of 3 items carry no mail of "Claim Due", so nothing is known of them.',
    );
    expect(await states()).toEqual(['sent']);
  });

  it('says that somebody was erased meanwhile', async () => {
    await start(['ada']);
    const items = await send(await claimed());
    await store.privacy.erase('ada@example.com');
    const dropped: Pick<MarkedMessage, 'state' | 'reason'> = {
      state: 'dropped',
      reason: expect.stringMatching(/erased/) as unknown as string,
    };
    expect(await mark(items)).toMatchObject([dropped]);
  });
});

describe('engagement', () => {
  const AT = '2100-01-04T13:00:00.000Z';

  /** An item as the trigger gives it, for an event that Resend sent. */
  async function heard(
    type: string,
    data: IDataObject,
    delivery: IDataObject = { id: '1', lease: 'lease', attempt: 1 },
  ): Promise<IDataObject> {
    const payload = { type, created_at: AT, data: { to: ['ada@example.com'], ...data } };
    const externalId = `msg_${Math.random()}`;
    const stored = { source: 'resend', type, externalId, payload } as const;
    const groupKey = groupKeyOf('email', 'ada@example.com');
    const { id } = await store.events.accept({ ...stored, occurredAt: new Date(AT), groupKey });
    return { event: { ...stored, id, occurredAt: AT }, delivery };
  }

  const record = (items: IDataObject[]): Promise<INodeExecutionData[][]> =>
    outputsOf({ operation: 'recordEngagement' }, items);

  const sent = async (): Promise<IDataObject> => {
    await start(['ada']);
    const [item] = await send(await claimed());
    await mark([item ?? {}]);
    return item?.message as IDataObject;
  };
  const BOUNCE = {
    email_id: 'mail-0',
    bounce: { type: 'Permanent', subType: 'General', message: 'No such user.' },
  };

  it('is kept with the mail, and says which one it was', async () => {
    const { id } = await sent();
    const click = { email_id: 'mail-0', click: { link: 'https://example.com/a', timestamp: AT } };
    const items = [await heard('email.clicked', click), await heard('email.opened', { email_id: 'mail-0' })];
    const [recorded, suppressed] = await record(items);
    expect(suppressed).toEqual([]);
    const message = { id, sequence: 'Welcome', step: 'Hello', email: 'ada@example.com' };
    expect(jsonOf(recorded)).toMatchObject([
      {
        engagement: {
          ...{
            kind: 'clicked',
            at: AT,
            email: 'ada@example.com',
            link: 'https://example.com/a',
            detail: null,
          },
          message,
        },
        outcomes: [{ service: 'Lifecycle Store', action: '"Hello" of Welcome: clicked', id }],
      },
      { engagement: { kind: 'opened', message } },
    ]);
    expect(await store.messages.find({}, 9)).toMatchObject([
      { engagement: 'clicked', engagedAt: new Date(AT) },
    ]);
  });

  it.each<[string, string, IDataObject, string]>([
    ['a bounce for good', 'email.bounced', BOUNCE, 'bounced'],
    ['a complaint', 'email.complained', { email_id: 'mail-0' }, 'complained'],
  ])(
    'leaves by "Suppressed" after %s, and nothing is sent there any more',
    async (_case, type, data, reason) => {
      await sent();
      const [recorded, [item] = []] = await record([await heard(type, data)]);
      expect(recorded).toEqual([]);
      expect(item?.json.outcomes).toMatchObject([
        { action: `"Hello" of Welcome: ${reason}` },
        { action: `address suppressed: ${reason}` },
      ]);
      expect(await store.suppressions.find('ada@example.com', 9)).toMatchObject([{ reason }]);
    },
  );

  it('is kept of a mail that belongs to no sequence, and of a bounce that may heal', async () => {
    const transient = { email_id: 'other', bounce: { type: 'Transient', subType: 'MailboxFull' } };
    const [[item] = [], suppressed] = await record([await heard('email.bounced', transient)]);
    expect(suppressed).toEqual([]);
    expect(item?.json).toMatchObject({
      engagement: { kind: 'bounced', message: null, detail: 'Transient, MailboxFull' },
      outcomes: [{ action: 'an e-mail: bounced' }],
    });
    expect(await store.suppressions.find(undefined, 9)).toEqual([]);
  });

  it('keeps nothing of what is tried in the editor, and shows where it would go', async () => {
    await sent();
    const item = await heard('email.bounced', BOUNCE, { id: 'test', lease: 'test', attempt: 1 });
    const [, [shown] = []] = await record([item]);
    expect(shown?.json).toMatchObject({ engagement: { kind: 'bounced', email: 'ada@example.com' } });
    expect(shown?.json.outcomes).toBeUndefined();
    expect(await store.suppressions.find(undefined, 9)).toEqual([]);
    expect(await store.messages.find({}, 9)).toMatchObject([{ engagement: null }]);
  });

  it('says what it cannot use, on that item alone', async () => {
    await sent();
    const items = [
      await heard('email.scheduled', { email_id: 'mail-0' }),
      await heard('email.opened', {}),
      { ...(await heard('email.opened', { email_id: 'mail-0' })), event: undefined },
      await heard('email.opened', { email_id: 'mail-0' }),
    ];
    const [recorded = []] = await record(items);
    expect(recorded.map(({ json }) => (json.failure as IDataObject | undefined)?.message)).toEqual([
      expect.stringMatching(/^There is nothing to record: the event "resend:email.scheduled" does not say/),
      expect.stringMatching(/^There is nothing to record: the event "resend:email.opened"/),
      expect.stringMatching(/^The item carries no event\./),
      undefined,
    ]);
    expect(recorded[0]?.json.failure).toMatchObject({ retryable: false });
    expect(recorded[3]?.json.engagement).toMatchObject({ kind: 'opened' });
  });
});

describe('finding', () => {
  it('lists mails by customer, sequence and state, with times as texts', async () => {
    await start(['ada', 'bob']);
    await start(['ada'], sequence({ name: 'Tips', steps: [step('Tip')] }), '2100-02-01T12:00:00Z');
    await store.sequences.end('bob@example.com', undefined, 'test');
    const found = async (parameters: INodeParameters): Promise<unknown[]> =>
      (await run({ operation: 'find', ...parameters })).map(({ email, step: name }) => `${email} ${name}`);
    expect(await found({})).toHaveLength(3);
    expect(await found({ email: ' ADA@example.com' })).toEqual([
      'ada@example.com Tip',
      'ada@example.com Hello',
    ]);
    expect(await found({ sequence: 'Tips' })).toEqual(['ada@example.com Tip']);
    expect(await found({ states: ['dropped', 'sent'] })).toEqual(['bob@example.com Hello']);
    expect(await found({ limit: 1 })).toHaveLength(1);
    const [row] = await run({ operation: 'find', sequence: 'Tips' });
    expect(row).toMatchObject({
      ...{ subject: 'Tip subject', kind: 'marketing', state: 'planned', cause: '1' },
      ...{ dueAt: '2100-02-01T12:00:00.000Z', sentAt: null, engagement: null },
    });
  });

  it('shows the other text of a mail whose wait was in vain', async () => {
    const other = { subject: 'Still there?', preheader: '', body: 'Hello?' };
    const wait = { events: ['app:user.loggedIn'], whenTimeIsUp: 'sendOther', other } as const;
    await start(['ada'], sequence({ steps: [step('Hello', { delay: 1, wait })] }));
    expect(await run({ operation: 'find' })).toMatchObject([{ state: 'waiting', subject: 'Hello subject' }]);
    const [item] = await claimed('2100-01-04T12:05:00Z');
    expect(item?.message).toMatchObject({ subject: 'Still there?' });
    expect(await run({ operation: 'find' })).toMatchObject([{ subject: 'Still there?' }]);
  });

  it('lists sequences with how they go', async () => {
    await start(['ada', 'bob'], sequence({ steps: [step('Hello'), step('Tips', { delay: 2 })] }));
    await start(['ada'], sequence({ name: 'Dunning', kind: 'transactional', topic: null }));
    await mark(await send(await claimed()));
    const rows = await run({ resource: 'sequence', operation: 'find' });
    const none = { opened: 0, clicked: 0, dropped: 0, failed: 0 };
    expect(rows).toEqual([
      {
        ...{ name: 'Dunning', kind: 'transactional', topic: null, entered: 1, underWay: 1 },
        ...{ planned: 1, sent: 1, ...none },
      },
      {
        ...{ name: 'Welcome', kind: 'marketing', topic: 'Tips', entered: 2, underWay: 2 },
        ...{ planned: 2, sent: 2, ...none },
      },
    ]);
    expect(await run({ resource: 'sequence', operation: 'find', limit: 1 })).toHaveLength(1);
  });

  it('offers the sequences in a drop-down', async () => {
    await start(['ada']);
    const { getSequences } = new LifecycleStore().methods.loadOptions;
    expect(await getSequences.call(loadOptionsContext(setup({})))).toEqual([
      { name: 'All Sequences', value: '' },
      { name: 'Welcome', value: 'Welcome' },
    ]);
  });
});

describe('suppressions', () => {
  const on = (operation: string, rest: INodeParameters = {}, items?: IDataObject[]): Promise<IDataObject[]> =>
    run({ resource: 'suppression', operation, ...rest }, items);

  it('are added by hand, found in whatever spelling, and lifted', async () => {
    const ada = [{ customer: { email: ' ADA@example.com' } }, { customer: { email: 'bob@example.com' } }];
    expect(await on('add', { note: ' on the phone ' }, ada)).toMatchObject(
      [1, 2].map(() => ({ suppressed: true, outcomes: [{ action: 'address suppressed' }] })),
    );
    const email = 'Ada@Example.com';
    expect(await on('find', { email })).toEqual([
      {
        ...{ email: 'ada@example.com', reason: 'byHand', detail: 'on the phone' },
        suppressedAt: expect.stringMatching(/^\d{4}-.*Z$/),
      },
    ]);
    expect(await on('find', { email: '' })).toHaveLength(2);
    expect(await on('find', { email: '', limit: 1 })).toHaveLength(1);
    expect(await on('delete', { email })).toMatchObject([
      { suppressed: false, wasSuppressed: true, outcomes: [{ action: 'address not suppressed any more' }] },
    ]);
    expect(await on('delete', { email })).toMatchObject([
      { wasSuppressed: false, outcomes: [{ action: 'address was not suppressed' }] },
    ]);
    expect(await on('find', { email })).toEqual([]);
  });

  it('keep the first reason', async () => {
    await on('add', { email: 'ada@example.com', note: '' });
    await on('add', { email: 'ada@example.com', note: 'again' });
    expect(await on('find', { email: '' })).toMatchObject([{ detail: null }]);
  });

  it.each(['add', 'delete'])('say that there is no address to %s', async (operation) => {
    await expect(on(operation, { email: ' ' })).rejects.toThrow('"Email" is empty.');
  });
});
