import type { Queryable } from './database';
import type { EventSource } from './events';
import type { KeptPaymentStatement } from './lifetime-value';
import type { KeptPlanStatement } from './plan';
import { storable } from './storable';

/** Something that was said about a customer. */
export type Said<Statement> = Statement & { customerId: string };

type Nullable<Value, Fields extends keyof Value> = Omit<Value, Fields> & {
  [Field in Fields]: Exclude<Value[Field], undefined> | null;
};

/** All that was said about the plans of these customers. */
export async function planStatements(
  database: Queryable,
  customerIds: readonly string[],
): Promise<Array<Said<KeptPlanStatement>>> {
  const { rows } = await database.query<Nullable<Said<KeptPlanStatement>, 'previousTier' | 'replaces'>>(
    `select customer_id as "customerId", event_id as "eventId", source, subject, as_of as "asOf", rank, tier, status,
            previous_tier as "previousTier", replaces, sign_up as "signUp"
     from lifecycle.plan_statement where customer_id = any ($1::bigint[])`,
    [customerIds],
  );
  return rows.map(({ previousTier, replaces, ...statement }) => ({
    ...statement,
    previousTier: previousTier ?? undefined,
    replaces: replaces ?? undefined,
  }));
}

/** All that was said about the payments of these customers. */
export async function paymentStatements(
  database: Queryable,
  customerIds: readonly string[],
): Promise<Array<Said<KeptPaymentStatement>>> {
  const { rows } = await database.query<Nullable<Said<KeptPaymentStatement>, 'paidMinor' | 'refundedMinor'>>(
    `select customer_id as "customerId", event_id as "eventId", source, subject, as_of as "asOf", currency,
            paid_minor::float8 as "paidMinor", refunded_minor::float8 as "refundedMinor"
     from lifecycle.payment_statement where customer_id = any ($1::bigint[])`,
    [customerIds],
  );
  return rows.map(({ paidMinor, refundedMinor, ...statement }) => ({
    ...statement,
    paidMinor: paidMinor ?? undefined,
    refundedMinor: refundedMinor ?? undefined,
  }));
}

/** The address of the customer of whose plan each subject was last said to be. */
export async function readEmailsBySubject(
  database: Queryable,
  source: EventSource,
  subjects: readonly string[],
): Promise<Map<string, string>> {
  const { rows } = await database.query<{ subject: string; email: string }>(
    `select distinct on (statement.subject) statement.subject, customer.email
     from lifecycle.plan_statement statement join lifecycle.customer on customer.id = statement.customer_id
     where statement.source = $1 and statement.subject = any ($2::text[])
     order by statement.subject, statement.as_of desc, statement.event_id desc`,
    [source, subjects],
  );
  return new Map(rows.map(({ subject, email }) => [subject, email]));
}

/** Keeps one statement for each customer and event; what an event says now takes the place of what it said before. */
export async function keepPlanStatements(
  transaction: Queryable,
  statements: ReadonlyArray<Said<KeptPlanStatement>>,
): Promise<void> {
  if (statements.length === 0) return;
  await transaction.query(
    `insert into lifecycle.plan_statement
       (customer_id, event_id, source, subject, as_of, rank, tier, status, previous_tier, replaces, sign_up)
     select "customerId", "eventId", source, subject, "asOf", rank, tier, status, "previousTier", replaces,
            coalesce("signUp", false)
     from jsonb_to_recordset($1) as given (
       "customerId" bigint, "eventId" bigint, source text, subject text, "asOf" timestamptz, rank integer, tier text,
       status text, "previousTier" text, replaces text, "signUp" boolean)
     on conflict (customer_id, event_id) do update
       set source = excluded.source, subject = excluded.subject, as_of = excluded.as_of, rank = excluded.rank,
           tier = excluded.tier, status = excluded.status, previous_tier = excluded.previous_tier,
           replaces = excluded.replaces, sign_up = excluded.sign_up`,
    [JSON.stringify(statements, storable)],
  );
}

/** {@link keepPlanStatements} for payments. */
export async function keepPaymentStatements(
  transaction: Queryable,
  statements: ReadonlyArray<Said<KeptPaymentStatement>>,
): Promise<void> {
  if (statements.length === 0) return;
  await transaction.query(
    `insert into lifecycle.payment_statement
       (customer_id, event_id, source, subject, as_of, currency, paid_minor, refunded_minor)
     select "customerId", "eventId", source, subject, "asOf", currency, "paidMinor", "refundedMinor"
     from jsonb_to_recordset($1) as given (
       "customerId" bigint, "eventId" bigint, source text, subject text, "asOf" timestamptz, currency text,
       "paidMinor" bigint, "refundedMinor" bigint)
     on conflict (customer_id, event_id) do update
       set source = excluded.source, subject = excluded.subject, as_of = excluded.as_of,
           currency = excluded.currency, paid_minor = excluded.paid_minor, refunded_minor = excluded.refunded_minor`,
    [JSON.stringify(statements, storable)],
  );
}
