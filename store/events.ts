import type { Pool } from 'pg';
import { inTransaction, type Queryable } from './database';
import { ERASED_PAYLOAD, FAREWELLS, erasedId, mailKeyOf } from './erased';
import { NOTIFY_CHANNEL } from './listener';
import { storable, storableText } from './storable';

export const EVENT_SOURCES = ['stripe', 'mautic', 'lemonSqueezy', 'resend', 'discord', 'app'] as const;
export type EventSource = (typeof EVENT_SOURCES)[number];

export type JsonObject = { [key: string]: unknown };

/** One thing that happened, at a provider, not yet stored. */
export interface NewEvent {
  source: EventSource;
  /** The provider's own id of it; together with `source` it is unique. */
  externalId: string;
  /** Further ids of it; held under any of them, it was accepted before. */
  alsoKnownAs?: readonly string[] | undefined;
  type: string;
  occurredAt: Date;
  /** What must not be worked on side by side; names nobody (a digest). */
  groupKey?: string | undefined;
  payload: JsonObject;
}

export interface StoredEvent {
  id: string;
  source: EventSource;
  externalId: string;
  type: string;
  occurredAt: Date;
  receivedAt: Date;
  payload: JsonObject;
}

export interface Accepted {
  /** Absent when the event had been accepted before. */
  id?: string;
  duplicate: boolean;
  /** Under which of its ids it was accepted before, when it has several. */
  heldAs?: string;
  /** For how many handlers it waits now. */
  deliveries: number;
}

export const EVENT_COLUMNS = `
  event.id, event.source, event.external_id as "externalId", event.type,
  event.occurred_at as "occurredAt", event.received_at as "receivedAt", event.payload`;

/** The events themselves: each stored once, with one delivery for every handler that asked for its type. */
export class Events {
  constructor(private readonly database: Pool) {}

  /** {@link acceptAll} for one event. */
  async accept(event: NewEvent): Promise<Accepted> {
    const [accepted] = await this.acceptAll([event]);
    return accepted ?? { duplicate: true, deliveries: 0 };
  }

  /**
   * Commits the events and their deliveries, all or none, and wakes each handler once. When it returns, the events are
   * kept; what was accepted before, under any of its ids, or stands twice in the list, changes nothing. The answers are
   * in the order of the events; their deliveries are handed out in that order. Throws when the database cannot be
   * reached. Of an event that happened to somebody before they were erased, only that it came is kept.
   */
  async acceptAll(events: readonly NewEvent[]): Promise<Accepted[]> {
    const isUnambiguous = events.every(({ alsoKnownAs = [] }) => alsoKnownAs.length === 0);
    if (isUnambiguous) return await insert(this.database, events);
    return await inTransaction(this.database, async (client) => {
      await lockIds(client, events);
      const answers: Accepted[] = [];
      // One by one, so that an event is found under the id of another one in the list.
      for (const event of events) answers.push(await insertUnlessHeld(client, event));
      return answers;
    });
  }

  /** Whether an event of this group, of one of these types if given, came in that happened then or later. */
  async hasSince(
    source: EventSource,
    groupKey: string,
    since: Date,
    types?: readonly string[],
  ): Promise<boolean> {
    const { rows } = await this.database.query(
      `select from lifecycle.event
       where source = $1 and group_key = $2 and occurred_at >= $3 and ($4::text[] is null or type = any($4))
       limit 1`,
      [source, groupKey, since, types ?? null],
    );
    return rows.length > 0;
  }

  /** The newest event of one of the types (`source:type`) that still has its payload, whoever has worked on it. */
  async newest(eventTypes: readonly string[]): Promise<StoredEvent | undefined> {
    const { rows } = await this.database.query<StoredEvent>(
      `select ${EVENT_COLUMNS} from lifecycle.event
       where (source, type) in (
         select split_part(name, ':', 1), substr(name, strpos(name, ':') + 1) from unnest($1::text[]) as name
       ) and payload_removed_at is null
       order by id desc limit 1`,
      [eventTypes],
    );
    return rows[0];
  }
}

const idsOf = ({ externalId, alsoKnownAs = [] }: NewEvent): string[] =>
  [externalId, ...alsoKnownAs].map(storableText);

/**
 * Makes all who accept an event under one of these ids wait for each other: the second then sees what the first has
 * committed, though under another id. Sorted, so that two do not wait for each other for ever.
 */
