import { Agent, request } from 'node:http';

/** One call that is made once; its body and signature are there beforehand, so that sending it costs little. */
export interface PreparedRequest {
  headers: Readonly<Record<string, string>>;
  body: Buffer;
}

export interface LoadOptions {
  url: string;
  requests: readonly PreparedRequest[];
  /** Kept alive; each waits for its answer before it sends the next request. */
  connections: number;
  /** No further request is sent after so long; those under way are waited for. */
  milliseconds?: number;
}

/** One call and what became of it; times are milliseconds since 1970. */
export interface Call {
  /** Position in {@link LoadOptions.requests}. */
  index: number;
  sentAt: number;
  answeredAt: number;
  /** HTTP status, or the error code of a call without answer. */
  result: number | string;
}

export interface LoadResult {
  calls: Call[];
  /** Answered with 2xx. */
  accepted: Call[];
  /** Connections that were refused or cut before an answer. */
  refused: number;
  /** Answers other than 2xx. */
  failed: number;
  /** From the first request to the last answer. */
  durationMs: number;
}

const CALL_TIMEOUT_MS = 120_000;

function now(): number {
  return performance.timeOrigin + performance.now();
}

function send(agent: Agent, url: string, { headers, body }: PreparedRequest): Promise<number | string> {
  return new Promise((resolve) => {
    const outgoing = request(
      url,
      {
        agent,
        method: 'POST',
        headers: { ...headers, 'content-length': body.length },
        timeout: CALL_TIMEOUT_MS,
      },
      (answer) => {
        answer.resume();
        answer.once('end', () => resolve(answer.statusCode ?? 0));
        answer.once('error', () => resolve('ECONNRESET'));
      },
    );
    outgoing.once('timeout', () => outgoing.destroy(new Error('no answer in time')));
    outgoing.once('error', (error) =>
      resolve('code' in error && typeof error.code === 'string' ? error.code : 'ETIMEDOUT'),
    );
    outgoing.end(body);
  });
}

function isAccepted({ result }: Call): boolean {
  return typeof result === 'number' && result >= 200 && result < 300;
}

/** Sends the requests, in order, over so many connections, and gives what became of each that was sent. */
export async function load({ url, requests, connections, milliseconds }: LoadOptions): Promise<LoadResult> {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const start = now();
  const end = start + (milliseconds ?? Infinity);
  const calls: Call[] = [];
  let next = 0;
  const connection = async (): Promise<void> => {
    for (let index = next; index < requests.length && now() < end; index = next) {
      next += 1;
      const prepared = requests[index];
      if (!prepared) return;
      const sentAt = now();
      const result = await send(agent, url, prepared);
      calls.push({ index, sentAt, answeredAt: now(), result });
    }
  };
  await Promise.all(Array.from({ length: connections }, connection));
  agent.destroy();
  const accepted = calls.filter(isAccepted);
  const refused = calls.filter(({ result }) => typeof result === 'string').length;
  return {
    calls,
    accepted,
    refused,
    failed: calls.length - accepted.length - refused,
    durationMs: now() - start,
  };
}
