import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { WINDMILL_BEARER, WINDMILL_WEBHOOK_BEARER, WINDMILL_WORKSPACE } from '../../../sandbox/identities';
import { WindmillDouble } from '../../../sandbox/windmill';
import {
  BROKEN_SCRIPT,
  ONBOARDING_FLOW,
  SCORE_SCRIPT,
  WELCOME_SCRIPT,
} from '../../../sandbox/windmill/fresh-state';
import { jobIdOf, runJobs, WindmillClient, type RunRequest } from '../../../services/windmill';
import { axiosRequest } from '../../../stack/axios-request';
import { startHttpServer, type Answer, type TestServer } from '../../support/http-server';
import { startTestSandbox, type TestSandbox } from '../../support/sandbox';
import { jobsIn } from '../../support/windmill';

const RUN = `POST /api/w/${WINDMILL_WORKSPACE}/jobs/run/p/${WELCOME_SCRIPT}`;
const runs = { method: 'POST', path: '/jobs/run/' };
const lookUps = { path: '/jobs_u/get/' };
const polls = { path: '/get_result_maybe/' };

let windmill: TestSandbox;

beforeAll(async () => {
  windmill = await startTestSandbox('windmill', WindmillDouble);
});
beforeEach(async () => {
  await windmill.reset();
  await windmill.fail();
  await windmill.forgetRequests();
});
afterAll(() => windmill.close());

interface Setup {
  token?: string;
  url?: string;
  workspace?: string;
}

/** A client whose time goes by only while it sleeps, and which notes for how long. */
function clientWith({
  token = WINDMILL_BEARER,
  url = windmill.url,
  workspace = WINDMILL_WORKSPACE,
}: Setup = {}) {
  let time = 0;
  const slept: number[] = [];
  const client = new WindmillClient({
    url,
    workspace,
    request: axiosRequest({ Authorization: `Bearer ${token}` }),
    sleep: async (milliseconds) => {
      slept.push(milliseconds);
      time += milliseconds;
      await new Promise((resolve) => setImmediate(resolve));
    },
    now: () => time,
  });
  return { client, slept };
}

const welcome: RunRequest = {
  kind: 'script',
  path: WELCOME_SCRIPT,
  args: { email: 'ada@example.com', plan: 'pro' },
  cause: '17',
};
const waiting = (over: Partial<RunRequest> = {}): RunRequest => ({
  ...welcome,
  longestWaitMs: 5_000,
  ...over,
});
const ID = jobIdOf(WINDMILL_WORKSPACE, welcome, '17');

async function run(request: RunRequest, setup?: Setup) {
  const [result] = await runJobs(clientWith(setup).client, [request]);
  return result;
}

