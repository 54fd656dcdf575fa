import { beforeEach, describe, expect, it } from '@jest/globals';
import type { Json } from '../../../sandbox/double';
import { WINDMILL_BEARER, WINDMILL_WEBHOOK_BEARER, WINDMILL_WORKSPACE } from '../../../sandbox/identities';
import { WindmillDouble } from '../../../sandbox/windmill';
import {
  BROKEN_SCRIPT,
  ONBOARDING_FLOW,
  SCORE_SCRIPT,
  WELCOME_SCRIPT,
} from '../../../sandbox/windmill/fresh-state';
import { callDouble, doubleContext, type Answer, type Call } from '../../support/double-client';

const ID = '0b8f7a0e-4a53-5c1d-9c35-1f1df3a7c001';
const PLAIN = { 'content-type': expect.stringMatching(/^text\/plain/) };

let context: ReturnType<typeof doubleContext>;
let windmill: WindmillDouble;

beforeEach(() => {
  context = doubleContext('http://127.0.0.1:5690/windmill');
  windmill = new WindmillDouble(context);
});

async function call(method: string, path: string, { headers, body }: Call = {}): Promise<Answer> {
  const target = `/api/w/${WINDMILL_WORKSPACE}${path}`;
  const sent = { body, headers: { authorization: `Bearer ${WINDMILL_BEARER}`, ...headers } };
  const answer = await callDouble(windmill, method, target, sent);
  const isJson = answer.headers['content-type'] === 'application/json';
  return { ...answer, body: isJson ? JSON.parse(String(answer.body)) : answer.body };
}

async function act(action: string, input: Json = {}): Promise<Record<string, unknown>> {
  return Object(await windmill.actions[action]?.(input));
}

const withToken = (token: string) => ({ headers: { authorization: `Bearer ${token}` } });
const run = (path = WELCOME_SCRIPT, query = '', more: Call = {}) =>
  call('POST', `/jobs/run/p/${path}${query}`, { body: {}, ...more });
const start = async (path?: string) => String((await run(path)).body);
const maybe = async (id: string, query = '') =>
  (await call('GET', `/jobs_u/completed/get_result_maybe/${id}${query}`)).body;

function jobs(): Array<Record<string, unknown>> {
  return Object(windmill.state()).jobs;
}

