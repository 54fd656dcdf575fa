import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { WINDMILL_BEARER, WINDMILL_WEBHOOK_BEARER, WINDMILL_WORKSPACE } from '../../sandbox/identities';
import { WindmillDouble } from '../../sandbox/windmill';
import { BROKEN_SCRIPT, ONBOARDING_FLOW, SCORE_SCRIPT } from '../../sandbox/windmill/fresh-state';
import { startSandboxUnderTest, type SandboxUnderTest } from '../support/sandbox-under-test';
import { validateLog } from './contract';
import { haveContracts } from './document';

const ID = '0b8f7a0e-4a53-5c1d-9c35-1f1df3a7c001';

let sandbox: SandboxUnderTest;
beforeAll(async () => {
  sandbox = await startSandboxUnderTest({ windmill: WindmillDouble });
});
beforeEach(async () => {
  await sandbox.call('POST', '/sandbox/reset');
  await sandbox.call('DELETE', '/sandbox/requests');
});
afterAll(() => sandbox.close());

async function call(method: string, path: string, sent?: unknown, bearer = WINDMILL_BEARER) {
  const url = `/windmill/api/w/${WINDMILL_WORKSPACE}${path}`;
  return await sandbox.call(method, url, sent, { authorization: `Bearer ${bearer}` });
}

/** The calls that running jobs takes, those that go wrong included. */
async function driveEverything(): Promise<number[]> {
  const answers = [
    await call('POST', `/jobs/run/p/${SCORE_SCRIPT}?job_id=${ID}`, { email: 'ada@example.com' }),
    await call('POST', `/jobs/run/p/${SCORE_SCRIPT}?job_id=${ID}`, { email: 'ada@example.com' }),
    await call('POST', '/jobs/run/p/f/missing/script', {}),
    await call('POST', `/jobs/run/p/${SCORE_SCRIPT}`, {}, 'wrong'),
    await call('POST', `/jobs/run/p/${SCORE_SCRIPT}`, {}, WINDMILL_WEBHOOK_BEARER),
    await call('GET', `/jobs_u/get/${ID}`),
    await call('GET', `/jobs_u/completed/get_result/${ID}`),
    await call('GET', `/jobs_u/completed/get_result_maybe/${ID}?get_started=true`),
    await call('GET', '/scripts/list?page=1&per_page=100&kinds=script'),
    await call('GET', '/flows/list?path_start=f%2F'),
    await call('GET', '/flows/list', undefined, WINDMILL_WEBHOOK_BEARER),
    await call('GET', '/users/whoami'),
    await call('GET', '/users/whoami', undefined, WINDMILL_WEBHOOK_BEARER),
    await call('GET', '/users/whoami', undefined, 'wrong'),
    await sandbox.call('GET', '/windmill/api/version'),
  ];
  await sandbox.act('windmill', 'pauseWorkers');
  for (const kind of ['p', 'f']) {
    const path = kind === 'p' ? BROKEN_SCRIPT : ONBOARDING_FLOW;
    const { body: id } = await call('POST', `/jobs/run/${kind}/${path}`, {});
    answers.push(
      await call('GET', `/jobs_u/get/${id}`),
      await call('GET', `/jobs_u/completed/get_result/${id}`),
      await call('GET', `/jobs_u/completed/get_result_maybe/${id}`),
      await call('POST', `/jobs_u/queue/cancel/${id}`, { reason: 'a test' }),
      await call('GET', `/jobs_u/get/${id}`),
      await call('GET', `/jobs_u/completed/get_result_maybe/${id}`),
    );
  }
  return answers.map(({ status }) => status);
}

it('the Windmill double answers every operation as Windmill’s contract says', async () => {
  const statuses = await driveEverything();
  expect([...new Set(statuses)].sort()).toEqual([200, 201, 400, 401, 403, 404]);
  expect(validateLog(await sandbox.log())).toEqual([]);
});

it('the contract sees what is wrong with a call, whose path has slashes', async () => {
  await call('POST', `/jobs/run/p/${SCORE_SCRIPT}?jobid=${ID}`, [1]);
  if (haveContracts()) {
    const where = `windmill: POST /api/w/${WINDMILL_WORKSPACE}/jobs/run/p/${SCORE_SCRIPT}`;
    expect(validateLog(await sandbox.log())).toEqual([
      `${where}: the query parameter jobid is not declared.`,
      `${where}: request body must be object.`,
    ]);
  }
});
