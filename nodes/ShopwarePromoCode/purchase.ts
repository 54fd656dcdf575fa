import type { IDisplayOptions, IExecuteFunctions, INodeProperties } from 'n8n-workflow';
import type { PromoCodeWithdrawal } from '../../services/shopware';
import { requiredText } from '../shared/parameters';

const purchaseId: INodeProperties = {
  displayName: 'Purchase ID',
  name: 'purchaseId',
  type: 'string',
  required: true,
  default: '={{ $json.checkout.id }}',
  placeholder: 'e.g. cs_live_a1b2c3',
  description:
    'What the code belongs to: the same ID always gives the same code. Preset for items of the Stripe Billing node.',
};

const prefix: INodeProperties = {
  displayName: 'Prefix',
  name: 'prefix',
  type: 'string',
  default: 'VIP',
  placeholder: 'e.g. VIP',
  description: 'Put before the code: letters, digits and hyphens. The code itself has 12 characters.',
};

/** What a code is derived from. */
export function purchaseProperties(displayOptions: IDisplayOptions): INodeProperties[] {
  return [purchaseId, prefix].map((property) => ({ ...property, displayOptions }));
}

/** What is filled in for an item. Throws a `NodeOperationError` without a purchase. */
export function purchaseOf(context: IExecuteFunctions, index: number): PromoCodeWithdrawal {
  return {
    purchaseId: requiredText(context, purchaseId.name, purchaseId.displayName, index),
    prefix: String(context.getNodeParameter(prefix.name, index) ?? ''),
  };
}
