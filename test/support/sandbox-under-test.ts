import type { DoubleContext, Double } from '../../sandbox/double';
import { STRIPE_SECRET_KEY } from '../../sandbox/identities';
import type { LogEntry } from '../../sandbox/request-log';
import { startSandbox } from '../../sandbox/server';

export interface Answered {
  status: number;
  headers: Headers;
  /** Parsed when it is JSON, else the text. */
  body: unknown;
}

export interface SandboxUnderTest {
  url: string;
  /** Any call; a body that is no text is sent as JSON. Rejects when the connection is cut. */
  call(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answered>;
  /** A call of the Stripe double with the sandbox's key; `form` is sent as Stripe takes it. */
  stripe(method: string, path: string, form?: Record<string, string>): Promise<Answered>;
  /** What a person could do in a system; gives the action's result. Throws the sandbox's reason for refusing. */
  act(double: string, action: string, input?: object): Promise<unknown>;
  log(): Promise<LogEntry[]>;
  close(): Promise<void>;
}

/** A sandbox on a free port, with every system or just the given ones. */
export async function startSandboxUnderTest(
  doubles?: Record<string, new (context: DoubleContext) => Double>,
): Promise<SandboxUnderTest> {
  const sandbox = await startSandbox({ port: 0, ...(doubles && { doubles }) });

  const call: SandboxUnderTest['call'] = async (method, path, body, headers = {}) => {
    const payload = body === undefined || typeof body === 'string' ? body : JSON.stringify(body);
    const sent = new Headers(headers);
    if (typeof body === 'object') sent.set('content-type', 'application/json');
    const answer = await fetch(`${sandbox.url}${path}`, { method, body: payload, headers: sent });
    const text = await answer.text();
    const isJson = answer.headers.get('content-type')?.includes('json') ?? false;
    return { status: answer.status, headers: answer.headers, body: isJson ? JSON.parse(text) : text };
  };

  return {
    url: sandbox.url,
    call,
    stripe: (method, path, form) =>
      call(method, `/stripe${path}`, form && new URLSearchParams(form).toString(), {
        authorization: `Bearer ${STRIPE_SECRET_KEY}`,
        ...(form && { 'content-type': 'application/x-www-form-urlencoded' }),
      }),
    async act(double, action, input = {}) {
      const { status, body } = await call('POST', `/sandbox/${double}/actions/${action}`, input);
      if (status !== 200) throw new Error(JSON.stringify(body));
      return body;
    },
    // The log is the sandbox's own; its shape is what the sandbox's tests prove.
    log: async () => (await call('GET', '/sandbox/requests')).body as LogEntry[],
    close: sandbox.close,
  };
}

/** Looks until `see` gives something, for what happens shortly after a call; fails after five seconds. */
export async function eventually<Value>(
  see: () => Value | undefined | Promise<Value | undefined>,
): Promise<Value> {
  for (let attempt = 0; attempt < 250; attempt += 1) {
    const seen = await see();
    if (seen !== undefined) return seen;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error('It did not happen within five seconds.');
}
