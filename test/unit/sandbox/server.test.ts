import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Double, DoubleContext, Json, SandboxRequest, SandboxResponse } from '../../../sandbox/double';
import { startSandbox } from '../../../sandbox/server';
import { startSandboxUnderTest, type SandboxUnderTest } from '../../support/sandbox-under-test';

/** A system that keeps the paths it was called at, and answers with what it got. */
class EchoDouble implements Double {
  readonly name = 'echo';
  readonly title = 'Echo <b>';
  private calls: Json[] = [];

  constructor(private readonly context: DoubleContext) {}

  readonly actions = {
    shout: async (input: Json): Promise<Json> => ({ heard: input, at: this.context.url }),
    refuse: async (): Promise<Json> => Promise.reject(new Error('Echo does not want to.')),
  };

  async handle({ method, path, query, rawBody }: SandboxRequest): Promise<SandboxResponse> {
    if (path === '/breaks') throw new Error('Echo broke.');
    this.calls.push(path);
    this.context.changed();
    if (path === '/nothing') return { status: 204 };
    if (path === '/text') return { status: 200, body: 'ok' };
    return {
      status: 201,
      headers: { 'X-Echo': '1' },
      body: { method, path, a: query.getAll('a'), text: String(rawBody) },
    };
  }

  state(): Json {
    return { calls: this.calls };
  }

  load(state: Json): void {
    if (!Array.isArray(state)) throw new Error('The state of Echo is a list.');
    this.calls = state;
  }

  reset(): void {
    this.calls = [];
  }

  render(): string {
    return `<p>${this.calls.length} calls</p>`;
  }
}

let sandbox: SandboxUnderTest;
beforeEach(async () => {
  sandbox = await startSandboxUnderTest({ echo: EchoDouble });
});
afterEach(() => sandbox.close());

describe('a mounted double', () => {
  it('gets the path below its own address as it was sent, with query and body', async () => {
    const { status, headers, body } = await sandbox.call('PUT', '/echo/a%2Fb%20c?a=1&a=%2B', 'héllo');
    expect(status).toBe(201);
    expect(headers.get('x-echo')).toBe('1');
    expect(body).toEqual({ method: 'PUT', path: '/a%2Fb%20c', a: ['1', '+'], text: 'héllo' });
  });

  it('answers text and nothing as such', async () => {
    expect(await sandbox.call('GET', '/echo/text')).toMatchObject({ status: 200, body: 'ok' });
    expect(await sandbox.call('GET', '/echo/nothing')).toMatchObject({ status: 204, body: '' });
  });

  it('is told the address it is at', async () => {
    expect(await sandbox.act('echo', 'shout', { loud: true })).toEqual({
      heard: { loud: true },
      at: `${sandbox.url}/echo`,
    });
  });

  it('may fail without taking the sandbox down', async () => {
    expect(await sandbox.call('GET', '/echo/breaks')).toMatchObject({ status: 500 });
    expect(await sandbox.call('GET', '/echo/text')).toMatchObject({ status: 200 });
  });

  it('never sees a body that is larger than 26 MiB', async () => {
    const { status, body } = await sandbox.call('POST', '/echo/x', 'x'.repeat(26 * 1024 * 1024 + 1));
    expect(status).toBe(413);
    expect(body).toEqual({ error: expect.stringContaining('larger') });
    expect(await sandbox.log()).toEqual([]);
  });
});

describe('the request log', () => {
  it('shows calls and answers, newest last, without credentials', async () => {
    await sandbox.call(
      'POST',
      '/echo/token?a=1&a=2&b=3',
      { client_secret: 'hush', client_id: 'me' },
      { authorization: 'Bearer hush' },
    );
    await sandbox.call('GET', '/echo/text');
    const log = await sandbox.log();
    expect(log).toMatchObject([
      {
        double: 'echo',
        method: 'POST',
        path: '/token',
        query: { a: ['1', '2'], b: '3' },
        headers: { authorization: '[redacted]', 'content-type': 'application/json' },
        body: { client_secret: '[redacted]', client_id: 'me' },
        status: 201,
        responseHeaders: { 'x-echo': '1', 'content-type': 'application/json' },
        responseBody: { method: 'POST' },
        fault: null,
      },
      { method: 'GET', path: '/text', body: null, status: 200, responseBody: 'ok' },
    ]);
  });

  it('leaves out the control API, and can be emptied', async () => {
    await sandbox.call('GET', '/echo/text');
    await sandbox.call('GET', '/sandbox/state');
    expect(await sandbox.log()).toHaveLength(1);
    await sandbox.call('DELETE', '/sandbox/requests');
    expect(await sandbox.log()).toEqual([]);
  });
});

