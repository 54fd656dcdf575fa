import { beforeEach, describe, expect, it } from '@jest/globals';
import type { Store, TicketOrder } from '../../../store';
import { readTickets } from '../../../store/report/tickets';
import { tickets as ticketList } from '../../../store/report/lists/tickets';
import { periodUpTo } from '../../../store/report/scope';
import { createPool } from '../../../store/database';
import { Random } from '../../support/random';
import { useStore } from '../../support/store';

const database = useStore();
let store: Store;
let interactions = 0;

beforeEach(async () => {
  store = await database.empty();
  interactions = 0;
});

const order = (over: Partial<TicketOrder> = {}): TicketOrder => ({
  interactionId: `${(interactions += 1)}`,
  at: new Date(),
  serverId: '1',
  opener: { id: '100', name: 'maya' },
  category: 'billing',
  subject: 'Invoice missing',
  description: 'I cannot find it.',
  email: '',
  limits: { openTickets: 1, coolDownMinutes: 0 },
  ...over,
});

async function begin(over: Partial<TicketOrder> = {}): Promise<number> {
  const begun = await store.tickets.begin(order(over));
  if (begun.kind !== 'new') throw new Error(`It was ${begun.kind}.`);
  return begun.ticket.number;
}

async function open(over: Partial<TicketOrder> = {}): Promise<number> {
  const number = await begin(over);
  await store.tickets.opened(number, `c${number}`);
  return number;
}

const staff = (id: number) => ({ id: `${id}`, name: `staff ${id}` });
const member = (id: number) => ({ opener: { id: `member ${id}`, name: `member ${id}` } });
const kindsOf = (all: ReadonlyArray<{ kind: string } | undefined>) => all.map((each) => each?.kind).sort();

async function close(number: number, key = 'close', finishAfterHours = 24): Promise<void> {
  await store.tickets.beginClosing(number, { key, by: staff(1), reason: 'solved' });
  await store.tickets.closed(number, key, finishAfterHours);
}

describe('opening', () => {
  it('makes one ticket for an interaction, however many begin it at once', async () => {
    const same = order();
    const begun = await Promise.all(Array.from({ length: 8 }, () => store.tickets.begin(same)));
    expect(kindsOf(begun)).toEqual(['known', 'known', 'known', 'known', 'known', 'known', 'known', 'new']);
    expect(await store.tickets.find({}, 10)).toHaveLength(1);
  });

  it('allows as many open tickets as it may, whoever opens them at once', async () => {
    const limits = { openTickets: 2, coolDownMinutes: 0 };
    const begun = await Promise.all(Array.from({ length: 8 }, () => store.tickets.begin(order({ limits }))));
    expect(begun.filter(({ kind }) => kind === 'new')).toHaveLength(2);
    expect(begun.filter(({ kind }) => kind === 'tooMany')).toHaveLength(6);
    expect(await store.tickets.refusal('1', '100', limits)).toMatchObject({ kind: 'tooMany' });
    expect(await store.tickets.refusal('1', '101', limits)).toBeUndefined();
    expect(await store.tickets.refusal('2', '100', limits)).toBeUndefined();
  });

  it('waits for the cool-down, once the earlier one is closed', async () => {
    const limits = { openTickets: 1, coolDownMinutes: 10 };
    await close(await open({ limits }));
    const refused = await store.tickets.begin(order({ limits }));
    expect(refused).toMatchObject({ kind: 'tooSoon', until: expect.any(Date) });
    await database.sql(`update lifecycle.ticket set opened_at = now() - interval '11 minutes'`);
    expect(await store.tickets.begin(order({ limits }))).toMatchObject({ kind: 'new' });
  });

  it('knows the customer by the address, else by an earlier ticket', async () => {
    await store.customers.upsert({ email: 'maya@example.com', name: 'Maya' });
    const limits = { openTickets: 9, coolDownMinutes: 0 };
    const unknown = await begin({ limits });
    const given = await begin({ limits, email: ' Maya@Example.com' });
    const later = await begin({ limits });
    const stranger = await begin({ limits, opener: { id: '101', name: 'noah' } });
    const found = await Promise.all([unknown, given, later, stranger].map((each) => store.tickets.get(each)));
    expect(found.map((each) => each?.customerEmail)).toEqual([
      null,
      'maya@example.com',
      'maya@example.com',
      null,
    ]);
  });

  it('records one channel', async () => {
    const number = await begin();
    expect(await store.tickets.opened(number, 'a')).toBe(true);
    expect(await store.tickets.opened(number, 'b')).toBe(false);
    expect(await store.tickets.opened(number, 'a')).toBe(true);
    expect(await store.tickets.get(number)).toMatchObject({ channelId: 'a', state: 'open' });
  });

  it('that could not be done makes room for another one', async () => {
    await store.tickets.abandon(await begin());
    const number = await open();
    await store.tickets.abandon(number);
    expect(await store.tickets.find({}, 9)).toMatchObject([{ number }]);
  });
});

