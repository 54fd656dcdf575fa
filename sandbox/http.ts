import type { IncomingMessage, ServerResponse } from 'node:http';
import type { SandboxResponse } from './double';

/** Discord takes 25 MiB; a little more than that so that it can refuse it itself. */
const MOST_BODY_BYTES = 26 * 1024 * 1024;

/** A request whose body is larger than any of the doubled systems would take. */
export class BodyTooLarge extends Error {}

/** The request's body; rejects with {@link BodyTooLarge} beyond 26 MiB. */
export async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  // Leaving the loop must not cut the connection: a body that is too large still gets its answer.
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    if (!Buffer.isBuffer(chunk)) continue;
    length += chunk.length;
    if (length > MOST_BODY_BYTES) throw new BodyTooLarge(`The body is larger than ${MOST_BODY_BYTES} bytes.`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, length);
}

/** What goes over the wire for a double's answer. */
export interface WireResponse {
  status: number;
  /** Names in lower case. */
  headers: Record<string, string>;
  body: string | Buffer;
}

/** A string is sent as text, bytes as they are, `undefined` as nothing, everything else as JSON. */
export function toWire(response: SandboxResponse): WireResponse {
  const [type, body] = encoded(response.body);
  const headers: Record<string, string> = type === undefined ? {} : { 'content-type': type };
  for (const [name, value] of Object.entries(response.headers ?? {})) headers[name.toLowerCase()] = value;
  return { status: response.status, headers, body };
}

function encoded(body: unknown): [contentType: string | undefined, body: string | Buffer] {
  if (body === undefined || body === '') return [undefined, ''];
  if (Buffer.isBuffer(body)) return ['application/octet-stream', body];
  return typeof body === 'string'
    ? ['text/plain; charset=utf-8', body]
    : ['application/json', JSON.stringify(body)];
}

export function send(response: ServerResponse, wire: WireResponse): void {
  // 204 and 304 have no body and so no length (RFC 9110, 8.6).
  const length =
    wire.status === 204 || wire.status === 304
      ? {}
      : { 'content-length': String(Buffer.byteLength(wire.body)) };
  response.writeHead(wire.status, { ...wire.headers, ...length });
  response.end(wire.body);
}

/** Path and query of a request's target; the path stays percent-encoded. */
export function splitTarget(target: string): { path: string; query: URLSearchParams } {
  const mark = target.indexOf('?');
  return mark < 0
    ? { path: target, query: new URLSearchParams() }
    : { path: target.slice(0, mark), query: new URLSearchParams(target.slice(mark + 1)) };
}
