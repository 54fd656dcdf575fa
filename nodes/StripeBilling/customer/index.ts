import type { INodeProperties } from 'n8n-workflow';
import type { Operation } from '../operation';
import * as get from './get';

/** By the value of the parameter "Operation"; a further one is a file beside `get.ts` and an entry here. */
export const operations: Readonly<Record<string, Operation>> = { get };

export const description: INodeProperties[] = [
  {
    displayName: 'Operation',
    name: 'operation',
    type: 'options',
    noDataExpression: true,
    default: 'get',
    displayOptions: { show: { resource: ['customer'] } },
    options: [get.option],
  },
  ...get.description,
];
