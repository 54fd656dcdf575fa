import axios from 'axios';
import type { HttpRequest } from '../services/http';

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

/** A query with each array as a repeated key, brackets in names kept: what n8n sends for `arrayFormat: 'repeat'`. */
export function repeatedKeys(parameters: Record<string, unknown>): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) {
    for (const one of [value].flat()) query.append(name, String(one));
  }
  return query.toString();
}
