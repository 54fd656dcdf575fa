import { randomUUID } from 'node:crypto';
import type { Pool } from 'pg';
import { inTransaction, type Queryable } from './database';
import { EVENT_COLUMNS, type JsonObject, type StoredEvent } from './events';
import { wakeWaiting, type Freed } from './groups';
import { NOTIFY_CHANNEL, PROCESS_LOCK } from './listener';
import { milestoneKey, milestonesIn } from './milestones';

/** Seconds to wait after the first, second, … failed try; after the last one the delivery is dead. */
export const BACK_OFF_SECONDS = [30, 120, 600, 3_600, 21_600] as const;

export type DeliveryState = 'waiting' | 'leased' | 'done' | 'failed' | 'dead';

export interface ClaimedDelivery {
  id: string;
  lease: string;
  /** When the lease ends, unless it is settled before. */
  leasedUntil: Date;
  /** 1 for the first try. */
  attempt: number;
  event: StoredEvent;
}

export interface Claim {
  handlerId: string;
  /** At most so many; fewer when groups stand in each other's way, one when it has to be tried alone. */
  limit: number;
  leaseSeconds: number;
  /** The process that works on it ({@link Listener.owner}). */
  owner: number;
}

export interface Settlement {
  id: string;
  lease: string;
  outcomes: readonly JsonObject[];
  /** Absent when all went well. */
  failure?: (JsonObject & { retryable: boolean }) | undefined;
}

export interface SettledDelivery {
  id: string;
  state: DeliveryState;
  attempts: number;
  dueAt: Date;
}

export interface DeliveryFilter {
  ids?: readonly string[];
  states?: readonly DeliveryState[];
  handlerId?: string;
  /** As `source:type`. */
  eventType?: string;
  /** The provider's id of the event. */
  externalId?: string;
}

export interface DeliveryReport {
  id: string;
  state: DeliveryState;
  attempts: number;
  dueAt: Date;
  outcomes: JsonObject[];
  lastFailure: JsonObject | null;
  /** Since when the event has no payload any more; it cannot be worked on again. */
  payloadRemovedAt: Date | null;
  handler: { id: string; name: string; published: boolean };
  event: StoredEvent;
}

/** Any number that no other program on this database uses for its own advisory locks. */
const CLAIM_LOCK = 4_812_077_502;

/** Next try after a back-off with ±20 % jitter, or `null` when there have been tries enough. */
const NEXT_TRY = `now() + make_interval(secs => ($2::float8[])[attempts] * (0.8 + random() * 0.4))`;

const LOST_RUN = {
  node: 'Lifecycle Event Trigger',
  service: 'n8n',
  message:
    'The run ended without settling this event: n8n was stopped or killed, or the run failed as a whole. ' +
    'It is tried again by itself; the execution list of the workflow shows the failed run.',
  retryable: true,
};

/** The deliveries of events to handlers: who works on which, with what result, and when the next try is due. */
export class Deliveries {
  constructor(private readonly pool: Pool) {}

  /**
   * Takes what is due, oldest first, at most one of a group and none of a group that any handler is working on. A
   * delivery that has to be tried alone comes alone. Claims wait for each other.
   */
  async claim({ handlerId, limit, leaseSeconds, owner }: Claim): Promise<ClaimedDelivery[]> {
    const lease = randomUUID();
    return await inTransaction(this.pool, async (client) => {
      // Of all handlers: two could else take one group at the same moment.
      await client.query('select pg_advisory_xact_lock($1)', [CLAIM_LOCK]);
      const { rows } = await client.query<
        StoredEvent & { deliveryId: string; attempt: number; leasedUntil: Date }
      >(
        `with due as (
           select id, alone, due_at
           from lifecycle.delivery candidate
           where handler_id = $1 and state in ('waiting', 'failed') and due_at <= now()
             and (group_key is null or (
               not exists (
                 select from lifecycle.delivery leased
                 where leased.group_key = candidate.group_key and leased.state = 'leased')
               and not exists (
                 select from lifecycle.delivery earlier
                 where earlier.handler_id = $1 and earlier.group_key = candidate.group_key
                   and earlier.state in ('waiting', 'failed')
                   and (earlier.due_at, earlier.id) < (candidate.due_at, candidate.id))))
           order by due_at, id
           limit $2
           for update skip locked
         ), chosen as (
           -- The first in line decides: if it has to be tried alone, it is; else all that need not.
           select id from due
           where case
             when (select alone from due order by due_at, id limit 1)
               then id = (select id from due order by due_at, id limit 1)
             else not alone
           end
         ), leased as (
           update lifecycle.delivery
           set state = 'leased', lease = $3, lease_owner = $4, attempts = attempts + 1,
               lease_expires_at = now() + make_interval(secs => $5), updated_at = now()
           where id in (select id from chosen)
           returning id, event_id, attempts, lease_expires_at
         )
         select leased.id as "deliveryId", leased.attempts as attempt, lease_expires_at as "leasedUntil",
                ${EVENT_COLUMNS}
         from leased join lifecycle.event on event.id = leased.event_id
         order by leased.id`,
        [handlerId, limit, lease, owner, leaseSeconds],
      );
      return rows.map(({ deliveryId, leasedUntil, attempt, ...event }) => ({
        id: deliveryId,
        lease,
        leasedUntil,
        attempt,
        event,
      }));
    });
  }

