import { beforeEach, describe, expect, it } from '@jest/globals';
import type { Pool } from 'pg';
import {
  TIERS,
  type PaymentStatement,
  type Store,
  type SubscriptionReading,
  type Tier,
} from '../../../store';
import { createPool } from '../../../store/database';
import { readList, type ReportList } from '../../../store/report/lists/list';
import { payments } from '../../../store/report/lists/payments';
import { revenue } from '../../../store/report/lists/revenue';
import { subscriptions } from '../../../store/report/lists/subscriptions';
import {
  REVENUE_KINDS,
  readRevenue,
  type CurrencyReport,
  type RevenueKind,
} from '../../../store/report/revenue';
import { periodUpTo, type ReportScope } from '../../../store/report/scope';
import { writeSubscriptions } from '../../../store/subscriptions';
import { Random } from '../../support/random';
import { reportAnew } from '../../support/report-anew';
import { useStore } from '../../support/store';

const database = useStore();
const DAY = 86_400_000;
const NOW = Date.UTC(2026, 5, 30, 12);
const SCOPES = [1, 7, 30, 90, 365].flatMap((days) =>
  [null, ...TIERS].map((tier): ReportScope => ({ period: periodUpTo(new Date(NOW), days), tier })),
);
const YEAR: ReportScope = { period: periodUpTo(new Date(NOW), 365), tier: null };
/** Of which a month's part is a whole number, whatever the period. */
const WHOLE = 504;
let store: Store;
let pool: Pool;

beforeEach(async () => {
  store = await database.empty();
  pool = createPool(database.url());
  database.beforeClosing(() => pool.end());
});

describe('the revenue of random subscriptions', () => {
  it.each([1, 2, 3])(
    'is told as a replay of their readings has it, whatever the period and tier (%i)',
    async (seed) => {
      const random = new Random(seed);
      const readings = randomReadings(random);
      // As events bring them, with some that come late or twice.
      const inTime = readings.toSorted((one, other) => Number(one.readAt) - Number(other.readAt));
      const given = [...inTime.filter(() => random.below(8) > 0), ...random.shuffled(readings).slice(0, 30)];
      const changes = await write(given);
      const now = newestOf(given);
      const kinds = new Set<string>();
      for (const scope of SCOPES) {
        const { currencies } = await readRevenue(pool, scope);
        expect({ scope, currencies }).toEqual({ scope, currencies: expected(scope, now, changes) });
        for (const report of currencies) {
          const has = (kind: RevenueKind) =>
            kind === 'failed' || kind === 'recovered' ? report[kind] > 0 : report[`${kind}Count`] > 0;
          for (const kind of REVENUE_KINDS.filter(has)) kinds.add(kind);
        }
      }
      expect(kinds.size).toBeGreaterThan(4);
    },
  );

  it.each([5, 6])('adds up to what is paid now, in any order of the readings (%i)', async (seed) => {
    const readings = randomReadings(new Random(seed));
    for (const order of [1, 2]) {
      await database.sql('delete from lifecycle.subscription');
      await write(new Random(order).shuffled(readings));
      const now = newestOf(readings);
      const all = await readRevenue(pool, YEAR);
      expect(all.currencies.map(heldIn).filter(isHeld)).toEqual(expected(YEAR, now, []).map(heldIn));
      for (const report of all.currencies) {
        const { newMinor, expansionMinor, reactivatedMinor, contractionMinor, churnedMinor } = report;
        expect(newMinor + expansionMinor + reactivatedMinor - contractionMinor - churnedMinor).toBe(
          report.mrrMinor,
        );
      }
    }
  });

  it.each([8])('is listed row by row as it is counted (%i)', async (seed) => {
    await write(randomReadings(new Random(seed)));
    for (const scope of SCOPES.filter(({ period, tier }) => period.days > 7 && tier !== 'free')) {
      for (const { currency, ...report } of (await readRevenue(pool, scope)).currencies) {
        const count = async (list: ReportList, filters: Record<string, string>) =>
          (await rowsOf(list, scope, { currency, ...filters })).length;
        expect(await count(subscriptions, { state: 'paying' })).toBe(report.subscriptions);
        expect(await count(subscriptions, { state: 'failing' })).toBe(report.failing);
        expect(await count(revenue, { kind: 'failed' })).toBe(report.failed);
        expect(await count(revenue, { kind: 'recovered' })).toBe(report.recovered);
        for (const kind of ['new', 'expansion', 'contraction', 'churned', 'reactivated'] as const) {
          const rows = await rowsOf(revenue, scope, { currency, kind });
          expect(rows).toHaveLength(report[`${kind}Count`]);
          expect(sumOf(rows.map(({ before, now }) => Math.abs(Number(now) - Number(before))))).toBe(
            report[`${kind}Minor`],
          );
          for (const { day, ...amounts } of report.days.slice(0, 3)) {
            const ofDay = await rowsOf(revenue, scope, { currency, kind, day });
            expect(sumOf(ofDay.map(({ before, now }) => Math.abs(Number(now) - Number(before))))).toBe(
              amounts[`${kind}Minor`],
            );
          }
        }
      }
    }
  });
});