async function lockIds(client: Queryable, events: readonly NewEvent[]): Promise<void> {
  const names = events.flatMap((event) => idsOf(event).map((id) => `event:${event.source}:${id}`));
  await client.query(
    `select pg_advisory_xact_lock(hashtextextended(name, 0)) from unnest($1::text[]) as name`,
    [[...new Set(names)].sort()],
  );
}

async function insertUnlessHeld(client: Queryable, event: NewEvent): Promise<Accepted> {
  const givenAs = new Map(idsOf(event).flatMap((id) => [[id, id] as const, [erasedId(id), id] as const]));
  const { rows } = await client.query<{ externalId: string }>(
    `select external_id as "externalId" from lifecycle.event
     where source = $1 and external_id = any($2) order by id limit 1`,
    [event.source, [...givenAs.keys()]],
  );
  const [held] = rows;
  if (held) return { duplicate: true, heldAs: givenAs.get(held.externalId) ?? '', deliveries: 0 };
  const [inserted] = await insert(client, [event]);
  return inserted ?? { duplicate: true, deliveries: 0 };
}

/**
 * Inserts the events that are not held yet and their deliveries, in one statement. What is not to be delivered is there
 * to be known of, and no workflow works on it.
 */
export async function insert(
  database: Queryable,
  events: readonly NewEvent[],
  { deliver = true }: { deliver?: boolean } = {},
): Promise<Accepted[]> {
  if (events.length === 0) return [];
  const { rows } = await database.query<{ position: number; id: string; deliveries: number }>(
    `with given as (
       select distinct on (source, external_id) *
       from jsonb_to_recordset($1) as given (
         position integer, source text, external_id text, erased_id text, type text, group_key text, mail_key text,
         occurred_at timestamptz, payload jsonb)
       order by source, external_id, position
     ), judged as (
       select *, exists (
         select from lifecycle.erased_group erased
         where erased.group_key = given.group_key
           and (erased.erased_at >= occurred_at or source || ':' || type = any ($4)))
         or exists (select from lifecycle.erased_group erased where erased.group_key = given.mail_key) as is_erased
       from given
       where not exists (
         select from lifecycle.event held
         where held.source = given.source and held.external_id in (given.external_id, given.erased_id))
     ), kept as (
       select position, source, type, occurred_at, is_erased,
              case when is_erased then erased_id else external_id end as external_id,
              case when not is_erased then group_key end as group_key,
              case when is_erased then $5::jsonb else payload end as payload
       from judged
     ), accepted as (
       insert into lifecycle.event (source, external_id, type, group_key, occurred_at, payload, payload_removed_at)
       -- In the same order whoever inserts them: two that share events would else wait for each other for ever.
       select source, external_id, type, group_key, occurred_at, payload, case when is_erased then now() end
       from kept order by source, external_id
       on conflict (source, external_id) do nothing
       returning id, source, external_id
     ), positioned as (
       select accepted.id, kept.* from accepted join kept using (source, external_id)
     ), delivered as (
       insert into lifecycle.delivery (event_id, handler_id, group_key)
       select positioned.id, handler.id, group_key
       from positioned join lifecycle.handler
         on $3 and handler.event_types @> array[positioned.source || ':' || positioned.type]
       where not is_erased
       order by position
       returning event_id, handler_id
     ), notified as (
       select pg_notify($2, handler_id) from (select distinct handler_id from delivered) as handlers
     )
     select position, id, (select count(*)::int from delivered where event_id = positioned.id) as deliveries,
            (select count(*) from notified)
     from positioned`,
    [JSON.stringify(events.map(recordOf), storable), NOTIFY_CHANNEL, deliver, FAREWELLS, ERASED_PAYLOAD],
  );
  const accepted = new Map(rows.map(({ position, ...row }) => [position, row]));
  return events.map((_event, position) => {
    const row = accepted.get(position);
    return row === undefined
      ? { duplicate: true, deliveries: 0 }
      : { id: row.id, duplicate: false, deliveries: row.deliveries };
  });
}

function recordOf(event: NewEvent, position: number): JsonObject {
  const { source, externalId, type, groupKey, occurredAt, payload } = event;
  return {
    position,
    source,
    external_id: externalId,
    erased_id: erasedId(externalId),
    type,
    group_key: groupKey,
    mail_key: mailKeyOf(event),
    occurred_at: occurredAt,
    payload,
  };
}
