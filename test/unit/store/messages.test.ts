import { beforeEach, describe, expect, it } from '@jest/globals';
import {
  PersonErased,
  type ClaimedMessage,
  type SequenceDefinition,
  type SequenceStart,
  type StartedSequence,
  type Store,
} from '../../../store';
import { sequence, step } from '../../support/sequences';
import { useStore } from '../../support/store';

const database = useStore();
const NOON = Date.UTC(2026, 0, 1, 12);
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const EMAIL = 'ada@example.com';
let store: Store;

beforeEach(async () => {
  store = await database.empty();
});

const at = (milliseconds: number): Date => new Date(NOON + milliseconds);

async function start(
  definition: SequenceDefinition = sequence(),
  given: Partial<SequenceStart> = {},
): Promise<StartedSequence> {
  const [started] = await store.sequences.start(
    definition,
    [
      {
        email: EMAIL,
        cause: 'event 1',
        startedAt: at(0),
        enteredAt: given.startedAt ?? at(0),
        data: {},
        ...given,
      },
    ],
    at(0),
  );
  if (started === undefined || started instanceof PersonErased) throw new Error('It was not started.');
  return started;
}

async function claim(now: Date, given: { limit?: number; mostMarketingPerDay?: number } = {}) {
  return await store.messages.claimDue(
    { limit: 500, mostMarketingPerDay: 9, leaseSeconds: 600, ...given },
    now,
  );
}

/** Sends all that is due, as if the provider took it. */
async function send(now: Date): Promise<string[]> {
  const { messages } = await claim(now);
  await store.messages.mark(messages.map(sentOf), now);
  return messages.map(({ step: name }) => name);
}

function sentOf({ id, lease }: ClaimedMessage) {
  return { id, lease, providerId: `mail_${id}` };
}

async function states(): Promise<string[]> {
  const rows = await database.sql<{ state: string }>('select state from lifecycle.message order by id');
  return rows.map(({ state }) => state);
}

async function event(type: string, occurredAt: Date): Promise<string> {
  const [source = 'app', name = ''] = type.split(':');
  const accepted = await store.events.accept({
    source: source as 'app',
    externalId: `${type} ${occurredAt.toISOString()}`,
    type: name,
    occurredAt,
    payload: { type },
  });
  if (accepted.id !== undefined) return accepted.id;
  const [known] = await database.sql<{ id: string }>(
    'select id from lifecycle.event where type = $1 and occurred_at = $2',
    [name, occurredAt],
  );
  return known?.id ?? '';
}

/** An event that is recorded of Ada. */
async function recorded(type: string, occurredAt: Date): Promise<void> {
  await store.customers.record([{ email: EMAIL, source: 'stripe', eventId: await event(type, occurredAt) }]);
}

