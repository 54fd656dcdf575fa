import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export const TOKEN = 'a-token-of-more-than-thirty-two-characters';

export interface ReceivedEvent {
  /** With its query. */
  path: string;
  headers: Readonly<Record<string, string | string[] | undefined>>;
  /** As it came. */
  text: string;
  body: { id?: string; type?: string; timestamp?: string; data?: object; [field: string]: unknown };
}

interface PlainAnswer {
  status: number;
  headers?: Record<string, string>;
  body?: string;
}

/**
 * What becomes of a request: an answer; none at all (`silent`); none, and the connection cut (`cut`); or the head of
 * an answer whose body never comes.
 */
export type Behaviour =
  PlainAnswer | 'silent' | 'cut' | { headOnly: number } | ((event: ReceivedEvent) => Promise<PlainAnswer>);

export const UP: PlainAnswer = { status: 200, body: '{"received":true}' };

/** A real server on a port of its own that takes events in, in whatever shape it is. */
export class Receiver {
  readonly received: ReceivedEvent[] = [];
  /** Requests that have come and are not yet answered, and whose sender is still there. */
  pending = 0;
  private next: Behaviour[] = [UP];
  private port = 0;
  private server: Server | undefined;

  static async start(): Promise<Receiver> {
    const receiver = new Receiver();
    await receiver.up();
    return receiver;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}/webhook/app/lifecycle`;
  }

  /** One for each request to come; the last one for all that follow. */
  behave(...behaviours: [Behaviour, ...Behaviour[]]): void {
    this.next = behaviours;
  }

  /** Forgets what was received, and answers 200 again. */
  reset(): void {
    this.received.length = 0;
    this.next = [UP];
  }

  async up(): Promise<void> {
    const server = createServer((request, response) => void this.take(request, response));
    await new Promise<void>((resolve) => server.listen(this.port, '127.0.0.1', resolve));
    this.port = (server.address() as AddressInfo).port;
    this.server = server;
  }

  /** Connections to its port are refused from now on. */
  async down(): Promise<void> {
    const { server } = this;
    this.server = undefined;
    if (!server) return;
    await new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  }

  private async take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.pending += 1;
    response.on('close', () => (this.pending -= 1));
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const text = Buffer.concat(chunks).toString('utf8');
    const event: ReceivedEvent = {
      path: request.url ?? '',
      headers: request.headers,
      text,
      body: JSON.parse(text) as ReceivedEvent['body'],
    };
    this.received.push(event);
    const behaviour = (this.next.length > 1 ? this.next.shift() : this.next[0]) ?? UP;
    if (behaviour === 'silent') return;
    if (behaviour === 'cut') {
      request.socket.destroy();
    } else if (typeof behaviour !== 'function' && 'headOnly' in behaviour) {
      response.writeHead(behaviour.headOnly, { 'content-type': 'application/json' });
      response.write('{"received":');
    } else {
      const { status, headers, body } = typeof behaviour === 'function' ? await behaviour(event) : behaviour;
      response.writeHead(status, headers).end(body);
    }
  }
}
