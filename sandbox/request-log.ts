import type { IncomingHttpHeaders } from 'node:http';

/** One call to a double and its answer, as `GET /sandbox/requests` shows it. */
export interface LogEntry {
  /** Time of the answer, ISO 8601. */
  at: string;
  double: string;
  method: string;
  /** Below the double's own address, still percent-encoded. */
  path: string;
  /** A repeated key has an array of its values. */
  query: Record<string, string | string[]>;
  /** `authorization`, `cookie` and API keys are redacted. */
  headers: Record<string, string>;
  /** Parsed when it was JSON, else the text; `null` when there was none. */
  body: unknown;
  /** 0 when the connection was cut before anything happened. */
  status: number;
  responseHeaders: Record<string, string>;
  responseBody: unknown;
  /** The answer was not the double's own: made up (`status`), or never sent (`before`/`after` acting). */
  fault: 'status' | 'before' | 'after' | null;
}

/** What is kept per call: no more work than needed while the call is under way, the rest is done on reading. */
export interface LoggedCall {
  double: string;
  method: string;
  path: string;
  search: URLSearchParams;
  headers: IncomingHttpHeaders;
  body: Buffer;
  status: number;
  responseHeaders: Record<string, string>;
  responseBody: string;
  fault: LogEntry['fault'];
}

const MOST_ENTRIES = 5_000;
const MOST_BYTES = 64 * 1024 * 1024;
const SECRET_HEADERS = new Set([
  'authorization',
  'cookie',
  'proxy-authorization',
  'espo-authorization',
  'x-api-key',
  'x-hmac-authorization',
]);
const SECRET_FIELDS = new Set([
  'client_secret',
  'password',
  'access_token',
  'refresh_token',
  'secret',
  'signing_secret',
]);
const REDACTED = '[redacted]';

/** The last 5,000 calls (at most 64 MiB of bodies), oldest first. */
export class RequestLog {
  private readonly calls: Array<LoggedCall & { at: number }> = [];
  private bytes = 0;

  add(call: LoggedCall): void {
    this.calls.push({ ...call, at: Date.now() });
    this.bytes += sizeOf(call);
    while (this.calls.length > MOST_ENTRIES || this.bytes > MOST_BYTES) {
      const oldest = this.calls.shift();
      if (!oldest) break;
      this.bytes -= sizeOf(oldest);
    }
  }

  clear(): void {
    this.calls.length = 0;
    this.bytes = 0;
  }

  /** The newest `last` calls (default all), newest last. */
  entries(last = MOST_ENTRIES): LogEntry[] {
    return this.calls.slice(-last).map((call) => ({
      at: new Date(call.at).toISOString(),
      double: call.double,
      method: call.method,
      path: call.path,
      query: queryOf(call.search),
      headers: headersOf(call.headers),
      body: bodyOf(call.body.toString('utf8'), call.headers['content-type']),
      status: call.status,
      responseHeaders: call.responseHeaders,
      responseBody: bodyOf(call.responseBody, call.responseHeaders['content-type']),
      fault: call.fault,
    }));
  }
}

function sizeOf(call: LoggedCall): number {
  return call.body.length + call.responseBody.length;
}

function queryOf(search: URLSearchParams): LogEntry['query'] {
  const query: LogEntry['query'] = {};
  for (const name of new Set(search.keys())) {
    const values = search.getAll(name);
    query[name] = values.length === 1 ? (values[0] ?? '') : values;
  }
  return query;
}

function headersOf(headers: IncomingHttpHeaders): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name,
      SECRET_HEADERS.has(name) ? REDACTED : [value ?? ''].flat().join(', '),
    ]),
  );
}

function bodyOf(text: string, contentType: string | undefined): unknown {
  if (text === '') return null;
  if (!contentType?.includes('json')) return text;
  try {
    return JSON.parse(text, (key, value: unknown) =>
      SECRET_FIELDS.has(key) && typeof value === 'string' ? REDACTED : value,
    );
  } catch {
    return text;
  }
}
