import type { CustomerRecord, CustomerRow } from './customer';
import { withFacts, withPlan, withValue } from './customer-facts';
import type { Claimed } from './customer-holds';
import { writeFacts } from './customer-rows';
import type { Queryable } from './database';
import { lifetimeValue, type KeptPaymentStatement } from './lifetime-value';
import { compareIds, foldPlan, type KeptPlanStatement } from './plan';
import { linkEvents, type RecordedEvent } from './recorded-events';
import { react } from './sequence-endings';
import { withStages } from './stage-changes';
import {
  keepPaymentStatements,
  keepPlanStatements,
  paymentStatements,
  planStatements,
  type Said,
} from './statements';
import { writeSubscriptions } from './subscriptions';

/** Stands for the event of a record that is not kept: after all that are. */
const NO_EVENT = '9223372036854775807';

interface Told extends Claimed {
  plans: Array<Said<KeptPlanStatement>>;
  payments: Array<Said<KeptPaymentStatement>>;
}

/**
 * Keeps what the records say, and gives their customers as they are after that. The customers have to be locked. A fixed
 * number of statements, however many customers and records there are.
 */
export async function keepRecords(
  transaction: Queryable,
  claimed: readonly Claimed[],
  { deliver = true }: { deliver?: boolean } = {},
): Promise<Claimed[]> {
  if (claimed.length === 0) return [];
  const told = await withRecords(transaction, claimed);
  await keepPlanStatements(
    transaction,
    told.flatMap(({ plans }) => plans),
  );
  await keepPaymentStatements(
    transaction,
    told.flatMap(({ payments }) => payments),
  );
  await writeSubscriptions(
    transaction,
    told.flatMap(({ row, records }) =>
      records.flatMap(({ subscription }) =>
        subscription ? { reading: subscription, customerId: row.id } : [],
      ),
    ),
  );
  await linkEvents(transaction, eventsOf(claimed));
  const moved = told.map((each) => ({ ...each, causeEventId: lastEventOf(each.records) }));
  const now = new Date();
  const staged = await withStages(transaction, moved, { now, deliver });
  await writeFacts(
    transaction,
    staged.map(({ row }) => row),
  );
  await react(
    transaction,
    staged.map(({ row }) => row.id),
    eventsOf(claimed),
    now,
  );
  return staged;
}

function lastEventOf(records: readonly CustomerRecord[]): string | undefined {
  return records
    .flatMap(({ eventId }) => eventId ?? [])
    .sort(compareIds)
    .at(-1);
}

/** The customers as they are with what the records say, and what they say. */
export async function withRecords(database: Queryable, claimed: readonly Claimed[]): Promise<Told[]> {
  const told = claimed.map(({ row, records }) => ({
    row: records.reduce(withFacts, row),
    records,
    plans: latestOfEvents(records.flatMap((record) => said(row, record, record.plan))),
    payments: latestOfEvents(records.flatMap((record) => said(row, record, record.payment))),
  }));
  const idsOf = (some: readonly Told[]): string[] => some.map(({ row }) => row.id);
  const plans = grouped(await planStatements(database, idsOf(told.filter((each) => each.plans.length > 0))));
  const payments = grouped(
    await paymentStatements(database, idsOf(told.filter((each) => each.payments.length > 0))),
  );
  return told.map((each) => {
    let { row } = each;
    if (each.plans.length > 0) {
      row = withPlan(row, foldPlan(latestOfEvents([...(plans.get(row.id) ?? []), ...each.plans])).plan);
    }
    if (each.payments.length > 0) {
      row = withValue(
        row,
        lifetimeValue(latestOfEvents([...(payments.get(row.id) ?? []), ...each.payments])),
      );
    }
    return { ...each, row };
  });
}

function said<Statement extends object>(
  { id }: CustomerRow,
  { source, eventId = NO_EVENT }: CustomerRecord,
  statement: Statement | undefined,
): Array<Statement & { customerId: string; source: CustomerRecord['source']; eventId: string }> {
  return statement === undefined ? [] : [{ ...statement, customerId: id, source, eventId }];
}

/** Of each event what was said last. */
function latestOfEvents<Statement extends { eventId: string }>(
  statements: readonly Statement[],
): Statement[] {
  return [...new Map(statements.map((statement) => [statement.eventId, statement])).values()];
}

function grouped<Statement extends { customerId: string }>(
  statements: readonly Statement[],
): Map<string, Statement[]> {
  const groups = new Map<string, Statement[]>();
  for (const statement of statements) {
    const group = groups.get(statement.customerId) ?? [];
    group.push(statement);
    groups.set(statement.customerId, group);
  }
  return groups;
}

function eventsOf(claimed: readonly Claimed[]): RecordedEvent[] {
  return claimed.flatMap(({ row, records }) =>
    records.flatMap(({ eventId }) => (eventId === undefined ? [] : [{ customerId: row.id, eventId }])),
  );
}
