export type HttpMethod = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

export interface HttpRequestOptions {
  method: HttpMethod;
  /** Absolute address. */
  url: string;
  /** Query parameters; an array repeats its key. Encoded by the sender. */
  query?: Record<string, string | number | boolean | readonly string[]>;
  headers?: Record<string, string>;
  /** Sent as JSON. */
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
 * Rejects only when there was no answer at all (refused, reset, timed out). It must not follow redirects
 * and must not retry: both are decided by {@link ServiceClient}.
 */
export type HttpRequest = (options: HttpRequestOptions) => Promise<HttpResponse>;
