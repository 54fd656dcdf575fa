import type { IExecuteFunctions, INodeProperties, INodePropertyOptions } from 'n8n-workflow';
import type { StripeClient } from '../../services/stripe';
import type { ItemResult } from '../shared/process-items';

/** What the file of an operation exports: how it shows on the canvas, and what it does. */
export interface Operation {
  option: INodePropertyOptions;
  description: INodeProperties[];
  /** Gets ready once for a run; what it gives works on one item. */
  prepare(context: IExecuteFunctions, client: StripeClient): (index: number) => Promise<ItemResult>;
}