describe('a sequence', () => {
  it('plans one mail a step, each from the one before on', async () => {
    const { plan } = await start(
      sequence({
        steps: [
          step('One'),
          step('Two', { delay: 2, unit: 'days' }),
          step('Three', { delay: 1, unit: 'weeks' }),
        ],
      }),
    );
    expect(plan.map(({ dueAt }) => dueAt)).toEqual([at(0), at(2 * DAY), at(9 * DAY)]);
  });

  it('is entered once for a cause, also by two at a time, and again for another one', async () => {
    const both = await Promise.all([start(), start()]);
    expect(both.filter(({ entryId }) => entryId !== undefined)).toHaveLength(1);
    expect((await start()).reason).toBe('the customer has entered it for this cause before');
    expect((await start(sequence(), { cause: 'event 2' })).entryId).toBeDefined();
    expect(await states()).toHaveLength(4);
  });

  it('takes in many at once, one twice among them', async () => {
    const starts = ['a', 'b', 'a'].map((name) => ({
      email: `${name}@example.com`,
      cause: '1',
      startedAt: at(0),
      data: {},
    }));
    const started = await store.sequences.start(sequence(), starts, at(0));
    expect(started.map((each) => 'entryId' in each)).toEqual([true, true, false]);
  });

  it('sends planned mails with their text, whatever is edited afterwards', async () => {
    await start();
    const edited = sequence({
      steps: [
        step('Hello'),
        step('Tips', {
          delay: 5,
          unit: 'days',
          variants: [{ name: 'A', weight: 1, subject: 'New', preheader: '', body: 'New' }],
        }),
      ],
    });
    await start(edited, { email: 'grace@example.com' });
    await send(at(0));
    const { messages } = await claim(at(6 * DAY));
    expect(messages.map(({ customer, subject }) => [customer.email, subject])).toEqual([
      [EMAIL, 'Tips subject'],
      ['grace@example.com', 'New'],
    ]);
  });

  it('leaves out what was to come before its moment, once it is too late for it', async () => {
    const { plan } = await start(
      sequence({
        steps: [step('Soon', { delay: -3, unit: 'days' }), step('Now', { delay: 3, unit: 'days' })],
      }),
      { startedAt: at(DAY) },
    );
    expect(plan.map(({ state, dueAt }) => [state, dueAt])).toEqual([
      ['dropped', at(-2 * DAY)],
      ['planned', at(DAY)],
    ]);
  });

  it('gives customers the variants in the ratio of their weights, each always the same', async () => {
    const variants = [
      { name: 'A', weight: 3, subject: 'A', preheader: '', body: '' },
      { name: 'B', weight: 1, subject: 'B', preheader: '', body: '' },
    ];
    const definition = sequence({ steps: [step('Test', { variants })] });
    const starts = Array.from({ length: 400 }, (_, index) => ({
      email: `customer${index}@example.com`,
      cause: '1',
      startedAt: at(0),
      data: {},
    }));
    const first = await store.sequences.start(definition, starts, at(0));
    const again = await store.sequences.start(
      definition,
      starts.map((each) => ({ ...each, cause: '2' })),
      at(0),
    );
    const variantsOf = (all: typeof first) =>
      all.map((each) => (each instanceof PersonErased ? -1 : each.plan[0]?.variant));
    expect(variantsOf(again)).toEqual(variantsOf(first));
    const share = variantsOf(first).filter((variant) => variant === 1).length / 400;
    expect(share).toBeGreaterThan(0.15);
    expect(share).toBeLessThan(0.35);
  });

  it('is not started for somebody who may not get its mails', async () => {
    await store.suppressions.add(EMAIL, null);
    expect(await start()).toEqual({ reason: 'the address is suppressed', plan: [] });
  });

  it('is not started by what happened before the person was erased', async () => {
    await recorded('stripe:invoice.paid', at(0));
    const eventId = await event('app:user.registered', at(-DAY));
    await store.privacy.erase(EMAIL);
    const [started] = await store.sequences.start(
      sequence(),
      [{ email: EMAIL, cause: '1', startedAt: at(-DAY), data: {}, eventId }],
      at(0),
    );
    expect(started).toBeInstanceOf(PersonErased);
    expect(await database.sql('select from lifecycle.customer')).toEqual([]);
  });
});

