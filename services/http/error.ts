/** A call to an outside system that did not do what was asked, told so that an admin can act on it. */
export class ServiceError extends Error {
  override readonly name = 'ServiceError';

  constructor(
    /** Display name of the outside system, e.g. `Shopware`. */
    readonly service: string,
    message: string,
    /** Whether trying again later, unchanged, can succeed. */
    readonly retryable: boolean,
    /** HTTP status, when there was an answer. */
    readonly status?: number,
    /** Whether the call certainly never reached the system: it has had no effect there. */
    readonly neverArrived = false,
  ) {
    super(message);
  }
}

/** 408, 425, 429 and every 5xx may heal by themselves; any other status needs somebody to change something. */
export function isRetryableStatus(status: number): boolean {
  return status === 408 || status === 425 || status === 429 || status >= 500;
}

/** What was thrown, as an `Error`. */
export function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}

/** What `make` gives, or its error, which is not to stop what else is worked on. */
export function orError<Value>(make: () => Value): Value | Error {
  try {
    return make();
  } catch (error) {
    return asError(error);
  }
}