describe('a subscription', () => {
  const cases: Array<[string, Array<Partial<SubscriptionReading>>, string[]]> = [
    ['that is paid for is new when it began', [{}], ['new 1 0>504']],
    ['is new after its trial', [{ trialEnd: day(3) }], ['new 3 0>504']],
    ['is new when its trial is seen to be over', [trial(9), { trialEnd: day(9) }], ['new 9 0>504']],
    ['on trial counts nothing', [trial(9)], []],
    ['that ends on trial counts nothing', [trial(9), { ...trial(9), ...ended(8) }], []],
    ['that waits for its first payment counts nothing', [{ status: 'incomplete', paymentFailing: true }], []],
    ['that never got it counts nothing', [{ status: 'incomplete_expired', endedAt: day(8) }], []],
    ['that is free counts nothing', [{ amountMinor: 0 }, { amountMinor: null }], []],
    ['is new when it is free no more', [{ amountMinor: 0 }, {}], ['new 21 0>504']],
    ['is churned when it has ended', [{}, ended(15)], ['new 1 0>504', 'churned 15 504>0']],
    ['that is seen only after its end', [ended(15)], ['new 1 0>504', 'churned 15 504>0']],
    [
      'that ended after its trial',
      [trial(9), { ...ended(15), trialEnd: day(9) }],
      ['new 9 0>504', 'churned 15 504>0'],
    ],
    ['that is set to end is still paid for', [{ cancelAtPeriodEnd: true }], ['new 1 0>504']],
    ['grows', [{}, { amountMinor: 1008 }], ['new 1 0>504', 'expansion 21 504>1008']],
    ['shrinks', [{}, { intervalCount: 2 }], ['new 1 0>504', 'contraction 21 504>252']],
    [
      'of another currency',
      [{}, { currency: 'usd' }],
      ['new 1 0>504', 'churned 21 504>0', 'new 21 0>504 usd'],
    ],
    [
      'that was given up, and is paid again',
      [{}, { status: 'unpaid', paymentFailing: true }, {}],
      ['new 1 0>504', 'churned 21 504>0', 'reactivated 22 0>504'],
    ],
    [
      'whose payment fails and is made good',
      [{}, { status: 'past_due', paymentFailing: true }, {}],
      ['new 1 0>504', 'failed 21 504>504', 'recovered 22 504>504'],
    ],
    [
      'whose payment fails until it ends',
      [{ paymentFailing: true }, ended(21)],
      ['new 1 0>504', 'failed 20 504>504', 'churned 21 504>0'],
    ],
    ['that is read again changes nothing', [{}, { metadata: { seats: '3' } }], ['new 1 0>504']],
    ['of weeks', [{ intervalUnit: 'week' }], ['new 1 0>2190']],
    ['of days', [{ intervalUnit: 'day', intervalCount: 2 }], ['new 1 0>7665']],
    ['of years', [{ intervalUnit: 'year' }], ['new 1 0>42']],
    ['of no known period', [{ intervalUnit: null }, { intervalCount: 0 }], []],
    [
      'of more than anybody pays',
      [{ intervalCount: 2 ** 31 - 1, intervalUnit: 'week', amountMinor: 1e15 }],
      ['new 1 0>2023409'],
    ],
  ];

  it.each(cases)('%s', async (_what, readings, kept) => {
    for (const [index, over] of readings.entries()) {
      await write([reading({ startedAt: day(1), readAt: day(20 + index), ...over })]);
    }
    expect(await keptChanges()).toEqual(kept);
  });

  it('has its part of a month, and all of them together are rounded', async () => {
    const yearly = { intervalUnit: 'year', amountMinor: 1000, startedAt: day(1) };
    await write(['a', 'b', 'c'].map((externalId) => reading({ ...yearly, externalId })));
    // Of 83⅓ each.
    expect((await readRevenue(pool, YEAR)).currencies).toMatchObject([{ mrrMinor: 250, newMinor: 250 }]);
  });

  it('goes with all of it when its person is erased', async () => {
    await store.subscriptions.sync(
      [
        {
          reading: reading({}),
          email: 'ada@example.com',
          name: null,
          plan: null,
          event: { type: 'x', payload: {} },
        },
      ],
      { deliver: true },
    );
    expect((await store.privacy.export('ada@example.com'))?.revenueChanges).toMatchObject([
      { kind: 'new', currency: 'eur', mrrBefore: 0, mrrAfter: 504 },
    ]);
    await store.privacy.erase('ada@example.com');
    expect(await readRevenue(pool, YEAR)).toEqual({ currencies: [] });
    expect(await keptChanges()).toEqual([]);
  });
});

