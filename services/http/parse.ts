import type { z } from 'zod/v4';
import { ServiceError } from './error';

export interface ParsedCall {
  /** Display name of the outside system. */
  service: string;
  /** As in {@link CallOptions}: the end of "could not …". */
  action: string;
}

/**
 * Reads the body of an answer. One that does not fit is told as a retryable {@link ServiceError}, naming the place
 * but never the value: it may come from a proxy's error page as well as from a changed API.
 */
export function parseAnswer<Schema extends z.ZodType>(
  call: ParsedCall,
  schema: Schema,
  body: unknown,
): z.output<Schema> {
  const result = schema.safeParse(body);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  const place = issue?.path.join('.') || 'the whole answer';
  throw new ServiceError(
    call.service,
    `${call.service} could not ${call.action}: its answer is not as its API documents it (${place}). ` +
      'Check that the address in the credential is right and that no proxy answers in its place.',
    true,
  );
}
