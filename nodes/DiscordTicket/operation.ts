import type { IDisplayOptions, IExecuteFunctions, INodeProperties, INodePropertyOptions } from 'n8n-workflow';
import type { ItemResult } from '../shared/process-items';

/** What the file of an operation exports: how it shows on the canvas, and what it does. */
export interface Operation {
  option: INodePropertyOptions;
  properties: INodeProperties[];
  /** Names of the outputs, when there are several. The second one is for what was not done, and why is said. */
  outputs?: readonly string[];
  /** Gets ready once for a run; what it gives works on one item. */
  prepare(context: IExecuteFunctions): Promise<(index: number) => Promise<ItemResult>>;
}

/** The same properties, shown only for one operation of one resource. */
export function showOnlyFor(
  resource: string,
  operation: string,
  properties: readonly INodeProperties[],
): INodeProperties[] {
  const only: IDisplayOptions['show'] = { resource: [resource], operation: [operation] };
  return properties.map((property) => ({
    ...property,
    displayOptions: { show: { ...property.displayOptions?.show, ...only } },
  }));
}
