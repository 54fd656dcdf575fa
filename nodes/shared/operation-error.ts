import { NodeOperationError, type INode } from 'n8n-workflow';

interface Details {
  itemIndex?: number;
  description?: string;
}

/**
 * An error with exactly this message: n8n puts words of its own in the place of any that names a code such as
 * ECONNREFUSED, and with it goes which service it was and what to do.
 */
export function operationError(node: INode, message: string, details?: Details): NodeOperationError {
  const error = new NodeOperationError(node, message, details);
  error.message = message;
  return error;
}
