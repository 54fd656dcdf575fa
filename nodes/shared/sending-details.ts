import { QuotaExceeded, ResendError, SentBefore } from '../../services/resend';
import type { Failure } from './item';

/** What a failure to send an e-mail says beyond others: whether it went out all the same, and when to try again. */
export function sendingDetails(error: Error): Pick<Failure, 'unsent' | 'retryAt' | 'sentBefore'> {
  if (!(error instanceof ResendError)) return {};
  return {
    ...(error.unsent && { unsent: true }),
    ...(error instanceof QuotaExceeded && { retryAt: error.resetsAt.toISOString() }),
    ...(error instanceof SentBefore && { sentBefore: true }),
  };
}
