import { beforeEach, describe, expect, it } from '@jest/globals';
import { DateTime } from 'luxon';
import type { IDataObject, INodeExecutionData, INodeParameters } from 'n8n-workflow';
import { EmailSequence } from '../../../nodes/EmailSequence/EmailSequence.node';
import { groupKeyOf } from '../../../services/intake';
import type { FoundMessage, NewEvent, Store } from '../../../store';
import { executeNode, loadOptionsContext, type NodeSetup } from '../../support/execute-node';
import { storeCredential } from '../../support/store-credential';
import { useStore } from '../../support/store';

const database = useStore();
let store: Store;

beforeEach(async () => {
  store = await database.empty();
});

const MONDAY = '2026-02-02T12:00:00.000Z';
const HELLO = { name: 'Hello', subject: 'Welcome', body: 'Good to see you.' };
const TIPS = { name: 'Tips', delay: 2, subject: 'First tip', body: 'Try this.' };
const LINE_2 = { subject: 'Hi', body: 'Hello,\n{{ customer.fistName }}' };

/** A sequence of these mails at any hour, for everybody, with what tests do not care about. */
const definition = (mails: IDataObject[], rest: INodeParameters = {}): INodeParameters => ({
  sequence: 'Welcome',
  audience: 'everybody',
  quietHours: false,
  steps: { step: mails } as INodeParameters,
  ...rest,
});
const TWO_MAILS = definition([HELLO, TIPS]);

const item = (email: string, externalId = '1', rest: IDataObject = {}): IDataObject => ({
  customer: { email },
  event: { id: '1', source: 'app', externalId, occurredAt: MONDAY },
  delivery: { id: '1', lease: 'lease', attempt: 1 },
  ...rest,
});
/** As the trigger gives it in the editor. */
const tried = (email: string): IDataObject =>
  item(email, '1', { delivery: { id: 'test', lease: 'test', attempt: 1 } });

const setup = (parameters: INodeParameters, rest: Partial<NodeSetup> = {}): NodeSetup => ({
  node: new EmailSequence(),
  parameters,
  credentials: [storeCredential(database.url())],
  ...rest,
});

const run = (
  parameters: INodeParameters,
  items: IDataObject[],
  rest: Partial<NodeSetup> = {},
): Promise<INodeExecutionData[][]> => executeNode(setup(parameters, rest), items);

/** What the node made of one item, by whatever output. */
async function one(
  parameters: INodeParameters,
  given: IDataObject,
  rest: Partial<NodeSetup> = {},
): Promise<INodeExecutionData> {
  const [only] = (await run(parameters, [given], rest)).flat();
  if (!only) throw new Error('the node gave no item');
  return only;
}

const planned = (): Promise<FoundMessage[]> => store.messages.find({}, 500);
const html = ({ binary }: INodeExecutionData, name: string): string =>
  Buffer.from(binary?.[name]?.data ?? '', 'base64').toString();

