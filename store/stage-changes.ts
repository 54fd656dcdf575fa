import type { CustomerRow } from './customer';
import type { Queryable } from './database';
import { insert, type EventSource } from './events';
import { groupKeyOf } from './group-key';
import { stageOf, type Stage } from './stage';
import { subscriptionStates } from './subscriptions';

/** What workflows start from. */
const TYPE = 'customer.stageChanged';

/** A customer who may have reached another stage, and the event because of which. */
export interface Moved {
  row: CustomerRow;
  /** Absent where nothing but time has passed. */
  causeEventId?: string | undefined;
}

export interface StageChange {
  customerId: string;
  /** Counts the changes of a customer, from 1 on. */
  version: number;
  previousStage: Stage | null;
  stage: Stage;
  causeEventId: string | null;
  changedAt: Date;
}

/**
 * The customers with the stage that follows from what is known now. Each change of it is kept with its cause, and is an
 * event of its own that workflows can start from; with `deliver` off none does. The rows are yet to be written.
 */
export async function withStages<Each extends Moved>(
  transaction: Queryable,
  moved: readonly Each[],
  { now, deliver }: { now: Date; deliver: boolean },
): Promise<Each[]> {
  const states = await subscriptionStates(
    transaction,
    moved.map(({ row }) => row.id),
  );
  const changes: Array<StageChange & { email: string }> = [];
  const staged = moved.map((each) => {
    const { row, causeEventId = null } = each;
    const ownStates = states.filter(({ customerId }) => customerId === row.id);
    const stage = stageOf(row, ownStates, now);
    if (stage === row.stage) return each;
    const version = row.stageVersion + 1;
    const { id: customerId, email, stage: previousStage } = row;
    changes.push({ customerId, email, version, previousStage, stage, causeEventId, changedAt: now });
    return { ...each, row: { ...row, stage, stageSince: now, stageVersion: version } };
  });
  if (changes.length > 0) await keep(transaction, changes, deliver);
  return staged;
}

async function keep(
  transaction: Queryable,
  changes: ReadonlyArray<StageChange & { email: string }>,
  deliver: boolean,
): Promise<void> {
  const causes = await transaction.query<{ id: string; source: EventSource; type: string }>(
    `with given as (
       select * from jsonb_to_recordset($1) as given (
         "customerId" bigint, version integer, "previousStage" text, stage text, "causeEventId" bigint,
         "changedAt" timestamptz)
     ), kept as (
       insert into lifecycle.stage_change
         (customer_id, version, previous_stage, stage, cause_event_id, changed_at)
       select "customerId", version, "previousStage", stage, "causeEventId", "changedAt" from given
     ), ended as (
       update lifecycle.stage_change before set left_at = given."changedAt", next_stage = given.stage
       from given where before.customer_id = given."customerId" and before.version = given.version - 1
     )
     select id, source, type from lifecycle.event where id = any ($2::bigint[])`,
    [JSON.stringify(changes), changes.flatMap(({ causeEventId }) => causeEventId ?? [])],
  );
  const causeOf = new Map(
    causes.rows.map(({ id, source, type }) => [id, { eventId: id, type: `${source}:${type}` }]),
  );
  await insert(
    transaction,
    changes.map(({ customerId, email, version, previousStage, stage, causeEventId, changedAt }) => ({
      source: 'app',
      externalId: `stage:${customerId}:${version}`,
      type: TYPE,
      occurredAt: changedAt,
      groupKey: groupKeyOf('email', email),
      payload: { email, previousStage, stage, cause: causeOf.get(causeEventId ?? '') ?? null },
    })),
    { deliver },
  );
}

/** All changes of stage of these customers, oldest first. */
export async function readStageChanges(
  database: Queryable,
  customerIds: readonly string[],
): Promise<Array<StageChange & { cause: string | null }>> {
  const { rows } = await database.query<StageChange & { cause: string | null }>(
    `select change.customer_id as "customerId", version, previous_stage as "previousStage", stage,
            cause_event_id as "causeEventId", changed_at as "changedAt", event.source || ':' || event.type as cause
     from lifecycle.stage_change change left join lifecycle.event on event.id = cause_event_id
     where change.customer_id = any ($1::bigint[])
     order by change.customer_id, version`,
    [customerIds],
  );
  return rows;
}
