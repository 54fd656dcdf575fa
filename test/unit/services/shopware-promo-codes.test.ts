import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import axios from 'axios';
import { SHOPWARE_CLIENT_ID, SHOPWARE_CLIENT_SECRET } from '../../../sandbox/identities';
import { ShopwareDouble } from '../../../sandbox/shopware';
import {
  Promotions,
  ShopwareClient,
  derivePromoCode,
  ensurePromoCodes,
  searchPromotions,
  type PromoCode,
  type PromoCodeOrder,
  type PromoCodeShop,
} from '../../../services/shopware';
import { axiosRequest } from '../../../stack/axios-request';
import { startTestSandbox, type TestSandbox } from '../../support/sandbox';

const KEY = 'a-promo-code-key-for-these-tests-only';
const VIP = { by: 'name', value: 'VIP reservation' } as const;

interface ShopwareStateJson {
  integration: { privileges: string[] };
  promotions: Array<{ id: string; name: string; active: boolean; validUntil: string | null }>;
  codes: Array<{ id: string; code: string; promotionId: string; payload: object | null }>;
}

let shopware: TestSandbox;
let shop: PromoCodeShop;
let clock: number;

beforeAll(async () => {
  shopware = await startTestSandbox('shopware', ShopwareDouble);
});
beforeEach(async () => {
  await shopware.reset();
  const { data } = await axios.post<{ access_token: string }>(`${shopware.url}/api/oauth/token`, {
    grant_type: 'client_credentials',
    client_id: SHOPWARE_CLIENT_ID,
    client_secret: SHOPWARE_CLIENT_SECRET,
  });
  await shopware.forgetRequests();
  clock = Date.now();
  const request = axiosRequest({ Authorization: `Bearer ${data.access_token}` });
  shop = {
    client: new ShopwareClient({ url: shopware.url, request, sleep: () => Promise.resolve() }),
    promotions: new Promotions(() => clock),
    key: KEY,
  };
});
afterAll(() => shopware.close());

const order = (purchaseId: string, over: Partial<PromoCodeOrder> = {}): PromoCodeOrder => ({
  promotion: VIP,
  purchaseId,
  prefix: 'VIP',
  ...over,
});
const orders = (count: number): PromoCodeOrder[] =>
  Array.from({ length: count }, (_, index) => order(`cs_${index}`));
const derived = (purchaseId: string) => derivePromoCode({ key: KEY, purchaseId, prefix: 'VIP' });
const codesInShop = async () => (await shopware.state<ShopwareStateJson>()).codes;

async function change(patch: (state: ShopwareStateJson) => Partial<ShopwareStateJson>): Promise<void> {
  const state = await shopware.state<ShopwareStateJson>();
  await shopware.load({ ...state, ...patch(state) });
}

async function addCode(code: {
  id: string;
  code: string;
  promotion?: string;
  payload?: object;
}): Promise<void> {
  await change(({ codes, promotions }) => {
    const promotionId = promotions.find(({ name }) => name === (code.promotion ?? VIP.value))?.id ?? '';
    const { id, code: text, payload = null } = code;
    const row = {
      id,
      code: text,
      promotionId,
      payload,
      createdAt: '2026-01-01T00:00:00.000+00:00',
      updatedAt: null,
    };
    return { codes: [...codes, row] };
  });
}

