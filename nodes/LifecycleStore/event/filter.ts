import type { IDataObject, IExecuteFunctions, INodeProperties } from 'n8n-workflow';
import type { DeliveryFilter, DeliveryState } from '../../../store';
import { eventTypeOptions } from '../../shared/event-types';

/** Which deliveries are meant, for the operations that look for them. */
export const filterProperties: INodeProperties[] = [
  {
    displayName: 'States',
    name: 'states',
    type: 'multiOptions',
    options: [
      { name: 'Dead', value: 'dead', description: 'Failed for good: needs a replay' },
      { name: 'Done', value: 'done' },
      { name: 'Failed', value: 'failed', description: 'Failed, and tried again by itself' },
      { name: 'Leased', value: 'leased', description: 'Being worked on' },
      { name: 'Waiting', value: 'waiting' },
    ],
    default: ['dead'],
    description: 'In which states the events are; none chosen means all',
  },
  {
    displayName: 'Filters',
    name: 'filters',
    type: 'collection',
    placeholder: 'Add filter',
    default: {},
    options: [
      {
        displayName: 'Delivery IDs',
        name: 'ids',
        type: 'string',
        default: '',
        placeholder: 'e.g. 12, 13',
        description: 'Only these deliveries, separated by commas',
      },
      {
        displayName: 'Event',
        name: 'eventType',
        type: 'options',
        options: eventTypeOptions,
        default: '',
        description: 'Only events of this type',
      },
      {
        displayName: 'Handler Name or ID',
        name: 'handlerId',
        type: 'options',
        typeOptions: { loadOptionsMethod: 'getHandlers' },
        default: '',
        description:
          'Only events for this workflow. Choose from the list, or specify an ID using an <a href="https://docs.n8n.io/code/expressions/">expression</a>.',
      },
      {
        displayName: 'Provider’s Event ID',
        name: 'externalId',
        type: 'string',
        default: '',
        placeholder: 'e.g. evt_1PqX…',
        description: 'Only the event that the provider knows under this ID',
      },
    ],
  },
];

/** The filter as the item's parameters say. */
export function readFilter(context: IExecuteFunctions, index: number): DeliveryFilter {
  const states = context.getNodeParameter('states', index) as DeliveryState[];
  const filters = context.getNodeParameter('filters', index) as IDataObject;
  const ids = String(filters.ids ?? '').match(/\d+/g) ?? [];
  return {
    ...(ids.length > 0 && { ids }),
    ...(states.length > 0 && { states }),
    ...(filters.eventType && { eventType: String(filters.eventType) }),
    ...(filters.handlerId && { handlerId: String(filters.handlerId) }),
    ...(filters.externalId && { externalId: String(filters.externalId).trim() }),
  };
}
