import type { Queryable } from './database';

export interface HandlerRegistration {
  /** The workflow and the trigger node in it: stays the same over publications. */
  id: string;
  workflowId: string;
  /** As shown to people: the workflow's name. */
  name: string;
  /** As `source:type`. */
  eventTypes: readonly string[];
  /** Also hand out what came in since then. */
  since?: Date | undefined;
}

export interface HandlerStatus {
  id: string;
  workflowId: string;
  name: string;
  eventTypes: string[];
  published: boolean;
  waiting: number;
  leased: number;
  failed: number;
  dead: number;
}

/** The published workflows that work on events, and those that were published once. */
export class Handlers {
  constructor(private readonly database: Queryable) {}

  /** Makes events of these types wait for the handler from now on, and those `since` then as well. */
  async register(handler: HandlerRegistration): Promise<void> {
    await this.database.query(
      `with registered as (
         insert into lifecycle.handler (id, workflow_id, name, event_types, published)
         values ($1, $2, $3, $4, true)
         on conflict (id) do update
           set workflow_id = excluded.workflow_id, name = excluded.name, event_types = excluded.event_types,
               published = true, updated_at = now()
         returning id
       )
       insert into lifecycle.delivery (event_id, handler_id, group_key)
       select event.id, registered.id, event.group_key
       from registered join lifecycle.event
         on event.received_at >= $5::timestamptz and event.source || ':' || event.type = any ($4)
           and event.payload_removed_at is null
       on conflict (event_id, handler_id) do nothing`,
      [handler.id, handler.workflowId, handler.name, handler.eventTypes, handler.since ?? null],
    );
  }

  /** The handler is not published any more; events keep waiting for it, visibly. */
  async withdraw(id: string): Promise<void> {
    await this.database.query(
      `update lifecycle.handler set published = false, updated_at = now() where id = $1`,
      [id],
    );
  }

  /** Every handler with how many deliveries it has in each unfinished state. */
  async status(): Promise<HandlerStatus[]> {
    const { rows } = await this.database.query<HandlerStatus>(
      `select handler.id, handler.workflow_id as "workflowId", handler.name,
              handler.event_types as "eventTypes", handler.published,
              count(*) filter (where state = 'waiting')::int as waiting,
              count(*) filter (where state = 'leased')::int as leased,
              count(*) filter (where state = 'failed')::int as failed,
              count(*) filter (where state = 'dead')::int as dead
       from lifecycle.handler left join lifecycle.delivery
         on delivery.handler_id = handler.id and delivery.state <> 'done'
       group by handler.id order by handler.name, handler.id`,
    );
    return rows;
  }
}
