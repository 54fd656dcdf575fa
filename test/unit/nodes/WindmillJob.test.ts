import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { IDataObject, INodeParameters } from 'n8n-workflow';
import { WindmillJob } from '../../../nodes/WindmillJob/WindmillJob.node';
import { WINDMILL_WEBHOOK_BEARER } from '../../../sandbox/identities';
import { WindmillDouble } from '../../../sandbox/windmill';
import {
  BROKEN_SCRIPT,
  ONBOARDING_FLOW,
  SCORE_SCRIPT,
  WELCOME_SCRIPT,
} from '../../../sandbox/windmill/fresh-state';
import { executeNode, loadOptionsContext, type NodeSetup } from '../../support/execute-node';
import { startTestSandbox, type TestSandbox } from '../../support/sandbox';
import { jobsIn, windmillCredential } from '../../support/windmill';

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

const located = (value: string, mode = 'path') => ({ __rl: true, mode, value });
const argument = (...argument: Array<{ name: string; value: unknown }>) => ({ argument }) as INodeParameters;

const setup = (parameters: INodeParameters = {}, credential: Record<string, string> = {}): NodeSetup => ({
  node: new WindmillJob(),
  name: 'Run job',
  parameters: { path: located(WELCOME_SCRIPT), ...parameters },
  credentials: [windmillCredential(`${windmill.url}/`, credential)],
});

const item = (id: string, data: IDataObject = { email: `user${id}@example.com` }): IDataObject => ({
  event: { id, payload: { type: 'user.registered', data } },
  delivery: { id, lease: 'l', attempt: 1 },
});

async function run(
  items: IDataObject[],
  parameters?: INodeParameters,
  credential?: Record<string, string>,
): Promise<IDataObject[]> {
  const [output = []] = await executeNode(setup(parameters, credential), items);
  return output.map(({ json }) => json);
}

describe('an item', () => {
  it('starts a job, once, and goes on without its result', async () => {
    const first = await run([item('1')]);
    const [job] = await jobsIn(windmill);
    expect(first).toEqual([
      {
        ...item('1'),
        job: { id: job?.id, started: true },
        outcomes: [{ service: 'Windmill', action: 'script started', id: job?.id, at: expect.any(String) }],
      },
    ]);
    expect(await run([item('1')])).toMatchObject([
      { job: { id: job?.id, started: false }, outcomes: [{ action: 'script found started', id: job?.id }] },
    ]);
    expect(await jobsIn(windmill)).toHaveLength(1);
  });

  it('gets the result when it is waited for', async () => {
    expect(await run([item('1')], { path: located(SCORE_SCRIPT), wait: true })).toMatchObject([
      {
        job: { started: true, result: { score: 87 } },
        outcomes: [{ action: 'script started' }, { action: 'script finished' }],
      },
    ]);
  });

  it('gets also a result that is nothing', async () => {
    await windmill.act('setScript', { path: 'f/a/b', behaviour: { does: 'return', result: null } });
    const [output] = await run([item('1')], { path: located('f/a/b'), wait: true });
    expect(output?.job).toHaveProperty('result', null);
  });

  it('runs a flow that is chosen from the list', async () => {
    await windmill.act('setScript', { kind: 'flow', path: ONBOARDING_FLOW });
    const parameters = { kind: 'flow', path: located(ONBOARDING_FLOW, 'list'), wait: true };
    expect(await run([item('1')], parameters)).toMatchObject([
      { outcomes: [{ action: 'flow started' }, {}] },
    ]);
    expect(await jobsIn(windmill)).toMatchObject([{ kind: 'flow', path: ONBOARDING_FLOW }]);
  });

  it('gives its own path', async () => {
    await run(
      [
        { ...item('1'), script: SCORE_SCRIPT },
        { ...item('2'), script: WELCOME_SCRIPT },
      ],
      {
        path: located('={{ $json.script }}'),
      },
    );
    const paths = (await jobsIn(windmill)).map(({ path }) => path);
    expect(paths.sort()).toEqual([SCORE_SCRIPT, WELCOME_SCRIPT]);
  });

  it('that carries a failure passes untouched', async () => {
    const failed = { ...item('1'), failure: { message: 'no person' } };
    expect(await run([failed])).toEqual([failed]);
    expect(await windmill.calls()).toEqual([]);
  });
});

describe('the arguments', () => {
  it.each<[string, INodeParameters, object]>([
    ['none', {}, {}],
    [
      'by name, from the item, with their types',
      {
        arguments: argument(
          { name: ' email ', value: '={{ $json.event.payload.data.email }}' },
          { name: 'trial', value: '={{ true }}' },
          { name: 'seats', value: '={{ 3 }}' },
          { name: 'note', value: '' },
          { name: ' ', value: 'left over' },
        ),
      },
      { email: 'user1@example.com', trial: true, seats: 3, note: '' },
    ],
    [
      'all that the event came with',
      { specifyArguments: 'json' },
      { type: 'user.registered', data: { email: 'user1@example.com' } },
    ],
    [
      'JSON as text',
      { specifyArguments: 'json', argumentsJson: '{ "list": [1, { "a": null }] }' },
      { list: [1, { a: null }] },
    ],
  ])('are sent: %s', async (_, parameters, args) => {
    await run([item('1')], parameters);
    expect((await jobsIn(windmill)).map((job) => job.args)).toEqual([args]);
  });

  it.each(['[1]', '"text"', 'null', '{ "open": ', '', '={{ $json.nothing }}'])(
    'that are no object (%s) are told, and not retried',
    async (argumentsJson) => {
      const [output] = await run([item('1')], { specifyArguments: 'json', argumentsJson });
      expect(output?.failure).toMatchObject({
        node: 'Run job',
        retryable: false,
        message: expect.stringContaining('must be a JSON object'),
      });
      expect(await windmill.calls()).toEqual([]);
    },
  );
});

