import {
  NodeOperationError,
  type IExecuteFunctions,
  type ILoadOptionsFunctions,
  type INodeListSearchResult,
  type INodeProperties,
} from 'n8n-workflow';
import { requiredText } from '../../shared/parameters';
import { storeOf } from '../../shared/store';

const MOST_LISTED = 50;
const CUSTOMER = { name: 'previewCustomer', displayName: 'Chosen Customer' };

/** Whom mails are shown for who are nobody. */
export const SAMPLE = {
  email: 'ada@example.com',
  name: 'Ada Lovelace',
  tier: 'pro',
  stage: 'onboarding',
} as const;

/** Whom the mails are shown for in the editor. */
export const previewProperties: INodeProperties[] = [
  {
    displayName: 'Preview With',
    name: 'previewWith',
    type: 'options',
    noDataExpression: true,
    default: 'item',
    options: [
      { name: CUSTOMER.displayName, value: 'chosen', description: 'Somebody in the store' },
      {
        name: 'Customer of the Item',
        value: 'item',
        description: 'A sample in their place when they are not known',
      },
      { name: 'Sample Customer', value: 'sample', description: SAMPLE.name },
    ],
    description:
      'Whom the mails are shown for when you execute this step in the editor. Nothing is planned or sent by that.',
  },
  {
    ...CUSTOMER,
    type: 'resourceLocator',
    required: true,
    default: { mode: 'list', value: '' },
    description: 'Whom the mails are shown for. It makes no difference to published workflows.',
    displayOptions: { show: { previewWith: ['chosen'] } },
    modes: [
      {
        displayName: 'From List',
        name: 'list',
        type: 'list',
        placeholder: 'Select a customer…',
        typeOptions: { searchListMethod: 'searchCustomers', searchable: true },
      },
      { displayName: 'By Email', name: 'email', type: 'string', placeholder: 'e.g. ada@example.com' },
    ],
  },
];

/** The address of whom the mails are shown for; '' for the sample, `undefined` for the item's own customer. */
export function previewedEmail(context: IExecuteFunctions, index: number): string | undefined {
  const choice = context.getNodeParameter('previewWith', index, 'item');
  if (choice === 'sample') return '';
  return choice === 'chosen' ? requiredText(context, CUSTOMER.name, CUSTOMER.displayName, index) : undefined;
}

/** Of somebody who was chosen, and is not there. */
export function noSuchCustomer(context: IExecuteFunctions, email: string): NodeOperationError {
  return new NodeOperationError(
    context.getNode(),
    `"${CUSTOMER.displayName}": nobody in the store has the address "${email}". Choose somebody from the list.`,
  );
}

/** Fills the list of customers, by a part of their name or address; of whom something was recorded last first. */
export async function searchCustomers(
  this: ILoadOptionsFunctions,
  filter = '',
): Promise<INodeListSearchResult> {
  const text = filter.trim();
  const customers = await (await storeOf(this)).customers.find({ ...(text !== '' && { text }) }, MOST_LISTED);
  return {
    results: customers.map(({ name, email }) => ({
      name: name === null ? email : `${name} (${email})`,
      value: email,
    })),
  };
}
