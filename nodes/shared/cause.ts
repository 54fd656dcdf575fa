import { NodeOperationError, type IDataObject, type IExecuteFunctions } from 'n8n-workflow';
import { requiredText } from './parameters';

/**
 * What an effect is for, out of the parameter "Cause". Throws a `NodeOperationError` for one that does not tell events
 * apart: an expression that found nothing leaves gaps like `stripe:`, which many purchases would share.
 */
export function causeOf(context: IExecuteFunctions, itemIndex: number): string {
  const cause = requiredText(context, 'cause', 'Cause', itemIndex);
  if (!/^:|:$|\b(undefined|null)\b/.test(cause)) return cause;
  throw new NodeOperationError(
    context.getNode(),
    '"Cause" is incomplete: an expression in it found nothing on the incoming item. It must tell one event from another.',
    { itemIndex },
  );
}

/** Who begins an effect, as the store notes it down. */
export function holderOf(context: IExecuteFunctions, index: number): string {
  const delivery: unknown = context.getInputData()[index]?.json.delivery;
  const id = typeof delivery === 'object' && delivery !== null ? (delivery as IDataObject).id : undefined;
  return typeof id === 'string' ? `delivery ${id}` : `execution ${context.getExecutionId()}`;
}
