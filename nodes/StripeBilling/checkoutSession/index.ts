import type { INodeProperties } from 'n8n-workflow';
import type { Operation } from '../operation';
import * as findByPayment from './find-by-payment';
import * as get from './get';

/** By the value of the parameter "Operation"; a further one is a file beside `get.ts` and an entry here. */
export const operations: Readonly<Record<string, Operation>> = { findByPayment, get };

export const description: INodeProperties[] = [
  {
    displayName: 'Operation',
    name: 'operation',
    type: 'options',
    noDataExpression: true,
    default: 'get',
    displayOptions: { show: { resource: ['checkoutSession'] } },
    options: [findByPayment.option, get.option],
  },
  ...findByPayment.description,
  ...get.description,
];
