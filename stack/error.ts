/** A failure with a message made for the person at the terminal: what was tried, what came back, what to do. */
export class StackError extends Error {
  override name = 'StackError';
}

/** The message of anything that was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Node's code of a failed system call, e.g. `EADDRINUSE`; `undefined` for any other error. */
export function systemCode(error: unknown): string | undefined {
  // Not instanceof: under Jest, errors of the system are of another realm's class.
  const isCoded = typeof error === 'object' && error !== null && 'code' in error;
  return isCoded && typeof error.code === 'string' ? error.code : undefined;
}
