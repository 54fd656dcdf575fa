import { errorCode, isNotConnected } from './connection';
import { ServiceError, isRetryableStatus } from './error';
import { encodeForm, type Form } from './form';
import { quotable } from './quotable';
import type { HttpMethod, HttpRequest, HttpRequestOptions, HttpResponse } from './request';

const TIMEOUT_MS = 20_000;
const ATTEMPTS = 3;
const BACK_OFF_MS = 250;
/** A server that asks for more patience than this is left to the next delivery of the event. */
const LONGEST_WAIT_MS = 5_000;

export interface CallOptions {
  /** What is being done, as the end of "could not …", e.g. `create the promo code VIP-…`. */
  action: string;
  method: HttpMethod;
  /** Path below the service's address, starting with `/`. */
  path: string;
  query?: HttpRequestOptions['query'];
  headers?: Record<string, string>;
  /** Sent as JSON; a text or a `Buffer` as it is, with its type among the headers. */
  body?: unknown;
  /** Sent as a form, in place of `body`. */
  form?: Form;
  /** Statuses that are answers rather than failures; every 2xx always is. */
  expect?: readonly number[];
  /**
   * Whether the same call may be sent again when it is unknown if the first one was carried out.
   * Default: only for GET. A 429 is always repeated, since it was refused before anything happened.
   */
  repeatable?: boolean;
  /** What an admin can do about a status of this call, before what the service's client says in general. */
  advice?: Readonly<Record<number, string>>;
}

export interface ServiceClientOptions {
  /** Display name of the outside system. */
  service: string;
  /** Address without trailing slash. */
  url: string;
  request: HttpRequest;
  /** Reads the service's own error text out of a failed answer's body, or its headers (names in lower case). */
  describe: (body: unknown, headers: HttpResponse['headers']) => string | undefined;
  /** What an admin can do about a status, e.g. `{ 401: 'Check the API key in the credential.' }`. */
  advice?: Readonly<Record<number, string>>;
  sleep?: (milliseconds: number) => Promise<void>;
}

/**
 * The one place that knows time-outs, retries and how a failure is told. 429 and, for repeatable calls, 5xx and
 * lost answers are tried up to three times (`Retry-After` honoured, else exponential back-off with jitter).
 */
export class ServiceClient {
  private readonly sleep: (milliseconds: number) => Promise<void>;

  constructor(private readonly options: ServiceClientOptions) {
    this.sleep =
      options.sleep ?? ((milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)));
  }

  /** Sends the call and gives the answer. Throws {@link ServiceError} for everything but 2xx and `expect`. */
  async call(call: CallOptions): Promise<HttpResponse> {
    const host = this.hostFor(call);
    const repeatable = call.repeatable ?? call.method === 'GET';
    for (let attempt = 1; ; attempt += 1) {
      const answer = await this.send(call, host);
      if (answer instanceof ServiceError) {
        if (!repeatable || attempt === ATTEMPTS) throw answer;
        await this.sleep(backOff(attempt));
        continue;
      }
      if ((answer.status >= 200 && answer.status < 300) || call.expect?.includes(answer.status))
        return answer;
      const mayRepeat = answer.status === 429 || (repeatable && isRetryableStatus(answer.status));
      const wait = retryAfterMs(answer) ?? backOff(attempt);
      if (!mayRepeat || attempt === ATTEMPTS || wait > LONGEST_WAIT_MS) throw this.failure(call, answer);
      await this.sleep(wait);
    }
  }

  /** The error for an answer that cannot be worked with, in the same words as every other one. */
  failure(call: Pick<CallOptions, 'action' | 'advice'>, answer: HttpResponse): ServiceError {
    const { service, describe, advice } = this.options;
    const told = quotable(describe(answer.body, answer.headers) ?? '');
    const retryable = isRetryableStatus(answer.status);
    const todo =
      call.advice?.[answer.status] ??
      advice?.[answer.status] ??
      (retryable ? 'It is tried again later.' : undefined);
    const said = told ? `: "${told}"` : '';
    return new ServiceError(
      service,
      `${service} could not ${call.action}: it answered ${answer.status}${said}.${todo ? ` ${todo}` : ''}`,
      retryable,
      answer.status,
    );
  }

  /** Throws for an address that nothing can be sent to, without telling it: there may be a password in it. */
  private hostFor({ action }: CallOptions): string {
    const { service, url } = this.options;
    if (URL.canParse(url)) {
      const { protocol, host } = new URL(url);
      if (['http:', 'https:'].includes(protocol)) return host;
    }
    throw new ServiceError(
      service,
      `${service} could not ${action}: the address in the credential is none. Enter it as in a browser, with ` +
        'https:// (or http://) in front.',
      false,
    );
  }

  private async send(call: CallOptions, host: string): Promise<HttpResponse | ServiceError> {
    const { service, url, request } = this.options;
    try {
      return await request({
        method: call.method,
        url: `${url}${call.path}`,
        ...(call.query && { query: call.query }),
        ...(call.headers && { headers: call.headers }),
        ...(call.body !== undefined && { body: call.body }),
        ...(call.form && {
          headers: { ...call.headers, 'Content-Type': 'application/x-www-form-urlencoded' },
          body: encodeForm(call.form),
        }),
        timeoutMs: TIMEOUT_MS,
      });
    } catch (error) {
      // Not a lost answer: the sender has decided, and told, that it does not send, as a rate limiter does.
      if (error instanceof ServiceError) return await Promise.reject(error);
      const code = errorCode(error);
      return new ServiceError(
        service,
        `${service} could not ${call.action}: no answer from ${host}${code ? ` (${code})` : ''}. ` +
          `Check that it is up and that the address in the credential is right; it is tried again later.`,
        true,
        undefined,
        isNotConnected(error),
      );
    }
  }
}

function backOff(attempt: number): number {
  return BACK_OFF_MS * 2 ** (attempt - 1) * (0.8 + Math.random() * 0.4);
}

/** `Retry-After` in seconds or as a date (RFC 9110, 10.2.3); body `retry_after` in seconds (Discord). */
function retryAfterMs(answer: HttpResponse): number | undefined {
  const header = answer.headers['retry-after'];
  if (header !== undefined) {
    const seconds = Number(header);
    const milliseconds = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(header) - Date.now();
    if (Number.isFinite(milliseconds)) return Math.max(0, milliseconds);
  }
  const body = answer.body;
  if (
    typeof body === 'object' &&
    body !== null &&
    'retry_after' in body &&
    typeof body.retry_after === 'number'
  ) {
    return Math.max(0, body.retry_after * 1000);
  }
  return undefined;
}
