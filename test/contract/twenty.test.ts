import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { TWENTY_KEY } from '../../sandbox/identities';
import { TwentyDouble } from '../../sandbox/twenty';
import { JONAS_ID, LENA_ID, MARTA_ID } from '../../sandbox/twenty/fresh-state';
import { startSandboxUnderTest, type SandboxUnderTest } from '../support/sandbox-under-test';
import { validateLog } from './contract';

let sandbox: SandboxUnderTest;
beforeAll(async () => {
  sandbox = await startSandboxUnderTest({ twenty: TwentyDouble });
});
afterAll(() => sandbox.close());

/** The calls that ensuring people takes, those that go wrong included. */
async function driveEverything(version: string): Promise<number[]> {
  const statuses: number[] = [];
  const call = async (method: string, path: string, sent?: object, headers = {}): Promise<unknown> => {
    const authorization = `Bearer ${TWENTY_KEY}`;
    const answer = await sandbox.call(method, `/twenty/rest${path}`, sent, { authorization, ...headers });
    statuses.push(answer.status);
    return answer.body;
  };
  const filter = (text: string): string => `filter=${encodeURIComponent(text)}`;
  const ada = {
    name: { firstName: 'Ada', lastName: 'Lovelace' },
    emails: { primaryEmail: 'ada@example.com', additionalEmails: ['ada@work.example'] },
    jobTitle: 'Editor',
    phones: { primaryPhoneNumber: '301234567', primaryPhoneCallingCode: '+49', additionalPhones: [] },
    linkedinLink: { primaryLinkUrl: 'https://linkedin.com/in/ada' },
  };

  await sandbox.call('POST', '/sandbox/reset');
  await sandbox.act('twenty', 'setVersion', { version });
  await call('GET', '/people');
  await call(
    'GET',
    `/people?${filter('emails.primaryEmail[ilike]:"lena.vogt@example.com"')}&limit=1&depth=0`,
  );
  await call('GET', `/people?${filter('or(deletedAt[is]:NULL,deletedAt[is]:NOT_NULL)')}&order_by=createdAt`);
  const first = Object(await call('GET', '/people?limit=1'));
  await call('GET', `/people?limit=1&starting_after=${encodeURIComponent(first.pageInfo.endCursor)}`);
  await call('GET', `/people?${filter('salary[eq]:1')}`);
  await call('GET', `/people/${LENA_ID}?depth=1`);
  await call('GET', `/people/${MARTA_ID}`);
  await call('POST', '/people?depth=0', ada);
  await call('POST', '/people', ada);
  await call('POST', '/people', { plan: 'GOLD' });
  await call('POST', '/batch/people?depth=0', [{ emails: { primaryEmail: 'bob@example.com' } }, {}]);
  await call('POST', '/batch/people', [ada]);
  await call('POST', '/people/duplicates', { data: [{ name: ada.name }] });
  await call('POST', '/people/duplicates', { ids: [LENA_ID] });
  await call('POST', '/people/duplicates', {});
  await call('PATCH', `/people/${LENA_ID}?depth=0`, { jobTitle: 'Editor' });
  await call('PATCH', `/people/${LENA_ID}`, { plan: 'GOLD' });
  await call('PATCH', `/restore/people/${MARTA_ID}?depth=0`);
  await call('PATCH', `/people/${MARTA_ID}/restore?depth=0`);
  await call('DELETE', `/people/${JONAS_ID}`);
  await call('DELETE', `/people/${JONAS_ID}`);
  await call('GET', '/metadata/objects?limit=60');
  await sandbox.act('twenty', 'forbidDataModel');
  await call('GET', '/metadata/objects');
  await call('GET', '/people', undefined, { authorization: 'Bearer wrong' });
  await call('GET', '/people', undefined, { authorization: '' });
  await sandbox.act('twenty', 'useUpLimit');
  await call('POST', '/people', {});
  return statuses;
}

it.each(['1.0', '1.10', '2.42'])(
  'the Twenty double answers every operation as its contract says (%s)',
  async (version) => {
    const statuses = await driveEverything(version);
    expect(statuses).toEqual(expect.arrayContaining([200, 201, 400, 401, 403, 404]));
    expect(validateLog(await sandbox.log())).toEqual([]);
  },
);