describe('payments', () => {
  it.each([1, 2, 3])(
    'count once, however often and in whatever order they are told of (%i)',
    async (seed) => {
      const random = new Random(seed);
      const told = randomPayments(random);
      for (const each of random.shuffled(told)) await record(each);
      for (const each of random.shuffled(told).slice(0, 10)) await record(each);
      const tierOf = new Map<string, Tier | null>();
      for (const { email } of told) {
        tierOf.set(email, (await store.customers.get(email))?.tier ?? null);
      }
      for (const scope of SCOPES) {
        const { currencies } = await readRevenue(pool, scope);
        const figures = currencies.map(({ currency, paidMinor, refundedMinor }) => ({
          currency,
          paidMinor,
          refundedMinor,
        }));
        const own = told.filter(({ email }) => scope.tier === null || tierOf.get(email) === scope.tier);
        expect({ scope, figures }).toEqual({ scope, figures: paidIn(scope, own) });
        for (const { currency, paidMinor, refundedMinor } of currencies) {
          const paid = await rowsOf(payments, scope, { currency, kind: 'paid' });
          expect(sumOf(paid.map((row) => Number(row.paid)))).toBe(paidMinor);
          const refunded = await rowsOf(payments, scope, { currency, kind: 'refunded' });
          expect(sumOf(refunded.map((row) => Number(row.refunded)))).toBe(refundedMinor);
          expect(refunded.every((row) => Number(row.refunded) > 0)).toBe(true);
        }
      }
    },
  );
});

it('what was kept before it could be reported is brought along', async () => {
  const random = new Random(10);
  for (const each of randomPayments(random)) await record(each);
  // Of subscriptions only the newest reading is known.
  await write(newestOf(randomReadings(random)));
  const before = [await readRevenue(pool, YEAR), await keptChanges()];
  await reportAnew(pool, database.url());
  expect([await readRevenue(pool, YEAR), await keptChanges()]).toEqual(before);
  await write([reading({ externalId: 'sub_new', readAt: day(100) })]);
  expect(await keptChanges()).toHaveLength((before[1] as string[]).length + 1);
});

function day(number: number): Date {
  return new Date(Date.UTC(2026, 0, number, 12));
}

function trial(end: number): Partial<SubscriptionReading> {
  return { status: 'trialing', trialStart: day(1), trialEnd: day(end) };
}

function ended(end: number): Partial<SubscriptionReading> {
  return { status: 'canceled', endedAt: day(end) };
}