  /**
   * Records results. A failure is tried again after its back-off, or is dead when it cannot heal or was the last
   * try. Only the holder of the lease may report a failure; success counts from whomever it comes. Deliveries that
   * were settled before are left out of the answer. Other handlers that waited for the groups are woken. What a campaign
   * counts is noted in the same statement.
   */
  async settle(settlements: readonly Settlement[]): Promise<SettledDelivery[]> {
    const { rows } = await this.pool.query<SettledDelivery & Freed>(
      `with settled as (
         update lifecycle.delivery
         set state = case
               when result.failure is null then 'done'
               when (result.failure ->> 'retryable')::boolean and attempts <= cardinality($2::float8[]) then 'failed'
               else 'dead'
             end,
             due_at = coalesce(case when (result.failure ->> 'retryable')::boolean then ${NEXT_TRY} end, due_at),
             alone = false, lease = null, lease_owner = null, lease_expires_at = null, updated_at = now(),
             outcomes = delivery.outcomes || result.outcomes,
             last_failure = coalesce(result.failure, last_failure)
         from jsonb_to_recordset($1) as result (id bigint, lease uuid, outcomes jsonb, failure jsonb)
         where delivery.id = result.id and state <> 'done'
           and (delivery.lease = result.lease or result.failure is null)
         returning delivery.id, state, attempts, due_at as "dueAt", handler_id as "handlerId",
                   group_key as "groupKey"
       ), noted as (
         insert into lifecycle.milestone (kind, key, reference, delivery_id, happened_at)
         select kind, ${milestoneKey('reference')}, reference, settled.id, "happenedAt"
         from settled join jsonb_to_recordset($3)
           as given ("deliveryId" bigint, kind text, reference text, "happenedAt" timestamptz)
           on given."deliveryId" = settled.id
         -- In the same order whoever notes them: two would else wait for each other for ever.
         order by 1, 2, 5
         on conflict (kind, key) do nothing
       )
       select * from settled`,
      [JSON.stringify(settlements), BACK_OFF_SECONDS, JSON.stringify(settlements.flatMap(milestonesOf))],
    );
    await wakeWaiting(this.pool, rows, { own: false });
    return rows.map(({ id, state, attempts, dueAt }) => ({ id, state, attempts, dueAt }));
  }

  /** Whether deliveries of these leases are still to be settled. */
  async areOpen(leases: readonly string[]): Promise<boolean> {
    const { rows } = await this.pool.query(
      `select from lifecycle.delivery where state = 'leased' and lease = any ($1::uuid[]) limit 1`,
      [leases],
    );
    return rows.length > 0;
  }

  /** What a run left unsettled goes back, to be tried alone: at once the first time, later after its back-off. */
  async giveBack(lease: string): Promise<number> {
    return await this.loseRuns(`lease = $3`, [lease]);
  }

  /**
   * Takes back what nobody works on any more, of whichever handler, since one may hold up the others: leases that ran
   * out, and, where a process runs its own executions (`ownersExecute`), leases of processes that are gone.
   */
  async recover(owner: number, ownersExecute: boolean): Promise<number> {
    return await this.loseRuns(
      `(lease_expires_at <= now() or ($3 and lease_owner <> $4 and not exists (
         select from pg_locks
         where locktype = 'advisory' and objsubid = 2 and classid = $5 and objid = lease_owner::oid
           and database = (select oid from pg_database where datname = current_database()))))`,
      [ownersExecute, owner, PROCESS_LOCK],
    );
  }

