import {
  ServiceClient,
  ServiceError,
  systemClock,
  type CallOptions,
  type Clock,
  type HttpRequest,
  type HttpResponse,
} from '../http';
import { describe, mayHeal } from './failure';
import { gateOf, RateGate } from './rate-gate';

export const TWENTY = 'Twenty';

/**
 * How long the calls of one client, which is one run, wait for the rate limit in all; a run has to end well within its
 * lease, which is ten minutes unless set otherwise.
 */
const LONGEST_RUN_MS = 4 * 60_000;

const REDIRECTED = 'Enter the address that Twenty itself uses (often https) in the Twenty credential.';

const ADVICE = {
  301: REDIRECTED,
  302: REDIRECTED,
  307: REDIRECTED,
  308: REDIRECTED,
  400: 'Check the values in the node, and the fields of people in Twenty under Settings > Data Model.',
  401: 'Check the API key in the Twenty credential: it may have expired or been revoked (Settings > APIs & Webhooks).',
  402: "The workspace has used up what its plan includes; look at Twenty's billing settings.",
  403: 'Give the role of the API key the rights to see, create and edit people in Twenty under Settings > Roles.',
  404: 'Check the address in the Twenty credential: the one of the site, without "/rest".',
};
const UNFORESEEN = { 400: 'Twenty says this of its own trouble, too; it is tried again later.' };

export interface TwentyOptions {
  /** Address of the site, without `/rest`; `https://api.twenty.com` for its cloud. */
  url: string;
  /** Only tells workspaces apart, since each has a rate limit of its own. */
  apiKey: string;
  /** Must add the key as a bearer token. */
  request: HttpRequest;
  /** By default time as it goes by, and the waits of all calls to this workspace shared. */
  clock?: Clock;
}

/** A call to Twenty's REST API; `path` goes below `/rest`. */
export type TwentyCall = CallOptions;

/** Twenty's REST API (1.0 or newer). Calls wait for the workspace's rate limit by themselves. */
export class TwentyClient {
  private readonly client: ServiceClient;

  constructor({ url, apiKey, request, clock }: TwentyOptions) {
    const site = url.trim().replace(/\/+$/, '');
    const gate = clock ? new RateGate(clock) : gateOf(site, apiKey);
    const { now, sleep } = clock ?? systemClock;
    let latest: number | undefined;
    this.client = new ServiceClient({
      service: TWENTY,
      url: `${site}/rest`,
      request: (options) => {
        latest ??= now() + LONGEST_RUN_MS;
        return gate.send(() => request(options), latest);
      },
      describe,
      advice: ADVICE,
      sleep: async (milliseconds) => void (await sleep(milliseconds)),
    });
  }

  /** Throws `ServiceError` for everything but 2xx and `expect`; a 400 is retryable when it may end by itself. */
  async call(call: TwentyCall): Promise<HttpResponse> {
    const answer = await this.client.call({ ...call, expect: [...(call.expect ?? []), 400] });
    if (answer.status === 400 && !call.expect?.includes(400)) throw this.failure(call, answer);
    return answer;
  }

  /** The error for an answer that {@link call} gave because of `expect`. */
  failure({ action }: Pick<TwentyCall, 'action'>, answer: HttpResponse): ServiceError {
    if (!mayHeal(answer)) return this.client.failure({ action }, answer);
    const { message, status } = this.client.failure({ action, advice: UNFORESEEN }, answer);
    return new ServiceError(TWENTY, message, true, status);
  }
}
