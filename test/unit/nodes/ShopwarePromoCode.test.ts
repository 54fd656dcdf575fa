import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { IDataObject, INodeParameters } from 'n8n-workflow';
import { LifecycleShopwareApi } from '../../../credentials/LifecycleShopwareApi.credentials';
import { ShopwarePromoCode } from '../../../nodes/ShopwarePromoCode/ShopwarePromoCode.node';
import { PROMO_CODE_SEED, SHOPWARE_CLIENT_ID, SHOPWARE_CLIENT_SECRET } from '../../../sandbox/identities';
import { ShopwareDouble } from '../../../sandbox/shopware';
import { derivePromoCode } from '../../../services/shopware';
import { executeNode, loadOptionsContext, type FilledCredential } from '../../support/execute-node';
import { startTestSandbox, type TestSandbox } from '../../support/sandbox';

const VIP = { __rl: true, mode: 'name', value: 'VIP reservation' } as const;
const TOKEN = 'POST /api/oauth/token';

let shopware: TestSandbox;
let credential: FilledCredential;

// A sandbox for each test: the node keeps the promotions of a shop for some minutes.
beforeEach(async () => {
  shopware = await startTestSandbox('shopware', ShopwareDouble);
  credential = {
    type: new LifecycleShopwareApi(),
    data: {
      url: `${shopware.url}/`,
      clientId: SHOPWARE_CLIENT_ID,
      clientSecret: SHOPWARE_CLIENT_SECRET,
      promoCodeKey: PROMO_CODE_SEED,
    },
  };
});
afterEach(() => shopware.close());

const setup = (parameters: INodeParameters = {}) => ({
  node: new ShopwarePromoCode(),
  name: 'Create promo code',
  parameters: { promotion: VIP, ...parameters },
  credentials: [credential],
});

const item = (id: string): IDataObject => ({ checkout: { id }, delivery: { id, lease: 'l', attempt: 1 } });
const items = (count: number) => Array.from({ length: count }, (_, index) => item(`cs_${index}`));
const codeOf = (purchaseId: string, prefix = 'VIP') =>
  derivePromoCode({ key: PROMO_CODE_SEED, purchaseId, prefix }).code;

async function run(parameters: INodeParameters, input: IDataObject[]): Promise<IDataObject[]> {
  const [output = []] = await executeNode(setup(parameters), input);
  return output.map(({ json }) => json);
}

async function failureOf(parameters: INodeParameters = {}, input = item('cs_1')): Promise<IDataObject> {
  const [output] = await run(parameters, [input]);
  return output?.failure as IDataObject;
}

describe('a purchase', () => {
  it('gets its promo code', async () => {
    expect(await run({}, [item('cs_1')])).toEqual([
      {
        ...item('cs_1'),
        promoCode: {
          code: codeOf('cs_1'),
          id: expect.stringMatching(/^[0-9a-f]{32}$/),
          promotion: { id: expect.stringMatching(/^[0-9a-f]{32}$/), name: 'VIP reservation' },
          created: true,
        },
        outcomes: [
          {
            service: 'Shopware',
            action: 'promo code created',
            id: expect.any(String),
            at: expect.any(String),
          },
        ],
      },
    ]);
  });

  it('finds its code when the node runs again', async () => {
    await run({}, [item('cs_1')]);
    expect(await run({}, [item('cs_1')])).toMatchObject([
      { promoCode: { code: codeOf('cs_1'), created: false }, outcomes: [{ action: 'promo code found' }] },
    ]);
  });

  it('gets the prefix that is set', async () => {
    expect(await run({ prefix: 'gold' }, [item('cs_1')])).toMatchObject([
      { promoCode: { code: codeOf('cs_1', 'GOLD') } },
    ]);
  });
});

