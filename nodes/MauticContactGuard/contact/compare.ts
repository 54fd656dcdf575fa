import {
  type IDisplayOptions,
  type IExecuteFunctions,
  type INodeProperties,
  type INodePropertyOptions,
} from 'n8n-workflow';
import {
  compareValues,
  MAUTIC,
  type Comparison,
  type MauticApi,
  type SupposedValue,
} from '../../../services/mautic';
import { itemParameter } from '../../shared/item-parameter';
import { orError, requiredText } from '../../shared/parameters';
import type { ItemResult } from '../../shared/process-items';

export const option: INodePropertyOptions = {
  name: 'Compare',
  value: 'compare',
  action: 'Compare a field of a contact',
  description: 'Find a contact by its address, and tell whether a field of it holds a value',
};

export const OUTPUT_NAMES = ['Same', 'Different'];

const showOnlyForCompare: IDisplayOptions = { show: { resource: ['contact'], operation: ['compare'] } };

export const description: INodeProperties[] = [
  {
    displayName: 'Email',
    name: 'email',
    type: 'string',
    required: true,
    default: '={{ $json.checkout.email }}',
    placeholder: 'name@email.com',
    description:
      'Address of the contact, upper and lower case alike. Preset for items of the Stripe Billing node. When several contacts share it, the newest counts; without one, the item leaves by Different.',
    displayOptions: showOnlyForCompare,
  },
  {
    displayName: 'Field Name or ID',
    name: 'comparedField',
    type: 'options',
    typeOptions: { loadOptionsMethod: 'getLinkFields' },
    default: 'promo_code',
    description:
      'Text or URL field to look at; an expression gives its alias. Choose from the list, or specify an ID using an <a href="https://docs.n8n.io/code/expressions/">expression</a>.',
    displayOptions: showOnlyForCompare,
  },
  {
    displayName: 'Value',
    name: 'comparedValue',
    type: 'string',
    required: true,
    default: '={{ $json.promoCode.code }}',
    placeholder: 'e.g. VIP-7NN3-V4Y9-CX6K',
    description: 'What the field may hold. Preset for items of the Shopware Promo Code node.',
    displayOptions: showOnlyForCompare,
  },
];

/** Adds `contact`, where there is one, and `comparison` to each item; all items are looked for together. */
export async function execute(
  context: IExecuteFunctions,
  api: MauticApi,
  indexes: readonly number[],
): Promise<Array<ItemResult | Error>> {
  const supposed = indexes.map((index) => orError(() => supposedOf(context, index)));
  const comparisons = await compareValues(api, supposed);
  return supposed.map((one, position) => {
    const comparison = comparisons[position] ?? new Error('the contact was left out');
    if (one instanceof Error) return one;
    return comparison instanceof Error ? comparison : itemOf(one, comparison);
  });
}

function supposedOf(context: IExecuteFunctions, index: number): SupposedValue {
  return {
    email: itemParameter(context, 'email', index),
    field: requiredText(context, 'comparedField', 'Field', index),
    expected: requiredText(context, 'comparedValue', 'Value', index),
  };
}

function itemOf({ field }: SupposedValue, { contact, same, reason }: Comparison): ItemResult {
  const id = contact && { id: String(contact.id) };
  return {
    json: {
      ...(contact && { contact: { id: contact.id, email: contact.email } }),
      comparison: { same, ...(reason !== undefined && { reason }) },
    },
    output: same ? 0 : 1,
    outcomes: [
      {
        service: MAUTIC,
        action: same ? `"${field}" is the same` : `contact left as it is: ${reason}`,
        ...id,
      },
    ],
  };
}