function reading(over: Partial<SubscriptionReading>): SubscriptionReading {
  return {
    source: 'stripe',
    externalId: 'sub_1',
    externalCustomerId: 'cus_1',
    status: 'active',
    productId: null,
    productName: null,
    priceId: null,
    tier: 'pro',
    currency: 'eur',
    amountMinor: WHOLE,
    intervalCount: 1,
    intervalUnit: 'month',
    periodStart: null,
    periodEnd: null,
    cancelAtPeriodEnd: false,
    cancelAt: null,
    canceledAt: null,
    endedAt: null,
    cancellationReason: null,
    cancellationFeedback: null,
    cancellationComment: null,
    trialStart: null,
    trialEnd: null,
    paymentFailing: false,
    metadata: {},
    startedAt: day(1),
    readAt: day(2),
    ...over,
  };
}

/** What subscriptions were over some months, each at other times, in no order. */
function randomReadings(random: Random): SubscriptionReading[] {
  return Array.from({ length: 10 }, (_none, number) => {
    const startedAt = new Date(NOW - (20 + random.below(200)) * DAY);
    const trialEnd = random.below(3) === 0 ? new Date(startedAt.getTime() + 14 * DAY) : null;
    const fixed = { externalId: `sub_${number}`, startedAt, trialEnd };
    const times = Array.from(
      { length: 9 },
      () => startedAt.getTime() + random.below(NOW - startedAt.getTime()),
    );
    let state: Partial<SubscriptionReading> = { tier: random.pick(TIERS) };
    return [...new Set(times)].toSorted().map((readAt) => {
      state = after(state, random, new Date(readAt));
      const isOnTrial = trialEnd !== null && readAt < trialEnd.getTime() && state.endedAt === undefined;
      return reading({
        ...fixed,
        ...state,
        ...(isOnTrial && { status: 'trialing' }),
        readAt: new Date(readAt),
      });
    });
  }).flat();
}

function after(state: Partial<SubscriptionReading>, random: Random, at: Date): Partial<SubscriptionReading> {
  if (state.endedAt !== undefined) return state;
  if (state.status === 'past_due') return { ...state, status: random.pick(['active', 'unpaid', 'past_due']) };
  if (state.paymentFailing) return { ...state, paymentFailing: false };
  return random.pick<Partial<SubscriptionReading>>([
    state,
    { ...state, amountMinor: random.pick([0, WHOLE, WHOLE, 2 * WHOLE, 5 * WHOLE]) },
    {
      ...state,
      intervalUnit: random.pick(['day', 'week', 'month', 'year']),
      intervalCount: random.pick([1, 2]),
      tier: random.pick(TIERS),
    },
    { ...state, status: 'past_due', paymentFailing: true },
    { ...state, status: random.pick(['unpaid', 'paused', 'incomplete', 'active']) },
    { ...state, currency: random.pick(['eur', 'usd', null]) },
    random.below(4) > 0
      ? state
      : { ...state, status: 'canceled', endedAt: new Date(at.getTime() - random.below(DAY)) },
  ]);
}

interface Change {
  at: Date;
  kind: RevenueKind;
  currency: string;
  minor: number;
  tier: Tier | null;
}

/** Writes the readings in this order, one by one, and gives what that is to come to. */
async function write(readings: readonly SubscriptionReading[]): Promise<Change[]> {
  const seen = new Map<string, { newest: SubscriptionReading; hasPaid: boolean }>();
  const changes: Change[] = [];
  for (const each of readings) {
    await writeSubscriptions(pool, [{ reading: each, customerId: null }]);
    const { newest, hasPaid = false } = seen.get(each.externalId) ?? {};
    if (newest && newest.readAt >= each.readAt) continue;
    const happened = between(newest, each, hasPaid);
    changes.push(...happened);
    seen.set(each.externalId, { newest: each, hasPaid: hasPaid || happened.length > 0 });
  }
  return changes;
}

