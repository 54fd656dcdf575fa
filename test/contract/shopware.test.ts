import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { SHOPWARE_CLIENT_ID, SHOPWARE_CLIENT_SECRET } from '../../sandbox/identities';
import { ShopwareDouble } from '../../sandbox/shopware';
import { startSandboxUnderTest, type SandboxUnderTest } from '../support/sandbox-under-test';
import { validateLog } from './contract';

const CODE_ID = '0123456789abcdef0123456789abcdef';
const OTHER_ID = 'fedcba9876543210fedcba9876543210';

let sandbox: SandboxUnderTest;
beforeAll(async () => {
  sandbox = await startSandboxUnderTest({ shopware: ShopwareDouble });
});
afterAll(() => sandbox.close());

interface Found {
  data: Array<{ id: string }>;
}

/** The calls that issuing promo codes takes, those that go wrong included. */
async function driveEverything(): Promise<number[]> {
  const statuses: number[] = [];
  const grant = { grant_type: 'client_credentials', client_id: SHOPWARE_CLIENT_ID };
  const { body } = await sandbox.call('POST', '/shopware/api/oauth/token', {
    ...grant,
    client_secret: SHOPWARE_CLIENT_SECRET,
  });
  const headers = {
    accept: 'application/json',
    authorization: `Bearer ${(body as { access_token: string }).access_token}`,
  };
  const call = async (method: string, path: string, sent?: object): Promise<unknown> => {
    const answer = await sandbox.call(method, `/shopware/api${path}`, sent, headers);
    statuses.push(answer.status);
    return answer.body;
  };
  const byName = { filter: [{ type: 'equals', field: 'name', value: 'VIP reservation' }], limit: 2 };
  const promotionId = ((await call('POST', '/search/promotion', byName)) as Found).data[0]?.id;
  const code = { id: CODE_ID, promotionId, code: 'VIP-AAAA-BBBB' };
  await call('POST', '/promotion-individual-code', code);
  await call('POST', '/promotion-individual-code', code);
  await call('POST', '/promotion-individual-code', { ...code, id: OTHER_ID });
  await call('POST', '/promotion-individual-code', { ...code, id: OTHER_ID, code: '' });
  await call('POST', '/promotion-individual-code?_response=basic', { promotionId, code: 'VIP-CCCC-DDDD' });
  await call('POST', '/search/promotion-individual-code', {
    filter: [{ type: 'equals', field: 'code', value: code.code }],
    limit: 1,
    'total-count-mode': 'exact',
  });
  await call('GET', `/promotion-individual-code/${CODE_ID}`);
  await call('GET', `/promotion-individual-code/${OTHER_ID}`);
  await call('GET', `/promotion/${promotionId}`);
  await call('POST', '/_action/sync', [
    {
      entity: 'promotion_individual_code',
      action: 'upsert',
      payload: [{ ...code, id: OTHER_ID, code: 'VIP-EEEE' }],
    },
  ]);
  await call('POST', '/search/promotion', { ...byName, limit: 501 });
  await call('GET', '/_info/version');
  await sandbox.call('POST', '/shopware/api/oauth/token', { ...grant, client_secret: 'wrong' });
  await sandbox.call('POST', '/shopware/api/search/promotion', byName);
  return statuses;
}

it('the Shopware double answers every operation as Shopware’s contract says', async () => {
  const statuses = await driveEverything();
  expect(statuses).toEqual(expect.arrayContaining([200, 204, 400, 404, 500]));
  expect(validateLog(await sandbox.log())).toEqual([]);
});
