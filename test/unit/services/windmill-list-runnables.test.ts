import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { WINDMILL_BEARER, WINDMILL_WEBHOOK_BEARER, WINDMILL_WORKSPACE } from '../../../sandbox/identities';
import { WindmillDouble } from '../../../sandbox/windmill';
import { ONBOARDING_FLOW } from '../../../sandbox/windmill/fresh-state';
import { listRunnables, WindmillClient } from '../../../services/windmill';
import { axiosRequest } from '../../../stack/axios-request';
import { startTestSandbox, type TestSandbox } from '../../support/sandbox';

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

const clientWith = (token = WINDMILL_BEARER) =>
  new WindmillClient({
    url: `${windmill.url}/`,
    workspace: ` ${WINDMILL_WORKSPACE} `,
    request: axiosRequest({ Authorization: `Bearer ${token}` }),
    sleep: () => Promise.resolve(),
  });

describe('the scripts and flows', () => {
  it('are listed apart, with what they do', async () => {
    expect(await listRunnables(clientWith(), 'flow')).toEqual([
      { path: ONBOARDING_FLOW, summary: 'Onboard a customer' },
    ]);
    const scripts = await listRunnables(clientWith(), 'script');
    expect(scripts.map(({ path }) => path)).toEqual([
      'f/lifecycle/export_to_ftp',
      'f/lifecycle/score_customer',
      'f/lifecycle/welcome_user',
    ]);
  });

  it('are all listed when there are more than Windmill gives at a time', async () => {
    for (let index = 0; index < 99; index += 1) {
      await windmill.act('setScript', { kind: 'flow', path: `f/a/${index}` });
    }
    await windmill.forgetRequests();
    expect(await listRunnables(clientWith(), 'flow')).toHaveLength(100);
    await windmill.act('setScript', { kind: 'flow', path: 'f/a/99' });
    expect(await listRunnables(clientWith(), 'flow')).toHaveLength(101);
    expect((await windmill.requests()).map(({ query }) => query.page)).toEqual(['1', '2', '1', '2']);
  });

  it('come to an end also when the answers do not', async () => {
    const page = Array.from({ length: 100 }, (_, index) => ({ path: `f/a/${index}`, summary: null }));
    await windmill.fail({ status: 200, body: page });
    await listRunnables(clientWith(), 'script');
    expect(await windmill.calls()).toHaveLength(50);
  });

  it('that a token may not list are told with what to do', async () => {
    await expect(listRunnables(clientWith(WINDMILL_WEBHOOK_BEARER), 'script')).rejects.toThrow(
      /could not list the scripts: it answered 403.*enter the path by hand/,
    );
  });

  it('that are no list are told', async () => {
    await windmill.fail({ status: 200, body: '<html>' });
    await expect(listRunnables(clientWith(), 'flow')).rejects.toThrow(/not as its API documents it/);
  });
});
