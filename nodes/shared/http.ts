import {
  NodeApiError,
  type IAllExecuteFunctions,
  type IDataObject,
  type IHttpRequestOptions,
} from 'n8n-workflow';
import type { HttpRequest, HttpResponse } from '../../services/http';

interface FullResponse {
  statusCode: number;
  headers: Record<string, unknown>;
  body: unknown;
}

export interface CredentialUse {
  /**
   * Whether n8n may renew what the credential holds after a 401: for a credential with `preAuthentication`. With any
   * other one the refused request would be sent twice in vain, and the headers of the answer lost. Default: false.
   */
  renewable?: boolean;
}

/** n8n's own request helper as the `HttpRequest` of our services: n8n adds the credential. */
export function httpRequestOf(
  context: IAllExecuteFunctions,
  credentialType: string,
  { renewable = false }: CredentialUse = {},
): HttpRequest {
  return async ({ method, url, query, headers, body, timeoutMs }) => {
    const options: IHttpRequestOptions = {
      method,
      url,
      ...(query && { qs: query as IDataObject, arrayFormat: 'repeat' }),
      // A copy: n8n adds the Authorization header to this very object.
      ...(headers && { headers: { ...headers } }),
      ...(body !== undefined && {
        body: body as IDataObject,
        json: typeof body !== 'string' && !Buffer.isBuffer(body),
      }),
      ...(timeoutMs !== undefined && { timeout: timeoutMs }),
      returnFullResponse: true,
      disableFollowRedirect: true,
      // n8n renews an expired token only when a 401 is thrown at it.
      ignoreHttpStatusErrors: { ignore: true, except: renewable ? [401] : [] },
    };
    const answer = context.helpers.httpRequestWithAuthentication.call(context, credentialType, options);
    return await (answer as Promise<FullResponse>).then(
      (response) => ({
        status: response.statusCode,
        headers: lowerCased(response.headers),
        body: parsed(response.body),
      }),
      (error: unknown): HttpResponse | Promise<never> => {
        const status = statusOf(error);
        return status === undefined
          ? Promise.reject(error)
          : { status, headers: {}, body: parsed(bodyOf(error)) };
      },
    );
  };
}

function statusOf(error: unknown): number | undefined {
  if (error instanceof NodeApiError && error.httpCode !== null) return Number(error.httpCode) || undefined;
  if (typeof error !== 'object' || error === null) return undefined;
  if ('response' in error && typeof error.response === 'object' && error.response !== null) {
    const { response } = error;
    if ('status' in response && typeof response.status === 'number') return response.status;
    if ('statusCode' in response && typeof response.statusCode === 'number') return response.statusCode;
  }
  return undefined;
}

/** n8n keeps the body of a refused request, when it was an object, in the error's context. */
function bodyOf(error: unknown): unknown {
  return error instanceof NodeApiError ? error.context.data : undefined;
}

function lowerCased(headers: Record<string, unknown>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)]),
  );
}

function parsed(body: unknown): unknown {
  if (typeof body !== 'string') return body;
  if (body === '') return undefined;
  try {
    return JSON.parse(body) as unknown;
  } catch {
    return body;
  }
}
