import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface ReceivedRequest {
  method: string;
  /** Path without its query, still percent-encoded. */
  path: string;
  query: URLSearchParams;
  headers: IncomingHttpHeaders;
  /** Parsed when it is JSON, else the text. */
  body: unknown;
  /** The body as it came, for signatures. */
  text: string;
}

export interface Answer {
  status?: number;
  headers?: Record<string, string>;
  /** Sent as JSON; left out: an empty body. */
  body?: unknown;
}

/** `drop` cuts the connection without an answer. */
export type Responder = (request: ReceivedRequest) => Answer | 'drop' | Promise<Answer | 'drop'>;

export interface TestServer {
  url: string;
  /** Everything received so far, oldest first. */
  requests: ReceivedRequest[];
  close(): Promise<void>;
}

/** A service played by `respond`, on a free port of 127.0.0.1. */
export async function startHttpServer(respond: Responder): Promise<TestServer> {
  const requests: ReceivedRequest[] = [];

  const serve = async (incoming: IncomingMessage, outgoing: ServerResponse, text: string): Promise<void> => {
    const url = new URL(incoming.url ?? '/', 'http://localhost');
    const request: ReceivedRequest = {
      method: incoming.method ?? '',
      path: url.pathname,
      query: url.searchParams,
      headers: incoming.headers,
      body: parsed(text),
      text,
    };
    requests.push(request);
    const answer = await respond(request);
    if (answer === 'drop') {
      incoming.socket.destroy();
      return;
    }
    const type = answer.body === undefined ? {} : { 'content-type': 'application/json' };
    outgoing.writeHead(answer.status ?? 200, { ...type, ...answer.headers });
    outgoing.end(answer.body === undefined ? '' : JSON.stringify(answer.body));
  };

  const server = createServer((incoming, outgoing) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => void serve(incoming, outgoing, Buffer.concat(chunks).toString('utf8')));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}