describe('starting', () => {
  it('plans the mails of many customers at once, and says for each what comes when', async () => {
    const items = Array.from({ length: 120 }, (_, index) => item(`c${index}@example.com`, `${index}`));
    const [started = [], notStarted] = await run(TWO_MAILS, items);
    expect(started).toHaveLength(120);
    expect(notStarted).toEqual([]);
    expect(started[7]).toMatchObject({
      pairedItem: { item: 7 },
      json: {
        customer: { email: 'c7@example.com' },
        sequence: {
          name: 'Welcome',
          started: true,
          id: expect.stringMatching(/^\d+$/),
          mails: [
            { mail: 'Hello', state: 'planned', dueAt: MONDAY, subject: 'Welcome' },
            { mail: 'Tips', state: 'planned', dueAt: '2026-02-04T12:00:00.000Z', subject: 'First tip' },
          ],
        },
        outcomes: [{ service: 'Email Sequence', action: 'Welcome started: 2 mails planned' }],
      },
    });
    expect(await planned()).toHaveLength(240);
  });

  it('lets a customer enter once for a cause, in one run and in the next, however the sequence was edited', async () => {
    const again = [item('ada@example.com'), item('ADA@example.com '), item('ada@example.com', '2')];
    const [started, notStarted] = await run(TWO_MAILS, again);
    expect(started?.map(({ pairedItem }) => pairedItem)).toEqual([{ item: 0 }, { item: 2 }]);
    expect(notStarted).toMatchObject([
      {
        pairedItem: { item: 1 },
        json: {
          sequence: {
            name: 'Welcome',
            started: false,
            reason: 'the customer has entered it for this cause before',
          },
          outcomes: [{ action: expect.stringMatching(/^Welcome not started: .* before$/) }],
        },
      },
    ]);
    const edited = definition([{ ...HELLO, body: 'Edited.' }]);
    expect((await run(edited, [item('ada@example.com')]))[0]).toEqual([]);
    expect(await planned()).toHaveLength(4);
  });

  it('makes customers who are not known, and starts nothing for somebody without an address', async () => {
    const [[ada] = [], [nobody] = []] = await run(TWO_MAILS, [item(' Ada@Example.com'), { ...item('') }]);
    expect(ada?.json.sequence).toMatchObject({ started: true });
    expect(await store.customers.get('ada@example.com')).toMatchObject({ email: 'ada@example.com' });
    expect(nobody?.json.sequence).toMatchObject({ reason: 'the customer has no e-mail address' });
  });

  it.each<[string, string, INodeParameters]>([
    ['who has not agreed', 'the customer has not agreed to marketing', { audience: 'consented' }],
    ['who has not confirmed', 'the customer has not confirmed the subscription', { audience: 'confirmed' }],
    ['whose address is suppressed', 'the address is suppressed', { audience: 'everybody' }],
    ['suppressed, though it is transactional', 'the address is suppressed', { kind: 'transactional' }],
  ])('leaves out somebody %s', async (_case, reason, parameters) => {
    if (reason.includes('suppressed')) await store.suppressions.add('ada@example.com', null);
    const outputs = await run({ ...TWO_MAILS, ...parameters }, [item('ada@example.com')]);
    expect(outputs).toMatchObject([[], [{ json: { sequence: { started: false, reason } } }]]);
    expect(await planned()).toEqual([]);
  });

  it('writes to customers about what they bought, whatever they want of marketing', async () => {
    const transactional = { ...TWO_MAILS, kind: 'transactional' };
    expect((await one(transactional, item('ada@example.com'))).json.sequence).toMatchObject({
      started: true,
    });
    expect(await planned()).toMatchObject([{ kind: 'transactional' }, { kind: 'transactional' }]);
  });

  it('brings nobody back who was erased after the event, and lets the others start', async () => {
    const event: NewEvent = {
      source: 'app',
      type: 'user.registered',
      externalId: '1',
      occurredAt: new Date(MONDAY),
      groupKey: groupKeyOf('email', 'ada@example.com'),
      payload: { data: { email: 'ada@example.com' } },
    };
    const { id } = await store.events.accept(event);
    await store.customers.record([{ source: 'app', email: 'ada@example.com', eventId: id }]);
    await store.privacy.erase('ada@example.com');
    const ada = item('ada@example.com', '1', {
      event: { id, source: 'app', externalId: '1', occurredAt: MONDAY },
    });
    const [[erased, bob] = []] = await run(TWO_MAILS, [ada, item('bob@example.com', '2')]);
    expect(erased?.json).toMatchObject({
      failure: { message: expect.stringMatching(/erased/), retryable: false },
    });
    expect(erased?.json.sequence).toBeUndefined();
    expect(bob?.json.sequence).toMatchObject({ started: true });
    expect(await store.customers.get('ada@example.com')).toBeUndefined();
  });

  it('keeps data for the templates, of whatever kind', async () => {
    const value = [
      { name: ' amount ', value: '={{ $json.amount }}' },
      { name: 'paid', value: '={{ $json.paid }}' },
      { name: 'missing', value: '={{ $json.nothing }}' },
      { name: '__proto__', value: 'x' },
    ];
    const given = item('ada@example.com', '1', { amount: 19, paid: { at: 'noon' } });
    await one({ ...TWO_MAILS, data: { value } }, given);
    const [entry] = await database.sql('select data from lifecycle.sequence_entry');
    const kept = JSON.parse('{"amount":19,"paid":{"at":"noon"},"missing":null,"__proto__":"x"}') as unknown;
    expect(entry?.data).toEqual(kept);
  });

  it('tells of a name that no template could use, on its item alone', async () => {
    const data = { value: [{ name: '={{ $json.field }}', value: '1' }] };
    const items = [
      item('a@example.com', '1', { field: 'my amount' }),
      item('b@example.com', '2', { field: 'ok' }),
    ];
    const [[wrong, right] = []] = await run({ ...TWO_MAILS, data }, items);
    expect(wrong?.json.failure).toMatchObject({
      message: '"Data for the Templates": "my amount" cannot be a name. Use letters, digits and underscores.',
      retryable: false,
    });
    expect(right?.json.sequence).toMatchObject({ started: true });
  });

  it.each<[string, unknown, string]>([
    ['a Date', new Date(MONDAY), MONDAY],
    ['a time of Luxon', DateTime.fromISO(MONDAY, { zone: 'Asia/Tokyo' }), MONDAY],
    ['a time with an offset', '2026-02-02T13:00:00+01:00', MONDAY],
    ['a time without a zone', '2026-02-02T12:00:00', MONDAY],
    ['as databases write it', '2026-02-02 12:00:00+00', MONDAY],
    ['a day', '2026-02-02', '2026-02-02T00:00:00.000Z'],
  ])('counts from %s', async (_case, moment, dueAt) => {
    const startsAt = '={{ $json.moment }}';
    const given = item('ada@example.com', '1', { moment: moment as string });
    const { json } = await one({ ...TWO_MAILS, startsAt }, given);
    expect(json.sequence).toMatchObject({ mails: [{ dueAt }, {}] });
  });

  it('counts from the present by an expression of n8n', async () => {
    const before = Date.now();
    const { json } = await one({ ...TWO_MAILS, startsAt: '={{ $now }}' }, item('ada@example.com'));
    const { mails } = json.sequence as { mails: Array<{ dueAt: string }> };
    expect(Date.parse(mails[0]?.dueAt ?? '')).toBeGreaterThanOrEqual(before);
  });

  it.each<[string, unknown]>([
    ['nothing', undefined],
    ['a text', 'tomorrow'],
    ['a number', 1_770_033_600],
    ['a day that does not exist', '2026-02-30'],
    ['a Date that is none', new Date(Number.NaN)],
    ['a time of Luxon that is none', DateTime.invalid('test')],
  ])('says that "Counted From" is no time when it is %s', async (_case, moment) => {
    const given = item('ada@example.com', '1', { moment: moment as string });
    const { json } = await one({ ...TWO_MAILS, startsAt: '={{ $json.moment }}' }, given);
    expect(json.failure).toMatchObject({ message: expect.stringMatching(/^"Counted From" is no time\./) });
    expect(await planned()).toEqual([]);
  });

  it('says which cause is incomplete, and fails the run of an item that is no event', async () => {
    const given = { customer: { email: 'ada@example.com' }, event: { occurredAt: MONDAY } };
    await expect(run(TWO_MAILS, [given])).rejects.toThrow('"Cause" is incomplete');
    const [[kept] = []] = await run(TWO_MAILS, [given], { continueOnFail: true });
    expect(kept?.json.error).toMatch(/"Cause" is incomplete/);
  });

  it('passes an item on untouched that has failed before', async () => {
    const failed = item('ada@example.com', '1', { failure: { message: 'before' } });
    expect(await run(TWO_MAILS, [failed])).toEqual([[{ json: failed, pairedItem: { item: 0 } }], []]);
    expect(await planned()).toEqual([]);
  });

  it('keeps a first mail from before the moment, and leaves out one for which it is too late', async () => {
    const mails = [{ ...HELLO, delay: -3, unit: 'days' }, TIPS];
    const soon = DateTime.utc().plus({ days: 10 });
    const startsAt = '={{ $json.trialEndsAt }}';
    const given = (moment: DateTime, cause: string) =>
      item('ada@example.com', cause, { trialEndsAt: moment.toISO() });
    const ahead = await one(definition(mails, { startsAt }), given(soon, '1'));
    expect(ahead.json.sequence).toMatchObject({
      mails: [{ state: 'planned', dueAt: soon.minus({ days: 3 }).toISO() }, { state: 'planned' }],
    });
    const late = await one(definition(mails, { startsAt }), given(DateTime.utc(), '2'));
    expect(late.json).toMatchObject({
      sequence: {
        mails: [{ state: 'dropped', reason: expect.stringMatching(/too late/) }, { state: 'planned' }],
      },
      outcomes: [{ action: 'Welcome started: 1 mails planned' }],
    });
  });
});