  /**
   * When the handler may have something to do again if nobody wakes it: its next try is due, or a lease ends, its own
   * or one on a group that it waits for. `undefined` when there is nothing to come.
   */
  async nextDue(handlerId: string): Promise<Date | undefined> {
    const { rows } = await this.pool.query<{ dueAt: Date | null }>(
      `select least(
         (select min(due_at) from lifecycle.delivery
          where handler_id = $1 and state in ('waiting', 'failed') and due_at > now()),
         (select min(coalesce(leased.lease_expires_at, overdue.due_at))
          from lifecycle.delivery overdue left join lifecycle.delivery leased
            on leased.group_key = overdue.group_key and leased.state = 'leased'
          where overdue.handler_id = $1 and overdue.state in ('waiting', 'failed') and overdue.due_at <= now()),
         (select min(lease_expires_at) from lifecycle.delivery where handler_id = $1 and state = 'leased')
       ) as "dueAt"`,
      [handlerId],
    );
    return rows[0]?.dueAt ?? undefined;
  }

  /**
   * Makes the matching deliveries due now, with all their tries ahead of them again, where the event still has its payload.
   * Gives how many.
   */
  async replay(filter: DeliveryFilter): Promise<number> {
    const { rows } = await this.pool.query<{ replayed: number }>(
      `with replayed as (
         update lifecycle.delivery
         set state = 'waiting', attempts = 0, due_at = now(), alone = false, updated_at = now()
         from lifecycle.event, lifecycle.handler
         where ${FILTERED} and state <> 'leased' and payload_removed_at is null
         returning handler_id
       ), notified as (
         select pg_notify($6, handler_id) from (select distinct handler_id from replayed) as handlers
       )
       select (select count(*)::int from replayed) as replayed, (select count(*) from notified)`,
      [...filterValues(filter), NOTIFY_CHANNEL],
    );
    return rows[0]?.replayed ?? 0;
  }

  /** The newest matching deliveries with their events. */
  async find(filter: DeliveryFilter, limit: number): Promise<DeliveryReport[]> {
    const { rows } = await this.pool.query<
      StoredEvent &
        Omit<DeliveryReport, 'event' | 'handler' | 'id'> &
        Record<'deliveryId' | 'handlerId' | 'handlerName', string> & { published: boolean }
    >(
      `select delivery.id as "deliveryId", state, attempts, due_at as "dueAt", outcomes,
              last_failure as "lastFailure", payload_removed_at as "payloadRemovedAt",
              handler.id as "handlerId", handler.name as "handlerName", published, ${EVENT_COLUMNS}
       from lifecycle.delivery, lifecycle.event, lifecycle.handler
       where ${FILTERED}
       order by delivery.id desc limit $6`,
      [...filterValues(filter), limit],
    );
    return rows.map(
      ({
        deliveryId,
        state,
        attempts,
        dueAt,
        outcomes,
        lastFailure,
        payloadRemovedAt,
        handlerId,
        handlerName,
        published,
        ...event
      }) => ({
        id: deliveryId,
        state,
        attempts,
        dueAt,
        outcomes,
        lastFailure,
        payloadRemovedAt,
        handler: { id: handlerId, name: handlerName, published },
        event,
      }),
    );
  }

  private async loseRuns(condition: string, values: readonly unknown[]): Promise<number> {
    const { rows } = await (this.pool as Queryable).query<Freed>(
      `update lifecycle.delivery
       set state = case when attempts > cardinality($2::float8[]) then 'dead' else 'failed' end,
           due_at = case when attempts = 1 then now() else coalesce(${NEXT_TRY}, due_at) end,
           alone = true, lease = null, lease_owner = null, lease_expires_at = null, updated_at = now(),
           last_failure = $1
       where id in (
         select id from lifecycle.delivery where state = 'leased' and ${condition}
         -- Whoever else finds them lost at the same time need not wait.
         for update skip locked)
       returning handler_id as "handlerId", group_key as "groupKey"`,
      [JSON.stringify(LOST_RUN), BACK_OFF_SECONDS, ...values],
    );
    await wakeWaiting(this.pool, rows, { own: true });
    return rows.length;
  }
}

function milestonesOf({ id, outcomes }: Settlement): object[] {
  return milestonesIn(outcomes).map((milestone) => ({ deliveryId: id, ...milestone }));
}

/** Joins event and handler to `delivery` and applies a {@link DeliveryFilter} given as $1 to $5. */
const FILTERED = `
  event.id = delivery.event_id and handler.id = delivery.handler_id
  and ($1::bigint[] is null or delivery.id = any ($1))
  and ($2::text[] is null or delivery.state = any ($2))
  and ($3::text is null or delivery.handler_id = $3)
  and ($4::text is null or event.source || ':' || event.type = $4)
  and ($5::text is null or event.external_id = $5)`;

function filterValues(filter: DeliveryFilter): unknown[] {
  return [
    filter.ids ?? null,
    filter.states ?? null,
    filter.handlerId ?? null,
    filter.eventType ?? null,
    filter.externalId ?? null,
  ];
}