describe('one purchase', () => {
  it('gets a code with one call, once the promotion is known', async () => {
    const [first] = await ensurePromoCodes(shop, [order('cs_1')]);
    const [second] = await ensurePromoCodes(shop, [order('cs_2')]);

    expect(first).toEqual({
      ...derived('cs_1'),
      promotion: { id: expect.any(String), name: VIP.value },
      created: true,
    });
    expect(second).toMatchObject({ ...derived('cs_2'), created: true });
    expect(await shopware.calls()).toEqual([
      'POST /api/search/promotion',
      'POST /api/promotion-individual-code',
      'POST /api/promotion-individual-code',
    ]);
    expect(await codesInShop()).toHaveLength(2);
  });

  it('keeps its code when it is asked for again', async () => {
    await ensurePromoCodes(shop, [order('cs_1')]);
    const again = await ensurePromoCodes(shop, [order('cs_1')]);
    expect(again).toMatchObject([{ code: derived('cs_1').code, created: false }]);
    expect(await codesInShop()).toHaveLength(1);
  });

  it('keeps its code when the prefix has been changed in between', async () => {
    await ensurePromoCodes(shop, [order('cs_1')]);
    const again = await ensurePromoCodes(shop, [order('cs_1', { prefix: 'GOLD' })]);
    expect(again).toMatchObject([{ code: derived('cs_1').code, created: false }]);
  });

  it('has one code when the answer to the creation is lost', async () => {
    await shopware.fail({ path: '/promotion-individual-code$', method: 'POST', drop: 'after', times: 1 });
    const result = await ensurePromoCodes(shop, [order('cs_1')]);
    expect(result).toMatchObject([{ code: derived('cs_1').code }]);
    expect(await codesInShop()).toHaveLength(1);
  });

  it('has one code when it is worked on twice at the same time', async () => {
    const both = await Promise.all([
      ensurePromoCodes(shop, [order('cs_1')]),
      ensurePromoCodes(shop, [order('cs_1')]),
    ]);
    expect(both.flat().map((result) => (result as PromoCode).code)).toEqual(
      Array(2).fill(derived('cs_1').code),
    );
    expect(await codesInShop()).toHaveLength(1);
  });

  it('has one code when another run creates it between the check and the insertion', async () => {
    await addCode(derived('cs_1'));
    const detail = "SQLSTATE[23000]: 1062 Duplicate entry for key 'promotion_individual_code.PRIMARY'";
    const errors = [{ code: '1062', status: '500', title: 'Internal Server Error', detail }];
    await shopware.fail({
      path: '^/api/promotion-individual-code$',
      status: 500,
      body: { errors },
      times: 1,
    });
    expect(await ensurePromoCodes(shop, [order('cs_1')])).toMatchObject([
      { ...derived('cs_1'), created: false },
    ]);
  });

  it('leaves a redeemed code redeemed', async () => {
    const payload = { orderId: 'o', customerId: 'c', customerName: 'n' };
    await addCode({ ...derived('cs_1'), payload });
    await ensurePromoCodes(shop, [order('cs_1'), order('cs_2')]);
    await ensurePromoCodes(shop, [order('cs_1')]);
    expect((await codesInShop()).find(({ id }) => id === derived('cs_1').id)?.payload).toEqual(payload);
  });

  it('does not take the code of another purchase', async () => {
    await addCode({ id: '0'.repeat(32), code: derived('cs_1').code.toLowerCase() });
    const [result] = await ensurePromoCodes(shop, [order('cs_1')]);
    expect(result).toMatchObject({
      retryable: false,
      message: expect.stringContaining('taken by another purchase'),
    });
  });

  it('does not get a second code in another promotion', async () => {
    await addCode({ ...derived('cs_1'), promotion: 'Summer sale' });
    const [result] = await ensurePromoCodes(shop, [order('cs_1')]);
    expect(result).toMatchObject({
      retryable: false,
      message: expect.stringContaining('in another promotion'),
    });
  });
});

