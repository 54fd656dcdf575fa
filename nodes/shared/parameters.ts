import { NodeOperationError, type IExecuteFunctions } from 'n8n-workflow';
import { itemParameter } from './item-parameter';

export { orError } from '../../services/http';

/**
 * A text parameter that must not be empty, trimmed; of a resource locator, what is chosen in it. An expression that
 * found nothing, as in an item of another shape, counts as empty and throws a `NodeOperationError` for its item.
 */
export function requiredText(
  context: IExecuteFunctions,
  name: string,
  displayName: string,
  itemIndex: number,
): string {
  const plain = itemParameter(context, name, itemIndex, '');
  const isLocator = typeof plain === 'object' && plain !== null;
  const value: unknown = isLocator
    ? context.getNodeParameter(name, itemIndex, '', { extractValue: true })
    : plain;
  const text = typeof value === 'number' ? String(value) : value;
  if (typeof text === 'string' && text.trim() !== '') return text.trim();
  throw new NodeOperationError(
    context.getNode(),
    `"${displayName}" is empty. Fill it in, or check that the expression in it fits the incoming item.`,
    { itemIndex },
  );
}

/** As {@link requiredText}, for an id that is a whole number above 0. */
export function requiredId(
  context: IExecuteFunctions,
  name: string,
  displayName: string,
  itemIndex: number,
): number {
  const text = requiredText(context, name, displayName, itemIndex);
  if (/^[1-9]\d*$/.test(text)) return Number(text);
  throw new NodeOperationError(context.getNode(), `"${displayName}" must be a whole number, like 47.`, {
    itemIndex,
  });
}