describe('a mail that is due', () => {
  it('is handed out once, with all that it is made of', async () => {
    await start(sequence(), { data: { amount: '19.00 EUR' } });
    const { messages } = await claim(at(0));
    expect(messages).toEqual([
      expect.objectContaining({
        sequence: 'Welcome',
        step: 'Hello',
        variant: null,
        kind: 'marketing',
        from: 'Ada <ada@example.com>',
        subject: 'Hello subject',
        body: 'Hello body',
        customer: { email: EMAIL, name: null, tier: null, stage: null, timeZone: 'UTC' },
        data: { amount: '19.00 EUR' },
        sentAt: at(0),
      }),
    ]);
    expect((await claim(at(MINUTE))).messages).toEqual([]);
    await store.messages.mark(messages.map(sentOf), at(MINUTE));
    expect(await states()).toEqual(['sent', 'planned']);
    expect((await claim(at(DAY))).messages).toEqual([]);
  });

  it('goes to one of several who claim at once', async () => {
    const starts = Array.from({ length: 60 }, (_, index) => ({
      email: `customer${index}@example.com`,
      cause: '1',
      startedAt: at(0),
      data: {},
    }));
    await store.sequences.start(sequence(), starts, at(0));
    const claims = await Promise.all(Array.from({ length: 6 }, () => claim(at(0), { limit: 20 })));
    const ids = claims.flatMap(({ messages }) => messages.map(({ id }) => id));
    expect(ids).toHaveLength(60);
    expect(new Set(ids).size).toBe(60);
  });

  it('comes in batches of up to 100', async () => {
    const starts = Array.from({ length: 230 }, (_, index) => ({
      email: `customer${index}@example.com`,
      cause: '1',
      startedAt: at(0),
      data: {},
    }));
    await store.sequences.start(sequence({ steps: [step('Hello')] }), starts, at(0));
    const { messages } = await claim(at(0));
    const keys = [...new Set(messages.map(({ batchKey }) => batchKey))];
    const sizes = keys.map((key) => messages.filter(({ batchKey }) => batchKey === key).length);
    expect(sizes).toEqual([100, 100, 30]);
    const ids = messages.map(({ id }) => Number(id));
    expect(ids).toEqual([...ids].sort((one, other) => one - other));
  });

  it('waits for the end of the quiet hours where the customer is', async () => {
    await recorded('stripe:invoice.paid', at(-DAY));
    await database.sql(`update lifecycle.customer set time_zone = 'Asia/Tokyo'`);
    await start(sequence({ quietHours: { from: '21:00', to: '08:00' }, steps: [step('Hello')] }));
    // At noon UTC it is 21:00 in Tokyo.
    expect((await claim(at(HOUR))).messages).toEqual([]);
    expect(await send(at(11 * HOUR))).toEqual(['Hello']);
  });

  it('is put off when its time comes late, in the night', async () => {
    await start(sequence({ quietHours: { from: '21:00', to: '08:00' }, steps: [step('Hello')] }));
    expect(await claim(at(10 * HOUR))).toMatchObject({ messages: [], postponed: 1 });
    expect((await claim(at(19 * HOUR))).messages).toEqual([]);
    expect(await send(at(20 * HOUR))).toEqual(['Hello']);
  });

  it('is dropped when the customer has had enough marketing today, and not when it is another day or transactional', async () => {
    const one = (name: string, given: Partial<SequenceDefinition> = {}) =>
      sequence({ name, steps: [step(name)], ...given });
    await start(one('First'));
    await start(one('Second'));
    await start(one('Receipt', { kind: 'transactional', topic: null }));
    const { messages, dropped } = await claim(at(0), { mostMarketingPerDay: 1 });
    expect(messages.map(({ step: name }) => name)).toEqual(['First', 'Receipt']);
    expect(dropped).toBe(1);
    await store.messages.mark(messages.map(sentOf), at(0));
    await start(one('Third'), { startedAt: at(HOUR) });
    expect((await claim(at(HOUR), { mostMarketingPerDay: 1 })).messages).toEqual([]);
    await start(one('Fourth'), { startedAt: at(DAY) });
    expect((await claim(at(DAY), { mostMarketingPerDay: 1 })).messages).toHaveLength(1);
    expect(await store.messages.find({ sequence: 'Second' }, 9)).toMatchObject([
      { state: 'dropped', reason: 'the customer gets 1 marketing mails today, and no more' },
    ]);
  });
});