describe('faults', () => {
  const fail = (...rules: object[]) => sandbox.call('PUT', '/sandbox/faults/echo', { rules });

  it('answer in the place of the double, as often as they were asked to', async () => {
    await fail({ status: 429, headers: { 'Retry-After': '1' }, body: { slow: 'down' }, times: 2 });
    for (const attempt of [1, 2]) {
      const { status, headers, body } = await sandbox.call('GET', `/echo/${attempt}`);
      expect({ status, wait: headers.get('retry-after'), body }).toEqual({
        status: 429,
        wait: '1',
        body: { slow: 'down' },
      });
    }
    expect(await sandbox.call('GET', '/echo/3')).toMatchObject({ status: 201 });
    expect((await sandbox.call('GET', '/sandbox/state/echo')).body).toEqual({ calls: ['/3'] });
    expect((await sandbox.log()).map(({ fault }) => fault)).toEqual(['status', 'status', null]);
  });

  it('hit only the calls that were meant', async () => {
    await fail({ method: 'post', path: '^/codes/\\d+$', status: 500 });
    expect(await sandbox.call('POST', '/echo/codes/7')).toMatchObject({ status: 500 });
    expect(await sandbox.call('GET', '/echo/codes/7')).toMatchObject({ status: 201 });
    expect(await sandbox.call('POST', '/echo/codes/x')).toMatchObject({ status: 201 });
  });

  it('drop the connection before the double acts', async () => {
    await fail({ drop: 'before' });
    await expect(sandbox.call('GET', '/echo/lost')).rejects.toThrow();
    expect((await sandbox.call('GET', '/sandbox/state/echo')).body).toEqual({ calls: [] });
    expect(await sandbox.log()).toMatchObject([{ path: '/lost', status: 0, fault: 'before' }]);
  });

  it('drop the connection after the double has acted', async () => {
    await fail({ drop: 'after' });
    await expect(sandbox.call('GET', '/echo/done')).rejects.toThrow();
    expect((await sandbox.call('GET', '/sandbox/state/echo')).body).toEqual({ calls: ['/done'] });
    expect(await sandbox.log()).toMatchObject([{ path: '/done', status: 201, fault: 'after' }]);
  });

  it('make a call wait, and no other one', async () => {
    await fail({ path: '/slow', latencyMs: 300 });
    const order: string[] = [];
    await Promise.all(
      ['slow', 'fast'].map(async (path) => {
        await sandbox.call('GET', `/echo/${path}`);
        order.push(path);
      }),
    );
    expect(order).toEqual(['fast', 'slow']);
  });

  it('are shown, and end when told so', async () => {
    await fail({ status: 503, times: 1 });
    expect((await sandbox.call('GET', '/sandbox/faults')).body).toEqual({
      echo: { rules: [{ status: 503, times: 1 }] },
    });
    await sandbox.call('DELETE', '/sandbox/faults');
    expect(await sandbox.call('GET', '/echo/text')).toMatchObject({ status: 200 });
  });

  it.each([
    ['a path that is no regular expression', { rules: [{ path: '(' }] }],
    ['an unknown field', { rules: [{ statuz: 500 }] }],
    ['no rules', {}],
  ])('are refused with %s', async (_, faults) => {
    const { status, body } = await sandbox.call('PUT', '/sandbox/faults/echo', faults);
    expect(status).toBe(400);
    expect(body).toEqual({ error: expect.any(String) });
  });
});

describe('the control API', () => {
  it('shows and replaces the state', async () => {
    expect(await sandbox.call('PUT', '/sandbox/state/echo', ['/a'])).toMatchObject({ status: 200 });
    expect((await sandbox.call('GET', '/sandbox/state')).body).toEqual({ echo: { calls: ['/a'] } });
  });

  it('starts over: state, faults and log', async () => {
    await sandbox.call('GET', '/echo/text');
    await sandbox.call('PUT', '/sandbox/faults/echo', { rules: [{ status: 503 }] });
    await sandbox.call('POST', '/sandbox/reset');
    expect(await sandbox.log()).toEqual([]);
    expect((await sandbox.call('GET', '/sandbox/state')).body).toEqual({ echo: { calls: [] } });
    expect(await sandbox.call('GET', '/echo/text')).toMatchObject({ status: 200 });
  });

  it.each([
    ['GET', '/sandbox/state/nope', undefined, 404, 'No system "nope". There are: echo.'],
    ['GET', '/nope', undefined, 404, 'The sandbox has nothing at GET /nope. Its systems are at /echo.'],
    ['POST', '/sandbox/echo/actions/nope', {}, 404, 'Echo <b> has no action "nope". It has: shout, refuse.'],
    ['POST', '/sandbox/echo/actions/constructor', {}, 404, expect.stringContaining('has no action')],
    ['POST', '/sandbox/echo/actions/refuse', {}, 400, 'Echo does not want to.'],
    ['POST', '/sandbox/echo/actions/shout', '{', 400, 'The body is not valid JSON.'],
    ['PUT', '/sandbox/state/echo', {}, 400, 'The state of Echo is a list.'],
    ['PUT', '/sandbox/latency', { milliseconds: -1 }, 400, expect.stringContaining('milliseconds')],
  ])('says what is wrong with %s %s', async (method, path, sent, status, error) => {
    expect(await sandbox.call(method, path, sent)).toMatchObject({ status, body: { error } });
  });

  it('tells listeners what has changed', async () => {
    const stream = await fetch(`${sandbox.url}/sandbox/events`);
    const reader = stream.body?.pipeThrough(new TextDecoderStream()).getReader();
    await sandbox.call('GET', '/echo/text');
    let heard = '';
    while (!heard.includes('data:')) heard += (await reader?.read())?.value ?? '';
    expect(heard).toMatch(/event: changed\ndata: \["echo","requests"\]/);
    await reader?.cancel();
  });
});

describe('the page', () => {
  it('shows every system, with all data escaped', async () => {
    await sandbox.call('GET', '/echo/%3Cscript%3E');
    await sandbox.call('GET', "/echo/<img src=x onerror='1'>");
    const { headers, body } = await sandbox.call('GET', '/');
    expect(headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(body).toContain('<h2>Echo &lt;b&gt;</h2>');
    expect(body).toContain('<p>2 calls</p>');
    expect(body).not.toContain('<img');
    expect((await sandbox.call('GET', '/sandbox/cards/echo')).body).toContain('Take it down: Echo &lt;b&gt;');
  });
});

it('says when its port is taken', async () => {
  await expect(startSandbox({ port: Number(new URL(sandbox.url).port), doubles: {} })).rejects.toThrow(
    'EADDRINUSE',
  );
});
