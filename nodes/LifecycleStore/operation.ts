import type { IExecuteFunctions, INodeExecutionData, INodeProperties } from 'n8n-workflow';
import type { Store } from '../../store';

/** One operation of the node: what the canvas shows of it, and what it does. */
export interface Operation {
  properties: INodeProperties[];
  /** Comes first, also when the store is out of reach. */
  prepare?(context: IExecuteFunctions): void;
  execute(context: IExecuteFunctions, store: Store): Promise<INodeExecutionData[][]>;
}

/** The same properties, shown only for one operation of one resource. */
export function showOnlyFor(
  resource: string,
  operation: string,
  properties: INodeProperties[],
): INodeProperties[] {
  return properties.map((property) => ({
    ...property,
    displayOptions: {
      show: { ...property.displayOptions?.show, resource: [resource], operation: [operation] },
    },
  }));
}
