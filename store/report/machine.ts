import type { Queryable } from '../database';
import { EVENT_SOURCES, type EventSource } from '../events';
import type { SyncCounts, SyncRunState } from '../sync-runs';
import { DELIVERIES, EVENT_KINDS, startOf } from './days';
import type { ReportPeriod, ReportScope } from './scope';

/** Whether what comes in is worked on. Whom it is about does not matter: the tier of a scope changes nothing. */
export interface MachineReport {
  /** Those in which anything came in: hours for periods of up to 7 days, else days (UTC). */
  hours: Array<{ at: Date; source: EventSource; events: number }>;
  bucket: 'hour' | 'day';
  sources: Array<{ source: EventSource; events: number; lastReceivedAt: Date | null }>;
  handlers: HandlerReport[];
  /** By handler and type (`source:type`), most first, at most 50. */
  dead: DeadReport[];
  /** From receipt to done, of the newest 1,000 that are done. */
  lag: { medianSeconds: number | null; p95Seconds: number | null; deliveries: number };
  /** Of all handlers. */
  oldestWaitingAt: Date | null;
  /** The newest run of each. */
  syncs: SyncReport[];
  limits: LimitReport[];
  versions: Array<{ name: string; version: string }>;
}

export interface HandlerReport {
  id: string;
  name: string;
  published: boolean;
  /** That came in for it in the period, whatever has become of them. */
  events: number;
  /** All there are now, whenever they came in; retried: failed, and tried again by itself. */
  waiting: number;
  leased: number;
  retried: number;
  dead: number;
  oldestWaitingAt: Date | null;
}

export interface DeadReport {
  handlerId: string;
  handler: string;
  eventType: string;
  deliveries: number;
  /** `at`: when it died. */
  newest: { id: string; at: Date; service: string | null; message: string };
}

export interface SyncReport {
  name: string;
  state: SyncRunState;
  startedAt: Date;
  finishedAt: Date | null;
  counts: SyncCounts;
  lastFailure: string | null;
}

export interface LimitReport {
  service: string;
  limit: string;
  used: number;
  /** `null` when it is not known. */
  of: number | null;
  note: string | null;
}

/** What Discord allows a server. */
const MOST_INVITES = 1_000;
const LONGEST_BY_HOUR = 7;

export async function readMachine(database: Queryable, { period }: ReportScope): Promise<MachineReport> {
  const bucket = period.days <= LONGEST_BY_HOUR ? 'hour' : 'day';
  const hours = await (bucket === 'hour' ? readHours(database, period) : readDays(database, period));
  const handlers = await readHandlers(database, period);
  return {
    hours,
    bucket,
    sources: await readSources(database, hours),
    handlers,
    dead: await readDead(database),
    lag: await readLag(database),
    oldestWaitingAt: earliest(handlers.flatMap(({ oldestWaitingAt }) => oldestWaitingAt ?? [])),
    syncs: await readSyncs(database),
    limits: [...(await readInviteLimit(database)), ...(await readMailLimits(database))],
    versions: [
      { name: 'Node.js', version: process.version.replace(/^v/, '') },
      ...(await readVersions(database)),
    ],
  };
}

async function readHours(
  database: Queryable,
  { from, until }: ReportPeriod,
): Promise<MachineReport['hours']> {
  const { rows } = await database.query<MachineReport['hours'][number]>(
    `select hour.at, kind.source, sum(hour.events)::int as events
     from ${EVENT_KINDS} cross join lateral (
       select date_trunc('hour', received_at, 'UTC') as at, count(*) as events from lifecycle.event
       where source = kind.source and type = kind.type and received_at >= $1 and received_at < $2
       group by 1) hour
     group by hour.at, kind.source order by hour.at, kind.source`,
    [from, until],
  );
  return rows;
}