describe('a run', () => {
  it('is answered with the id of the job as text', async () => {
    const answer = await run(WELCOME_SCRIPT, '', { body: { email: 'ada@example.com' } });
    expect(answer).toMatchObject({
      status: 201,
      headers: PLAIN,
      body: expect.stringMatching(/^[\da-f-]{36}$/),
    });
    expect(jobs()).toMatchObject([
      { id: answer.body, kind: 'script', path: WELCOME_SCRIPT, args: { email: 'ada@example.com' } },
    ]);
    expect(context.changes).toBe(1);
  });

  it('takes an id of the caller’s own, once', async () => {
    expect(await run(WELCOME_SCRIPT, `?job_id=${ID}`)).toMatchObject({ status: 201, body: ID });
    const again = {
      status: 400,
      headers: PLAIN,
      body: `Bad request: Job with id ${ID} already exists`,
    };
    expect(await run(WELCOME_SCRIPT, `?job_id=${ID}`)).toMatchObject(again);
    expect(await maybe(ID)).toMatchObject({ completed: true });
    expect(await run(SCORE_SCRIPT, `?job_id=${ID}`)).toMatchObject(again);
    expect(jobs()).toHaveLength(1);
  });

  it('refuses an id that is no UUID', async () => {
    expect(await run(WELCOME_SCRIPT, '?job_id=17')).toMatchObject({ status: 400, headers: PLAIN });
    expect(jobs()).toEqual([]);
  });

  it('of a flow has an address of its own', async () => {
    expect(await call('POST', `/jobs/run/f/${ONBOARDING_FLOW}`, { body: {} })).toMatchObject({ status: 201 });
    expect(await run(ONBOARDING_FLOW)).toMatchObject({
      status: 404,
      headers: PLAIN,
      body: `Not found: script not found at name ${ONBOARDING_FLOW}`,
    });
  });

  it.each<[string, string, Call, object]>([
    ['an object', '', { body: { a: 1 } }, { a: 1 }],
    ['nothing', '', {}, {}],
    ['a list', '', { body: [1] }, { body: [1] }],
    ['an object that is to be wrapped', '?wrap_body=true', { body: { a: 1 } }, { body: { a: 1 } }],
    ['an object and its text', '?raw=true', { body: { a: 1 } }, { a: 1, raw_string: '{"a":1}' }],
    [
      'headers and the query',
      '?include_header=X-Shop-Id&include_query=a,b&a=1',
      { body: {}, headers: { 'x-shop-id': '7' } },
      { x_shop_id: '7', a: '1', b: null },
    ],
    [
      'a form',
      '',
      { body: 'a=1&b=x+y', headers: { 'content-type': 'application/x-www-form-urlencoded' } },
      { a: '1', b: 'x y' },
    ],
  ])('hands over %s', async (_, query, { body, headers = {} }, args) => {
    const authorization = `Bearer ${WINDMILL_BEARER}`;
    const sent = { ...(body !== undefined && { body }), headers: { authorization, ...headers } };
    const target = `/api/w/${WINDMILL_WORKSPACE}/jobs/run/p/${WELCOME_SCRIPT}${query}`;
    expect(await callDouble(windmill, 'POST', target, sent)).toMatchObject({ status: 201 });
    expect(jobs()).toMatchObject([{ args }]);
    expect(Object.keys(Object(jobs()[0]?.args))).toEqual(Object.keys(args));
  });

  it.each<[string, Call, number]>([
    ['no JSON', { body: '{', headers: { 'content-type': 'application/json' } }, 400],
    ['some other type', { body: '<a/>', headers: { 'content-type': 'text/xml' } }, 415],
  ])('refuses %s', async (_, { body, headers }, status) => {
    const authorization = `Bearer ${WINDMILL_BEARER}`;
    expect(await run(WELCOME_SCRIPT, '', { body, headers: { authorization, ...headers } })).toMatchObject({
      status,
    });
    expect(jobs()).toEqual([]);
  });

  it('has an address that answers to whoever looks whether it is there', async () => {
    expect(await call('HEAD', `/jobs/run/p/${WELCOME_SCRIPT}`, withToken('wrong'))).toMatchObject({
      status: 200,
    });
    expect(await call('HEAD', '/jobs/run/x')).toMatchObject({ status: 404 });
  });
});

describe('a token', () => {
  it.each([
    ['unknown', withToken('wrong')],
    ['missing', { headers: { authorization: '' } }],
    ['a property that every object has', withToken('constructor')],
  ])('that is %s is refused', async (_, headers) => {
    expect(await run(WELCOME_SCRIPT, '', headers)).toMatchObject({
      status: 401,
      headers: PLAIN,
      body: 'Unauthorized',
    });
    expect(jobs()).toEqual([]);
  });

  it('may be in the address', async () => {
    const noHeader = { headers: { authorization: '' } };
    expect(await run(WELCOME_SCRIPT, `?token=${WINDMILL_BEARER}`, noHeader)).toMatchObject({ status: 201 });
  });

  it('is good for its workspace only', async () => {
    const target = '/api/w/staging/users/whoami';
    const headers = { authorization: `Bearer ${WINDMILL_BEARER}` };
    expect(await callDouble(windmill, 'GET', target, { headers })).toMatchObject({ status: 401 });
  });

  it('that was deleted is refused, until it is back', async () => {
    await act('rejectTokens');
    expect(await run()).toMatchObject({ status: 401 });
    await act('rejectTokens', { rejected: false });
    expect(await run()).toMatchObject({ status: 201 });
  });

  it('that was made for a webhook runs its script, and nothing else', async () => {
    const webhook = withToken(WINDMILL_WEBHOOK_BEARER);
    expect(await run(WELCOME_SCRIPT, '', webhook)).toMatchObject({ status: 201 });
    for (const [method, path, scope] of [
      ['POST', `/jobs/run/p/${SCORE_SCRIPT}`, `jobs:run:scripts:${SCORE_SCRIPT}`],
      ['POST', `/jobs/run/f/${WELCOME_SCRIPT}`, `jobs:run:flows:${WELCOME_SCRIPT}`],
      ['GET', '/users/whoami', 'users:read'],
      ['GET', '/scripts/list', 'scripts:read'],
      ['POST', `/jobs_u/queue/cancel/${ID}`, 'jobs:write'],
    ] as const) {
      expect(await call(method, path, webhook)).toMatchObject({
        status: 403,
        headers: PLAIN,
        body: `Permission denied: Access denied. Required scope: ${scope}`,
      });
    }
  });

  it('that was made for a webhook may read jobs in newer versions only', async () => {
    const webhook = withToken(WINDMILL_WEBHOOK_BEARER);
    const id = await start();
    const statuses = async () =>
      Promise.all(
        ['get', 'completed/get_result', 'completed/get_result_maybe'].map(
          async (what) => (await call('GET', `/jobs_u/${what}/${id}`, webhook)).status,
        ),
      );
    expect(await statuses()).toEqual([200, 200, 200]);
    await act('letWebhookTokensRead', { allowed: false });
    expect(await statuses()).toEqual([403, 403, 403]);
  });
});