describe('working on it', () => {
  it('is claimed by one of many at once, and again by the same one', async () => {
    const number = await open();
    const claims = await Promise.all([1, 2, 3, 4].map((id) => store.tickets.claim(number, staff(id))));
    expect(kindsOf(claims)).toEqual(['claimed', 'other', 'other', 'other']);
    const { assigneeId } = claims.find((claim) => claim?.kind === 'claimed')?.ticket ?? {};
    expect(await store.tickets.claim(number, staff(Number(assigneeId)))).toMatchObject({ kind: 'claimed' });
  });

  it('is taken over from somebody it was only assigned to', async () => {
    const number = await open();
    await store.tickets.assign(number, [staff(1)]);
    expect(await store.tickets.claim(number, staff(2))).toMatchObject({
      kind: 'claimed',
      ticket: { assigneeId: '2' },
    });
  });

  it('is assigned evenly, however many are assigned at once', async () => {
    const numbers: number[] = [];
    for (let each = 0; each < 30; each += 1) numbers.push(await open(member(each)));
    const onDuty = [staff(1), staff(2), staff(3)];
    const assigned = await Promise.all(numbers.map((number) => store.tickets.assign(number, onDuty)));
    const count = (id: string) => assigned.filter((each) => each?.assigneeId === id).length;
    expect(onDuty.map(({ id }) => count(id))).toEqual([10, 10, 10]);
  });

  it('is assigned to whoever has the least to do, then to who waited longest, never to its opener', async () => {
    const assign = async (duty: number[], over = member(duty.length)) => {
      const number = await open({ ...over, limits: { openTickets: 99, coolDownMinutes: 0 } });
      return [number, (await store.tickets.assign(number, duty.map(staff)))?.assigneeId] as const;
    };
    const [first, one] = await assign([1, 2]);
    const [second, two] = await assign([1, 2]);
    expect([one, two]).toEqual(['1', '2']);
    await close(second);
    await close(first);
    expect((await assign([1, 2]))[1]).toBe('1');
    expect((await assign([1, 2]))[1]).toBe('2');
    expect((await assign([2], { opener: { id: '2', name: 'staff 2' } }))[1]).toBeNull();
    expect((await store.tickets.assign(first, [staff(2)]))?.assigneeId).toBe('1');
  });

  it('is nobody’s any more once it is moved, and stays theirs when it is moved where it is', async () => {
    const number = await open();
    await store.tickets.claim(number, staff(1));
    expect(await store.tickets.move(number, 'billing')).toMatchObject({ assigneeId: '1' });
    expect(await store.tickets.move(number, 'setup')).toMatchObject({ category: 'setup', assigneeId: null });
  });

  it('lets somebody in once', async () => {
    const number = await open();
    await store.tickets.add(number, '7');
    await store.tickets.add(number, '7');
    expect(await store.tickets.add(number, '100')).toMatchObject({ people: ['7'] });
  });

  it('sends a message for a purpose once', async () => {
    const number = await open();
    const begun = await Promise.all([1, 2, 3].map(() => store.tickets.beginMessage(number, 'opening')));
    expect(begun.map(({ state }) => state).sort()).toEqual(['begun', 'begun', 'new']);
    await store.tickets.recordMessage(number, 'opening', { channelId: '5', id: '6' });
    expect(await store.tickets.beginMessage(number, 'opening')).toEqual({
      state: 'sent',
      channelId: '5',
      id: '6',
    });
    expect(await store.tickets.beginMessage(number, 'staff')).toEqual({ state: 'new' });
    expect(await store.tickets.messages(number)).toEqual({ opening: { channelId: '5', id: '6' } });
  });
});

