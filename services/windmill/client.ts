import { z } from 'zod/v4';
import {
  ServiceClient,
  type CallOptions,
  type HttpRequest,
  type HttpResponse,
  type ServiceError,
} from '../http';
import { WINDMILL } from './service';

const ADVICE = {
  401: 'Check the token and the workspace in the Windmill credential: the token may have expired, or its user may not be in this workspace.',
  403: 'Give the token of the Windmill credential, and its user, the right to this: a token that was made for the webhook of one script runs that script only.',
  404: 'Check the address in the Windmill credential: the one of the site, without "/api".',
};

/** Newer errors may be JSON; all that is known of them is that they are told in words. */
const jsonError = z.union([
  z.object({ error: z.object({ message: z.string() }) }).transform(({ error }) => error.message),
  z.object({ message: z.string() }).transform(({ message }) => message),
]);

export interface WindmillOptions {
  /** Address of the site, without `/api`. */
  url: string;
  /** Id of the workspace. */
  workspace: string;
  /** Must add the token, as `Authorization: Bearer …`. */
  request: HttpRequest;
  sleep?: (milliseconds: number) => Promise<void>;
  /** Milliseconds, of any clock that goes with `sleep`. */
  now?: () => number;
}

/** A workspace in Windmill's REST API. */
export class WindmillClient {
  readonly workspace: string;
  readonly sleep: (milliseconds: number) => Promise<void>;
  readonly now: () => number;
  private readonly client: ServiceClient;

  constructor({ url, workspace, request, sleep = wait, now = Date.now }: WindmillOptions) {
    this.workspace = workspace.trim();
    this.sleep = sleep;
    this.now = now;
    this.client = new ServiceClient({
      service: WINDMILL,
      url: `${url.trim().replace(/\/+$/, '')}/api/w/${encodeURIComponent(this.workspace)}`,
      request,
      describe,
      advice: ADVICE,
      sleep,
    });
  }

  /** `path` goes below the workspace. Throws `ServiceError` for everything but 2xx and `expect`. */
  call(call: CallOptions): Promise<HttpResponse> {
    return this.client.call(call);
  }

  /** The error for an answer that {@link call} gave because of `expect`. */
  failure(call: Pick<CallOptions, 'action' | 'advice'>, answer: HttpResponse): ServiceError {
    return this.client.failure(call, answer);
  }
}

/** Windmill tells what is wrong in plain words; a page is from whatever stands before it. */
export function describe(body: unknown): string | undefined {
  if (typeof body !== 'string') return jsonError.safeParse(body).data;
  return body.trimStart().startsWith('<') ? undefined : body;
}

function wait(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
