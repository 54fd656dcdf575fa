import { NodeOperationError, type IExecuteFunctions, type INodeProperties } from 'n8n-workflow';

export const keyProperty: INodeProperties = {
  displayName: 'Key',
  name: 'key',
  type: 'string',
  required: true,
  default: '',
  placeholder: 'e.g. welcome-gift:{{ $json.event.externalId }}',
  description: 'Names what may happen once only, the same on every try',
};

/** The effect's key; an empty one would make all effects the same. */
export function readKey(context: IExecuteFunctions, index: number): string {
  const key = String(context.getNodeParameter('key', index) ?? '').trim();
  if (key !== '') return key;
  throw new NodeOperationError(context.getNode(), 'The key of the effect is empty.', { itemIndex: index });
}