describe('one of many items', () => {
  it.each<[string, IDataObject, RegExp]>([
    ['no event', { delivery: { id: '9' }, path: WELCOME_SCRIPT }, /"Cause" is empty/],
    ['no path', item('9'), /"Path" is empty/],
    ['a path to nothing', { ...item('9'), path: 'f/lifecycle/missing' }, /no script with this path/],
  ])('that has %s fails clearly, and alone', async (_, incomplete, message) => {
    const sound = { ...item('1'), path: WELCOME_SCRIPT };
    const [failed, other] = await run([incomplete, sound], { path: located('={{ $json.path }}') });
    expect(failed?.failure).toMatchObject({
      node: 'Run job',
      service: 'Windmill',
      retryable: false,
      message: expect.stringMatching(message),
    });
    expect(failed).not.toHaveProperty('job');
    expect(other).toMatchObject({ job: { started: true } });
  });

  it('whose script fails is told with what the script said', async () => {
    const [failed] = await run([item('1')], { path: located(BROKEN_SCRIPT), wait: true });
    expect(failed?.failure).toMatchObject({
      retryable: false,
      message: expect.stringMatching(/failed: ConnectionError: ftp\.example\.com/),
    });
  });

  it('whose script takes too long is tried again, and then gets the result of the same job', async () => {
    await windmill.act('setScript', { path: 'f/a/b', durationMs: null });
    const parameters = { path: located('f/a/b'), wait: true, longestWait: 1 };
    const [late] = await run([item('1')], parameters);
    expect(late?.failure).toMatchObject({
      retryable: true,
      message: expect.stringMatching(/within 1 seconds?/),
    });
    await windmill.act('finishJob', { result: { done: true } });
    expect(await run([item('1')], parameters)).toMatchObject([
      { job: { started: false, result: { done: true } } },
    ]);
  });

  it('has its own job: fifty take a call each', async () => {
    const output = await run(Array.from({ length: 50 }, (_, index) => item(`${index}`)));
    expect(new Set(output.map(({ job }) => (job as IDataObject).id)).size).toBe(50);
    expect(await windmill.calls()).toHaveLength(50);
  });

  it.each([0, -1, 1.5])('never waits for %d seconds', async (longestWait) => {
    const [output] = await run([item('1')], { wait: true, longestWait });
    expect(output?.failure).toMatchObject({ message: expect.stringContaining('"Longest Wait"') });
  });
});

describe('the credential', () => {
  it('is told in Windmill’s own words when it is refused, is sent once, and is not shown', async () => {
    const output = await run([item('1')], {}, { token: 'a-wrong-token' });
    expect(output).toMatchObject([
      {
        failure: {
          service: 'Windmill',
          retryable: false,
          message: expect.stringMatching(/answered 401: "Unauthorized"\. Check the token and the workspace/),
        },
      },
    ]);
    expect(await windmill.calls()).toHaveLength(1);
    expect(JSON.stringify(output)).not.toContain('a-wrong-token');
  });

  it('may be one that was made for the webhook of the script', async () => {
    await windmill.act('letWebhookTokensRead', { allowed: false });
    for (const started of [true, false]) {
      const output = await run([item('1')], {}, { token: WINDMILL_WEBHOOK_BEARER });
      expect(output).toMatchObject([{ job: { started } }]);
    }
  });
});

describe('the list in the node', () => {
  const search = async (parameters: INodeParameters, filter?: string) => {
    const { searchRunnables } = new WindmillJob().methods.listSearch;
    return (await searchRunnables.call(loadOptionsContext(setup(parameters)), filter)).results;
  };

  it('shows the scripts, or the flows, by what they do', async () => {
    expect(await search({})).toEqual([
      { name: BROKEN_SCRIPT, value: BROKEN_SCRIPT },
      { name: `Score a customer (${SCORE_SCRIPT})`, value: SCORE_SCRIPT },
      { name: `Welcome a new user (${WELCOME_SCRIPT})`, value: WELCOME_SCRIPT },
    ]);
    expect(await search({ kind: 'flow' })).toEqual([
      { name: `Onboard a customer (${ONBOARDING_FLOW})`, value: ONBOARDING_FLOW },
    ]);
  });

  it('is searched by path and by what they do', async () => {
    expect(await search({}, 'WELCOME A')).toHaveLength(1);
    expect(await search({}, 'f/lifecycle')).toHaveLength(3);
  });
});
