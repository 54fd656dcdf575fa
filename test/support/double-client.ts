import type { Double, DoubleContext } from '../../sandbox/double';

export interface Call {
  headers?: Record<string, string>;
  /** Sent as JSON; a text or bytes are sent as they are. */
  body?: unknown;
}

export interface Answer {
  status: number;
  headers: Record<string, string>;
  /** The body as it would arrive: through JSON and back. */
  body: unknown;
}

/** What was posted by a double, and what the receivers answer. */
export interface Posted {
  url: string;
  headers: Record<string, string>;
  body: string;
}

/** A context for a double on its own; webhooks are kept, and answered with `status`. */
export function doubleContext(
  url: string,
): DoubleContext & { posted: Posted[]; changes: number; status: number } {
  return {
    url,
    posted: [],
    changes: 0,
    status: 200,
    async post(target, headers, body) {
      this.posted.push({ url: target, headers, body });
      return { status: this.status, body: '' };
    },
    changed() {
      this.changes += 1;
    },
  };
}

/** Calls a double the way its server does, without one: `target` is the path, with its query. */
export async function callDouble(
  double: Double,
  method: string,
  target: string,
  call: Call = {},
): Promise<Answer> {
  const [path = '', query = ''] = target.split('?');
  const raw = Buffer.isBuffer(call.body)
    ? call.body
    : typeof call.body === 'string'
      ? Buffer.from(call.body)
      : undefined;
  const text = raw || call.body === undefined ? '' : JSON.stringify(call.body);
  const response = await double.handle({
    method,
    path,
    query: new URLSearchParams(query),
    headers: { ...(text !== '' && { 'content-type': 'application/json' }), ...call.headers },
    rawBody: raw ?? Buffer.from(text),
  });
  const { body } = response;
  return {
    status: response.status,
    headers: response.headers ?? {},
    body: body === undefined || typeof body === 'string' ? body : JSON.parse(JSON.stringify(body)),
  };
}
