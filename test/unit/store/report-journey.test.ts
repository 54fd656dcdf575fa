import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { Pool } from 'pg';
import { STAGES, TIERS, type CustomerRecord, type Stage, type Store, type Tier } from '../../../store';
import { createPool } from '../../../store/database';
import { readJourney, type JourneyReport } from '../../../store/report/journey';
import { customers } from '../../../store/report/lists/customers';
import { readList, type ListRow, type ReportList } from '../../../store/report/lists/list';
import { stageChanges } from '../../../store/report/lists/stage-changes';
import { periodUpTo, type ReportScope } from '../../../store/report/scope';
import { STAGES_AHEAD } from '../../../store/stage';
import { Random } from '../../support/random';
import { reportAnew } from '../../support/report-anew';
import { useStore } from '../../support/store';

const database = useStore();
const HOUR = 3_600_000;
const BEGIN = Date.UTC(2026, 0, 1, 12);
const SCOPES = [1, 7, 30, 90, 365].flatMap((days) => [null, ...TIERS].map((tier) => ({ days, tier })));
let store: Store;
let pool: Pool;

beforeEach(async () => {
  // Changes have the time at which they are kept.
  jest.useFakeTimers({
    now: BEGIN,
    doNotFake: [
      'hrtime',
      'nextTick',
      'performance',
      'queueMicrotask',
      'setImmediate',
      'clearImmediate',
      'setInterval',
      'clearInterval',
      'setTimeout',
      'clearTimeout',
    ],
  });
  store = await database.empty();
  pool = createPool(database.url());
  database.beforeClosing(() => pool.end());
});

afterEach(() => {
  jest.useRealTimers();
});

describe('the journey of a random crowd', () => {
  it.each([1, 2, 3])('is told as its history has it, whatever the period and tier (%i)', async (seed) => {
    await live(new Random(seed));
    const reports: JourneyReport[] = [];
    for (const { days, tier } of SCOPES) {
      const scope = { period: periodUpTo(new Date(), days), tier };
      const report = await readJourney(pool, scope);
      expect({ scope, ...countedIn(report) }).toEqual({ scope, ...(await expected(scope)) });
      reports.push(report);
    }
    const all = reports.flatMap(({ stages }) => stages);
    for (const key of ['customers', 'entered', 'left', 'movedOn'] as const) {
      expect(all.filter((stage) => stage[key] > 0).length).toBeGreaterThan(STAGES.length);
    }
  });

  it.each([4, 5])('is listed row by row as it is counted (%i)', async (seed) => {
    await live(new Random(seed));
    for (const { days, tier } of SCOPES.filter((scope) => scope.tier !== 'free')) {
      const scope = { period: periodUpTo(new Date(), days), tier };
      const count = async (list: ReportList, filters: Record<string, string>) =>
        (await rowsOf(list, scope, filters)).length;
      const { stages, moves, total, days: perDay } = await readJourney(pool, scope);
      expect(await count(customers, {})).toBe(total);
      for (const { stage, ...figures } of stages) {
        const listed = {
          customers: await count(customers, { stage }),
          entered: await count(stageChanges, { stage, how: 'entered' }),
          left: await count(stageChanges, { stage, how: 'left' }),
          movedOn: await count(stageChanges, { stage, how: 'movedOn' }),
        };
        expect(figures).toMatchObject(listed);
      }
      for (const { from, to, customers: moved } of moves) {
        expect(await count(stageChanges, { from: from ?? 'none', to })).toBe(moved);
      }
      for (const { day, stage, entered } of perDay.slice(0, 20)) {
        expect(await count(stageChanges, { stage, day })).toBe(entered);
      }
    }
  });

  it('is paged through without a gap, newest first', async () => {
    await live(new Random(6));
    const scope = { period: periodUpTo(new Date(), 365), tier: null };
    for (const [list, filters] of [
      [customers, {}],
      [stageChanges, {}],
      [stageChanges, { how: 'left' }],
    ] as const) {
      const all = await rowsOf(list, scope, filters);
      const paged: ListRow[] = [];
      let after: string | null = null;
      do {
        const page = await readList(list, pool, scope, filters, after, 7);
        paged.push(...page.rows);
        ({ after } = page);
      } while (after !== null);
      expect(paged).toEqual(all);
      expect(all.length).toBeGreaterThan(7);
    }
    const since = (await rowsOf(customers, scope, {})).map((row) => Number(row.since));
    expect(since).toEqual(since.toSorted((one, other) => other - one));
  });

  it('is the same when its history was kept before it could be reported', async () => {
    await live(new Random(7));
    const scope = { period: periodUpTo(new Date(), 365), tier: null };
    const before = await readJourney(pool, scope);
    await reportAnew(pool, database.url());
    expect(await readJourney(pool, scope)).toEqual(before);
  });
});

