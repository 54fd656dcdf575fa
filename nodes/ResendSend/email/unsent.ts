import { NodeOperationError } from 'n8n-workflow';
import { TemplateError } from '../../../services/email';
import { asError } from '../../../services/http';
import { ResendError } from '../../../services/resend';

/**
 * What `make` gives, or its error as one that tells that nothing was sent: a mail that cannot even be written was not. Only
 * what is about the item or its template counts; a mistake of ours stays what it is.
 */
export async function orUnsent<Value>(make: () => Value | Promise<Value>): Promise<Value | Error> {
  return await Promise.resolve().then(make).catch(asUnsent);
}

function asUnsent(thrown: unknown): Error {
  const isAboutItem = thrown instanceof NodeOperationError || thrown instanceof TemplateError;
  return isAboutItem ? new ResendError(thrown.message, false, undefined, true) : asError(thrown);
}
