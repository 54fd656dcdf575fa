import { NodeOperationError } from 'n8n-workflow';
import { TemplateError } from '../../../services/email';
import { asError } from '../../../services/http';
import { ResendError } from '../../../services/resend';

/**
 * What `make` gives, or its error as one that tells that nothing was sent: a mail that cannot even be written was not. Only
 * what is about the item or its template counts; a mistake of ours stays what it is.
 */
export async function orUnsent<Value>(make: () => Value | Promise<Value>): Promise<Value | Error> {
  return await Promise.resolve()
    .then(make)
    .catch((thrown: unknown) => asUnsent(thrown, false));
}

/** As {@link orUnsent} of what all mails have in common: the credential. */
export async function orUnsentOfAccount<Value>(make: () => Promise<Value>): Promise<Value | Error> {
  return await make().catch((thrown: unknown) => asUnsent(thrown, true));
}

function asUnsent(thrown: unknown, ofAccount: boolean): Error {
  const isAboutInput = thrown instanceof NodeOperationError || thrown instanceof TemplateError;
  return isAboutInput ? new ResendError(thrown.message, false, undefined, true, ofAccount) : asError(thrown);
}