describe('closing', () => {
  it('is done by one of many at once', async () => {
    const number = await open();
    const closings = await Promise.all(
      [1, 2, 3, 4].map((id) =>
        store.tickets.beginClosing(number, { key: `${id}`, by: staff(id), reason: `for ${id}` }),
      ),
    );
    expect(kindsOf(closings)).toEqual(['begun', 'other', 'other', 'other']);
    const winner = closings.find((closing) => closing?.kind === 'begun')?.ticket;
    const keys = ['1', '2', '3', '4'];
    const ended = await Promise.all(keys.map((key) => store.tickets.closed(number, key, 1)));
    expect(ended.filter((each) => each !== undefined)).toMatchObject([{ closedById: winner?.closedById }]);
  });

  it('goes on by who began it, and by others when nobody can be at work on it any more', async () => {
    const number = await open();
    const closing = (id: number) =>
      store.tickets.beginClosing(number, { key: `${id}`, by: staff(id), reason: '' });
    await closing(1);
    expect(await closing(1)).toMatchObject({ kind: 'again', ticket: { closedById: '1' } });
    expect(await closing(2)).toMatchObject({ kind: 'other' });
    await database.sql(`update lifecycle.ticket set closing_at = now() - interval '11 minutes'`);
    expect(await closing(2)).toMatchObject({ kind: 'again', ticket: { closedById: '1' } });
    expect(await store.tickets.closed(number, '1', 1)).toBeUndefined();
    await store.tickets.closed(number, '2', 1);
    expect(await closing(2)).toMatchObject({ kind: 'closed' });
    expect(await closing(1)).toMatchObject({ kind: 'other' });
  });

  it('keeps the longest transcript', async () => {
    const number = await open();
    await store.tickets.keepTranscript(number, { messages: 3, text: 'three', html: '<p>three' });
    await store.tickets.keepTranscript(number, { messages: 1, text: 'one', html: '<p>one' });
    expect(await store.tickets.transcript(number)).toEqual({ messages: 3, text: 'three', html: '<p>three' });
  });

  it('is undone until it is being finished', async () => {
    const number = await open();
    await close(number, 'close', 0);
    expect(await store.tickets.reopen(number, 'r')).toMatchObject({ kind: 'reopened' });
    expect(await store.tickets.reopen(number, 'r')).toMatchObject({ kind: 'reopened' });
    expect(await store.tickets.reopen(number, 's')).toMatchObject({ kind: 'other' });
    expect(await store.tickets.beginFinishing(number)).toBeUndefined();
    await close(number, 'again', 0);
    expect(await store.tickets.beginFinishing(number)).toMatchObject({ number, closings: 2 });
    expect(await store.tickets.reopen(number, 't')).toMatchObject({ kind: 'other' });
    expect(await store.tickets.finished(number)).toMatchObject({ state: 'finished' });
    expect(await store.tickets.finished(number)).toBeUndefined();
  });

  it('and reopening at once end in one of the two', async () => {
    const number = await open();
    await close(number, 'close', 0);
    const [reopened, finishing] = await Promise.all([
      store.tickets.reopen(number, 'r'),
      store.tickets.beginFinishing(number),
    ]);
    expect(reopened?.kind === 'reopened').toBe(finishing === undefined);
  });
});

