import type { Queryable } from '../database';
import type { ReportScope } from './scope';
import { hasTier } from './tier';

/** What can happen to the monthly recurring revenue of a subscription; the last two, to its payments. */
export const REVENUE_KINDS = [
  'new',
  'expansion',
  'contraction',
  'churned',
  'reactivated',
  'failed',
  'recovered',
] as const;
export type RevenueKind = (typeof REVENUE_KINDS)[number];

type AmountOf = `${'new' | 'expansion' | 'contraction' | 'churned' | 'reactivated'}Minor`;
type CountOf = `${'new' | 'expansion' | 'contraction' | 'churned' | 'reactivated'}Count`;

/** What came and went, in whole minor units; none of it is negative. */
export type RevenueAmounts = Record<AmountOf, number>;

/**
 * The revenue in one currency. Amounts are in its minor units, monthly ones rounded when they are added up. A
 * subscription is one that is paid for: active or past due, not on trial, not ended, not free.
 */
export interface CurrencyReport extends RevenueAmounts, Record<CountOf, number> {
  /** ISO 4217, in lower case. */
  currency: string;
  /** Monthly recurring revenue now, of how many subscriptions, and of how many of those a payment fails. */
  mrrMinor: number;
  subscriptions: number;
  failing: number;
  /** How often in the period a payment began to fail, and how often that was over, other than by an end. */
  failed: number;
  recovered: number;
  /** Of all payments, those that are not for a subscription included. */
  paidMinor: number;
  refundedMinor: number;
  /** Days of the period (`YYYY-MM-DD`, UTC) on which anything came or went. */
  days: Array<RevenueAmounts & { day: string }>;
}

export interface RevenueReport {
  /** Most monthly revenue first. */
  currencies: CurrencyReport[];
}

interface Changes {
  currency: string;
  /** `null`: of the whole period. */
  day: string | null;
  kind: RevenueKind;
  changes: number;
  minor: number;
}

interface Held {
  currency: string;
  mrrMinor: number;
  subscriptions: number;
  failing: number;
}

interface Paid {
  currency: string;
  paidMinor: number;
  refundedMinor: number;
}

/**
 * The revenue in a period. Of a tier, it is that of the subscriptions that are of the tier, as each was when it changed;
 * payments are those of customers who have the tier now.
 */
export async function readRevenue(database: Queryable, scope: ReportScope): Promise<RevenueReport> {
  const held = await readHeld(database, scope);
  const changes = await readChanges(database, scope);
  const paid = await readPaid(database, scope);
  const currencies = [...new Set([...held, ...changes, ...paid].map(({ currency }) => currency))];
  return {
    currencies: currencies
      .map((currency) => {
        const of = <Row extends { currency: string }>(rows: readonly Row[]): Row[] =>
          rows.filter((row) => row.currency === currency);
        const [{ mrrMinor = 0, subscriptions = 0, failing = 0 } = {} as Partial<Held>] = of(held);
        const [{ paidMinor = 0, refundedMinor = 0 } = {} as Partial<Paid>] = of(paid);
        const ofPeriod = of(changes).filter(({ day }) => day === null);
        const countOf = (kind: RevenueKind) => ofPeriod.find((each) => each.kind === kind)?.changes ?? 0;
        return {
          currency,
          mrrMinor,
          subscriptions,
          ...amountsOf(ofPeriod),
          newCount: countOf('new'),
          expansionCount: countOf('expansion'),
          contractionCount: countOf('contraction'),
          churnedCount: countOf('churned'),
          reactivatedCount: countOf('reactivated'),
          failing,
          failed: countOf('failed'),
          recovered: countOf('recovered'),
          paidMinor,
          refundedMinor,
          days: daysOf(of(changes)),
        };
      })
      .sort((one, other) => other.mrrMinor - one.mrrMinor || (one.currency < other.currency ? -1 : 1)),
  };
}

function amountsOf(changes: readonly Changes[]): RevenueAmounts {
  const amountOf = (kind: RevenueKind) => changes.find((each) => each.kind === kind)?.minor ?? 0;
  return {
    newMinor: amountOf('new'),
    expansionMinor: amountOf('expansion'),
    contractionMinor: amountOf('contraction'),
    churnedMinor: amountOf('churned'),
    reactivatedMinor: amountOf('reactivated'),
  };
}

function daysOf(changes: readonly Changes[]): CurrencyReport['days'] {
  const days = new Map<string, Changes[]>();
  for (const each of changes) {
    if (each.day === null || each.kind === 'failed' || each.kind === 'recovered') continue;
    const sameDay = days.get(each.day) ?? [];
    sameDay.push(each);
    days.set(each.day, sameDay);
  }
  return [...days].map(([day, ofDay]) => ({ day, ...amountsOf(ofDay) }));
}

async function readHeld(database: Queryable, { tier }: ReportScope): Promise<Held[]> {
  const { rows } = await database.query<Held>(
    `select currency, round(sum(mrr_minor))::float8 as "mrrMinor", count(*)::int as subscriptions,
            count(*) filter (where payment_failing)::int as failing
     from lifecycle.subscription
     where mrr_minor > 0 and ($1::text is null or tier = $1)
     group by currency`,
    [tier],
  );
  return rows;
}

async function readChanges(
  database: Queryable,
  { tier, period: { from, until } }: ReportScope,
): Promise<Changes[]> {
  const { rows } = await database.query<Changes>(
    `with daily as materialized (
       select currency, kind, (at at time zone 'UTC')::date as day, count(*) as changes,
              sum(abs(mrr_after - mrr_before)) as minor
       from lifecycle.revenue_change
       where at >= $2 and at < $3 and ($1::text is null or tier = $1)
       group by 1, 2, 3
     )
     select currency, kind, to_char(day, 'YYYY-MM-DD') as day, sum(changes)::int as changes,
            round(sum(minor))::float8 as minor
     from daily group by grouping sets ((currency, kind), (currency, kind, day)) order by daily.day`,
    [tier, from, until],
  );
  return rows;
}

async function readPaid(
  database: Queryable,
  { tier, period: { from, until } }: ReportScope,
): Promise<Paid[]> {
  const { rows } = await database.query<Paid>(
    `select currency, sum(newly_paid_minor)::float8 as "paidMinor",
            sum(newly_refunded_minor)::float8 as "refundedMinor"
     from lifecycle.payment_statement
     where as_of >= $2 and as_of < $3 and (newly_paid_minor, newly_refunded_minor) <> (0, 0)
       and ${hasTier(tier, 'customer_id', '$1')}
     group by currency`,
    [tier, from, until],
  );
  return rows;
}
