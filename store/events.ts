import type { Queryable } from './database';
import { NOTIFY_CHANNEL } from './listener';

export const EVENT_SOURCES = ['stripe', 'mautic', 'lemonSqueezy', 'resend', 'discord', 'app'] as const;
export type EventSource = (typeof EVENT_SOURCES)[number];

export type JsonObject = { [key: string]: unknown };

/** One thing that happened, at a provider, not yet stored. */
export interface NewEvent {
  source: EventSource;
  /** The provider's own id of it; together with `source` it is unique. */
  externalId: string;
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
  /** For how many handlers it waits now. */
  deliveries: number;
}

export const EVENT_COLUMNS = `
  event.id, event.source, event.external_id as "externalId", event.type,
  event.occurred_at as "occurredAt", event.received_at as "receivedAt", event.payload`;

/** The events themselves: each stored once, with one delivery for every handler that asked for its type. */
export class Events {
  constructor(private readonly database: Queryable) {}

  /**
   * Commits the event and its deliveries in one statement and wakes their handlers. When it returns, the event is
   * kept; a second delivery of the same event changes nothing. Throws when the database cannot be reached.
   */
  async accept(event: NewEvent): Promise<Accepted> {
    const { rows } = await this.database.query<{ id: string | null; deliveries: number }>(
      `with accepted as (
         insert into lifecycle.event (source, external_id, type, group_key, occurred_at, payload)
         values ($1, $2, $3, $4, $5, $6)
         on conflict (source, external_id) do nothing
         returning id, group_key
       ), delivered as (
         insert into lifecycle.delivery (event_id, handler_id, group_key)
         select accepted.id, handler.id, accepted.group_key
         from accepted join lifecycle.handler on handler.event_types @> array[$1 || ':' || $3]
         returning handler_id
       ), notified as (
         select pg_notify($7, handler_id) from delivered
       )
       select (select id from accepted) as id, (select count(*)::int from notified) as deliveries`,
      [
        event.source,
        event.externalId,
        event.type,
        event.groupKey ?? null,
        event.occurredAt,
        JSON.stringify(event.payload, storable),
        NOTIFY_CHANNEL,
      ],
    );
    const row = rows[0];
    if (row === undefined || row.id === null) return { duplicate: true, deliveries: 0 };
    return { id: row.id, duplicate: false, deliveries: row.deliveries };
  }

  /** The newest event of one of the types (`source:type`), whoever has worked on it. */
  async newest(eventTypes: readonly string[]): Promise<StoredEvent | undefined> {
    const { rows } = await this.database.query<StoredEvent>(
      `select ${EVENT_COLUMNS} from lifecycle.event
       where (source, type) in (
         select split_part(name, ':', 1), substr(name, strpos(name, ':') + 1) from unnest($1::text[]) as name
       )
       order by id desc limit 1`,
      [eventTypes],
    );
    return rows[0];
  }
}

/** PostgreSQL's jsonb takes neither U+0000 nor half a surrogate pair; both become the replacement character. */
function storable(_key: string, value: unknown): unknown {
  if (typeof value !== 'string') return value;
  return value.replace(
    /\0|[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/g,
    '\uFFFD',
  );
}
