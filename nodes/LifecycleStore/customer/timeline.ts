import type { INodeExecutionData } from 'n8n-workflow';
import { showOnlyFor, type Operation } from '../operation';
import { emailOf, emailProperty } from './email';
import { timelineRow } from './timeline-row';

export const timeline: Operation = {
  properties: showOnlyFor('customer', 'timeline', [
    emailProperty,
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
      const entries = await store.customers.timeline(emailOf(context, index), limit);
      found.push(
        ...entries.map((entry) => ({ json: { ...timelineRow(entry) }, pairedItem: { item: index } })),
      );
    }
    return [found];
  },
};