describe('a job', () => {
  it('ends as its script does', async () => {
    const echo = String((await run(WELCOME_SCRIPT, '', { body: { a: 1 } })).body);
    expect(await maybe(echo)).toEqual({ completed: true, success: true, result: { a: 1 } });
    expect(await maybe(await start(SCORE_SCRIPT))).toMatchObject({ success: true, result: { score: 87 } });
    expect(await maybe(await start(BROKEN_SCRIPT))).toMatchObject({
      completed: true,
      success: false,
      result: { error: { name: 'ConnectionError', message: expect.any(String), stack: expect.any(String) } },
    });
  });

  it('runs until its time is over', async () => {
    await act('setScript', { path: 'f/a/b', durationMs: 60_000 });
    const id = await start('f/a/b');
    expect(await maybe(id, '?get_started=true')).toEqual({ completed: false, result: null, started: true });
    const state = Object(windmill.state());
    const startedAt = new Date(Date.now() - 60_001).toISOString();
    windmill.load({ ...state, jobs: state.jobs.map((job: object) => ({ ...job, startedAt })) });
    expect(await maybe(id)).toMatchObject({ completed: true });
    expect((await call('GET', `/jobs_u/get/${id}`)).body).toMatchObject({ duration_ms: 60_000 });
  });

  it('waits in the queue while no worker is up', async () => {
    await act('pauseWorkers');
    const id = await start();
    expect(await maybe(id, '?get_started=true')).toEqual({ completed: false, result: null, started: false });
    expect((await call('GET', `/jobs_u/get/${id}`)).body).toMatchObject({
      type: 'QueuedJob',
      running: false,
    });
    await act('pauseWorkers', { paused: false });
    expect(await maybe(id)).toMatchObject({ completed: true });
  });

  it('is shown while it runs and when it has ended', async () => {
    await act('setScript', { path: 'f/a/b', durationMs: null });
    const id = await start('f/a/b');
    const shown = async () => (await call('GET', `/jobs_u/get/${id}`)).body;
    const result = async () => call('GET', `/jobs_u/completed/get_result/${id}`);
    expect(await shown()).toMatchObject({ type: 'QueuedJob', id, running: true, script_path: 'f/a/b' });
    expect(await result()).toMatchObject({ status: 404, headers: PLAIN });
    await act('finishJob', { id, result: 'done' });
    expect(await shown()).toMatchObject({ type: 'CompletedJob', success: true, result: 'done' });
    expect(await result()).toMatchObject({ status: 200, body: 'done' });
  });

  it('that is not there has not ended, but cannot be looked at', async () => {
    expect(await maybe(ID, '?get_started=true')).toEqual({ completed: false, result: null, started: false });
    expect(await call('GET', `/jobs_u/get/${ID}`)).toMatchObject({ status: 404, headers: PLAIN });
  });

  it('can be cancelled while it has not ended', async () => {
    await act('setScript', { path: 'f/a/b', durationMs: null });
    const id = await start('f/a/b');
    const cancel = () => call('POST', `/jobs_u/queue/cancel/${id}`, { body: { reason: 'wrong customer' } });
    expect(await cancel()).toMatchObject({ status: 200, headers: PLAIN, body: id });
    expect(await maybe(id)).toMatchObject({
      success: false,
      result: { error: { name: 'Canceled', message: 'Job canceled: wrong customer by n8n' } },
    });
    expect(await cancel()).toMatchObject({ body: expect.stringContaining('already completed') });
  });
});

