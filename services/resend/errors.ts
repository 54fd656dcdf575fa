import { ServiceError } from '../http';

export const RESEND = 'Resend';

/** What Resend did not do, and whether something may have gone out all the same. */
export class ResendError extends ServiceError {
  constructor(
    message: string,
    retryable: boolean,
    status: number | undefined,
    /** Certainly nothing was sent, and the idempotency key is free for another content. */
    readonly unsent: boolean,
    /** Whether the account, its key or its address is what has to be mended, so that no other mail fares better. */
    readonly ofAccount = status === 401 || status === 403,
  ) {
    super(RESEND, message, retryable, status, unsent && status === undefined);
  }
}

/** The account has sent what its plan includes; until then every mail is refused. */
export class QuotaExceeded extends ResendError {
  constructor(
    message: string,
    unsent: boolean,
    readonly resetsAt: Date,
  ) {
    super(message, true, 429, unsent);
  }
}

/** The idempotency key was used for another content within the last 24 hours: this mail was sent, or is being sent. */
export class SentBefore extends ResendError {
  constructor(message: string) {
    super(message, false, 409, false);
  }
}