/** A day that the period covers only in part is counted anew. */
async function readDays(database: Queryable, { from, until }: ReportPeriod): Promise<MachineReport['hours']> {
  const { rows } = await database.query<MachineReport['hours'][number]>(
    `select ${startOf('day')} as at, source, sum(events)::int as events
     from (
       select day, source, events from lifecycle.event_day, ${WHOLE_DAYS}
       where day >= whole.first and day < whole.last
       union all
       select (at at time zone 'UTC')::date, source, events
       from ${WHOLE_DAYS} cross join ${EVENT_KINDS} cross join ${REST} cross join lateral (
         select date_trunc('day', received_at, 'UTC') as at, count(*) as events from lifecycle.event
         where source = kind.source and type = kind.type and received_at >= rest.from_at and received_at < rest.until_at
         group by 1) counted
     ) each
     group by day, source order by day, source`,
    [from, until],
  );
  return rows;
}

/** The days of the period $1 to $2 that were counted, from `first` up to but not including `last`. */
const WHOLE_DAYS = `(
  select first, greatest(first, least(until, ($2::timestamptz at time zone 'UTC')::date)) as last
  from lifecycle.day_counted, (
    select (($1::timestamptz at time zone 'UTC') + interval '1 day' - interval '1 microsecond')::date as first) as day
  ) whole`;

/** What of the period is not in {@link WHOLE_DAYS}: before them, and after. */
const REST = `lateral (
  values ($1::timestamptz, least($2::timestamptz, ${startOf('whole.first')})),
    (greatest($1::timestamptz, ${startOf('whole.last')}), $2::timestamptz)) as rest (from_at, until_at)`;

async function readSources(
  database: Queryable,
  hours: MachineReport['hours'],
): Promise<MachineReport['sources']> {
  const { rows } = await database.query<{ source: EventSource; lastReceivedAt: Date }>(
    `select kind.source, max(newest.received_at) as "lastReceivedAt"
     from ${EVENT_KINDS} cross join lateral (
       select received_at from lifecycle.event where source = kind.source and type = kind.type
       order by received_at desc limit 1) newest
     group by kind.source`,
  );
  const last = new Map(rows.map(({ source, lastReceivedAt }) => [source, lastReceivedAt]));
  return EVENT_SOURCES.map((source) => ({
    source,
    events: hours.filter((hour) => hour.source === source).reduce((sum, { events }) => sum + events, 0),
    lastReceivedAt: last.get(source) ?? null,
  }));
}

async function readHandlers(
  database: Queryable,
  { from, until }: ReportPeriod,
): Promise<MachineReport['handlers']> {
  const { rows } = await database.query<HandlerReport>(
    `with unfinished as (
       select handler_id, state, count(*)::int as deliveries, min(created_at) as oldest
       from (
         select handler_id, state, created_at from lifecycle.delivery where state in ('waiting', 'failed')
         union all select handler_id, state, created_at from lifecycle.delivery where state = 'leased'
         union all select handler_id, state, created_at from lifecycle.delivery where state = 'dead'
       ) each
       group by handler_id, state
     ), counted as (
       select handler_id, deliveries from lifecycle.delivery_day, ${WHOLE_DAYS}
       where day >= whole.first and day < whole.last
       union all
       select handler.id, recent.deliveries
       from ${WHOLE_DAYS} cross join ${REST} cross join lifecycle.handler cross join lateral (
         select count(*) as deliveries from ${DELIVERIES}
         where handler_id = handler.id and created_at >= rest.from_at and created_at < rest.until_at) recent
     )
     select handler.id, handler.name, handler.published,
            coalesce((select sum(deliveries) from counted where handler_id = handler.id), 0)::int as events,
            coalesce(sum(deliveries) filter (where state = 'waiting'), 0)::int as waiting,
            coalesce(sum(deliveries) filter (where state = 'leased'), 0)::int as leased,
            coalesce(sum(deliveries) filter (where state = 'failed'), 0)::int as retried,
            coalesce(sum(deliveries) filter (where state = 'dead'), 0)::int as dead,
            min(oldest) filter (where state = 'waiting') as "oldestWaitingAt"
     from lifecycle.handler left join unfinished on handler_id = handler.id
     group by handler.id order by handler.name, handler.id`,
    [from, until],
  );
  return rows;
}

