import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { control } from './control';
import type { Double, DoubleContext, TrialsFile } from './double';
import { allDoubles } from './doubles';
import { Faults, type FaultRule } from './faults';
import { BodyTooLarge, readBody, send, splitTarget, toWire, type WireResponse } from './http';
import { Live } from './live';
import { RequestLog } from './request-log';
import type { Sandbox } from './sandbox';
import { WebhookSender } from './webhook-sender';

export interface SandboxOptions {
  /** 0 picks a free one. */
  port: number;
  /** Address to listen at; default loopback only, since the control API asks for no password. */
  host?: string;
  /** What to mount, by path segment; default every system there is. */
  doubles?: Readonly<Record<string, new (context: DoubleContext) => Double>>;
  /** The file that trials are written to; default none. */
  trials?: TrialsFile | undefined;
}

export interface RunningSandbox {
  /** Without trailing slash, e.g. `http://127.0.0.1:5690`. */
  url: string;
  port: number;
  /** Stops answering, ends open connections and redeliveries. */
  close(): Promise<void>;
}

/** Calls of a client with kept-alive connections must not meet one that is just being closed. */
const KEEP_ALIVE_MS = 65_000;

/** Starts the stand-ins of the outside systems; rejects when the port is taken. */
export async function startSandbox(options: SandboxOptions): Promise<RunningSandbox> {
  const { port, host = '127.0.0.1', doubles: classes = allDoubles, trials } = options;
  const doubles = new Map<string, Double>();
  const live = new Live();
  const sandbox: Sandbox = { doubles, faults: new Faults(), log: new RequestLog(), live, latencyMs: 0 };
  const sender = new WebhookSender();

  const server = createServer((request, response) => {
    serve(sandbox, request, response).catch((error: unknown) => fail(response, error));
  });
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  // An address that is not a string or null is that of a TCP socket, which this one is.
  const taken = (server.address() as AddressInfo).port;
  const url = `http://${host.includes(':') ? `[${host}]` : host}:${taken}`;
  for (const [name, DoubleClass] of Object.entries(classes)) {
    const changed = (): void => live.announce(name);
    const post: DoubleContext['post'] = (...call) => sender.post(...call);
    doubles.set(name, new DoubleClass({ url: `${url}/${name}`, post, changed, ...(trials && { trials }) }));
  }

  return {
    url,
    port: taken,
    async close() {
      sender.close();
      live.close();
      for (const double of doubles.values()) await (double.close?.() ?? double.reset());
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  };
}

async function serve(sandbox: Sandbox, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { path, query } = splitTarget(request.url ?? '/');
  const method = request.method ?? 'GET';
  if (method === 'GET' && path === '/sandbox/events') return sandbox.live.add(response);
  const rawBody = await readBody(request);
  const [, name = ''] = path.split('/', 2);
  const double = sandbox.doubles.get(name);
  if (!double) return send(response, toWire(await control(sandbox, { method, path, query, rawBody })));

  const below = path.slice(name.length + 1) || '/';
  const rule = sandbox.faults.take(name, method, below);
  const waitMs = sandbox.latencyMs + (rule?.latencyMs ?? 0);
  if (waitMs > 0) await sleep(waitMs);
  const call = { method, path: below, query, headers: request.headers, rawBody };
  const wire = faultAnswer(rule) ?? toWire(await double.handle(call));
  sandbox.log.add({
    double: name,
    method,
    path: below,
    search: query,
    headers: request.headers,
    body: rawBody,
    status: wire.status,
    responseHeaders: wire.headers,
    // Of a file only the fact is logged.
    responseBody: typeof wire.body === 'string' ? wire.body : '',
    fault: rule?.drop ?? (rule?.status === undefined ? null : 'status'),
  });
  sandbox.live.announce('requests');
  if (rule?.holdMs) await sleep(rule.holdMs);
  if (rule?.drop) request.socket.destroy();
  else send(response, wire);
}

/** The answer that a fault gives in the double's place, if it does. */
function faultAnswer(rule: FaultRule | undefined): WireResponse | undefined {
  if (rule?.drop === 'before') return { status: 0, headers: {}, body: '' };
  if (rule?.status === undefined) return undefined;
  return toWire({ status: rule.status, body: rule.body, ...(rule.headers && { headers: rule.headers }) });
}

function fail(response: ServerResponse, error: unknown): void {
  if (response.headersSent || response.destroyed) return;
  if (error instanceof BodyTooLarge) {
    return send(response, {
      ...toWire({ status: 413, body: { error: error.message } }),
      headers: { 'content-type': 'application/json', connection: 'close' },
    });
  }
  process.stderr.write(
    `sandbox: ${error instanceof Error ? (error.stack ?? error.message) : 'unknown error'}\n`,
  );
  send(response, toWire({ status: 500, body: { error: 'The sandbox itself failed; its log says why.' } }));
}