describe('a sequence ends', () => {
  const dunning = sequence({
    name: 'Dunning',
    kind: 'transactional',
    topic: null,
    endsOn: ['stripe:invoice.paid'],
    steps: [step('Failed'), step('Again', { delay: 3, unit: 'days' })],
  });

  it('as soon as an event that ends it is recorded', async () => {
    await start(dunning);
    await send(at(0));
    await recorded('stripe:invoice.paid', at(DAY));
    expect(await states()).toEqual(['sent', 'dropped']);
    expect(await store.messages.find({ states: ['dropped'] }, 9)).toMatchObject([
      { reason: 'the sequence ended: stripe:invoice.paid' },
    ]);
  });

  it('when the event was recorded before the start, but happened after it', async () => {
    await recorded('stripe:invoice.paid', at(HOUR));
    await start(dunning);
    expect(await claim(at(HOUR))).toMatchObject({ messages: [], dropped: 1 });
    expect(await states()).toEqual(['dropped', 'dropped']);
  });

  it('not by an event from before it, nor by one of somebody else', async () => {
    await recorded('stripe:invoice.paid', at(-HOUR));
    await start(dunning);
    await store.customers.record([
      { email: 'grace@example.com', source: 'stripe', eventId: await event('stripe:invoice.paid', at(HOUR)) },
    ]);
    expect(await send(at(HOUR))).toEqual(['Failed']);
  });

  it('when the customer leaves its stages', async () => {
    await recorded('stripe:invoice.paid', at(-DAY));
    await start(
      sequence({ onlyWhile: ['churned', 'winBack'], steps: [step('Come back', { delay: 1, unit: 'days' })] }),
    );
    // The stage that they were in at the start says nothing.
    await database.sql(`update lifecycle.customer set stage = 'active', stage_since = $1`, [at(-HOUR)]);
    expect((await claim(at(HOUR))).messages).toEqual([]);
    expect(await states()).toEqual(['planned']);
    await database.sql(`update lifecycle.customer set stage = 'active', stage_since = $1`, [at(HOUR)]);
    expect(await claim(at(DAY))).toMatchObject({ messages: [], dropped: 1 });
  });

  it('by hand', async () => {
    await start();
    await start(dunning);
    expect(await store.sequences.end(EMAIL, 'Welcome', 'by hand', at(0))).toBe(2);
    expect(await states()).toEqual(['dropped', 'dropped', 'planned', 'planned']);
  });

  it('completed, once all is sent', async () => {
    await start(sequence({ steps: [step('Hello')] }));
    await send(at(0));
    expect(await database.sql('select end_reason as reason from lifecycle.sequence_entry')).toEqual([
      { reason: 'completed' },
    ]);
  });
});

describe('a mail that waits for an event', () => {
  const waiting = (whenTimeIsUp: 'send' | 'skip' | 'end' | 'sendOther') =>
    sequence({
      steps: [
        step('Hello'),
        step('More', {
          delay: 3,
          unit: 'days',
          wait: {
            events: ['app:user.custom'],
            whenTimeIsUp,
            other: { subject: 'Other', preheader: '', body: 'Other' },
          },
        }),
        step('Last', { delay: 1, unit: 'days' }),
      ],
    });

  it('goes out when it happens, and the later ones follow from there', async () => {
    await start(waiting('skip'));
    await send(at(0));
    expect(await states()).toEqual(['sent', 'waiting', 'held']);
    await recorded('app:user.custom', at(DAY));
    expect(await send(at(DAY))).toEqual(['More']);
    expect(await states()).toEqual(['sent', 'sent', 'planned']);
    expect(await send(at(2 * DAY))).toEqual(['Last']);
  });

  it.each([
    ['send', ['More', 'More subject', 4 * DAY]],
    ['sendOther', ['More', 'Other', 4 * DAY]],
  ] as const)(
    'goes out all the same when its time is up: %s',
    async (whenTimeIsUp, [name, subject, last]) => {
      await start(waiting(whenTimeIsUp));
      await send(at(0));
      expect((await claim(at(3 * DAY - MINUTE))).messages).toEqual([]);
      const { messages } = await claim(at(3 * DAY));
      expect(messages.map((each) => [each.step, each.subject])).toEqual([[name, subject]]);
      await store.messages.mark(messages.map(sentOf), at(3 * DAY));
      expect((await claim(at(last - MINUTE))).messages).toEqual([]);
      expect(await send(at(last))).toEqual(['Last']);
    },
  );

  it('is left out when its time is up: skip', async () => {
    await start(waiting('skip'));
    await send(at(0));
    expect(await send(at(3 * DAY))).toEqual([]);
    expect(await send(at(4 * DAY))).toEqual(['Last']);
    expect(await states()).toEqual(['sent', 'dropped', 'sent']);
  });

  it('ends the sequence when its time is up: end', async () => {
    await start(waiting('end'));
    await send(at(0));
    expect(await send(at(9 * DAY))).toEqual([]);
    expect(await states()).toEqual(['sent', 'dropped', 'dropped']);
  });
});

