import type { Queryable } from './database';
import { NOTIFY_CHANNEL } from './listener';

/** A delivery that is not worked on any more, and with it the group that it kept from others. */
export interface Freed {
  handlerId: string;
  groupKey: string | null;
}

/**
 * Wakes the other handlers that have something due in the freed groups; the handlers whose deliveries these were hear of
 * the end of their runs. With `own`, for deliveries that somebody else took back, they are woken as well.
 *
 * Call it when the groups are free for all to see: then whoever found a group taken before is among those who wait.
 * Never rejects: unwoken handlers find out by the clock.
 */
export async function wakeWaiting(
  database: Queryable,
  freed: readonly Freed[],
  { own }: { own: boolean },
): Promise<void> {
  const isAwaited = own ? freed.length > 0 : freed.some(({ groupKey }) => groupKey !== null);
  if (!isAwaited) return;
  await database
    .query(
      `with freed as (
         select * from unnest($2::text[], $3::text[]) as freed (handler_id, group_key)
       )
       select pg_notify($1, handler_id)
       from (
         select waiting.handler_id
         from freed join lifecycle.delivery waiting using (group_key)
         where waiting.handler_id <> freed.handler_id
           and waiting.state in ('waiting', 'failed') and waiting.due_at <= now()
         union
         select handler_id from freed where $4
       ) as handlers`,
      [NOTIFY_CHANNEL, freed.map(({ handlerId }) => handlerId), freed.map(({ groupKey }) => groupKey), own],
    )
    .catch(() => undefined);
}
