import type { Queryable } from '../database';

/**
 * The kinds of events that ever came in, in SQL, as `kind (source, type)`: found by one look into the index for each, so that
 * what is asked of each kind is answered by the index, too.
 */
export const EVENT_KINDS = `(
  with recursive kind as (
    (select source, type from lifecycle.event order by source, type limit 1)
    union all
    select next.source, next.type
    from kind cross join lateral (
      select source, type from lifecycle.event where (source, type) > (kind.source, kind.type)
      order by source, type limit 1) next
  )
  select source, type from kind) kind`;

/** Deliveries of all states in SQL, each part by an index of its own, with the columns that they all have. */
export const DELIVERIES = `(
  select handler_id, created_at from lifecycle.delivery where state = 'done'
  union all select handler_id, created_at from lifecycle.delivery where state in ('waiting', 'failed')
  union all select handler_id, created_at from lifecycle.delivery where state = 'leased'
  union all select handler_id, created_at from lifecycle.delivery where state = 'dead') delivery`;

/** The day of a `timestamptz`, in UTC. */
export const dayOf = (at: string): string => `(${at} at time zone 'UTC')::date`;

/** The beginning of a `date`, in UTC. */
export const startOf = (day: string): string => `(${day}::timestamp at time zone 'UTC')`;

/** Up to where days are counted now: what came in the day before may still be on its way into the database. */
const OVER = `(${dayOf('now()')} - 1)`;

/**
 * Counts the days that are over and not counted yet, so that a report over a year reads a thousand rows and not a million.
 * Nobody who takes in events or works on them has to do with it, or waits for it; of several who count at once one does. What
 * is put into a day that was counted already, past the store, is not seen any more.
 */
export async function countDays(database: Queryable): Promise<void> {
  const { rows } = await database.query(`select from lifecycle.day_counted where until < ${OVER}`);
  if (rows.length === 0) return;
  await database.query(
    `with counted as (
       select until from lifecycle.day_counted where until < ${OVER} for update skip locked
     ), events as (
       insert into lifecycle.event_day (day, source, events)
       select day, source, sum(events)
       from counted cross join ${EVENT_KINDS} cross join lateral (
         select ${dayOf('received_at')} as day, count(*) as events from lifecycle.event
         where source = kind.source and type = kind.type
           and received_at >= ${startOf('counted.until')} and received_at < ${startOf(OVER)}
         group by 1) each
       group by day, source
     ), deliveries as (
       insert into lifecycle.delivery_day (day, handler_id, deliveries)
       select day, handler.id, deliveries
       from counted cross join lifecycle.handler cross join lateral (
         select ${dayOf('created_at')} as day, count(*) as deliveries from ${DELIVERIES}
         where handler_id = handler.id
           and created_at >= ${startOf('counted.until')} and created_at < ${startOf(OVER)}
         group by 1) each
     )
     update lifecycle.day_counted set until = ${OVER} from counted where day_counted.until = counted.until`,
  );
}