describe('a batch', () => {
  it('takes one search and one call', async () => {
    const results = await ensurePromoCodes(shop, orders(50));
    expect(results.map((result) => (result as PromoCode).created)).toEqual(Array(50).fill(true));
    expect(await shopware.calls()).toEqual([
      'POST /api/search/promotion',
      'POST /api/search/promotion-individual-code',
      'POST /api/_action/sync',
    ]);
    expect(await codesInShop()).toHaveLength(50);
  });

  it('worked on again changes nothing, and needs no right to update', async () => {
    await ensurePromoCodes(shop, orders(30));
    await shopware.forgetRequests();
    const results = await ensurePromoCodes(shop, orders(31));
    expect(results.map((result) => (result as PromoCode).created)).toEqual([...Array(30).fill(false), true]);
    expect(await shopware.calls()).toEqual([
      'POST /api/search/promotion-individual-code',
      'POST /api/promotion-individual-code',
    ]);
  });

  it('goes on without the codes that cannot be created', async () => {
    for (const taken of ['cs_7', 'cs_20', 'cs_49']) {
      await addCode({
        id: derivePromoCode({ key: `${KEY}!`, purchaseId: taken, prefix: '' }).id,
        code: derived(taken).code,
      });
    }
    const results = await ensurePromoCodes(shop, orders(50));
    const failed = results.flatMap((result, index) => (result instanceof Error ? [index] : []));
    expect(failed).toEqual([7, 20, 49]);
    expect(await codesInShop()).toHaveLength(50);
  });

  it('of more than a hundred is split', async () => {
    const results = await ensurePromoCodes(shop, orders(230));
    expect(results.filter((result) => result instanceof Error)).toEqual([]);
    expect(await codesInShop()).toHaveLength(230);
  });

  it('gives two events of one purchase the same code', async () => {
    const results = await ensurePromoCodes(shop, [order('cs_1'), order('cs_2'), order('cs_1')]);
    expect(results.map((result) => (result as PromoCode).code)).toEqual(
      ['cs_1', 'cs_2', 'cs_1'].map((id) => derived(id).code),
    );
    expect(await codesInShop()).toHaveLength(2);
  });

  it('has every code once when the answer to the batch call is lost', async () => {
    await shopware.fail({ path: '/_action/sync', drop: 'after' });
    const results = await ensurePromoCodes(shop, orders(10));
    expect(results.map((result) => (result as PromoCode).code)).toEqual(
      orders(10).map((one) => derived(one.purchaseId).code),
    );
    expect(await codesInShop()).toHaveLength(10);
  });

  it('has every code once when it is worked on twice at the same time', async () => {
    const both = await Promise.all([ensurePromoCodes(shop, orders(20)), ensurePromoCodes(shop, orders(20))]);
    expect(both.flat().filter((result) => result instanceof Error)).toEqual([]);
    expect(await codesInShop()).toHaveLength(20);
  });

  it('may name several promotions, of which one is wrong, and hold an order that is an error already', async () => {
    const unreadable = new Error('no purchase');
    const wrong = order('cs_2', { promotion: { by: 'name', value: 'Nobody' } });
    const [first, second, third] = await ensurePromoCodes(shop, [order('cs_1'), wrong, unreadable]);
    expect(first).toMatchObject({ created: true });
    expect(second).toMatchObject({ message: expect.stringContaining('"Nobody"') });
    expect(third).toBe(unreadable);
  });
});

describe('a promotion that cannot be used', () => {
  it.each([
    ['is missing', 'Nobody', {}, /no promotion with the name "Nobody"/],
    ['is not active', 'Retired VIP', {}, /switch on "Active"/],
    ['has one code for all', 'Summer sale', {}, /"Individual promotion codes"/],
    ['has ended', VIP.value, { validUntil: '2020-01-01T00:00:00.000+00:00' }, /was valid until 2020/],
    ['has not begun', VIP.value, { validFrom: '2999-01-01T00:00:00.000+00:00' }, /valid only from 2999/],
    ['uses no codes', VIP.value, { useCodes: false }, /"Individual promotion codes"/],
  ])('because it %s is told with what to change', async (_, name, patch, message) => {
    await change(({ promotions }) => ({
      promotions: promotions.map((one) => (one.name === name ? { ...one, ...patch } : one)),
    }));
    const [result] = await ensurePromoCodes(shop, [
      order('cs_1', { promotion: { by: 'name', value: name } }),
    ]);
    expect(result).toMatchObject({
      service: 'Shopware',
      retryable: false,
      message: expect.stringMatching(message),
    });
    expect(await codesInShop()).toEqual([]);
  });

  it('because two have its name is told so', async () => {
    await change(({ promotions }) => ({
      promotions: promotions.map((one) => ({ ...one, name: VIP.value })),
    }));
    const [result] = await ensurePromoCodes(shop, [order('cs_1')]);
    expect(result).toMatchObject({ retryable: false, message: expect.stringContaining('more than one') });
  });

  it('is used as soon as it has been put right', async () => {
    const retired = order('cs_1', { promotion: { by: 'name', value: 'Retired VIP' } });
    await ensurePromoCodes(shop, [retired]);
    await change(({ promotions }) => ({ promotions: promotions.map((one) => ({ ...one, active: true })) }));
    expect(await ensurePromoCodes(shop, [retired])).toMatchObject([{ created: true }]);
  });

  it('because it was deleted a moment ago is looked up anew after the failure', async () => {
    await ensurePromoCodes(shop, [order('cs_1')]);
    await change(() => ({ promotions: [], codes: [] }));
    const [first] = await ensurePromoCodes(shop, [order('cs_2')]);
    const [second] = await ensurePromoCodes(shop, [order('cs_2')]);
    expect(first).toMatchObject({ retryable: true });
    expect(second).toMatchObject({
      retryable: false,
      message: expect.stringContaining('no promotion with the name'),
    });
  });
});

