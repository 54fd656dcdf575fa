import type { IExecuteFunctions, INodeProperties } from 'n8n-workflow';
import { requiredText } from './parameters';

export const emailProperty: INodeProperties = {
  displayName: 'Email',
  name: 'email',
  type: 'string',
  required: true,
  default: '={{ $json.customer.email }}',
  placeholder: 'name@email.com',
  description: 'Address of the customer, upper and lower case alike',
};

/** The address that is entered for an item. Throws a `NodeOperationError` when there is none. */
export function emailOf(context: IExecuteFunctions, index: number): string {
  return requiredText(context, emailProperty.name, emailProperty.displayName, index);
}