describe('what is due', () => {
  const delays = { firstAnswerMinutes: 30, idleHours: 48, closeHours: 24 };
  const due = async () => (await store.tickets.due(delays, 10)).map((each) => [each.ticket.number, each.due]);
  const age = async (column: string, by: string) =>
    await database.sql(`update lifecycle.ticket set ${column} = ${column} - $1::interval`, [by]);

  it('is a first answer, then a reminder, then the closing, then the end, each until it is done', async () => {
    const number = await open();
    expect(await due()).toEqual([]);
    await age('opened_at', '31 minutes');
    expect(await due()).toEqual([[number, 'firstAnswer']]);
    await store.tickets.reminded(number, 'firstAnswer');
    expect(await due()).toEqual([]);
    await age('last_activity_at', '49 hours');
    expect(await due()).toEqual([[number, 'idle']]);
    await store.tickets.reminded(number, 'idle');
    expect(await due()).toEqual([]);
    await age('reminded_at', '25 hours');
    expect(await due()).toEqual([[number, 'close']]);
    await close(number, 'reminders', 1);
    expect(await due()).toEqual([]);
    await age('finish_due_at', '1 hour');
    expect(await due()).toEqual([[number, 'finish']]);
    await store.tickets.beginFinishing(number);
    expect(await due()).toEqual([[number, 'finish']]);
    await store.tickets.finished(number);
    expect(await due()).toEqual([]);
  });

  it('is put off by a message, and an answer of staff counts once', async () => {
    const number = await open();
    await age('opened_at', '3 days');
    await age('last_activity_at', '3 days');
    const at = new Date();
    const earlier = new Date(at.getTime() - 60_000);
    await store.tickets.notice(number, { messageId: '20', at, answeredAt: at });
    await store.tickets.notice(number, { messageId: '9', at: earlier, answeredAt: earlier });
    expect(await due()).toEqual([]);
    expect(await store.tickets.get(number)).toMatchObject({
      seenMessageId: '20',
      lastActivityAt: at,
      firstAnswerAt: earlier,
    });
  });
});

describe('the report', () => {
  it('has the figures of its list, whatever happened to tickets', async () => {
    const random = new Random(8);
    const limits = { openTickets: 99, coolDownMinutes: 0 };
    for (let each = 0; each < 40; each += 1) {
      const category = random.pick(['billing', 'setup', 'other']);
      const number = await open({ ...member(each), category, limits });
      if (random.next() < 0.7) await store.tickets.claim(number, staff(random.below(3)));
      const hours = random.below(24 * 60);
      await database.sql(
        `update lifecycle.ticket set opened_at = now() - make_interval(hours => $2),
           first_answer_at = case when $3 then now() - make_interval(hours => $2) + interval '6 minutes' end
         where number = $1`,
        [number, hours, random.next() < 0.5],
      );
      if (random.next() < 0.5) {
        await close(number);
        await database.sql(
          `update lifecycle.ticket set closed_at = opened_at + (now() - opened_at) * $2 where number = $1`,
          [number, random.below(100) / 100],
        );
      }
    }
    const scope = { period: periodUpTo(new Date(), 30), tier: null };
    const pool = createPool(database.url());
    database.beforeClosing(() => pool.end());
    const report = await readTickets(pool, scope);
    const count = async (filters: Record<string, string>) =>
      (await ticketList.read(pool, scope, filters, null, 100)).rows.length;
    expect(report.open).toBe(await count({ state: 'open' }));
    expect(report.open).toBeGreaterThan(0);
    for (const { category, open: now, opened, closed } of report.byCategory) {
      expect([category, now, opened, closed]).toEqual([
        category,
        await count({ category, state: 'open' }),
        await count({ category, state: 'opened' }),
        await count({ category, state: 'closed' }),
      ]);
    }
    for (const { name, open: now, closed } of report.staff) {
      expect([name, now, closed]).toEqual([
        name,
        await count({ staff: name, state: 'open' }),
        await count({ staff: name, state: 'closed' }),
      ]);
    }
    expect(report.medianFirstAnswerMinutes).toBeCloseTo(6);
    expect(report.medianResolutionHours).toBeGreaterThan(0);
    const pages = await ticketList.read(pool, scope, { state: 'opened' }, null, 3);
    const rest = await ticketList.read(pool, scope, { state: 'opened' }, pages.after, 100);
    expect(pages.rows.length + rest.rows.length).toBe(await count({ state: 'opened' }));
  });

  it('of nothing says so', async () => {
    const pool = createPool(database.url());
    database.beforeClosing(() => pool.end());
    expect(await readTickets(pool, { period: periodUpTo(new Date(), 7), tier: 'pro' })).toEqual({
      open: 0,
      byCategory: [],
      medianFirstAnswerMinutes: null,
      medianResolutionHours: null,
      staff: [],
    });
  });
});

