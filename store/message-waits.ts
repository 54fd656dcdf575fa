import type { Queryable } from './database';
import { zoneOf } from './schedule';
import type { SequenceDefinition } from './sequence-definition';
import { planAfterWait } from './sequence-plan';
import { DROP_OPEN_MESSAGES } from './sequence-rows';

const RESOLVED_AT_ONCE = 1_000;

interface Wait {
  entryId: string;
  step: number;
  dueAt: Date;
  outcome: 'happened' | null;
  timeZone: string | null;
  definition: SequenceDefinition;
}

/**
 * Plans what comes after waits that are over, since what they waited for has happened or their time is up; gives whether
 * there may be more of them. In a transaction of its own: for a mail that is changed twice in one, PostgreSQL looks once
 * more whether its customer is there, and would wait for whoever records that customer and waits for the mail's entry.
 */
export async function resolveWaits(transaction: Queryable, now: Date): Promise<boolean> {
  const { rows } = await transaction.query<Wait>(
    `select message.entry_id as "entryId", message.step, message.due_at as "dueAt", message.wait_outcome as outcome,
            customer.time_zone as "timeZone", version.content as definition
     from lifecycle.message
       join lifecycle.sequence_entry entry on entry.id = message.entry_id
       join lifecycle.sequence_version version on version.id = entry.version_id
       join lifecycle.customer on customer.id = message.customer_id
     where message.state = 'waiting' and message.due_at <= $1
     order by message.due_at, message.id limit ${RESOLVED_AT_ONCE}
     for update of entry, message skip locked`,
    [now],
  );
  if (rows.length === 0) return false;
  const ended = rows.filter(isEnding).map(({ entryId }) => entryId);
  await endWithoutIt(transaction, ended, now);
  const planned = rows.filter((wait) => !isEnding(wait)).flatMap(plannedAfter);
  await transaction.query(
    `update lifecycle.message
     set state = given.state, due_at = given."dueAt", waits_since = given."waitsSince", reason = given.reason,
         wait_outcome = coalesce(given.outcome, wait_outcome), updated_at = now()
     from jsonb_to_recordset($1) as given (
       "entryId" bigint, step integer, state text, "dueAt" timestamptz, "waitsSince" timestamptz, reason text,
       outcome text)
     where message.entry_id = given."entryId" and message.step = given.step`,
    [JSON.stringify(planned)],
  );
  return rows.length === RESOLVED_AT_ONCE;
}

function isEnding({ outcome, definition, step }: Wait): boolean {
  return outcome === null && definition.steps[step]?.wait?.whenTimeIsUp === 'end';
}

function plannedAfter({ entryId, step, dueAt, outcome, timeZone, definition }: Wait): object[] {
  const over = outcome ?? 'timeIsUp';
  const zone = zoneOf(timeZone, definition.timeZone);
  return planAfterWait(definition, step, { outcome: over, at: dueAt, zone }).map((message) => ({
    ...message,
    entryId,
    ...(message.step === step && { outcome: over }),
  }));
}

async function endWithoutIt(transaction: Queryable, entryIds: readonly string[], now: Date): Promise<void> {
  if (entryIds.length === 0) return;
  await transaction.query(
    `with ended as (
       update lifecycle.sequence_entry set ended_at = $2, end_reason = 'what it waited for did not happen in time'
       where id = any ($1::bigint[]) and ended_at is null returning id, end_reason
     )
     ${DROP_OPEN_MESSAGES}`,
    [entryIds, now],
  );
}
