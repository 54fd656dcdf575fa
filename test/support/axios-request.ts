import axios from 'axios';
import type { HttpRequest } from '../../services/http';
import { repeatedKeys } from './query';

/** A service's `HttpRequest` without n8n: axios, and the credential as a header. */
export function axiosRequest(credential: Record<string, string>): HttpRequest {
  return async ({ method, url, query, headers, body, timeoutMs }) => {
    const response = await axios.request<unknown>({
      method,
      url,
      headers: { ...headers, ...credential },
      paramsSerializer: { serialize: repeatedKeys },
      validateStatus: () => true,
      maxRedirects: 0,
      ...(query && { params: query }),
      ...(body !== undefined && { data: body }),
      ...(timeoutMs !== undefined && { timeout: timeoutMs }),
    });
    return {
      status: response.status,
      headers: Object.fromEntries(
        Object.entries(response.headers).map(([name, value]) => [name, String(value)]),
      ),
      body: response.data === '' ? undefined : response.data,
    };
  };
}
