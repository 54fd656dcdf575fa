export type HttpMethod = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

export interface HttpRequestOptions {
  method: HttpMethod;
  /** Absolute address. */
  url: string;
  /** Query parameters; an array repeats its key. Encoded by the sender. */
  query?: Record<string, string | number | boolean | readonly string[]>;
  headers?: Record<string, string>;
  /** Sent as JSON; a text or a `Buffer` is sent as it is, its type being among the headers. */
  body?: unknown;
  timeoutMs?: number;
}

export interface HttpResponse {
  status: number;
  /** Header names in lower case. */
  headers: Record<string, string>;
  /** Parsed when it was JSON, else the text as it came; `undefined` when empty. */
  body: unknown;
}

/**
 * Sends one request with the service's credentials and resolves with whatever status came back.
 * Rejects only when there was no answer at all (refused, reset, timed out), or with a `ServiceError`, which is passed on
 * as it is, when it does not send. It must not follow redirects and must not retry: both are decided by
 * {@link ServiceClient}; a 429 may be worked off by a rate limiter in between.
 */
export type HttpRequest = (options: HttpRequestOptions) => Promise<HttpResponse>;