describe('what sending came to', () => {
  const failure = { message: 'no', retryable: true, unsent: true };

  it('is tried again later when nothing was sent, as another call', async () => {
    await start(sequence({ steps: [step('Hello')] }));
    const [message] = (await claim(at(0))).messages;
    if (!message) throw new Error('Nothing was due.');
    await store.messages.mark([{ id: message.id, lease: message.lease, failure }], at(0));
    expect((await claim(at(30_000))).messages).toEqual([]);
    const [again] = (await claim(at(MINUTE))).messages;
    expect(again).toMatchObject({ id: message.id });
    expect(again?.batchKey).not.toBe(message.batchKey);
  });

  it('is tried again as the same call when nobody knows, though the customer has changed', async () => {
    const starts = ['a', 'b', 'c'].map((name) => ({
      email: `${name}@example.com`,
      cause: '1',
      startedAt: at(0),
      data: {},
    }));
    await store.sequences.start(sequence({ steps: [step('Hello')] }), starts, at(0));
    const { messages } = await claim(at(0));
    const unknown = { message: 'no answer', retryable: true, unsent: false };
    await store.messages.mark(
      messages.map(({ id, lease }) => ({ id, lease, failure: unknown })),
      at(0),
    );
    await database.sql(`update lifecycle.customer set name = 'Somebody else'`);
    await store.suppressions.add('b@example.com', null);
    const again = (await claim(at(2 * MINUTE))).messages;
    const content = (all: ClaimedMessage[]) => all.map((each) => ({ ...each, lease: '' }));
    expect(content(again)).toEqual(content(messages));
  });

  it('is tried again as the same call after a crash, and late news of the crashed run change nothing', async () => {
    await start(sequence({ steps: [step('Hello')] }));
    const [message] = (await claim(at(0))).messages;
    const [again] = (await claim(at(11 * MINUTE))).messages;
    if (!message || !again) throw new Error('Nothing was due.');
    expect({ ...again, lease: '' }).toEqual({ ...message, lease: '' });
    await store.messages.mark([{ id: message.id, lease: message.lease, failure }], at(11 * MINUTE));
    expect(await states()).toEqual(['sending']);
    await store.messages.mark([sentOf(again)], at(11 * MINUTE));
    await store.messages.mark([sentOf(message)], at(12 * MINUTE));
    expect(await states()).toEqual(['sent']);
  });

  it('stays unknown once the provider may not know the call any more', async () => {
    await start(sequence({ steps: [step('Hello')] }));
    await claim(at(0));
    expect((await claim(at(23 * HOUR))).messages).toEqual([]);
    expect(await store.messages.find({}, 9)).toMatchObject([
      { state: 'unknown', reason: 'it is unknown whether it was sent: the run that sent it was cut off' },
    ]);
  });

  it('fails for good when it cannot heal, or was tried for a day', async () => {
    await start(sequence({ steps: [step('Hello')] }));
    await start(sequence({ name: 'Other', steps: [step('Hello')] }));
    const [one, other] = (await claim(at(25 * HOUR))).messages;
    if (!one || !other) throw new Error('Nothing was due.');
    const marked = await store.messages.mark(
      [
        { id: one.id, lease: one.lease, failure: { ...failure, retryable: false } },
        { id: other.id, lease: other.lease, failure },
      ],
      at(25 * HOUR),
    );
    expect(marked).toMatchObject([
      { state: 'failed', reason: 'no' },
      { state: 'failed', reason: 'given up after a day: no' },
    ]);
  });

  it('stops all sending until the quota is there again', async () => {
    await start(sequence({ steps: [step('Hello')] }));
    await start(sequence({ name: 'Other', steps: [step('Hello', { delay: 1 })] }));
    const [message] = (await claim(at(0))).messages;
    if (!message) throw new Error('Nothing was due.');
    const retryAt = at(12 * HOUR);
    await store.messages.mark(
      [{ id: message.id, lease: message.lease, failure: { ...failure, message: 'quota', retryAt } }],
      at(0),
    );
    expect(await claim(at(HOUR))).toMatchObject({ messages: [], pause: { until: retryAt, reason: 'quota' } });
    expect((await claim(at(12 * HOUR))).messages).toHaveLength(2);
  });

  it('is never sent again when the provider had the call with other content', async () => {
    await start(sequence({ steps: [step('Hello')] }));
    const [message] = (await claim(at(0))).messages;
    if (!message) throw new Error('Nothing was due.');
    await store.messages.mark(
      [
        {
          id: message.id,
          lease: message.lease,
          failure: { ...failure, unsent: false, retryable: false, sentBefore: true },
        },
      ],
      at(0),
    );
    expect(await states()).toEqual(['unknown']);
    expect((await claim(at(HOUR))).messages).toEqual([]);
  });
});

