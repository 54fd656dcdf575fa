import { ServiceClient, ServiceError, type CallOptions, type HttpRequest, type HttpResponse } from '../http';
import { describe, reasonOf } from './failure';

export const ESPOCRM = 'EspoCRM';

const REDIRECTED =
  'Enter the address that EspoCRM itself uses (its "Site URL"; https when that is https) in the EspoCRM credential.';

const ADVICE = {
  301: REDIRECTED,
  302: REDIRECTED,
  307: REDIRECTED,
  308: REDIRECTED,
  400: 'Check the values in the node, and the field in EspoCRM under Administration > Entity Manager > Lead.',
  401: 'Check the key in the EspoCRM credential, and that its API user is active and set to the same way of authentication (API Key or HMAC).',
  403: "Give the API user's role this right in EspoCRM under Administration > Roles: create and read Leads, read Contacts.",
  404: 'Check the address in the EspoCRM credential: the one of the site, without "/api/v1".',
  503: 'EspoCRM may be in maintenance mode; it is tried again later.',
};

export interface EspoCrmOptions {
  /** Address of the site, without `/api/v1`. */
  url: string;
  /** Must add `X-Api-Key` or `X-Hmac-Authorization`, and must not repeat a request that was answered with 401. */
  request: HttpRequest;
  sleep?: (milliseconds: number) => Promise<void>;
}

/** A call to EspoCRM's API; `path` goes below `/api/v1`. */
export type EspoCrmCall = CallOptions;

/** EspoCRM's REST API (7.1 or newer). */
export class EspoCrmClient {
  private readonly client: ServiceClient;

  constructor({ url, request, sleep }: EspoCrmOptions) {
    this.client = new ServiceClient({
      service: ESPOCRM,
      url: `${url.trim().replace(/\/+$/, '')}/api/v1`,
      request,
      describe,
      advice: ADVICE,
      ...(sleep && { sleep }),
    });
  }

  /** Throws `ServiceError` for everything but 2xx and `expect`. */
  async call(call: EspoCrmCall): Promise<HttpResponse> {
    const answer = await this.client.call({ ...call, expect: [...(call.expect ?? []), 403] });
    if (answer.status === 403 && !call.expect?.includes(403)) throw this.failure(call, answer);
    return answer;
  }

  /**
   * The error for an answer that {@link call} gave because of `expect`. A missing right always has a reason, so a 403
   * without one is EspoCRM keeping out the whole address, which ends by itself (`FailedAttemptsLimit`).
   */
  failure(call: Pick<EspoCrmCall, 'action'>, answer: HttpResponse): ServiceError {
    if (answer.status !== 403 || reasonOf(answer) !== undefined) return this.client.failure(call, answer);
    return new ServiceError(
      ESPOCRM,
      `${ESPOCRM} could not ${call.action}: it answered 403 without a reason. After more than 10 requests with a wrong ` +
        'key within 60 seconds it locks out the address they came from, right keys included: look for a wrong key in ' +
        'every EspoCRM credential used there, and under Administration > Auth Log. If there is none, put the address ' +
        'on the IP whitelist under Administration > Authentication. It is tried again later.',
      true,
      answer.status,
    );
  }
}
