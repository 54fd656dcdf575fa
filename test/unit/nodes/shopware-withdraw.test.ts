import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { IDataObject, INodeParameters } from 'n8n-workflow';
import { LifecycleShopwareApi } from '../../../credentials/LifecycleShopwareApi.credentials';
import { ShopwarePromoCode } from '../../../nodes/ShopwarePromoCode/ShopwarePromoCode.node';
import { PROMO_CODE_SEED, SHOPWARE_CLIENT_ID, SHOPWARE_CLIENT_SECRET } from '../../../sandbox/identities';
import { ShopwareDouble } from '../../../sandbox/shopware';
import { derivePromoCode } from '../../../services/shopware';
import { executeNode } from '../../support/execute-node';
import { startTestSandbox, type TestSandbox } from '../../support/sandbox';

const VIP = { __rl: true, mode: 'name', value: 'VIP reservation' } as const;

let shopware: TestSandbox;

beforeEach(async () => {
  shopware = await startTestSandbox('shopware', ShopwareDouble);
});
afterEach(() => shopware.close());

const item = (id: string): IDataObject => ({ checkout: { id }, delivery: { id, lease: 'l', attempt: 1 } });
const derived = (purchaseId: string) => derivePromoCode({ key: PROMO_CODE_SEED, purchaseId, prefix: 'VIP' });

async function run(parameters: INodeParameters, input: IDataObject[]): Promise<IDataObject[]> {
  const data = {
    url: shopware.url,
    clientId: SHOPWARE_CLIENT_ID,
    clientSecret: SHOPWARE_CLIENT_SECRET,
    promoCodeKey: PROMO_CODE_SEED,
  };
  const credentials = [{ type: new LifecycleShopwareApi(), data }];
  const setup = { node: new ShopwarePromoCode(), name: 'Withdraw promo code', parameters, credentials };
  const [output = []] = await executeNode(setup, input);
  return output.map(({ json }) => json);
}

const issue = (...ids: string[]) => run({ promotion: VIP }, ids.map(item));
const withdraw = (...ids: string[]) => run({ operation: 'withdraw' }, ids.map(item));
const redeem = (id: string) => shopware.act('redeemCode', { code: derived(id).code });

async function codes(): Promise<string[]> {
  const state = await shopware.state<{ codes: Array<{ code: string }> }>();
  return state.codes.map(({ code }) => code);
}

const actionsOf = (json: IDataObject | undefined) =>
  (json?.outcomes as IDataObject[]).map(({ action }) => action);

describe('the code of a purchase', () => {
  it('is removed, and stays away when asked again', async () => {
    await issue('cs_1', 'cs_2');
    expect(await withdraw('cs_1')).toEqual([
      {
        ...item('cs_1'),
        promoCode: { ...derived('cs_1'), state: 'removed' },
        outcomes: [
          {
            service: 'Shopware',
            action: 'promo code removed',
            id: derived('cs_1').id,
            at: expect.any(String),
          },
        ],
      },
    ]);
    expect(await codes()).toEqual([derived('cs_2').code]);
    const [again] = await withdraw('cs_1');
    expect(again).toMatchObject({ promoCode: { ...derived('cs_1'), state: 'missing' } });
    expect(actionsOf(again)).toEqual(['no promo code to remove']);
  });

  it('is kept once it was redeemed, which is no error', async () => {
    await issue('cs_1');
    await redeem('cs_1');
    const [json] = await withdraw('cs_1');
    expect(json).toMatchObject({ promoCode: { code: derived('cs_1').code, state: 'redeemed' } });
    expect(actionsOf(json)).toEqual(['promo code kept: it has been redeemed already']);
    expect(await codes()).toEqual([derived('cs_1').code]);
  });

  it('is found though the prefix has been changed, and has the one it was issued with', async () => {
    await issue('cs_1');
    const [json] = await run({ operation: 'withdraw', prefix: 'GOLD' }, [item('cs_1')]);
    expect(json).toMatchObject({ promoCode: { code: derived('cs_1').code, state: 'removed' } });
  });

  it('is removed though the answer gets lost', async () => {
    await issue('cs_1');
    await shopware.fail({ method: 'DELETE', drop: 'after', times: 1 });
    expect(await withdraw('cs_1')).toMatchObject([{ promoCode: { state: 'removed' } }]);
    expect(await codes()).toEqual([]);
  });

  it('that two take away at once is gone, and both succeed', async () => {
    await issue('cs_1');
    const both = await Promise.all([withdraw('cs_1'), withdraw('cs_1')]);
    expect(both.flat().filter((json) => 'failure' in json)).toEqual([]);
    expect(await codes()).toEqual([]);
  });

  it('stays without the right to remove it, which is told', async () => {
    await issue('cs_1');
    await shopware.act('setPrivileges', { privileges: ['promotion_individual_code:read'] });
    expect(await withdraw('cs_1')).toMatchObject([
      {
        failure: {
          node: 'Withdraw promo code',
          retryable: false,
          message: expect.stringContaining('promotion_individual_code:delete'),
        },
      },
    ]);
  });
});

describe('a batch', () => {
  it('takes one search, and one call for each code that is removed', async () => {
    await issue('cs_1', 'cs_2', 'cs_3');
    await redeem('cs_2');
    await shopware.forgetRequests();
    const output = await withdraw('cs_1', 'cs_2', 'cs_3', 'cs_4');
    expect(output.map(({ promoCode }) => (promoCode as IDataObject).state)).toEqual([
      'removed',
      'redeemed',
      'removed',
      'missing',
    ]);
    const calls = await shopware.calls();
    expect(calls.filter((call) => call.includes('/search/'))).toHaveLength(1);
    expect(calls.filter((call) => call.startsWith('DELETE'))).toHaveLength(2);
  });

  it('goes on without what fails', async () => {
    await issue('cs_1');
    expect(await run({ operation: 'withdraw' }, [{ delivery: { id: '1' } }, item('cs_1')])).toMatchObject([
      { failure: { retryable: false, message: expect.stringContaining('"Purchase ID" is empty') } },
      { promoCode: { state: 'removed' } },
    ]);
  });

  it('fails as a whole, retryably, while Shopware is down', async () => {
    await shopware.fail({ status: 503 });
    expect(await withdraw('cs_1', 'cs_2')).toMatchObject([
      { failure: { retryable: true } },
      { failure: { retryable: true } },
    ]);
  });
});
