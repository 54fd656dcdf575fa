import type { IExecuteFunctions, INodeProperties } from 'n8n-workflow';

/**
 * What becomes of an item when the node fails on it; {@link processBatch} reads it. A node that acts adds it to an
 * operation as `{ ...whenItFails, displayOptions }`. A node without it holds back later steps.
 */
export const whenItFails: INodeProperties = {
  displayName: 'When It Fails',
  name: 'whenItFails',
  type: 'options',
  noDataExpression: true,
  default: 'holdBack',
  options: [
    {
      name: 'Carry On and Try Again Later',
      value: 'carryOn',
      description: 'Later steps run all the same; afterwards the whole event is tried again',
    },
    {
      name: 'Hold Back Later Steps',
      value: 'holdBack',
      description: 'No later step runs for this item until this one has worked',
    },
  ],
  description:
    'What happens to an item that fails here. In either case Settle records it, and its event is tried again.',
};

/** Whether an item that fails goes on to the later steps. */
export function carriesOn(context: IExecuteFunctions, itemIndex: number): boolean {
  return context.getNodeParameter(whenItFails.name, itemIndex, whenItFails.default) === 'carryOn';
}
