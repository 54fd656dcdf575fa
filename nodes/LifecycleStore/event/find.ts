import type { IDataObject } from 'n8n-workflow';
import type { DeliveryReport } from '../../../store';
import { eventJson } from '../../shared/event-item';
import { limitProperty, listForEach } from '../listing';
import { showOnlyFor, type Operation } from '../operation';
import { filterProperties, readFilter } from './filter';

export const find: Operation = {
  properties: showOnlyFor('event', 'find', [...filterProperties, limitProperty]),

  execute: (context, store) =>
    listForEach(context, async (index, limit) =>
      (await store.deliveries.find(readFilter(context, index), limit)).map(reportJson),
    ),
};

function reportJson({
  id,
  state,
  attempts,
  dueAt,
  outcomes,
  lastFailure,
  payloadRemovedAt,
  handler,
  event,
}: DeliveryReport): IDataObject {
  return {
    // Not "delivery": what was found is not leased and cannot be settled.
    deliveryId: id,
    state,
    attempts,
    dueAt: dueAt.toISOString(),
    handler,
    lastFailure: lastFailure as IDataObject | null,
    outcomes: outcomes as IDataObject[],
    // What stands in the event's place is a stub then, and it cannot be replayed.
    payloadRemovedAt: payloadRemovedAt?.toISOString() ?? null,
    event: eventJson(event),
  };
}
