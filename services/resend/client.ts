import {
  ServiceClient,
  ServiceError,
  isNotConnected,
  isRetryableStatus,
  systemClock,
  type CallOptions,
  type Clock,
  type HttpRequest,
  type HttpResponse,
} from '../http';
import { QuotaExceeded, RESEND, ResendError } from './errors';
import { Pacer, pacerOf } from './pacer';
import { describe, nameOf, refusalOf } from './refusal';
import { USER_AGENT } from './user-agent';

/** How often a mail that Resend is just sending for another call is asked for again, and after how long at first. */
const CONCURRENT_TRIES = 5;
const CONCURRENT_WAIT_MS = 1_000;
/** Told by {@link refusalOf}; of these only a 429 may be repeated, which the pacer does. */
const REFUSALS = Array.from({ length: 100 }, (_, index) => 400 + index).filter(
  (status) => status === 429 || !isRetryableStatus(status),
);

export interface ResendOptions {
  /** Address of the API, normally `https://api.resend.com`. */
  url: string;
  /** Only tells accounts apart, since each has a rate limit of its own. */
  apiKey?: string;
  /** Must add the key as a bearer token. */
  request: HttpRequest;
  /** By default time as it goes by, and the pace of all calls with this key shared. */
  clock?: Clock;
}

export interface ResendCall extends Omit<CallOptions, 'expect' | 'advice'> {
  /** Whether it counts against the quota of mails, after whose end no such call is made any more. */
  isSending?: boolean;
  /** For a call with much in it, which takes longer to arrive. */
  timeoutMs?: number;
}

/** Resend's API. Calls wait for the account's rate limit by themselves. */
export class ResendApi {
  private readonly url: string;
  private readonly request: HttpRequest;
  private readonly clock: Clock;
  private readonly pacer: Pacer;
  private quota: QuotaExceeded | undefined;

  constructor({ url, apiKey = '', request, clock }: ResendOptions) {
    this.url = url.trim().replace(/\/+$/, '');
    this.request = request;
    this.clock = clock ?? systemClock;
    this.pacer = clock ? new Pacer(clock) : pacerOf(this.url, apiKey.trim());
  }

  /**
   * The answer with any 2xx. Throws `ResendError`, among them `QuotaExceeded`, after which the same `ResendApi` sends
   * nothing more until the quota is full again, and `SentBefore`.
   */
  async call({ isSending = false, timeoutMs, headers, ...call }: ResendCall): Promise<HttpResponse> {
    // Whether a try of this call may have been carried out without our knowing.
    let isUncertain = false;
    const client = new ServiceClient({
      service: RESEND,
      url: this.url,
      describe,
      sleep: async (milliseconds) => void (await this.clock.sleep(milliseconds)),
      request: (options) =>
        this.pacer.send(async () => {
          if (isSending) this.refuseBeyondQuota(!isUncertain);
          return await this.request({ ...options, ...(timeoutMs !== undefined && { timeoutMs }) }).then(
            (answer) => {
              isUncertain ||= answer.status === 408 || answer.status >= 500;
              return answer;
            },
            (error: unknown) => {
              isUncertain ||= !isNotConnected(error);
              return Promise.reject(error);
            },
          );
        }),
    });
    const sent = { ...call, headers: { ...headers, 'User-Agent': USER_AGENT }, expect: REFUSALS };
    for (let attempt = 1; ; attempt += 1) {
      const answer = await client
        .call(sent)
        .catch((error: unknown) => Promise.reject(asResendError(error, !isUncertain)));
      if (answer.status < 400) return answer;
      if (nameOf(answer) === 'concurrent_idempotent_requests' && attempt < CONCURRENT_TRIES) {
        await this.clock.sleep(CONCURRENT_WAIT_MS * attempt);
        continue;
      }
      const told = client.failure({ action: call.action, advice: { [answer.status]: '' } }, answer);
      const refusal = refusalOf(told, answer, !isUncertain, this.clock.now());
      if (refusal instanceof QuotaExceeded) this.quota = refusal;
      throw refusal;
    }
  }

  private refuseBeyondQuota(isFirst: boolean): void {
    if (!this.quota || this.clock.now() >= this.quota.resetsAt.getTime()) return;
    throw new QuotaExceeded(this.quota.message, isFirst, this.quota.resetsAt);
  }
}

export function createResend(options: ResendOptions): ResendApi {
  return new ResendApi(options);
}

/** `isFirst`: whether no try of the call can have been carried out. */
function asResendError(error: unknown, isFirst: boolean): unknown {
  if (!(error instanceof ServiceError) || error instanceof ResendError) return error;
  const { message, retryable, status, neverArrived } = error;
  // Without an answer, and never sent because of its address, which nothing can be sent to.
  const hasNoAddress = status === undefined && !retryable;
  const isUnsent = isFirst && (neverArrived || hasNoAddress);
  const isSentOn = status !== undefined && status >= 300 && status < 400;
  return new ResendError(message, retryable, status, isUnsent, hasNoAddress || isSentOn);
}
