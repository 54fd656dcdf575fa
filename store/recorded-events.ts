import type { Queryable } from './database';

/** An event that was recorded of a customer; with an entry it counts for that sequence alone, as an opened mail does. */
export interface RecordedEvent {
  customerId: string;
  eventId: string;
  entryId?: string | undefined;
}

/** Puts events on the timelines of customers. One that was deleted meanwhile is left out. */
export async function linkEvents(transaction: Queryable, events: readonly RecordedEvent[]): Promise<void> {
  await transaction.query(
    `insert into lifecycle.customer_event (customer_id, event_id)
     select given."customerId", event.id
     from jsonb_to_recordset($1) as given ("customerId" bigint, "eventId" bigint)
       join lifecycle.event on event.id = given."eventId"
     on conflict do nothing`,
    [JSON.stringify(events)],
  );
}
