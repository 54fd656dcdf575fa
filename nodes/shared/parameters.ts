import { NodeOperationError, type IExecuteFunctions } from 'n8n-workflow';

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
  const value: unknown = context.getNodeParameter(name, itemIndex, '', { extractValue: true });
  const text = typeof value === 'number' ? String(value) : value;
  if (typeof text === 'string' && text.trim() !== '') return text.trim();
  throw new NodeOperationError(
    context.getNode(),
    `"${displayName}" is empty. Fill it in, or check that the expression in it fits the incoming item.`,
    { itemIndex },
  );
}