describe('the definition', () => {
  const only = (rest: IDataObject): INodeParameters => definition([{ ...HELLO, ...rest }]);
  const text = { name: 'B', subject: 'Other' };

  it('is refused before anybody enters, whatever is wrong with it', async () => {
    const wrong: Array<[string, INodeParameters]> = [
      ['"Sequence" is empty. Give the sequence a name.', { ...TWO_MAILS, sequence: ' ' }],
      ['There is no mail in the sequence. Add at least one.', definition([])],
      ['There is no mail in the sequence. Add at least one.', { ...TWO_MAILS, steps: {} }],
      [
        'There are 51 mails in the sequence; at most 50 are possible.',
        definition(Array.from({ length: 51 }, (_, index) => ({ ...HELLO, name: `m${index}` }))),
      ],
      ['Mail 2: "Name" is empty.', definition([HELLO, { ...TIPS, name: ' ' }])],
      ['Mail 1: "Delay" is no number.', only({ delay: 'two' })],
      ['Mail 1: "Time of Day" is no time of day, like 10:00.', only({ timeOfDay: '25:00' })],
      ['Mail 1: "Time of Day" is no time of day, like 10:00.', only({ timeOfDay: '9:00' })],
      ['Mail 1: "Weekdays" has one that is no number from 1', only({ weekdays: [8] })],
      ['Mail 1: "Weekdays" has one that is no number from 1', only({ weekdays: ['Monday'] })],
      [
        'Mail 1: another text has a "Weight" that is no number from 1 on.',
        only({ variants: { variant: [{ ...text, weight: 0 }] } }),
      ],
      [
        'Two mails are called "Hello". Their names have to differ.',
        definition([HELLO, { ...TIPS, name: ' Hello ' }]),
      ],
      [
        'Mail "Tips": only the delay of the first mail can be below 0.',
        definition([HELLO, { ...TIPS, delay: -1 }]),
      ],
      [
        'Mail "Hello": it waits for something for as long as "Delay" says, which has to be above 0.',
        only({ waitFor: ['app:user.loggedIn'] }),
      ],
      ['Mail "Hello": "Delay" is longer than 10 years.', only({ delay: 1e12, unit: 'weeks' })],
      ['Mail "Hello" has no subject.', only({ subject: '' })],
      ['Mail "Hello" has no body.', only({ body: ' \n' })],
      [
        'Mail "Hello" has two texts called "B". Their names have to differ.',
        only({ variants: { variant: [text, text] } }),
      ],
      ['Mail "Hello", body, line 2: there is no "customer.fistName"', only(LINE_2)],
      [
        'Mail "Hello", subject, line 1: there is no filter "upcas"',
        only({ subject: '{{ data.a | upcas }}' }),
      ],
      ['Mail "Hello", preheader, line 1: ', only({ preheader: '{% if %}' })],
      [
        'Mail "Hello", body, line 2: there is no "customer.fistName"',
        only({ variants: { variant: [{ ...text, body: LINE_2.body }] } }),
      ],
      [
        'Mail "Hello", body, line 2: there is no "customer.fistName"',
        only({
          delay: 1,
          waitFor: ['app:user.loggedIn'],
          whenTimeIsUp: 'sendOther',
          other: { text: LINE_2 },
        }),
      ],
      [
        '"Quiet From" and "Quiet Until" have to be times of day, like 21:00.',
        { ...TWO_MAILS, quietHours: true, quietFrom: 'nine' },
      ],
      [
        '"Quiet From" and "Quiet Until" have to be times of day, like 21:00.',
        { ...TWO_MAILS, quietHours: true, quietTo: '24:00' },
      ],
      [
        '"Time Zone": there is none called "Europe/Berlinn". Choose one from the list.',
        { ...TWO_MAILS, options: { timeZone: 'Europe/Berlinn' } },
      ],
    ];
    const items = [item('ada@example.com'), item('bob@example.com', '2')];
    const told = wrong.map(([, parameters]) =>
      run(parameters, items).then(
        () => 'it was started',
        (error: Error) => error.message,
      ),
    );
    expect(await Promise.all(told)).toEqual(wrong.map(([message]) => expect.stringContaining(message)));
    expect(await planned()).toEqual([]);
    expect(await store.customers.find({}, 9)).toEqual([]);
  });

  /** What the store was given. */
  async function kept(): Promise<IDataObject> {
    const [version] = await database.sql<{ content: IDataObject }>(
      'select content from lifecycle.sequence_version order by id desc limit 1',
    );
    return version?.content ?? {};
  }

  it('fills other texts up from the main one, and gives those without a name a letter', async () => {
    const variants = [
      { subject: 'Short', weight: 3 },
      { name: 'Long', body: 'Much longer.', preheader: 'Read on' },
    ];
    await one(only({ preheader: 'Hi', variants: { variant: variants } }), item('ada@example.com'));
    const { steps } = (await kept()) as { steps: IDataObject[] };
    expect(steps[0]?.variants).toEqual([
      { name: 'A', weight: 1, subject: 'Welcome', preheader: 'Hi', body: 'Good to see you.' },
      { name: 'B', weight: 3, subject: 'Short', preheader: 'Hi', body: 'Good to see you.' },
      { name: 'Long', weight: 1, subject: 'Welcome', preheader: 'Read on', body: 'Much longer.' },
    ]);
  });

  it('gives customers one of the texts by its weight, the same one each time, and says which', async () => {
    const variant = [{ subject: 'Other', weight: 3 }];
    const parameters = only({ variants: { variant } });
    const of = async (cause: string) => {
      const items = Array.from({ length: 80 }, (_, index) => item(`c${index}@example.com`, cause));
      const [started = []] = await run(parameters, items);
      return started.map(({ json }) => (json.sequence as { mails: Array<{ text: string }> }).mails[0]?.text);
    };
    const texts = await of('1');
    expect(await of('2')).toEqual(texts);
    const others = texts.filter((name) => name === 'B').length;
    expect(others).toBeGreaterThan(40);
    expect(others).toBeLessThan(76);
  });

  it('keeps waiting mails, with the text for when it does not happen', async () => {
    const wait = { delay: 3, waitFor: ['app:user.loggedIn'], whenTimeIsUp: 'sendOther' };
    const other = { text: { subject: 'Still there?' } };
    const { json } = await one(
      definition([HELLO, { ...TIPS, ...wait, other }, { ...TIPS, name: 'Last' }]),
      item('ada@example.com'),
    );
    expect(json.sequence).toMatchObject({
      mails: [
        { state: 'planned' },
        { state: 'waiting', dueAt: '2026-02-05T12:00:00.000Z' },
        { state: 'held', dueAt: null },
      ],
    });
    const { steps } = (await kept()) as { steps: IDataObject[] };
    expect(steps[1]?.wait).toEqual({
      events: ['app:user.loggedIn'],
      whenTimeIsUp: 'sendOther',
      other: { subject: 'Still there?', preheader: '', body: 'Try this.' },
    });
  });

  it('says whose topic, sender and pages the mails have', async () => {
    const options = { from: ' Ada <ada@example.com> ', replyTo: 'help@example.com', timeZone: 'Asia/Tokyo' };
    const marketing = {
      topic: 'Tips',
      onlyWhile: ['trial'],
      endsOn: ['app:user.loggedIn'],
      quietHours: true,
    };
    await one({ ...TWO_MAILS, ...marketing, options }, item('ada@example.com'));
    expect(await kept()).toMatchObject({
      ...{ topic: 'Tips', onlyWhile: ['trial'], endsOn: ['app:user.loggedIn'] },
      quietHours: { from: '21:00', to: '08:00' },
      ...{ from: 'Ada <ada@example.com>', replyTo: 'help@example.com', timeZone: 'Asia/Tokyo' },
      preferencesPage: 'https://n8n.example.com/webhook/email-preferences',
    });
    const preferencesPage = 'https://example.com/p';
    await one({ ...TWO_MAILS, kind: 'transactional', options: { preferencesPage } }, item('b@example.com'));
    expect(await kept()).toMatchObject({ topic: null, from: null, replyTo: null, preferencesPage });
  });
});