describe('what is reported of a mail', () => {
  async function sent(): Promise<string> {
    await start(sequence({ endsOn: ['resend:email.clicked'] }));
    const { messages } = await claim(at(0));
    await store.messages.mark(messages.map(sentOf), at(0));
    return messages[0]?.id ?? '';
  }

  async function report(
    kind: 'delivered' | 'opened' | 'clicked' | 'bounced' | 'complained',
    seconds: number,
    id: string,
  ) {
    const eventId = await event(`resend:email.${kind}`, at(seconds * 1000));
    const isFinal = kind === 'bounced' || kind === 'complained';
    const [recorded] = await store.engagement.record(
      [
        {
          eventId,
          providerId: `mail_${id}`,
          kind,
          at: at(seconds * 1000),
          recipients: [EMAIL],
          isFinal,
          detail: null,
          link: null,
        },
      ],
      at(HOUR),
    );
    return recorded;
  }

  it('ends in the most telling state, in whatever order and however often it comes', async () => {
    const id = await sent();
    for (const [kind, seconds] of [
      ['opened', 30],
      ['delivered', 10],
      ['delivered', 10],
      ['opened', 20],
    ] as const)
      await report(kind, seconds, id);
    const [message] = await store.messages.find({ states: ['sent'] }, 9);
    expect(message).toMatchObject({ engagement: 'opened' });
    expect(await database.sql('select from lifecycle.message_event')).toHaveLength(3);
  });

  it('can end its sequence, and no other', async () => {
    await start(sequence({ name: 'Other', endsOn: ['resend:email.clicked'] }), { startedAt: at(DAY) });
    const id = await sent();
    await report('clicked', 30, id);
    const ended = await database.sql<{ name: string; reason: string | null }>(
      `select name, end_reason as reason from lifecycle.sequence_entry entry
         join lifecycle.sequence on sequence.id = sequence_id order by name`,
    );
    expect(ended).toEqual([
      { name: 'Other', reason: null },
      { name: 'Welcome', reason: 'resend:email.clicked' },
    ]);
  });

  it.each(['bounced', 'complained'] as const)('as %s keeps all further mails back', async (kind) => {
    const id = await sent();
    expect(await report(kind, 30, id)).toMatchObject({
      suppressed: [EMAIL],
      message: { sequence: 'Welcome', step: 'Hello' },
    });
    expect((await claim(at(3 * DAY))).messages).toEqual([]);
    expect(await store.suppressions.find(undefined, 9)).toMatchObject([{ email: EMAIL, reason: kind }]);
    expect(await store.suppressions.remove(EMAIL)).toBe(true);
    expect(await store.suppressions.find(EMAIL, 9)).toEqual([]);
  });

  it('tells that a mail was sent of which nobody knew', async () => {
    await start(sequence({ steps: [step('Hello')] }));
    const [message] = (await claim(at(0))).messages;
    await claim(at(23 * HOUR));
    const eventId = await event('resend:email.delivered', at(MINUTE));
    await store.engagement.record([
      {
        eventId,
        providerId: 'mail_x',
        messageId: message?.id,
        kind: 'delivered',
        at: at(MINUTE),
        recipients: [EMAIL],
        isFinal: false,
        detail: null,
        link: null,
      },
    ]);
    expect(await store.messages.find({}, 9)).toMatchObject([
      { state: 'sent', providerId: 'mail_x', reason: null },
    ]);
  });

  it('of a mail of no sequence is on the timeline of its recipient', async () => {
    await recorded('stripe:invoice.paid', at(0));
    expect(await report('delivered', 10, '999')).toEqual({ message: null, suppressed: [] });
    const types = (await store.customers.timeline(EMAIL, 9)).map((entry) => JSON.stringify(entry));
    expect(types.join()).toContain('email.delivered');
  });
});