describe('customers', () => {
  it('are found by the beginning of their address, in whatever spelling, and their tier', async () => {
    for (const [email, tier] of [
      ['ada@example.com', 'pro'],
      ['ada_%@example.com', 'free'],
      ['bada@example.com', 'pro'],
    ] as const) {
      await record({ email, plan: { subject: email, asOf: new Date(), rank: 0, tier, status: 'active' } });
    }
    const scope = { period: periodUpTo(new Date(), 1), tier: null };
    const found = async (filters: Record<string, string>) =>
      (await rowsOf(customers, scope, filters)).map(({ email }) => email).sort();
    expect(await found({ q: ' ADA' })).toEqual(['ada@example.com', 'ada_%@example.com']);
    expect(await found({ q: 'ada_%' })).toEqual(['ada_%@example.com']);
    expect(await found({ q: 'ada\0' })).toEqual([]);
    expect(await found({ tier: 'pro' })).toEqual(['ada@example.com', 'bada@example.com']);
    expect(await found({ tier: 'none', stage: 'nowhere' })).toHaveLength(3);
  });
});

describe('what is at work in a stage', () => {
  it('are workflows by their events, and sequences by where they go on, or else by their start', async () => {
    const handlers: Array<[string, string[]]> = [
      ['User registered', ['app:user.registered']],
      ['VIP refund', ['stripe:charge.refunded']],
      ['E-mail engagement', ['resend:email.sent']],
      ['Dunning', ['stripe:invoice.payment_failed']],
      ['Win-back', ['app:customer.stageChanged']],
    ];
    for (const [name, eventTypes] of handlers) {
      await store.handlers.register({ id: name, workflowId: name, name, eventTypes });
    }
    await store.handlers.withdraw('VIP refund');
    await store.handlers.withdraw('Win-back');
    await keepSequence('Dunning', []);
    await keepSequence('Win-back', ['active']);
    await keepSequence('Win-back', ['churned']);
    const { stages } = await readJourney(pool, { period: periodUpTo(new Date(), 1), tier: null });
    const registered = [{ name: 'User registered', published: true, kind: 'workflow' }];
    expect(Object.fromEntries(stages.map(({ stage, automation }) => [stage, automation]))).toEqual({
      discovery: registered,
      trial: registered,
      purchase: [{ name: 'VIP refund', published: false, kind: 'workflow' }],
      onboarding: [],
      active: [],
      atRisk: [{ name: 'Dunning', published: true, kind: 'sequence' }],
      churned: [{ name: 'Win-back', published: false, kind: 'sequence' }],
      winBack: [],
    });
  });
});

async function keepSequence(name: string, onlyWhile: Stage[]): Promise<void> {
  await database.sql(
    `with sequence as (
       insert into lifecycle.sequence (name, kind) values ($1, 'transactional')
       on conflict (name) do update set kind = excluded.kind returning id
     )
     insert into lifecycle.sequence_version (sequence_id, digest, content, ends_on, only_while)
     select id, $3, '{}', '{}', $2::text[] from sequence`,
    [name, onlyWhile, onlyWhile.join(' ')],
  );
}

/** Half a year of a few customers: what is told of them, time that passes, and somebody who is erased. */
async function live(random: Random): Promise<void> {
  const emails = Array.from({ length: 12 }, (_none, index) => `customer-${index}@example.com`) as [
    string,
    ...string[],
  ];
  for (let step = 0; step < 110; step++) {
    jest.setSystemTime(Date.now() + random.below(70) * HOUR);
    const email = random.pick(emails);
    if (random.below(10) === 0) await store.customers.moveOn();
    else await record({ email, ...told(random, email) });
    if (step === 60) await store.privacy.erase(email);
  }
}

