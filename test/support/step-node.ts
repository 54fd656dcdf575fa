import type { INodeProperties, INodeType } from 'n8n-workflow';
import { processBatch, type ItemResult } from '../../nodes/shared/process-items';

/** Any step of a workflow that works on items as all our nodes do: `handle` gives its result for each item. */
export function stepNode(
  displayName: string,
  handle: () => ItemResult | Error,
  properties: INodeProperties[] = [],
): INodeType {
  return {
    description: {
      displayName,
      name: displayName.toLowerCase(),
      group: ['transform'],
      version: 1,
      description: displayName,
      defaults: { name: displayName },
      inputs: ['main'],
      outputs: ['main'],
      properties,
    },
    async execute() {
      return await processBatch(this, { service: 'Shop' }, (indexes) => Promise.resolve(indexes.map(handle)));
    },
  };
}