describe('whoever has the link in a mail', () => {
  async function token(): Promise<string> {
    const [customer] = await database.sql<{ id: string }>(
      'select id from lifecycle.customer where email = $1',
      [EMAIL],
    );
    return (await store.emailPreferences.tokensFor([customer?.id ?? ''])).get(customer?.id ?? '') ?? '';
  }

  it('unsubscribes from all marketing at once, and from nothing else', async () => {
    await start();
    await start(sequence({ name: 'Dunning', kind: 'transactional', topic: null }));
    expect(await store.emailPreferences.choose(await token(), { wantsMarketing: false }, at(0))).toEqual({
      email: EMAIL,
      wantsMarketing: false,
      topics: [{ topic: 'Tips', wanted: true }],
    });
    expect(await states()).toEqual(['dropped', 'dropped', 'planned', 'planned']);
    expect((await start(sequence({ name: 'Offers' }))).reason).toBe('the customer has unsubscribed');
  });

  it('chooses topics, and takes it back', async () => {
    await start();
    await start(sequence({ name: 'Offers', topic: 'Offers' }));
    await store.emailPreferences.choose(await token(), { topics: ['Offers'] }, at(0));
    expect(await states()).toEqual(['dropped', 'dropped', 'planned', 'planned']);
    expect((await start(sequence(), { cause: '2' })).reason).toBe(
      'the customer has unsubscribed from "Tips"',
    );
    await store.emailPreferences.choose(await token(), { topics: ['Offers', 'Tips'] }, at(0));
    expect((await start(sequence(), { cause: '2' })).entryId).toBeDefined();
  });

  it('confirms a subscription', async () => {
    const confirmed = sequence({ audience: 'confirmed' });
    expect((await start(confirmed)).reason).toBe('the customer has not confirmed the subscription');
    await store.emailPreferences.choose(await token(), { wantsMarketing: true }, at(0));
    expect((await start(confirmed)).entryId).toBeDefined();
  });

  it('changes nothing of somebody else', async () => {
    await start();
    await start(sequence(), { email: 'grace@example.com' });
    await store.emailPreferences.choose(await token(), { wantsMarketing: false }, at(0));
    expect(await states()).toEqual(['dropped', 'dropped', 'planned', 'planned']);
  });

  it.each(['', '1', '1.x', '1.AAAAAAAAAAAAAAAAAAAAAAAA', `${'9'.repeat(30)}.AAAAAAAAAAAAAAAAAAAAAAAA`])(
    'has to have it from us: %j',
    async (forged) => {
      await start();
      expect(await store.emailPreferences.choose(forged, { wantsMarketing: false })).toBeUndefined();
      expect(await store.emailPreferences.read(forged)).toBeUndefined();
    },
  );
});