function told(random: Random, email: string): Partial<CustomerRecord> {
  const now = new Date();
  return random.pick<Partial<CustomerRecord>>([
    {},
    { signedUpAt: now },
    { activity: { name: 'export', at: now } },
    { payment: { subject: `in_${now.getTime()}`, asOf: now, currency: 'eur', paidMinor: 100 } },
    ...([1, 2, 3, 4] as const).map(() => ({
      plan: {
        subject: `plan of ${email}`,
        asOf: now,
        rank: 0,
        tier: random.pick<Tier>(['free', 'pro', 'enterprise']),
        status: random.pick(['trialing', 'active', 'active', 'active', 'past_due', 'cancelled', 'churned']),
      },
    })),
  ]);
}

async function record(over: Partial<CustomerRecord> & { email: string }): Promise<void> {
  const { id } = await store.events.accept({
    source: 'app',
    externalId: `${Date.now()} ${Math.random()}`,
    type: 'user.custom',
    occurredAt: new Date(),
    payload: {},
  });
  await store.customers.record([{ source: 'app', eventId: id, ...over }]);
}

async function rowsOf(list: ReportList, scope: ReportScope, filters: Record<string, string>) {
  const { rows, after } = await readList(list, pool, scope, filters, null, 10_000);
  expect(after).toBeNull();
  return rows;
}

/** What is counted, in an order that does not matter. */
function countedIn({ stages, moves, days, total }: JourneyReport) {
  return {
    total,
    stages: stages.map(({ stage, customers: there, entered, left, movedOn, medianHours }) => ({
      stage,
      customers: there,
      entered,
      left,
      movedOn,
      medianHours,
    })),
    moves: sorted(moves),
    days: sorted(days),
  };
}

function sorted<Each>(values: readonly Each[]): Each[] {
  const keyOf = (value: Each) => JSON.stringify(value);
  return values.toSorted((one, other) => (keyOf(one) < keyOf(other) ? -1 : 1));
}

/** The report, out of nothing but which change followed which. */
async function expected({ period: { from, until }, tier }: ReportScope) {
  const history = await database.sql<{
    customer_id: string;
    stage: Stage;
    previous: Stage | null;
    next: Stage | null;
    entered: Date;
    left: Date | null;
    tier: Tier | null;
    is_last: boolean;
  }>(
    `select customer_id, change.stage, lag(change.stage) over every as previous, lead(change.stage) over every as next,
            changed_at as entered, lead(changed_at) over every as left, tier,
            row_number() over every = count(*) over (partition by customer_id) as is_last
     from lifecycle.stage_change change join lifecycle.customer on customer.id = customer_id
     window every as (partition by customer_id order by version) order by changed_at, customer_id`,
  );
  const own = history.filter((each) => tier === null || each.tier === tier);
  const isIn = (at: Date | null) => at !== null && at >= from && at < until;
  const entries = own.filter(({ entered }) => isIn(entered));
  const count = (keys: string[]) => {
    const counts = new Map<string, number>();
    for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1);
    return [...counts];
  };
  return {
    total: own.filter((each) => each.is_last).length,
    stages: STAGES.map((stage) => {
      const ends = own.filter((each) => each.stage === stage && isIn(each.left));
      return {
        stage,
        customers: own.filter((each) => each.is_last && each.stage === stage).length,
        entered: entries.filter((each) => each.stage === stage).length,
        left: ends.length,
        movedOn: entries.filter(
          (each) => each.stage === stage && each.next !== null && STAGES_AHEAD[stage].includes(each.next),
        ).length,
        medianHours: median(ends.map(({ entered, left }) => (Number(left) - Number(entered)) / HOUR)),
      };
    }),
    moves: sorted(
      count(entries.map(({ previous, stage }) => `${previous} ${stage}`)).map(([key, moved]) => {
        const [before, to] = key.split(' ');
        return { from: before === 'null' ? null : before, to, customers: moved };
      }),
    ),
    days: sorted(
      count(entries.map(({ entered, stage }) => `${entered.toISOString().slice(0, 10)} ${stage}`)).map(
        ([key, entered]) => {
          const [day, stage] = key.split(' ');
          return { day, stage, entered };
        },
      ),
    ),
  };
}

function median(hours: number[]): unknown {
  if (hours.length === 0) return null;
  const sorted = hours.toSorted((one, other) => one - other);
  const middle = (sorted.length - 1) / 2;
  const [low = 0, high = 0] = [sorted[Math.floor(middle)], sorted[Math.ceil(middle)]];
  return expect.closeTo((low + high) / 2, 6);
}
