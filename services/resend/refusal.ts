import { z } from 'zod/v4';
import { isRetryableStatus, type HttpResponse, type ServiceError } from '../http';
import { QuotaExceeded, ResendError, SentBefore } from './errors';
import { resetOf } from './quota';

const envelope = z.object({
  name: z.string().optional().catch(undefined),
  message: z.string().optional().catch(undefined),
});

const KEY =
  'Check the API key in the Lifecycle Resend API credential; keys are made in Resend under API Keys.';
const LATER = 'It is tried again later.';

/** By Resend's own name of a refusal (resend.com/docs/api-reference/errors): what an admin can do about it. */
const REMEDIES: Readonly<Record<string, string>> = {
  missing_api_key: KEY,
  invalid_api_key: KEY,
  restricted_api_key:
    'The API key may only send. Put one with full access into the Lifecycle Resend API credential, or do without what needs it.',
  suspended_api_key: 'The API key was suspended. In Resend, see why, or make a new one.',
  invalid_permission:
    'The API key may not do this, or not for this domain. In Resend, look at its permission.',
  invalid_access: 'The API key may not do this, or not for this domain. In Resend, look at its permission.',
  email_above_quota: "The mail goes beyond what the plan includes. Look at the usage in Resend's settings.",
  invalid_from_address: 'Enter the sender as ada@example.com or Ada <ada@example.com>.',
  invalid_attachment: 'Check the attachments.',
  invalid_idempotency_key: 'The cause or batch key gives no idempotency key; change it.',
  invalid_idempotent_request:
    'The same cause or batch key was used with another content within 24 hours, so it was sent before and is not sent again.',
  concurrent_idempotent_requests: `The same mail is being sent at this moment. ${LATER}`,
  resource_locked: LATER,
};

const BY_STATUS: Readonly<Record<number, string>> = {
  400: 'Check the values in the node.',
  401: KEY,
  403: 'Verify the domain of the sender in Resend under Domains, and check that the API key may send for it. "error 1010" comes of a proxy that takes away the header User-Agent.',
  404: 'Check the address in the Lifecycle Resend API credential, normally https://api.resend.com, and that what the node names is there in Resend.',
  405: 'Check the address in the Lifecycle Resend API credential, normally https://api.resend.com.',
  413: 'The mail is too big. Send less along with it.',
  422: 'Check the values in the node.',
  429: LATER,
};

/** What an unknown key is told under the name of a bad value, with a status that differs from call to call. */
const UNKNOWN_KEY = /\bAPI key is invalid\b/i;

/** Refusals that end by themselves although their status says otherwise. */
const PASSING: ReadonlySet<string> = new Set(['concurrent_idempotent_requests', 'resource_locked']);

/** Resend's own name of what went wrong; empty for an answer that has none. */
export function nameOf({ body }: Pick<HttpResponse, 'body'>): string {
  return envelope.safeParse(body).data?.name ?? '';
}

function wordsOf({ body }: HttpResponse): string {
  return envelope.safeParse(body).data?.message ?? '';
}

/** Resend's own words, with its name of them. */
export function describe(body: unknown): string | undefined {
  const { name, message } = envelope.safeParse(body).data ?? {};
  return [message, ...(name === undefined ? [] : [`(${name})`])].join(' ').trim() || undefined;
}

/** Whether the answer is that the calls come too fast, after which they may go on in a moment. */
export function isTooFast(answer: HttpResponse): boolean {
  return answer.status === 429 && quotaIn(answer) === undefined;
}

/**
 * The error for an answer of 4xx.
 *
 * @param told the error in the words of every other service's, without any advice
 * @param isFirst whether no earlier try of the same call can have been carried out
 * @param now milliseconds since 1970
 */
export function refusalOf(
  told: ServiceError,
  answer: HttpResponse,
  isFirst: boolean,
  now: number,
): ResendError {
  const { status } = answer;
  const name = nameOf(answer);
  const quota = quotaIn(answer);
  if (quota !== undefined) {
    const resetsAt = resetOf(quota, answer, now);
    const todo = `The ${quota} quota of the account is used up. Nothing more is sent until ${resetsAt.toISOString()}; raise it in Resend under Settings > Usage.`;
    return new QuotaExceeded(`${told.message} ${todo}`, isFirst, resetsAt);
  }
  const isUnknownKey = UNKNOWN_KEY.test(wordsOf(answer));
  const known = isUnknownKey ? KEY : (REMEDIES[name] ?? BY_STATUS[status]);
  const todo = known ?? (isRetryableStatus(status) ? LATER : undefined);
  const message = todo === undefined ? told.message : `${told.message} ${todo}`;
  if (name === 'invalid_idempotent_request') return new SentBefore(message);
  const retryable = isRetryableStatus(status) || PASSING.has(name);
  // With 408 and 409 something may be under way.
  const isRefused = status !== 408 && status !== 409;
  // Resend names what it does not find; who does not is somebody else at the address in the credential.
  const isElsewhere = name === '' && (status === 404 || status === 405);
  const ofAccount = isUnknownKey || isElsewhere || status === 401 || status === 403;
  return new ResendError(message, retryable, status, isRefused && isFirst, ofAccount);
}

function quotaIn(answer: HttpResponse): 'daily' | 'monthly' | undefined {
  const name = nameOf(answer);
  if (name === 'daily_quota_exceeded') return 'daily';
  return name === 'monthly_quota_exceeded' ? 'monthly' : undefined;
}