/** What happened between two readings that were seen one after the other. */
function between(
  before: SubscriptionReading | undefined,
  now: SubscriptionReading,
  hasPaid: boolean,
): Change[] {
  const [was, is] = [before ? mrrOf(before) : 0, mrrOf(now)];
  const { readAt, startedAt, trialEnd, endedAt } = now;
  const begunAt = trialEnd && trialEnd > startedAt ? trialEnd : startedAt;
  const hadNotBegun = !before || before.status === 'trialing' || before.status === 'incomplete';
  const gone = (at: Date): Change[] =>
    before ? [{ at, kind: 'churned', currency: `${before.currency}`, minor: was, tier: before.tier }] : [];
  const told = (at: Date, kind: RevenueKind, minor: number): Change => ({
    at,
    kind,
    currency: `${now.currency}`,
    minor,
    tier: now.tier,
  });
  const changes: Change[] = [];
  if (was === 0 && is > 0) {
    const isBeginning = hadNotBegun && !hasPaid;
    const at = isBeginning && begunAt < readAt ? begunAt : readAt;
    changes.push(told(at, hasPaid ? 'reactivated' : 'new', is));
  } else if (was > 0 && is === 0) {
    changes.push(...gone(endedAt ?? readAt));
  } else if (was > 0 && before?.currency !== now.currency) {
    changes.push(...gone(readAt), told(readAt, 'new', is));
  } else if (is !== was) {
    changes.push(told(readAt, is > was ? 'expansion' : 'contraction', Math.abs(is - was)));
  } else if (hadNotBegun && !hasPaid && endedAt !== null && endedAt > begunAt) {
    const monthly = mrrOf({ ...now, status: 'active', endedAt: null });
    if (monthly > 0) changes.push(told(begunAt, 'new', monthly), told(endedAt, 'churned', monthly));
  }
  const wasFailing = was > 0 && before?.paymentFailing === true;
  const isFailing = is > 0 && now.paymentFailing;
  if (is > 0 && wasFailing !== isFailing) changes.push(told(readAt, isFailing ? 'failed' : 'recovered', 0));
  return changes;
}

function mrrOf({ status, endedAt, amountMinor, currency, ...period }: SubscriptionReading): number {
  if ((status !== 'active' && status !== 'past_due') || endedAt !== null || currency === null) return 0;
  const months = { day: 12 / 365, week: (7 * 12) / 365, month: 1, year: 12 }[`${period.intervalUnit}`];
  const count = period.intervalCount ?? 0;
  return months === undefined || count === 0 ? 0 : Math.round((amountMinor ?? 0) / (months * count));
}

function newestOf(readings: readonly SubscriptionReading[]): SubscriptionReading[] {
  const inTime = readings.toSorted((one, other) => Number(one.readAt) - Number(other.readAt));
  return [...new Map(inTime.map((each) => [each.externalId, each])).values()];
}

function expected({ period, tier }: ReportScope, now: SubscriptionReading[], changes: Change[]) {
  const paying = now.filter((each) => mrrOf(each) > 0 && (tier === null || each.tier === tier));
  const own = changes.filter(
    ({ at, ...each }) => at >= period.from && at < period.until && (tier === null || each.tier === tier),
  );
  const currencies = new Set([...paying, ...own].map(({ currency }) => `${currency}`));
  return [...currencies]
    .map((currency) => {
      const ofCurrency = own.filter((each) => each.currency === currency);
      const held = paying.filter((each) => each.currency === currency);
      const days = ofCurrency
        .filter(({ kind }) => kind !== 'failed' && kind !== 'recovered')
        .map(({ at }) => at.toISOString().slice(0, 10));
      return {
        currency,
        mrrMinor: sumOf(held.map(mrrOf)),
        subscriptions: held.length,
        failing: held.filter(({ paymentFailing }) => paymentFailing).length,
        ...amountsOf(ofCurrency),
        newCount: ofCurrency.filter(({ kind }) => kind === 'new').length,
        expansionCount: ofCurrency.filter(({ kind }) => kind === 'expansion').length,
        contractionCount: ofCurrency.filter(({ kind }) => kind === 'contraction').length,
        churnedCount: ofCurrency.filter(({ kind }) => kind === 'churned').length,
        reactivatedCount: ofCurrency.filter(({ kind }) => kind === 'reactivated').length,
        failed: ofCurrency.filter(({ kind }) => kind === 'failed').length,
        recovered: ofCurrency.filter(({ kind }) => kind === 'recovered').length,
        paidMinor: 0,
        refundedMinor: 0,
        days: [...new Set(days)].toSorted().map((date) => ({
          day: date,
          ...amountsOf(ofCurrency.filter(({ at }) => at.toISOString().startsWith(date))),
        })),
      };
    })
    .sort((one, other) => other.mrrMinor - one.mrrMinor || (one.currency < other.currency ? -1 : 1));
}