describe('a job id', () => {
  it('is a UUID that stays the same for a cause, and differs with everything that makes another job', () => {
    expect(ID).toBe('80ed4356-fda5-553b-b034-ef5f791715dc');
    const script = { kind: 'script', path: 'f/a/b' } as const;
    const ids = [
      jobIdOf('one', script, '1'),
      jobIdOf('two', script, '1'),
      jobIdOf('one', { ...script, kind: 'flow' }, '1'),
      jobIdOf('one', { ...script, path: 'f/a/c' }, '1'),
      jobIdOf('one', script, '2'),
    ];
    expect(new Set(ids).size).toBe(5);
    for (const id of ids)
      expect(id).toMatch(/^[\da-f]{8}-[\da-f]{4}-5[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
  });
});

describe('a job', () => {
  it('is started under its own id with its arguments, in one call, and not waited for', async () => {
    expect(await run(welcome)).toEqual({ kind: 'script', id: ID, started: true });
    expect(await windmill.calls()).toEqual([RUN]);
    expect(await jobsIn(windmill)).toMatchObject([{ id: ID, kind: 'script', args: welcome.args }]);
  });

  it('of a flow goes to the flow, and one without arguments still sends an object', async () => {
    await run({ ...welcome, kind: 'flow', path: ONBOARDING_FLOW, args: {} });
    expect(await windmill.requests()).toMatchObject([
      { path: `/api/w/${WINDMILL_WORKSPACE}/jobs/run/f/${ONBOARDING_FLOW}`, body: {}, status: 201 },
    ]);
  });

  it('that an earlier try has started is found, and not run again', async () => {
    await run(welcome);
    await windmill.forgetRequests();
    expect(await run({ ...welcome, args: { plan: 'free' } })).toEqual({
      kind: 'script',
      id: ID,
      started: false,
    });
    expect(await windmill.calls()).toEqual([RUN, `GET /api/w/${WINDMILL_WORKSPACE}/jobs_u/get/${ID}`]);
    expect(await jobsIn(windmill)).toMatchObject([{ args: welcome.args }]);
  });

  it('is run once when it comes twice in one run', async () => {
    const results = await runJobs(clientWith().client, [welcome, welcome]);
    expect(results).toEqual([
      { kind: 'script', id: ID, started: expect.any(Boolean) },
      { kind: 'script', id: ID, started: expect.any(Boolean) },
    ]);
    expect(results.filter((result) => !(result instanceof Error) && result.started)).toHaveLength(1);
    expect(await jobsIn(windmill)).toHaveLength(1);
  });

  it.each(['before', 'after'])('is run once when the answer is lost (cut off %s)', async (drop) => {
    await windmill.fail({ ...runs, drop, times: 1 });
    expect(await run(welcome)).toEqual({ kind: 'script', id: ID, started: drop === 'before' });
    expect(await jobsIn(windmill)).toHaveLength(1);
  });

  it('goes on after too many requests and failures inside Windmill', async () => {
    await windmill.fail({ ...runs, status: 429, times: 1 }, { ...runs, status: 502, times: 1 });
    expect(await run(welcome)).toEqual({ kind: 'script', id: ID, started: true });
  });

  it('has the id that Windmill gives it, also in quotes', async () => {
    await windmill.fail({ ...runs, status: 201, body: '"018F6FA2-0001-7000-0000-0000000000AA"' });
    expect(await run(welcome)).toEqual({
      kind: 'script',
      id: '018f6fa2-0001-7000-0000-0000000000aa',
      started: true,
    });
  });
});

describe('a refused start', () => {
  const known = `Bad request: Job with id ${ID} already exists`;

  it.each([
    [
      'the token may not look',
      { ...lookUps, status: 403, body: 'Permission denied: Required scope: jobs:read' },
    ],
    ['the token may not look, in the words of an older version', { ...lookUps, status: 500 }],
    ['the job is hidden from the token', { ...lookUps, status: 404, body: 'Not found: job' }],
  ])('counts as started when Windmill says that it knows the job, though %s', async (_, fault) => {
    await windmill.fail({ ...runs, status: 400, body: known }, fault);
    expect(await run(welcome)).toEqual({ kind: 'script', id: ID, started: false });
  });

  it('counts as started when Windmill has the job, whatever it says', async () => {
    await run(welcome);
    await windmill.fail({ ...runs, status: 400, body: 'Bad request: no' });
    expect(await run(welcome)).toEqual({ kind: 'script', id: ID, started: false });
  });

  it('is taken up by a token that was made for the webhook, also where such a token may not read', async () => {
    for (const allowed of [true, false]) {
      await windmill.reset();
      await windmill.act('letWebhookTokensRead', { allowed });
      const setup = { token: WINDMILL_WEBHOOK_BEARER };
      expect(await run(welcome, setup)).toEqual({ kind: 'script', id: ID, started: true });
      expect(await run(welcome, setup)).toEqual({ kind: 'script', id: ID, started: false });
    }
  });

  it('is told when Windmill has no such job', async () => {
    await windmill.fail({ ...runs, status: 400, body: 'Bad request: quota exceeded for sk_live_1234567890' });
    const error = await run(welcome);
    expect(error).toMatchObject({ service: 'Windmill', retryable: false, status: 400 });
    expect(String(error)).toMatch(
      /could not start the script f\/lifecycle\/welcome_user: it answered 400: "Bad request: quota.*\[secret\]".*arguments in the node/,
    );
  });

  it('is tried again later when Windmill does not say, and cannot be asked', async () => {
    await windmill.fail({ ...runs, status: 400, body: 'Bad request: no' }, { ...lookUps, status: 503 });
    expect(await run(welcome)).toMatchObject({ retryable: true, status: 503 });
  });

  it.each<[string, RunRequest, Setup, RegExp]>([
    ['an unknown token', welcome, { token: 'wrong' }, /401: "Unauthorized".*token and the workspace/],
    ['another workspace', welcome, { workspace: 'staging' }, /401: "Unauthorized".*workspace/],
    [
      'a token for another script',
      { ...welcome, path: SCORE_SCRIPT },
      { token: WINDMILL_WEBHOOK_BEARER },
      /403: "Permission denied: .*jobs:run:scripts.*that script only/,
    ],
    [
      'a script that is not there',
      { ...welcome, path: 'f/lifecycle/missing' },
      {},
      /404: "Not found: .*no script with this path in the workspace "campaign".*list in the node/,
    ],
    ['a flow named as a script', { ...welcome, path: ONBOARDING_FLOW }, {}, /404.*no script with this path/],
  ])('says what to do about %s, and is not retried', async (_, request, setup, message) => {
    const error = await run(request, setup);
    expect(error).toMatchObject({ service: 'Windmill', retryable: false });
    expect(String(error)).toMatch(message);
  });

  it.each(['welcome_user', 'f/lifecycle', 'f//welcome_user', 'f/lifecycle/../../jobs', 'x/a/b', 'f/a/b/'])(
    'never reaches Windmill for "%s", which is no path',
    async (path) => {
      const error = await run({ ...welcome, path });
      expect(error).toMatchObject({ retryable: false });
      expect(String(error)).toMatch(/is no path of a script/);
      expect(await windmill.calls()).toEqual([]);
    },
  );

  it('shows nothing of a page that answers in the place of Windmill', async () => {
    await windmill.fail({ ...runs, status: 404, body: '<html>Not here</html>' });
    expect(String(await run(welcome))).not.toContain('html');
  });

  it('reads an error that comes as JSON', async () => {
    await windmill.fail({
      ...runs,
      status: 403,
      body: { error: { name: 'Denied', message: 'not for you' } },
    });
    expect(String(await run(welcome))).toContain('it answered 403: "not for you"');
  });
});

describe('a job that is waited for', () => {
  it.each<[string, RunRequest, unknown]>([
    ['script', waiting(), welcome.args],
    ['script', waiting({ path: SCORE_SCRIPT }), { score: 87, segment: 'likely to upgrade' }],
  ])('gives the result of its %s', async (_, request, result) => {
    expect(await run(request)).toMatchObject({ started: true, result });
    expect((await windmill.calls()).slice(1)).toEqual([
      expect.stringMatching(/^GET .*\/jobs_u\/completed\/get_result_maybe\/[\da-f-]{36}$/),
    ]);
  });

  it.each([null, 'text', '', 0, [1, 2], { error: 'a word' }])('gives back %j as it is', async (result) => {
    await windmill.act('setScript', { path: 'f/a/b', behaviour: { does: 'return', result } });
    expect(await run(waiting({ path: 'f/a/b' }))).toMatchObject({ result });
  });

  it('that an earlier try has started gives that one’s result', async () => {
    await run(waiting());
    expect(await run(waiting({ args: { plan: 'free' } }))).toEqual({
      kind: 'script',
      id: ID,
      started: false,
      result: welcome.args,
    });
  });

  it('is asked for less and less often', async () => {
    await windmill.act('pauseWorkers');
    const { client, slept } = clientWith();
    await runJobs(client, [waiting({ longestWaitMs: 30_000 })]);
    expect(slept.slice(0, 4)).toEqual([100, 150, 225, 337.5]);
    expect(Math.max(...slept)).toBe(2_000);
    expect(slept.reduce((sum, one) => sum + one, 0)).toBe(30_000);
  });

  it.each([
    ['running', 'setScript', { path: 'f/a/b', durationMs: null }, /goes on there/],
    ['waiting for a worker', 'pauseWorkers', {}, /No worker has taken it/],
  ])('is left to a later try when it is still %s in the end', async (_, action, input, message) => {
    await windmill.act('setScript', { path: 'f/a/b' });
    await windmill.act(action, input);
    const request = waiting({ path: 'f/a/b', longestWaitMs: 2_000 });
    const error = await run(request);
    expect(error).toMatchObject({ service: 'Windmill', retryable: true });
    expect(String(error)).toMatch(message);
    expect(String(error)).toMatch(/within 2 seconds/);
    await windmill.act('finishJob', { result: 'late' });
    expect(await run(request)).toMatchObject({ started: false, result: 'late' });
  });

  it('that fails is told with its name and message, and not run again', async () => {
    const request = waiting({ path: BROKEN_SCRIPT });
    const error = await run(request);
    expect(error).toMatchObject({ service: 'Windmill', retryable: false });
    expect(String(error)).toMatch(
      /ran the script f\/lifecycle\/export_to_ftp, and it failed: ConnectionError: ftp\.example\.com does not answer\. .*job [\da-f-]{36} again in Windmill/,
    );
    expect(String(error)).not.toContain('at main');
    expect(String(await run(request))).toBe(String(error));
    expect(await jobsIn(windmill)).toHaveLength(1);
  });

  it('shows no secret and no page of text from what the script says', async () => {
    const message = `Bearer abc123def456 was refused\n${'x'.repeat(2_000)}`;
    await windmill.act('setScript', { path: 'f/a/b', behaviour: { does: 'throw', name: 'Error', message } });
    const error = String(await run(waiting({ path: 'f/a/b' })));
    expect(error).toContain('Error: Bearer [secret] was refused xxx');
    expect(error.length).toBeLessThan(700);
  });

  it('that is cancelled counts as failed', async () => {
    await windmill.act('setScript', { path: 'f/a/b', durationMs: null });
    const request = waiting({ path: 'f/a/b', longestWaitMs: 1_000 });
    await run(request);
    await windmill.act('cancelJob', { reason: 'wrong customer' });
    expect(String(await run(request))).toMatch(/it failed: Canceled: Job canceled: wrong customer by admin/);
  });

  it('whose failure an older version does not mark counts as failed all the same', async () => {
    const error = { name: 'TypeError', message: 'no' };
    await windmill.fail({ ...polls, status: 200, body: { completed: true, result: { error } } });
    expect(String(await run(waiting()))).toMatch(/it failed: TypeError: no/);
  });

  it('outlives a failing look', async () => {
    await windmill.fail({ ...polls, status: 502, times: 2 });
    expect(await run(waiting())).toMatchObject({ result: welcome.args });
  });

  it('says what to do when the token may not read results, as in older versions', async () => {
    await windmill.act('letWebhookTokensRead', { allowed: false });
    const error = await run(waiting(), { token: WINDMILL_WEBHOOK_BEARER });
    expect(error).toMatchObject({ retryable: false, status: 403 });
    expect(String(error)).toMatch(/is started\. .*not limited to a webhook, or switch off "Wait for Result"/);
    expect(await jobsIn(windmill)).toHaveLength(1);
  });

  it('is never run by the endpoint that runs and waits', async () => {
    await run(waiting());
    expect((await windmill.calls()).join()).not.toContain('run_wait_result');
  });
});

describe('many jobs', () => {
  const many = Array.from({ length: 30 }, (_, index) => waiting({ cause: `${index}` }));

  it('are waited for side by side: none is kept from starting by those that still run', async () => {
    await windmill.act('setScript', { path: WELCOME_SCRIPT, durationMs: null });
    const results = await runJobs(clientWith().client, many);
    expect(results.filter((result) => result instanceof Error)).toHaveLength(30);
    const calls = await windmill.calls();
    // If ten were waited for at a time, the last would start after some hundred looks at the others.
    expect(calls.lastIndexOf(RUN)).toBeLessThan(40);
  });

  it('fail one by one', async () => {
    const earlier = new Error('no cause');
    const results = await runJobs(clientWith().client, [
      welcome,
      earlier,
      { ...welcome, path: 'f/lifecycle/missing' },
      { ...welcome, path: SCORE_SCRIPT },
    ]);
    expect(results).toEqual([
      { kind: 'script', id: ID, started: true },
      earlier,
      expect.objectContaining({ status: 404 }),
      { kind: 'script', id: expect.any(String), started: true },
    ]);
  });

  it('have at most ten calls under way', async () => {
    let underWay = 0;
    let most = 0;
    const server = await slowServer(
      () => (most = Math.max(most, (underWay += 1))),
      () => (underWay -= 1),
    );
    try {
      await runJobs(
        clientWith({ url: server.url }).client,
        many.map(({ cause }) => ({ ...welcome, cause })),
      );
    } finally {
      await server.close();
    }
    expect(most).toBe(10);
  });
});

/** Answers each start a little later. */
function slowServer(begun: () => void, ended: () => void): Promise<TestServer> {
  return startHttpServer(async (): Promise<Answer> => {
    begun();
    await new Promise((resolve) => setTimeout(resolve, 5));
    ended();
    return { status: 201, body: ID };
  });
}