describe('the access token', () => {
  it('is fetched once and kept', async () => {
    await run({}, [item('cs_1')]);
    await run({}, [item('cs_2')]);
    expect((await shopware.calls()).filter((call) => call === TOKEN)).toHaveLength(1);
  });

  it('is renewed when Shopware no longer takes it', async () => {
    await run({}, [item('cs_1')]);
    const state = await shopware.state<object>();
    await shopware.load({ ...state, tokens: [] });
    await shopware.forgetRequests();

    expect(await run({}, [item('cs_2')])).toMatchObject([{ promoCode: { created: true } }]);
    expect(await shopware.calls()).toEqual([
      'POST /api/promotion-individual-code',
      TOKEN,
      'POST /api/promotion-individual-code',
    ]);
  });

  it('that is refused says which credential to check, and no secret', async () => {
    credential.data.clientSecret = 'a-wrong-secret';
    const failure = await failureOf();
    expect(failure).toMatchObject({
      node: 'Create promo code',
      service: 'Shopware',
      retryable: false,
      message: expect.stringMatching(/answered 401.*Lifecycle Shopware API credential/),
    });
    expect(JSON.stringify(failure)).not.toContain('a-wrong-secret');
  });

  it('is not even asked for with the key of something else', async () => {
    credential.data.clientId = 'SWUAOFAUSER';
    expect(await failureOf()).toMatchObject({ retryable: false, message: expect.stringContaining('SWIA') });
    expect(await shopware.calls()).toEqual([]);
  });

  it('that cannot be fetched now is tried for again later', async () => {
    await shopware.fail({ path: '/oauth/token', status: 503 });
    expect(await failureOf()).toMatchObject({ retryable: true });
  });
});

describe('a mistake in the node', () => {
  it.each<[string, INodeParameters, IDataObject, string]>([
    [
      'no promotion',
      { promotion: { __rl: true, mode: 'name', value: '' } },
      item('cs_1'),
      '"Promotion" is empty',
    ],
    ['an empty purchase ID', { purchaseId: '' }, item('cs_1'), '"Purchase ID" is empty'],
    ['an item of another shape', {}, { delivery: { id: '1' } }, '"Purchase ID" is empty'],
    ['a prefix with blanks', { prefix: 'V I P' }, item('cs_1'), 'letters, digits and hyphens'],
  ])('(%s) is told, and not retried', async (_, parameters, input, message) => {
    expect(await failureOf(parameters, input)).toMatchObject({
      retryable: false,
      message: expect.stringContaining(message),
    });
  });

  it('in the credential (a promo code key that could be guessed) is told, and not retried', async () => {
    credential.data.promoCodeKey = 'short';
    expect(await failureOf()).toMatchObject({
      retryable: false,
      message: expect.stringContaining('32 characters'),
    });
  });
});

describe('a batch of 50', () => {
  it('of which 3 fail gives 47 codes', async () => {
    const input = items(50).map((one, index) =>
      [4, 18, 33].includes(index) ? { ...one, checkout: { id: '' } } : one,
    );
    const output = await run({}, input);
    expect(output.flatMap((one, index) => ('failure' in one ? [index] : []))).toEqual([4, 18, 33]);
    expect(output.filter((one) => 'promoCode' in one)).toHaveLength(47);
  });

  it('takes three calls and a token', async () => {
    await run({}, items(50));
    expect(await shopware.calls()).toEqual([
      TOKEN,
      'POST /api/search/promotion',
      'POST /api/search/promotion-individual-code',
      'POST /api/_action/sync',
    ]);
  });

  it('fails as a whole, retryably, while Shopware is down', async () => {
    await run({}, [item('cs_first')]);
    await shopware.fail({ status: 502 });
    const output = await run({}, items(50));
    expect(output.map(({ failure }) => (failure as IDataObject).retryable)).toEqual(Array(50).fill(true));
  });
});

describe('the list of promotions', () => {
  const search = (filter?: string, token?: string) =>
    new ShopwarePromoCode().methods.listSearch.searchPromotions.call(
      loadOptionsContext(setup()),
      filter,
      token,
    );

  it('shows names', async () => {
    const { results, paginationToken } = await search();
    expect(results.map(({ name }) => name)).toEqual(['Retired VIP', 'Summer sale', 'VIP reservation']);
    expect(paginationToken).toBeUndefined();
  });

  it('can be searched', async () => {
    expect((await search('summer')).results.map(({ name }) => name)).toEqual(['Summer sale']);
  });

  it('is as long as it takes', async () => {
    const state = await shopware.state<{ promotions: object[] }>();
    const promotions = Array.from({ length: 60 }, (_, index) => ({
      ...state.promotions[0],
      id: index.toString(16).padStart(32, '0'),
      name: `Promotion ${String(index).padStart(2, '0')}`,
    }));
    await shopware.load({ ...state, promotions });
    const first = await search();
    const second = await search('', first.paginationToken as string);
    expect([...first.results, ...second.results].map(({ name }) => name)).toEqual(
      promotions.map(({ name }) => name),
    );
    expect(second.paginationToken).toBeUndefined();
  });

  it('gives an id that the node takes', async () => {
    const { results } = await search('VIP res');
    const promotion = { __rl: true, mode: 'list', value: results[0]?.value ?? '' };
    expect(await run({ promotion }, [item('cs_1')])).toMatchObject([{ promoCode: { created: true } }]);
  });
});
