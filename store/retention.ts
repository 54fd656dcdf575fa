import type { Queryable } from './database';

/** Takes the place of a payload that was kept long enough. */
export const EXPIRED_PAYLOAD = { expired: true } as const;

export interface Retention {
  olderThanDays: number;
  /** How many events are looked at by one statement. */
  batch?: number;
}

export interface ExpiredPayloads {
  /** How many payloads were removed. */
  removed: number;
  /** How many are that old and stay, since their events are still to be worked on. */
  kept: number;
}

/**
 * Removes the payloads of events that came in longer ago and that nobody has to work on any more: all their deliveries are
 * done or dead. In batches, so that nobody waits long for one of them.
 */
export async function expirePayloads(
  database: Queryable,
  { olderThanDays, batch = 1_000 }: Retention,
): Promise<ExpiredPayloads> {
  const total: ExpiredPayloads = { removed: 0, kept: 0 };
  const before = new Date(Date.now() - olderThanDays * 86_400_000);
  let last: Omit<Batch, keyof ExpiredPayloads> = { receivedAt: '-infinity', id: '0' };
  for (;;) {
    const next = await expireBatch(database, before, batch, last);
    if (next === undefined) return total;
    total.removed += next.removed;
    total.kept += next.kept;
    last = next;
  }
}

interface Batch extends ExpiredPayloads {
  /** Of the last event in it, as PostgreSQL writes it: a Date holds milliseconds only. */
  receivedAt: string;
  id: string;
}

/** `undefined` when there is none behind the last one. */
async function expireBatch(
  database: Queryable,
  before: Date,
  batch: number,
  last: { receivedAt: string; id: string },
): Promise<Batch | undefined> {
  const { rows } = await database.query<Batch>(
    `with page as (
       select id, received_at from lifecycle.event
       where payload_removed_at is null and received_at < $1 and (received_at, id) > ($3::timestamptz, $4::bigint)
       order by received_at, id limit $2
     ), expired as (
       update lifecycle.event set payload = $5, payload_removed_at = now()
       where id in (select id from page) and payload_removed_at is null
         and not exists (
           select from lifecycle.delivery
           where event_id = event.id and state in ('waiting', 'leased', 'failed'))
       returning id
     )
     select received_at::text as "receivedAt", id, (select count(*)::int from expired) as removed,
            (select count(*)::int from page) - (select count(*)::int from expired) as kept
     from page order by received_at desc, id desc limit 1`,
    [before, batch, last.receivedAt, last.id, EXPIRED_PAYLOAD],
  );
  return rows[0];
}