describe('people in Windmill', () => {
  it('end jobs, the oldest open one unless another is named', async () => {
    await act('setScript', { path: 'f/a/b', durationMs: null });
    const [one, two, three] = [await start('f/a/b'), await start('f/a/b'), await start('f/a/b')];
    expect(await act('finishJob')).toEqual({ id: one });
    expect(await act('failJob', { id: three, name: 'KeyError', message: 'plan' })).toEqual({ id: three });
    expect(await act('cancelJob')).toEqual({ id: two });
    expect(jobs()).toMatchObject([
      { end: { as: 'success', result: null } },
      { end: { as: 'canceled' } },
      { end: { as: 'failure', result: { error: { name: 'KeyError', message: 'plan' } } } },
    ]);
    await expect(act('finishJob')).rejects.toThrow('All jobs have ended.');
    await expect(act('failJob', { id: one })).rejects.toThrow(`There is no open job ${one}.`);
  });

  it('deploy scripts and take them away', async () => {
    const list = async (query = '') =>
      ((await call('GET', `/scripts/list${query}`)).body as Array<{ path: string }>).map(({ path }) => path);
    await act('setScript', { path: 'f/b/new' });
    expect(await list()).toEqual(['f/b/new', BROKEN_SCRIPT, SCORE_SCRIPT, WELCOME_SCRIPT]);
    expect(await list('?per_page=3&page=2')).toEqual([WELCOME_SCRIPT]);
    expect(await list('?path_start=f/b/')).toEqual(['f/b/new']);
    await act('removeScript', { path: 'f/b/new' });
    expect(await run('f/b/new')).toMatchObject({ status: 404 });
    await expect(act('removeScript', { path: 'f/b/new' })).rejects.toThrow('There is no script f/b/new.');
    await expect(act('setScript', { path: 'new' })).rejects.toThrow('f/folder/name');
  });
});

describe('the double', () => {
  it('says who asks, and its version', async () => {
    expect((await call('GET', '/users/whoami')).body).toMatchObject({ username: 'n8n' });
    expect(await callDouble(windmill, 'GET', '/api/version')).toMatchObject({ status: 200, headers: PLAIN });
    expect(await callDouble(windmill, 'GET', '/version')).toMatchObject({ status: 404 });
  });

  it('takes back the state that it gives', async () => {
    await start();
    await act('pauseWorkers');
    const state = windmill.state();
    windmill.reset();
    expect(jobs()).toEqual([]);
    windmill.load(state);
    expect(windmill.state()).toEqual(state);
  });

  it('refuses what is no state, and keeps its own', async () => {
    await start();
    expect(() => windmill.load({ jobs: [] })).toThrow(/This is no Windmill state:/);
    expect(jobs()).toHaveLength(1);
  });

  it('shows jobs and scripts, with nothing of what was sent as HTML', async () => {
    expect(windmill.render()).toContain('Nothing was run yet.');
    await run(WELCOME_SCRIPT, '', { body: { name: '<b>Ada</b>', text: 'x'.repeat(500) } });
    await run(BROKEN_SCRIPT);
    await act('pauseWorkers');
    await start();
    const html = windmill.render();
    expect(html).toContain('Jobs (3)');
    expect(html).toContain('&lt;b&gt;Ada&lt;/b&gt;');
    expect(html).not.toContain('x'.repeat(200));
    for (const word of [
      'success',
      'failure',
      'queued',
      'No worker is up',
      WELCOME_SCRIPT,
      'Score a customer',
    ]) {
      expect(html).toContain(word);
    }
  });
});
