import { ServiceError } from '../../services/http';
import { StackError } from '../../stack/error';

/** What went wrong, told so that whoever runs the command can act on it. */
export class ToolError extends Error {
  override readonly name = 'ToolError';
}

/** What to print of whatever was thrown: a message for the person at the terminal, or a bug with its stack. */
export function explain(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const isUnanswered = error instanceof ServiceError && error.status === undefined;
  // All that fetch says when there was no answer.
  const isUnreachable = error instanceof TypeError && error.message === 'fetch failed';
  if (isUnanswered || isUnreachable) {
    return 'n8n does not answer. Check that it runs, and that N8N_URL is its address.';
  }
  const isExpected =
    error instanceof ToolError || error instanceof StackError || error instanceof ServiceError;
  return isExpected ? error.message : (error.stack ?? error.message);
}