describe('in the editor', () => {
  /** Without what keeps names from becoming links or markup, or from turning the text around them. */
  const plain = (text: string): string =>
    text
      .replace(/[\u200C\u2066-\u2069]|<\/?bdi>/g, '')
      .replaceAll('&lt;', '<')
      .replaceAll('&gt;', '>');
  const GREETING = {
    name: 'Hello',
    subject: 'Welcome, {{ customer.firstName | default: "you" }}',
    body: 'Hello **{{ customer.name | default: "you" }}**, {{ data.amount }}',
  };
  const data = { value: [{ name: 'amount', value: '19 EUR' }] };

  it('plans nothing and shows each mail for the customer, in their time zone', async () => {
    await store.customers.upsert({ email: 'grace@example.com', name: 'Grace Hopper' });
    await database.sql(`update lifecycle.customer set time_zone = 'Europe/Berlin'`);
    const parameters = definition([GREETING, TIPS], { data, topic: 'Tips' });
    const [[shown] = [], notStarted] = await run(parameters, [tried('Grace@example.com')]);
    expect(notStarted).toEqual([]);
    expect(shown?.json.sequence).toEqual({
      name: 'Welcome',
      preview: 'Nothing is planned or sent from the editor.',
      shownFor: 'Grace Hopper (grace@example.com)',
      timeZone: 'Europe/Berlin',
      mails: [
        { mail: 'Hello', goesOut: 'Mon, 2 Feb 2026, 13:00', subject: 'Welcome, Grace', file: 'mail_1' },
        { mail: 'Tips', goesOut: 'Wed, 4 Feb 2026, 13:00', subject: 'First tip', file: 'mail_2' },
      ],
    });
    expect(shown?.binary).toMatchObject({
      mail_1: { fileName: 'Welcome, Grace.html', mimeType: 'text/html' },
      mail_2: { fileName: 'First tip.html', mimeType: 'text/html' },
    });
    expect(html(shown as INodeExecutionData, 'mail_1')).toMatch(/<strong>Grace Hopper<\/strong>, 19 EUR/);
    expect(html(shown as INodeExecutionData, 'mail_1')).toContain('https://n8n.example.com/webhook/email-');
    expect(await planned()).toEqual([]);
    expect(await store.sequences.find()).toEqual([]);
  });

  it('does the same for items that come from no trigger, but not in a published workflow', async () => {
    const given = item('ada@example.com', '1', { delivery: undefined });
    expect((await one(TWO_MAILS, given, { mode: 'manual' })).json.sequence).toMatchObject({
      preview: expect.any(String),
    });
    expect(await planned()).toEqual([]);
    expect((await one(TWO_MAILS, given)).json.sequence).toMatchObject({ started: true });
  });

  it('takes a sample for somebody who is not known', async () => {
    const shown = await one(definition([GREETING]), tried('nobody@example.com'));
    expect(shown.json.sequence).toMatchObject({
      shownFor: 'Ada Lovelace (ada@example.com), a sample',
      mails: [{ subject: 'Welcome, Ada' }],
    });
    expect(await store.customers.find({}, 9)).toEqual([]);
  });

  it('takes the sample when it is chosen, and then needs nothing of the item', async () => {
    await store.customers.upsert({ email: 'grace@example.com', name: 'Grace Hopper' });
    const parameters = definition([GREETING], { previewWith: 'sample' });
    expect((await one(parameters, tried('grace@example.com'))).json.sequence).toMatchObject({
      mails: [{ subject: 'Welcome, Ada', goesOut: 'Mon, 2 Feb 2026, 12:00' }],
    });
    expect((await one(parameters, {}, { mode: 'manual' })).json.sequence).toMatchObject({
      mails: [{ subject: 'Welcome, Ada' }],
    });
    const wrong = { ...parameters, startsAt: 'tomorrow' };
    await expect(run(wrong, [{}], { mode: 'manual' })).rejects.toThrow('"Counted From" is no time.');
  });

  it('takes a customer who is chosen from the list', async () => {
    await store.customers.upsert({ email: 'grace@example.com', name: 'Grace Hopper' });
    const of = (value: string) =>
      definition([GREETING], {
        previewWith: 'chosen',
        previewCustomer: { __rl: true, mode: 'list', value },
      });
    const shown = await one(of('grace@example.com'), {}, { mode: 'manual' });
    expect(shown.json.sequence).toMatchObject({ mails: [{ subject: 'Welcome, Grace' }] });
    await expect(run(of('eve@example.com'), [{}], { mode: 'manual' })).rejects.toThrow(
      '"Chosen Customer": nobody in the store has the address "eve@example.com".',
    );
    await expect(run(of(''), [{}], { mode: 'manual' })).rejects.toThrow('"Chosen Customer" is empty');
    expect((await one(of(''), item('bob@example.com'))).json.sequence).toMatchObject({ started: true });
  });

  it('shows every text of a mail, and says in words when it goes out', async () => {
    const variants = { variant: [{ name: 'Short', subject: 'Hi {{ customer.firstName }}' }] };
    const waiting = { ...TIPS, delay: 3, waitFor: ['app:user.loggedIn'], whenTimeIsUp: 'sendOther' };
    const mails = [
      { ...GREETING, variants },
      { ...waiting, other: { text: { subject: 'Still there?' } } },
      { ...TIPS, name: 'Last', delay: 1 },
    ];
    const shown = await one(definition(mails, { previewWith: 'sample' }), tried('ada@example.com'));
    const { mails: rows } = shown.json.sequence as { mails: IDataObject[] };
    const [first, second, last] = rows;
    const own = { text: 'A', subject: 'Welcome, Ada' };
    const other = { text: 'Short', subject: 'Hi Ada' };
    expect([own, other]).toContainEqual({ text: first?.text, subject: first?.subject });
    const [forOthers] = first?.textsForOthers as IDataObject[];
    expect(forOthers).toMatchObject(first?.text === 'A' ? other : own);
    expect(second).toMatchObject({
      goesOut: expect.stringMatching(
        /^as soon as this happens: .+; if it has not by the end of the wait \(Thu, 5 Feb 2026, 12:00\), another text goes out$/,
      ),
      subject: 'First tip',
      ifItDoesNotHappen: { subject: 'Still there?', file: 'mail_2_other' },
    });
    expect(last).toMatchObject({ goesOut: '1 day after "Tips" has gone out or was skipped' });
    expect(Object.keys(shown.binary ?? {})).toEqual([
      'mail_1',
      expect.stringMatching(/^mail_1_text_[12]$/),
      'mail_2',
      'mail_2_other',
      'mail_3',
    ]);
  });

  it('says that the customer would not get them', async () => {
    await store.customers.upsert({ email: 'grace@example.com', name: 'Grace Hopper' });
    const shown = await one({ ...TWO_MAILS, audience: 'consented' }, tried('grace@example.com'));
    expect(shown.json.sequence).toMatchObject({
      wouldNotStart: 'the customer has not agreed to marketing',
      mails: [{}, {}],
    });
  });

  it('tells of a template that no mail can be made of, by its mail', async () => {
    const mails = [{ ...HELLO, subject: '{{ data.title }}' }];
    const given = tried('ada@example.com');
    expect((await one(definition(mails), given)).json.failure).toMatchObject({
      message: 'Mail "Hello", subject, line 1: it is empty',
      retryable: false,
    });
    await expect(
      run(definition(mails), [{ ...given, delivery: undefined }], { mode: 'manual' }),
    ).rejects.toThrow('Mail "Hello", subject, line 1: it is empty');
  });

  it.each([
    ['Liquid', '{{ 7*7 }} Smith'],
    ['HTML', '<script>alert(1)</script> Smith'],
    ['1,000 letters', `${'a'.repeat(994)} Smith`],
    ['emoji', '👩‍🚀🎉 Smith'],
    ['letters from right to left', 'עדה לאבלייס'],
    ['a path', '../../etc/passwd Smith'],
  ])('shows a customer whose name is %s as they are', async (_case, name) => {
    await store.customers.upsert({ email: 'c@example.com', name });
    const subject = '{{ customer.name }}';
    const shown = await one(definition([{ ...GREETING, subject }]), tried('c@example.com'));
    const { mails } = shown.json.sequence as { mails: Array<{ subject: string }> };
    expect(plain(mails[0]?.subject ?? '').slice(0, 900)).toBe(name.slice(0, 900));
    const [, inHtml = ''] = /<strong>(.*?)<\/strong>/s.exec(html(shown, 'mail_1')) ?? [];
    expect(inHtml).not.toMatch(/<(?!\/?bdi>)/);
    expect(plain(inHtml)).toBe(name);
    const fileName = shown.binary?.mail_1?.fileName ?? '';
    expect(fileName).toMatch(/^[^\\/:*?"<>|]+\.html$/);
    expect(fileName.length).toBeLessThan(260);
  });
});

describe('ending', () => {
  const end = { operation: 'end', sequence: 'Welcome', reason: 'called them' };

  it('drops what is still planned, and says how many mails', async () => {
    await run(TWO_MAILS, [item('ada@example.com'), item('bob@example.com', '2')]);
    const [items, ...others] = await run(end, [item('ADA@example.com')]);
    expect(others).toEqual([]);
    expect(items).toMatchObject([
      {
        json: {
          sequence: { name: 'Welcome', ended: true, dropped: 2 },
          outcomes: [{ action: 'Welcome ended: 2 mails dropped' }],
        },
      },
    ]);
    const dropped = await store.messages.find({ states: ['dropped'] }, 9);
    expect(dropped).toMatchObject(
      [1, 2].map(() => ({ email: 'ada@example.com', reason: 'the sequence ended: called them' })),
    );
    expect(await store.messages.find({ states: ['planned'] }, 9)).toHaveLength(2);
    expect((await one(end, item('ada@example.com'))).json.sequence).toMatchObject({ dropped: 0 });
  });

  it('ends all sequences when none is chosen, with a reason of its own', async () => {
    await run(TWO_MAILS, [item('ada@example.com')]);
    await run({ ...TWO_MAILS, sequence: 'Other' }, [item('ada@example.com')]);
    const { json } = await one({ operation: 'end' }, item('ada@example.com'));
    expect(json.sequence).toEqual({ name: 'all sequences', ended: true, dropped: 4 });
    expect((await planned())[0]?.reason).toBe('the sequence ended: ended in a workflow');
  });

  it('ends nothing by an event in the editor, but in a workflow that is started by hand', async () => {
    await run(TWO_MAILS, [item('ada@example.com')]);
    const { json } = await one(end, tried('ada@example.com'), { mode: 'manual' });
    expect(json.sequence).toMatchObject({ name: 'Welcome', ended: false });
    expect(await store.messages.find({ states: ['planned'] }, 9)).toHaveLength(2);
    const byHand = await one(end, { customer: { email: 'ada@example.com' } }, { mode: 'manual' });
    expect(byHand.json.sequence).toMatchObject({ ended: true, dropped: 2 });
  });

  it('says on its item that there is no address', async () => {
    const { json } = await one(end, item(''));
    expect(json.failure).toMatchObject({ message: expect.stringMatching(/^"Email" is empty/) });
  });
});

describe('the drop-downs', () => {
  const { loadOptions, listSearch } = new EmailSequence().methods;

  it('list the sequences that there are, with how many are in them', async () => {
    const context = loadOptionsContext(setup({}));
    expect(await loadOptions.getSequences.call(context)).toEqual([{ name: 'All Sequences', value: '' }]);
    await run(TWO_MAILS, [item('ada@example.com')]);
    expect(await loadOptions.getSequences.call(context)).toEqual([
      { name: 'All Sequences', value: '' },
      { name: 'Welcome', value: 'Welcome', description: '1 under way' },
    ]);
  });

  it('list time zones that can be used, and the days of the week', async () => {
    const context = loadOptionsContext(setup({}));
    const zones = await loadOptions.getTimeZones.call(context);
    expect(zones[0]).toEqual({ name: 'UTC', value: 'UTC' });
    expect(zones).toContainEqual({ name: 'Europe/Berlin', value: 'Europe/Berlin' });
    expect(new Set(zones.map(({ value }) => value)).size).toBe(zones.length);
    const days = await loadOptions.getWeekdays.call(context);
    expect(days).toHaveLength(7);
    expect([days[0], days[6]]).toEqual([
      { name: 'Monday', value: 1 },
      { name: 'Sunday', value: 7 },
    ]);
  });

  it('find customers by name and address', async () => {
    await store.customers.upsert({ email: 'grace@example.com', name: 'Grace Hopper' });
    await run(TWO_MAILS, [item('anon@example.com')]);
    const context = loadOptionsContext(setup({}));
    const { results } = await listSearch.searchCustomers.call(context);
    expect(results).toHaveLength(2);
    expect(results).toContainEqual({ name: 'anon@example.com', value: 'anon@example.com' });
    const grace = { name: 'Grace Hopper (grace@example.com)', value: 'grace@example.com' };
    expect(await listSearch.searchCustomers.call(context, ' hopp')).toEqual({ results: [grace] });
    expect(await listSearch.searchCustomers.call(context, 'GRACE@')).toEqual({ results: [grace] });
    expect(await listSearch.searchCustomers.call(context, 'nobody')).toEqual({ results: [] });
  });
});