describe('looking up a promotion', () => {
  it('works by id, too', async () => {
    const { promotions } = await shopware.state<ShopwareStateJson>();
    const id = promotions.find(({ name }) => name === VIP.value)?.id ?? '';
    const results = await ensurePromoCodes(shop, [order('cs_1', { promotion: { by: 'id', value: id } })]);
    expect(results).toMatchObject([{ promotion: { id, name: VIP.value } }]);
  });

  it('refuses what cannot be an id', async () => {
    const [result] = await ensurePromoCodes(shop, [order('cs_1', { promotion: { by: 'id', value: 'VIP' } })]);
    expect(result).toMatchObject({
      retryable: false,
      message: expect.stringContaining('not the ID of a promotion'),
    });
    expect(await shopware.calls()).toEqual([]);
  });

  it('is repeated after five minutes', async () => {
    await ensurePromoCodes(shop, [order('cs_1')]);
    clock += 5 * 60_000 + 1;
    await shopware.forgetRequests();
    await ensurePromoCodes(shop, [order('cs_2')]);
    expect(await shopware.calls()).toContain('POST /api/search/promotion');
  });

  it('is done once for all who ask at the same time', async () => {
    await Promise.all(['cs_1', 'cs_2', 'cs_3'].map((id) => ensurePromoCodes(shop, [order(id)])));
    const calls = await shopware.calls();
    expect(calls.filter((call) => call === 'POST /api/search/promotion')).toHaveLength(1);
  });

  it('for a list finds parts of names, by name', async () => {
    const { promotions, hasMore } = await searchPromotions(shop.client, 'vip', 1);
    expect(promotions.map(({ name }) => name)).toEqual(['Retired VIP', 'VIP reservation']);
    expect(hasMore).toBe(false);
  });
});

describe('Shopware in trouble', () => {
  it('is tried again later, and nothing is created', async () => {
    await shopware.fail({ status: 503 });
    const results = await ensurePromoCodes(shop, orders(3));
    expect(results).toMatchObject(Array(3).fill({ retryable: true, status: 503 }));
    await shopware.fail();
    expect(await codesInShop()).toEqual([]);
  });

  it('names the right that the integration lacks', async () => {
    await change(({ integration }) => ({
      integration: {
        ...integration,
        privileges: integration.privileges.filter((one) => one !== 'promotion_individual_code:create'),
      },
    }));
    const [result] = await ensurePromoCodes(shop, [order('cs_1')]);
    expect(result).toMatchObject({
      retryable: false,
      message: expect.stringMatching(/missing right: promotion_individual_code:create.*role/),
    });
  });

  it('with a database error that is not ours to solve is retryable', async () => {
    const errors = [{ code: '0', status: '500', title: 'Internal Server Error', detail: 'SQLSTATE[HY000]' }];
    await shopware.fail({
      path: '/promotion-individual-code$',
      method: 'POST',
      status: 500,
      body: { errors },
      times: 1,
    });
    const [result] = await ensurePromoCodes(shop, [order('cs_1')]);
    expect(result).toMatchObject({ retryable: true, message: expect.stringContaining('SQLSTATE[HY000]') });
  });

  it('asks for and sends plain JSON, and never the payload of a code', async () => {
    await ensurePromoCodes(shop, orders(2));
    await ensurePromoCodes(shop, [order('cs_1'), order('cs_9')]);
    const requests = await shopware.requests();
    for (const { headers } of requests) {
      expect(headers).toMatchObject({ accept: 'application/json', 'content-type': 'application/json' });
    }
    expect(JSON.stringify(requests.map(({ body }) => body))).not.toContain('"payload":null');
  });
});
