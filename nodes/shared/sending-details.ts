import { QuotaExceeded, ResendError, SentBefore } from '../../services/resend';
import type { Failure } from './item';

type SendingDetails = Pick<Failure, 'unsent' | 'retryAt' | 'sentBefore' | 'ofAccount'>;

/** What a failure to send an e-mail says beyond others: whether it went out all the same, whom it concerns, and when to try again. */
export function sendingDetails(error: Error): SendingDetails {
  if (!(error instanceof ResendError)) return {};
  return {
    ...(error.unsent && { unsent: true }),
    ...(error instanceof QuotaExceeded && { retryAt: error.resetsAt.toISOString() }),
    ...(error instanceof SentBefore && { sentBefore: true }),
    ...(error.ofAccount && { ofAccount: true }),
  };
}
