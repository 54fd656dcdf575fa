import type { Queryable } from './database';
import type { RecordedEvent } from './recorded-events';
import { DROP_OPEN_MESSAGES } from './sequence-rows';

/**
 * Lets recorded events do to sequences what marketers have said: end them, or end the wait of a mail. Ends those as well
 * whose customers are in none of their stages any more. In two statements, whatever their number; repeating it changes
 * nothing. The customers have to be locked.
 */
export async function react(
  transaction: Queryable,
  customerIds: readonly string[],
  events: readonly RecordedEvent[],
  now: Date,
): Promise<void> {
  const given = JSON.stringify(events);
  await transaction.query(
    `with locked as (
       select id from lifecycle.sequence_entry where customer_id = any ($1::bigint[]) and ended_at is null
       order by id for update
     ), ended as (
       update lifecycle.sequence_entry entry
       set ended_at = $3, end_reason = coalesce(
         (select event.source || ':' || event.type from ${EVENTS_FOR_ENTRY}
          where ${COUNTS_FOR_ENTRY} and event.source || ':' || event.type = any (version.ends_on)
          order by event.id limit 1),
         'stage ' || customer.stage)
       from lifecycle.sequence_version version, lifecycle.customer
       where entry.id in (select id from locked) and version.id = entry.version_id and customer.id = entry.customer_id
         and (exists (
             select from ${EVENTS_FOR_ENTRY}
             where ${COUNTS_FOR_ENTRY} and event.source || ':' || event.type = any (version.ends_on))
           or (cardinality(version.only_while) > 0 and customer.stage <> all (version.only_while)
             and customer.stage_since > entry.entered_at))
       returning entry.id, entry.end_reason
     )
     ${DROP_OPEN_MESSAGES}`,
    [customerIds, given, now],
  );
  await transaction.query(
    `update lifecycle.message
     set wait_outcome = 'happened', due_at = happened.at, updated_at = now()
     from (
       select message.id, min(event.occurred_at) as at
       from jsonb_to_recordset($2) as given ("customerId" bigint, "eventId" bigint, "entryId" bigint)
         join lifecycle.event on event.id = given."eventId"
         join lifecycle.message on message.customer_id = given."customerId" and message.state = 'waiting'
         join lifecycle.sequence_entry entry on entry.id = message.entry_id
         join lifecycle.sequence_version version on version.id = entry.version_id
       where message.customer_id = any ($1::bigint[]) and message.wait_outcome is null
         and event.occurred_at between message.waits_since and message.due_at
         and (given."entryId" is null or given."entryId" = entry.id)
         and version.content -> 'steps' -> message.step -> 'wait' -> 'events' ? (event.source || ':' || event.type)
       group by message.id
     ) as happened
     where message.id = happened.id`,
    [customerIds, given],
  );
}

const EVENTS_FOR_ENTRY = `
  jsonb_to_recordset($2) as given ("customerId" bigint, "eventId" bigint, "entryId" bigint)
  join lifecycle.event on event.id = given."eventId" and given."customerId" = entry.customer_id`;
const COUNTS_FOR_ENTRY = `
  event.occurred_at >= entry.entered_at and (given."entryId" is null or given."entryId" = entry.id)`;
