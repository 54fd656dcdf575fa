/** No connection came about (nodejs.org/api/errors.html#common-system-errors). */
const NOT_CONNECTED: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
]);

/** Whether a request that was not answered certainly never reached anybody either. */
export function isNotConnected(error: unknown): boolean {
  return NOT_CONNECTED.has(errorCode(error) ?? '');
}

/** The system's error code (`ECONNREFUSED`), never its message, which may hold an address with credentials. */
export function errorCode(error: unknown): string | undefined {
  for (let cause = error, depth = 0; typeof cause === 'object' && cause !== null && depth < 4; depth += 1) {
    if ('code' in cause && typeof cause.code === 'string' && /^[A-Z_0-9]+$/.test(cause.code))
      return cause.code;
    cause = 'cause' in cause ? cause.cause : undefined;
  }
  return undefined;
}
