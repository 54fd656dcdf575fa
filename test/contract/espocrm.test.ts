import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { EspoCrmDouble } from '../../sandbox/espocrm';
import { ANNA_LEAD_ID, JONAS_CONTACT_ID, JONAS_LEAD_ID } from '../../sandbox/espocrm/fresh-state';
import { ESPOCRM_KEY } from '../../sandbox/identities';
import { startSandboxUnderTest, type SandboxUnderTest } from '../support/sandbox-under-test';
import { validateLog } from './contract';

let sandbox: SandboxUnderTest;
beforeAll(async () => {
  sandbox = await startSandboxUnderTest({ espocrm: EspoCrmDouble });
});
afterAll(() => sandbox.close());

/** The calls that ensuring leads takes, those that go wrong included. */
async function driveEverything(): Promise<number[]> {
  const statuses: number[] = [];
  const call = async (method: string, path: string, sent?: object, headers = {}): Promise<unknown> => {
    const url = `/espocrm/api/v1${path}`;
    const answer = await sandbox.call(method, url, sent, { 'x-api-key': ESPOCRM_KEY, ...headers });
    statuses.push(answer.status);
    return answer.body;
  };
  const search = (params: object): string => `searchParams=${encodeURIComponent(JSON.stringify(params))}`;
  const where = [{ type: 'in', attribute: 'emailAddress', value: ['anna.schmidt@example.com'] }];

  await call('GET', '/App/user');
  await call('GET', '/Metadata?key=entityDefs.Lead.fields.status.options');
  await call('GET', '/Metadata?key=entityDefs.Lead.fields');
  await call('GET', '/Metadata?key=entityDefs.Nothing');
  for (const entity of ['Lead', 'Contact']) {
    await call('GET', `/${entity}`);
    await call(
      'GET',
      `/${entity}?${search({ where, select: ['id', 'emailAddress'], maxSize: 2 })}`,
      undefined,
      {
        'x-no-total': 'true',
      },
    );
    await call(
      'GET',
      `/${entity}?whereGroup[0][type]=equals&whereGroup[0][attribute]=emailAddress` +
        '&whereGroup[0][value]=jonas.weber%40example.com&attributeSelect=id,name&maxSize=2&offset=0&orderBy=name&order=asc',
    );
    await call('GET', `/${entity}?maxSize=200&q=anna`);
    await call('GET', `/${entity}?${search({ where: [{ type: 'equals', attribute: 'nothing' }] })}`);
    await call('GET', `/${entity}/missing`);
  }
  await call('GET', '/Lead?primaryFilter=converted');
  await call('GET', `/Lead/${JONAS_LEAD_ID}`);
  await call('GET', `/Contact/${JONAS_CONTACT_ID}`);
  const lead = { firstName: 'Anna', lastName: 'Schmidt', emailAddress: 'anna.two@example.com' };
  await call('POST', '/Lead', lead);
  const created = await call(
    'POST',
    '/Lead',
    { ...lead, source: 'Campaign', phoneNumber: '+49301234567' },
    {
      'x-skip-duplicate-check': 'true',
    },
  );
  const path = `/Lead/${String(Object(created).id)}`;
  await call('POST', '/Lead', { emailAddress: 'jürgen@example.com' });
  await call('PATCH', path, {
    emailAddressData: [
      { emailAddress: 'anna.two@example.com', primary: true, optOut: true },
      { emailAddress: 'anna.three@example.com', primary: false },
    ],
  });
  await call('PUT', path, { status: 'Assigned', teamsIds: ['1'], assignedUserId: null });
  await call('PATCH', path, { phoneNumber: '030' });
  await call('GET', path);
  await call('DELETE', path);
  await call('DELETE', path);
  await sandbox.act('espocrm', 'hideRecord', { id: ANNA_LEAD_ID });
  await call('GET', `/Lead/${ANNA_LEAD_ID}`);
  await call('GET', '/App/user', undefined, { 'espo-authorization': 'x' });
  await call('GET', '/Lead', undefined, { 'x-api-key': 'wrong' });
  await sandbox.act('espocrm', 'setMaintenance');
  await call('POST', '/Lead', lead);
  return statuses;
}

it('the EspoCRM double answers every operation as EspoCRM’s contract says', async () => {
  const statuses = await driveEverything();
  expect(statuses).toEqual(expect.arrayContaining([200, 400, 401, 403, 404, 409, 503]));
  expect(validateLog(await sandbox.log())).toEqual([]);
});