async function readDead(database: Queryable): Promise<MachineReport['dead']> {
  const { rows } = await database.query<Omit<DeadReport, 'newest'> & DeadReport['newest']>(
    `with kind as (
       select handler_id, source || ':' || type as "eventType", count(*)::int as deliveries,
              max(array[extract(epoch from delivery.updated_at), delivery.id]) as newest
       from lifecycle.delivery join lifecycle.event on event.id = event_id
       where state = 'dead'
       group by 1, 2 order by 3 desc, 1, 2 limit 50
     )
     select handler.id as "handlerId", handler.name as handler, "eventType", deliveries, delivery.id,
            delivery.updated_at as at, last_failure ->> 'service' as service,
            coalesce(last_failure ->> 'message', '') as message
     from kind join lifecycle.delivery on delivery.id = kind.newest[2]::bigint
       join lifecycle.handler on handler.id = kind.handler_id
     order by deliveries desc, kind.handler_id, "eventType"`,
  );
  return rows.map(({ id, at, service, message, ...kind }) => ({
    ...kind,
    newest: { id, at, service, message },
  }));
}

async function readLag(database: Queryable): Promise<MachineReport['lag']> {
  const { rows } = await database.query<MachineReport['lag']>(
    `select percentile_cont(0.5) within group (order by seconds) as "medianSeconds",
            percentile_cont(0.95) within group (order by seconds) as "p95Seconds", count(*)::int as deliveries
     from (
       select extract(epoch from done.updated_at - received_at)::float8 as seconds
       from (
         select event_id, updated_at from lifecycle.delivery where state = 'done' order by updated_at desc limit 1000
       ) as done join lifecycle.event on event.id = event_id
     ) as newest`,
  );
  return rows[0] ?? { medianSeconds: null, p95Seconds: null, deliveries: 0 };
}

async function readSyncs(database: Queryable): Promise<MachineReport['syncs']> {
  const { rows } = await database.query<SyncReport>(
    `select distinct on (name) name, state, started_at as "startedAt", finished_at as "finishedAt", counts,
            last_failure as "lastFailure"
     from lifecycle.sync_run order by name, id desc`,
  );
  return rows;
}

async function readInviteLimit(database: Queryable): Promise<MachineReport['limits']> {
  const { rows } = await database.query<{ used: number }>(
    `select count(*)::int as used from lifecycle.invite
     where state = 'live' and (expires_at is null or expires_at > now())`,
  );
  return rows.map(({ used }) => ({
    service: 'Discord',
    limit: 'live invites of a server',
    used,
    of: MOST_INVITES,
    note: null,
  }));
}

/** How many Resend takes depends on the account, and is not known here. */
async function readMailLimits(database: Queryable): Promise<MachineReport['limits']> {
  const { rows } = await database.query<{
    day: number;
    month: number;
    until: Date | null;
    reason: string | null;
  }>(
    `select (select count(*)::int from lifecycle.message where sent_at >= date_trunc('day', now(), 'UTC')) as day,
            (select count(*)::int from lifecycle.message where sent_at >= date_trunc('month', now(), 'UTC')) as month,
            pause.until, pause.reason
     from (select) as one left join lifecycle.sending_pause pause on pause.until > now()`,
  );
  return rows.flatMap(({ day, month, until, reason }) => {
    const note = until === null ? null : `Nothing is sent until ${until.toISOString()}: ${reason}`;
    return [
      { service: 'Resend', limit: 'mails sent today (UTC)', used: day, of: null, note },
      { service: 'Resend', limit: 'mails sent this month (UTC)', used: month, of: null, note: null },
    ];
  });
}

async function readVersions(database: Queryable): Promise<MachineReport['versions']> {
  const { rows } = await database.query<{ server: string; schema: string }>(
    `select current_setting('server_version') as server,
            (select max(left(name, 3)) from lifecycle.migration) as schema`,
  );
  return rows.flatMap(({ server, schema }) => [
    { name: 'PostgreSQL', version: server },
    { name: 'Schema', version: schema },
  ]);
}

function earliest(times: readonly Date[]): Date | null {
  return times.reduce<Date | null>((first, time) => (first === null || time < first ? time : first), null);
}