describe('a person', () => {
  const limits = { openTickets: 9, coolDownMinutes: 0 };
  const MAYA = 'maya@example.com';

  async function ticketsOfMaya(): Promise<number> {
    await store.customers.upsert({ email: MAYA, name: 'Maya' });
    const number = await open({
      limits,
      email: MAYA,
      subject: 'My invoice',
      opener: { id: '555', name: 'maya_x' },
    });
    await store.tickets.add(number, '556');
    await store.tickets.keepTranscript(number, {
      messages: 2,
      text: 'maya_x: hello',
      html: '<p>maya_x: hello</p>',
    });
    await begin({ limits, opener: { id: '555', name: 'maya_x' }, subject: 'My other question' });
    const other = await open({ limits, subject: `Ask ${MAYA}`, opener: { id: '777', name: 'noah' } });
    await store.tickets.keepTranscript(other, { messages: 1, text: `noah: ${MAYA}`, html: `<p>${MAYA}</p>` });
    return number;
  }

  it('has tickets among what is exported, and on the timeline', async () => {
    const number = await ticketsOfMaya();
    const exported = await store.privacy.export(MAYA);
    expect(exported?.tickets).toMatchObject([
      { number, subject: 'My invoice', transcriptText: 'maya_x: hello' },
      { subject: 'My other question' },
    ]);
    await close(number);
    const timeline = await store.customers.timeline(MAYA, 20);
    expect(
      timeline.flatMap((entry) => (entry.kind === 'ticket' ? [[entry.what, entry.number]] : [])),
    ).toEqual([
      ['closed', number],
      ['opened', number + 1],
      ['opened', number],
    ]);
  });

  it('who is erased leaves nothing of it but what counts, and its channels are to be deleted', async () => {
    const number = await ticketsOfMaya();
    const { counts, elsewhere } = await store.privacy.erase(MAYA);
    expect([counts.ticket, elsewhere.discordTickets, elsewhere.discordUsers]).toEqual([
      3,
      [number, number + 1],
      ['555'],
    ]);
    const held = JSON.stringify(await database.sql('select * from lifecycle.ticket'));
    expect(held).not.toMatch(/maya|555|556|invoice|question/i);
    expect(held).toMatch(/noah: erased/);
    const due = await store.tickets.due({ firstAnswerMinutes: 0, idleHours: 0, closeHours: 0 }, 9);
    expect(due.map(({ ticket, due: what }) => [ticket.number, what])).toEqual([
      [number, 'finish'],
      [number + 1, 'finish'],
    ]);
    expect(await store.tickets.reopen(number, 'r')).toMatchObject({ kind: 'other' });
  });

  it('who is erased gets no ticket by a form that was submitted before', async () => {
    await ticketsOfMaya();
    const before = order({ limits, opener: { id: '555', name: 'maya_x' } });
    await store.privacy.erase(MAYA);
    expect(await store.tickets.begin(before)).toEqual({ kind: 'erased' });
    expect(await store.tickets.begin({ ...before, email: MAYA, opener: { id: '8', name: 'x' } })).toEqual({
      kind: 'erased',
    });
    expect(await store.tickets.begin({ ...before, at: new Date(Date.now() + 1_000) })).toMatchObject({
      kind: 'new',
    });
  });

  it('whose address a member has typed is not that member', async () => {
    await store.customers.upsert({ email: 'zoe@example.com' });
    const zoe = { id: '900', name: 'zoe' };
    const own = await open({ limits, email: 'zoe@example.com', opener: zoe });
    const foreign = await open({ limits, email: MAYA, opener: zoe });
    const { elsewhere } = await store.privacy.erase(MAYA);
    expect([elsewhere.discordTickets, elsewhere.discordUsers]).toEqual([[foreign], []]);
    expect(await store.tickets.get(own)).toMatchObject({ openerName: 'zoe', state: 'open' });
  });
});
