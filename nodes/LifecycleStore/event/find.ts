import type { IDataObject, INodeExecutionData } from 'n8n-workflow';
import type { DeliveryReport } from '../../../store';
import { eventJson } from '../../shared/event-item';
import { showOnlyFor, type Operation } from '../operation';
import { filterProperties, readFilter } from './filter';

export const find: Operation = {
  properties: showOnlyFor('event', 'find', [
    ...filterProperties,
    {
      displayName: 'Limit',
      name: 'limit',
      type: 'number',
      typeOptions: { minValue: 1 },
      default: 50,
      description: 'Max number of results to return',
    },
  ]),

  async execute(context, store) {
    const found: INodeExecutionData[] = [];
    for (let index = 0; index < context.getInputData().length; index += 1) {
      const limit = context.getNodeParameter('limit', index) as number;
      const reports = await store.deliveries.find(readFilter(context, index), limit);
      found.push(...reports.map((report) => ({ json: reportJson(report), pairedItem: { item: index } })));
    }
    return [found];
  },
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
