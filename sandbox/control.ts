import { z } from 'zod/v4';
import type { Double, Json, SandboxResponse } from './double';
import { faultRulesSchema } from './faults';
import { renderCalls } from './page/calls';
import { renderCard } from './page/card';
import { renderPage } from './page/page';
import { Router } from './router';
import type { Sandbox } from './sandbox';

interface ControlCall {
  params: Record<string, string>;
  query: URLSearchParams;
  rawBody: Buffer;
}

type ControlHandler = (sandbox: Sandbox, call: ControlCall) => SandboxResponse | Promise<SandboxResponse>;

/** A call to the control API that cannot be carried out; told to the caller as `{ error }`. */
class ControlError extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

const latencySchema = z.strictObject({ milliseconds: z.number().min(0).max(60_000) });
const DONE: SandboxResponse = { status: 200, body: { ok: true } };
const HTML = { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' };

const routes = new Router<ControlHandler>()
  .on('GET', '/', (sandbox) => html(renderPage(sandbox)))
  .on('GET', '/sandbox/cards/:double', (sandbox, { params }) =>
    html(renderCard(sandbox, doubleOf(sandbox, params.double))),
  )
  .on('GET', '/sandbox/calls', (sandbox) => html(renderCalls(sandbox)))
  .on('GET', '/sandbox/state', (sandbox) => ({
    status: 200,
    body: Object.fromEntries([...sandbox.doubles].map(([name, double]) => [name, double.state()])),
  }))
  .on('GET', '/sandbox/state/:double', (sandbox, { params }) => ({
    status: 200,
    body: doubleOf(sandbox, params.double).state(),
  }))
  .on('PUT', '/sandbox/state/:double', async (sandbox, { params, rawBody }) => {
    const double = doubleOf(sandbox, params.double);
    const state = parseJson(rawBody);
    await orRefuse(() => double.load(state));
    sandbox.live.announce(double.name);
    return DONE;
  })
  .on('POST', '/sandbox/reset', async (sandbox) => {
    for (const double of sandbox.doubles.values()) await double.reset();
    sandbox.faults.clear();
    sandbox.log.clear();
    sandbox.latencyMs = 0;
    announceAll(sandbox);
    return DONE;
  })
  .on('POST', '/sandbox/:double/actions/:action', async (sandbox, { params, rawBody }) => {
    const double = doubleOf(sandbox, params.double);
    const action = Object.hasOwn(double.actions, params.action ?? '') && double.actions[params.action ?? ''];
    if (!action) {
      const known = Object.keys(double.actions).join(', ') || 'none';
      throw new ControlError(404, `${double.title} has no action "${params.action}". It has: ${known}.`);
    }
    const input = parseJson(rawBody);
    return { status: 200, body: await orRefuse(() => action(input)) };
  })
  .on('GET', '/sandbox/:double/*', (sandbox, { params }) => {
    const { '*': path = '' } = params;
    const double = doubleOf(sandbox, params.double);
    const page = double.page?.(path);
    if (!page) throw new ControlError(404, `${double.title} has no page "${path}".`);
    return page;
  })
  .on('GET', '/sandbox/requests', (sandbox) => ({ status: 200, body: sandbox.log.entries() }))
  .on('DELETE', '/sandbox/requests', (sandbox) => {
    sandbox.log.clear();
    sandbox.live.announce('requests');
    return DONE;
  })
  .on('GET', '/sandbox/faults', (sandbox) => ({
    status: 200,
    body: Object.fromEntries(
      [...sandbox.doubles.keys()].map((name) => [name, { rules: sandbox.faults.of(name) }]),
    ),
  }))
  .on('PUT', '/sandbox/faults/:double', (sandbox, { params, rawBody }) => {
    const { name } = doubleOf(sandbox, params.double);
    const { rules } = parseWith(faultRulesSchema, parseJson(rawBody));
    sandbox.faults.set(name, rules);
    sandbox.live.announce(name);
    return DONE;
  })
  .on('DELETE', '/sandbox/faults', (sandbox) => {
    sandbox.faults.clear();
    announceAll(sandbox);
    return DONE;
  })
  .on('PUT', '/sandbox/latency', (sandbox, { rawBody }) => {
    sandbox.latencyMs = parseWith(latencySchema, parseJson(rawBody)).milliseconds;
    return DONE;
  });

/** Answers the page and the control API: everything that is not below a double's address. */
export async function control(
  sandbox: Sandbox,
  request: { method: string; path: string; query: URLSearchParams; rawBody: Buffer },
): Promise<SandboxResponse> {
  const route = routes.find(request.method, request.path);
  if (!route) {
    const error = `The sandbox has nothing at ${request.method} ${request.path}. Its systems are at /${[...sandbox.doubles.keys()].join(', /')}.`;
    return { status: 404, body: { error } };
  }
  const { handler, params } = route;
  return new Promise<SandboxResponse>((resolve) => resolve(handler(sandbox, { ...request, params }))).catch(
    answerRefusal,
  );
}

function html(body: string): SandboxResponse {
  return { status: 200, headers: HTML, body };
}

function doubleOf(sandbox: Sandbox, name: string | undefined): Double {
  const double = sandbox.doubles.get(name ?? '');
  if (!double) {
    throw new ControlError(404, `No system "${name}". There are: ${[...sandbox.doubles.keys()].join(', ')}.`);
  }
  return double;
}

/** An empty body stands for an empty object. */
function parseJson(rawBody: Buffer): Json {
  const text = rawBody.toString('utf8');
  const json = text.trim() === '' ? {} : jsonOf(text);
  if (json === undefined) throw new ControlError(400, 'The body is not valid JSON.');
  return json;
}

function jsonOf(text: string): Json | undefined {
  try {
    return z.json().parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

function parseWith<Schema extends z.ZodType>(schema: Schema, value: Json): z.infer<Schema> {
  const result = schema.safeParse(value);
  if (!result.success) throw new ControlError(400, z.prettifyError(result.error));
  return result.data;
}

/** What a double does; what it throws is the caller's mistake, told to the caller. */
async function orRefuse<Value>(act: () => Value | Promise<Value>): Promise<Value> {
  return new Promise<Value>((resolve) => resolve(act())).catch((error: unknown) => {
    throw new ControlError(400, messageOf(error));
  });
}

function answerRefusal(error: unknown): SandboxResponse {
  if (!(error instanceof ControlError)) throw error;
  return { status: error.status, body: { error: error.message } };
}

function messageOf(error: unknown): string {
  if (error instanceof z.ZodError) return z.prettifyError(error);
  return error instanceof Error ? error.message : 'It failed for an unknown reason.';
}

function announceAll(sandbox: Sandbox): void {
  for (const part of [...sandbox.doubles.keys(), 'requests']) sandbox.live.announce(part);
}
