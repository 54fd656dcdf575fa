import type { IDataObject } from 'n8n-workflow';
import type { StoredEvent } from '../../store';

/** An event as the items of a workflow carry it: times as ISO 8601. */
export function eventJson(event: StoredEvent): IDataObject {
  return {
    id: event.id,
    source: event.source,
    externalId: event.externalId,
    type: event.type,
    occurredAt: event.occurredAt.toISOString(),
    receivedAt: event.receivedAt.toISOString(),
    payload: event.payload as IDataObject,
  };
}
