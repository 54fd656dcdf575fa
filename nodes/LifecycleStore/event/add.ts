import { randomUUID } from 'node:crypto';
import { NodeOperationError, type IDataObject } from 'n8n-workflow';
import type { EventSource } from '../../../store';
import { eventTypeOptions } from '../../shared/event-types';
import { processEach } from '../../shared/process-items';
import { showOnlyFor, type Operation } from '../operation';

export const add: Operation = {
  properties: showOnlyFor('event', 'add', [
    {
      displayName: 'Event',
      name: 'eventType',
      type: 'options',
      required: true,
      options: eventTypeOptions,
      default: '',
      description: 'What happened',
    },
    {
      displayName: 'Payload',
      name: 'payload',
      type: 'json',
      required: true,
      default: '{}',
      description: 'The event as its provider would send it',
    },
    {
      displayName: 'Event ID',
      name: 'externalId',
      type: 'string',
      default: '',
      placeholder: 'e.g. order-4711-paid',
      description: 'Makes adding the same event again harmless. Empty: every run adds another event.',
    },
  ]),

  execute: (context, store) =>
    processEach(context, { service: 'Lifecycle Store' }, async (index) => {
      const name = context.getNodeParameter('eventType', index) as string;
      const separator = name.indexOf(':');
      const accepted = await store.events.accept({
        source: name.slice(0, separator) as EventSource,
        type: name.slice(separator + 1),
        externalId: (context.getNodeParameter('externalId', index) as string).trim() || randomUUID(),
        occurredAt: new Date(),
        payload: payloadOf(context.getNodeParameter('payload', index)),
      });
      return { json: { added: { ...accepted } } };

      function payloadOf(value: unknown): IDataObject {
        try {
          const payload: unknown = typeof value === 'string' ? JSON.parse(value) : value;
          if (typeof payload === 'object' && payload !== null && !Array.isArray(payload))
            return payload as IDataObject;
        } catch {
          // Told below.
        }
        throw new NodeOperationError(context.getNode(), 'The payload is not a JSON object.', {
          itemIndex: index,
        });
      }
    }),
};