function heldIn({ currency, mrrMinor, subscriptions: paying, failing }: CurrencyReport) {
  return { currency, mrrMinor, paying, failing };
}

function isHeld({ paying }: { paying: number }): boolean {
  return paying > 0;
}

function amountsOf(changes: readonly Change[]) {
  const amountOf = (kind: RevenueKind) =>
    sumOf(changes.filter((each) => each.kind === kind).map(({ minor }) => minor));
  return {
    newMinor: amountOf('new'),
    expansionMinor: amountOf('expansion'),
    contractionMinor: amountOf('contraction'),
    churnedMinor: amountOf('churned'),
    reactivatedMinor: amountOf('reactivated'),
  };
}

type Told = PaymentStatement & { email: string; order: number };

/** Some payments of some customers, told of more than once, and refunded bit by bit. */
function randomPayments(random: Random): Told[] {
  return Array.from({ length: 60 }, (_none, order): Told => {
    const person = random.below(5);
    const payment = random.below(4);
    const minor = (1 + random.below(9)) * 100;
    return {
      email: `customer-${person}@example.com`,
      order,
      subject: `in_${payment}`,
      asOf: new Date(NOW - random.below(400) * DAY + order),
      currency: payment === 3 ? 'usd' : 'eur',
      ...random.pick<Partial<PaymentStatement>>([
        { paidMinor: minor },
        { refundedMinor: minor },
        { paidMinor: minor, refundedMinor: 0 },
      ]),
    };
  });
}

/** What is told of a payment, whose customer has a tier by number. */
async function record({ email, order, ...payment }: Told): Promise<void> {
  const externalId = `${order}`;
  const event = { source: 'stripe', externalId, type: 'x', occurredAt: payment.asOf, payload: {} } as const;
  const { id } = await store.events.accept(event);
  const [kept] = await database.sql<{ id: string }>('select id from lifecycle.event where external_id = $1', [
    externalId,
  ]);
  const tier = TIERS[Number(/\d/.exec(email)?.[0]) % TIERS.length] ?? 'free';
  const plan = { subject: 'app', asOf: payment.asOf, rank: 0, tier, status: 'active' } as const;
  await store.customers.record([{ source: 'stripe', email, eventId: id ?? kept?.id, payment, plan }]);
}

function paidIn({ period }: ReportScope, told: readonly Told[]) {
  const totals = new Map<string, { currency: string; paidMinor: number; refundedMinor: number }>();
  const ofPayments = new Map<string, Told[]>();
  for (const each of told) {
    const key = `${each.email} ${each.subject}`;
    ofPayments.set(key, [...(ofPayments.get(key) ?? []), each]);
  }
  for (const statements of ofPayments.values()) {
    let [paid, refunded] = [0, 0];
    for (const { asOf, currency, ...said } of statements.toSorted(
      (one, other) => Number(one.asOf) - Number(other.asOf),
    )) {
      const more = (said.paidMinor ?? paid) - paid;
      const back = Math.max(0, (said.refundedMinor ?? 0) - refunded);
      paid += more;
      refunded += back;
      if (asOf < period.from || asOf >= period.until || (more === 0 && back === 0)) continue;
      const total = totals.get(currency) ?? { currency, paidMinor: 0, refundedMinor: 0 };
      total.paidMinor += more;
      total.refundedMinor += back;
      totals.set(currency, total);
    }
  }
  return [...totals.values()].toSorted((one, other) => (one.currency < other.currency ? -1 : 1));
}

async function keptChanges(): Promise<string[]> {
  const rows = await database.sql<{ change: string }>(
    `select concat_ws(' ', kind, extract(day from at at time zone 'UTC'),
                      round(mrr_before) || '>' || round(mrr_after), nullif(currency, 'eur')) as change
     from lifecycle.revenue_change order by id`,
  );
  return rows.map(({ change }) => change);
}

function sumOf(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}

async function rowsOf(list: ReportList, scope: ReportScope, filters: Record<string, string>) {
  const { rows, after: next } = await readList(list, pool, scope, filters, null, 10_000);
  expect(next).toBeNull();
  return rows;
}
