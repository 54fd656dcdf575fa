import { beforeEach, describe, expect, it } from '@jest/globals';
import { SHOPWARE_CLIENT_ID, SHOPWARE_CLIENT_SECRET } from '../../../sandbox/identities';
import { ShopwareDouble } from '../../../sandbox/shopware';
import { RETIRED_PROMOTION_ID, VIP_PROMOTION_ID } from '../../../sandbox/shopware/fresh-state';
import { callDouble, doubleContext, type Answer } from '../../support/double-client';

const URL = 'http://127.0.0.1:5690/shopware';
const CODE_ID = '0123456789abcdef0123456789abcdef';
const OTHER_ID = 'fedcba9876543210fedcba9876543210';

let shop: ShopwareDouble;
let token: string;

beforeEach(async () => {
  shop = new ShopwareDouble(doubleContext(URL));
  const answer = await requestToken();
  token = String(Object(answer.body).access_token);
});

function requestToken(changes: Record<string, string> = {}): Promise<Answer> {
  const body = {
    grant_type: 'client_credentials',
    client_id: SHOPWARE_CLIENT_ID,
    client_secret: SHOPWARE_CLIENT_SECRET,
    ...changes,
  };
  return callDouble(shop, 'POST', '/api/oauth/token', { body });
}

function call(method: string, target: string, body?: unknown, accept = 'application/json'): Promise<Answer> {
  return callDouble(shop, method, target, { body, headers: { authorization: `Bearer ${token}`, accept } });
}

function createCode(changes: Record<string, unknown> = {}): Promise<Answer> {
  return call('POST', '/api/promotion-individual-code', {
    id: CODE_ID,
    promotionId: VIP_PROMOTION_ID,
    code: 'VIP-AAAA-BBBB',
    ...changes,
  });
}

function searchCodes(criteria: Record<string, unknown>): Promise<Answer> {
  return call('POST', '/api/search/promotion-individual-code', criteria);
}

describe('tokens', () => {
  it('are issued for ten minutes, for a form as well as for JSON', async () => {
    const answer = await callDouble(shop, 'POST', '/api/oauth/token', {
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: `grant_type=client_credentials&client_id=${SHOPWARE_CLIENT_ID}&client_secret=${SHOPWARE_CLIENT_SECRET}`,
    });
    expect(answer).toMatchObject({ status: 200, body: { token_type: 'Bearer', expires_in: 600 } });
  });

  it.each([
    ['a wrong secret', { client_secret: 'wrong' }, 401, '4'],
    ['an unknown key', { client_id: 'SWIAUNKNOWN' }, 401, '4'],
    ['a key of no known kind', { client_id: 'ABCDSANDBOX' }, 500, 'FRAMEWORK__API_INVALID_ACCESS_KEY'],
    ['another grant', { grant_type: 'authorization_code' }, 400, '2'],
  ])('are refused for %s', async (_case, changes, status, code) => {
    expect(await requestToken(changes)).toMatchObject({
      status,
      body: { errors: [{ code, status: String(status) }] },
    });
  });

  it('are refused after the secret was changed, while those issued before stay good', async () => {
    await shop.actions.rejectCredentials?.({ rejected: true });
    expect(await requestToken()).toMatchObject({ status: 401 });
    expect(await call('GET', '/api/_info/version')).toMatchObject({ status: 200 });
  });

  it('are throttled after ten failures, whoever asks', async () => {
    for (let attempt = 0; attempt < 10; attempt += 1) await requestToken({ client_secret: 'wrong' });
    const answer = await requestToken();
    expect(answer.status).toBe(429);
    expect(answer.body).toMatchObject({ errors: [{ code: 'FRAMEWORK__AUTH_THROTTLED' }] });
  });

  it('that have expired, are unknown or missing end in 401', async () => {
    await shop.actions.expireTokens?.(null);
    const expired = await call('GET', '/api/_info/version');
    expect(expired).toMatchObject({ status: 401, body: { errors: [{ code: '9', status: '401' }] } });
    token = 'unknown';
    expect(await call('GET', '/api/_info/version')).toMatchObject({ status: 401 });
    expect(await callDouble(shop, 'GET', '/api/_info/version')).toMatchObject({
      status: 401,
      body: { errors: [{ detail: 'Missing "Authorization" header' }] },
    });
  });
});

describe('creating a code', () => {
  it('answers 204 with the location, or the code when asked for it', async () => {
    const created = await createCode();
    expect(created).toMatchObject({ status: 204, body: undefined });
    expect(created.headers.location).toBe(`${URL}/api/promotion-individual-code/${CODE_ID}`);
    const other = await call('POST', '/api/promotion-individual-code?_response=basic', {
      id: OTHER_ID,
      promotionId: VIP_PROMOTION_ID,
      code: 'VIP-CCCC',
    });
    expect(other).toMatchObject({
      status: 200,
      body: {
        data: { id: OTHER_ID, code: 'VIP-CCCC', payload: null, apiAlias: 'promotion_individual_code' },
      },
    });
  });

  it('refuses an id that exists', async () => {
    await createCode();
    const again = await createCode({ code: 'VIP-OTHER' });
    expect(again).toMatchObject({
      status: 400,
      body: { errors: [{ code: 'FRAMEWORK__WRITE_TYPE_INTEND_ERROR' }] },
    });
  });

  it.each(['VIP-AAAA-BBBB', 'vip-aaaa-bbbb', 'VIP-AAAA-BBBB  '])(
    'ends in an internal error for the taken code "%s"',
    async (code) => {
      await createCode();
      const answer = await createCode({ id: OTHER_ID, code });
      expect(answer).toMatchObject({ status: 500, body: { errors: [{ code: '1062', status: '500' }] } });
      expect(JSON.stringify(answer.body)).toContain(`1062 Duplicate entry '${code}'`);
    },
  );

  it('ends in an internal error for an unknown promotion', async () => {
    const answer = await createCode({ promotionId: OTHER_ID });
    expect(answer).toMatchObject({ status: 500, body: { errors: [{ code: '1452' }] } });
    expect(JSON.stringify(answer.body)).toContain('fk.promotion_individual_code.promotion_id');
  });

  it('lets one of two equal requests at once through, and ends the other in an internal error', async () => {
    const answers = await Promise.all([createCode(), createCode()]);
    expect(answers.map(({ status }) => status).sort()).toEqual([204, 500]);
    expect(JSON.stringify(answers)).toContain('promotion_individual_code.PRIMARY');
  });

  it('reports all violations with pointers', async () => {
    const answer = await createCode({ id: 'no-uuid', promotionId: undefined, code: ' ' });
    expect(answer.status).toBe(400);
    const { errors } = Object(answer.body);
    expect(errors.map((error: { source: { pointer: string } }) => error.source.pointer)).toEqual([
      '/0/id',
      '/0/promotionId',
      '/0/code',
    ]);
  });

  it('takes a code for an inactive promotion: that is nobody else’s business', async () => {
    expect(await createCode({ promotionId: RETIRED_PROMOTION_ID })).toMatchObject({ status: 204 });
  });

  it('takes one object only', async () => {
    expect(await call('POST', '/api/promotion-individual-code', [{}])).toMatchObject({ status: 400 });
  });
});

describe('rights', () => {
  it('that are missing are named in a JSON text', async () => {
    await shop.actions.setPrivileges?.({ privileges: ['promotion:read'] });
    const answer = await createCode();
    expect(answer.status).toBe(403);
    const [error] = Object(answer.body).errors;
    expect(error.code).toBe('FRAMEWORK__MISSING_PRIVILEGE_ERROR');
    expect(JSON.parse(error.detail)).toEqual({
      message: 'Missing privilege',
      missingPrivileges: ['promotion_individual_code:create'],
    });
  });

  it('of the stock role do not reach to updating a code', async () => {
    await createCode();
    const answer = await call('PATCH', `/api/promotion-individual-code/${CODE_ID}`, { code: 'NEW' });
    expect(answer.status).toBe(403);
  });
});

describe('reading', () => {
  beforeEach(async () => {
    await createCode();
    await createCode({ id: OTHER_ID, code: 'VIP-CCCC' });
  });

  it.each([
    ['equals', [{ type: 'equals', field: 'code', value: 'vip-aaaa-bbbb' }], [CODE_ID]],
    ['equals by id', [{ type: 'equals', field: 'id', value: OTHER_ID }], [OTHER_ID]],
    ['equals null', [{ type: 'equals', field: 'payload', value: null }], [CODE_ID, OTHER_ID]],
    ['equalsAny', [{ type: 'equalsAny', field: 'code', value: ['VIP-CCCC', 'NONE'] }], [OTHER_ID]],
    [
      'equalsAny as a text',
      [{ type: 'equalsAny', field: 'code', value: 'VIP-CCCC|VIP-AAAA-BBBB' }],
      [CODE_ID, OTHER_ID],
    ],
    ['contains', [{ type: 'contains', field: 'code', value: 'ccc' }], [OTHER_ID]],
    ['prefix', [{ type: 'prefix', field: 'code', value: 'VIP-A' }], [CODE_ID]],
    ['its promotion', [{ type: 'equals', field: 'promotion.name', value: 'Summer sale' }], []],
    [
      'multi or',
      [
        {
          type: 'multi',
          operator: 'or',
          queries: [
            { type: 'equals', field: 'code', value: 'VIP-CCCC' },
            { type: 'equals', field: 'code', value: 'VIP-AAAA-BBBB' },
          ],
        },
      ],
      [CODE_ID, OTHER_ID],
    ],
    [
      'not',
      [{ type: 'not', operator: 'and', queries: [{ type: 'equals', field: 'id', value: CODE_ID }] }],
      [OTHER_ID],
    ],
  ])('searches by %s', async (_case, filter, expected) => {
    const answer = await searchCodes({ filter });
    expect(answer.status).toBe(200);
    expect(Object(answer.body).data.map((code: { id: string }) => code.id)).toEqual(expected);
  });

  it('pages, counts when asked to, and leaves out what is not included', async () => {
    const includes = { promotion_individual_code: ['id', 'code', 'promotionId'] };
    const answer = await searchCodes({ limit: 1, page: 2, 'total-count-mode': 'exact', includes });
    expect(answer.body).toMatchObject({
      total: 2,
      data: [{ id: OTHER_ID, code: 'VIP-CCCC', apiAlias: 'promotion_individual_code' }],
    });
    expect(Object(answer.body).data[0]).not.toHaveProperty('payload');
    expect((await searchCodes({ limit: 1 })).body).toMatchObject({ total: 1 });
  });

  it('refuses a limit beyond 500, unknown fields and unknown filters', async () => {
    expect(await searchCodes({ limit: 501 })).toMatchObject({
      status: 400,
      body: { errors: [{ code: 'FRAMEWORK__QUERY_LIMIT_EXCEEDED' }] },
    });
    const unknownField = [{ type: 'equals', field: 'colour', value: 'red' }];
    expect(await searchCodes({ filter: unknownField })).toMatchObject({
      status: 400,
      body: { errors: [{ code: 'FRAMEWORK__UNMAPPED_FIELD' }] },
    });
    expect(await searchCodes({ filter: [{ type: 'resembles' }] })).toMatchObject({
      status: 400,
      body: { errors: [{ source: { pointer: '/filter/0/type' } }] },
    });
  });

  it('gives one by its id, or 404', async () => {
    expect(await call('GET', `/api/promotion-individual-code/${CODE_ID}`)).toMatchObject({
      status: 200,
      body: { data: { code: 'VIP-AAAA-BBBB', promotionId: VIP_PROMOTION_ID } },
    });
    expect(
      await call('GET', '/api/promotion-individual-code/00000000000000000000000000000000'),
    ).toMatchObject({
      status: 404,
      body: { errors: [{ code: 'FRAMEWORK__RESOURCE_NOT_FOUND' }] },
    });
  });

  it('lists with filters in the query', async () => {
    const answer = await call('GET', '/api/promotion-individual-code?filter[code]=VIP-CCCC&limit=5');
    expect(Object(answer.body).data).toHaveLength(1);
  });

  it('answers JSON:API unless plain JSON is asked for, and 415 for neither', async () => {
    const answer = await call('GET', `/api/promotion-individual-code/${CODE_ID}`, undefined, '*/*');
    expect(answer.headers['content-type']).toBe('application/vnd.api+json');
    expect(answer.body).toMatchObject({
      data: { id: CODE_ID, type: 'promotion_individual_code', attributes: { code: 'VIP-AAAA-BBBB' } },
    });
    expect(await call('GET', '/api/promotion', undefined, 'text/html')).toMatchObject({ status: 415 });
  });

  it('finds promotions by name', async () => {
    const filter = [{ type: 'equals', field: 'name', value: 'VIP reservation' }];
    expect(await call('POST', '/api/search/promotion', { filter })).toMatchObject({
      status: 200,
      body: { data: [{ id: VIP_PROMOTION_ID, active: true, useCodes: true, useIndividualCodes: true }] },
    });
  });
});

describe('redeeming', () => {
  it('keeps who did it, and a write without payload leaves that alone', async () => {
    await shop.actions.setPrivileges?.({
      privileges: ['promotion_individual_code:update', 'promotion_individual_code:create'],
    });
    await createCode();
    await shop.actions.redeemCode?.({ code: 'VIP-AAAA-BBBB' });
    await expect(shop.actions.redeemCode?.({ code: 'VIP-AAAA-BBBB' })).rejects.toThrow('redeemed already');

    const payload = [{ id: CODE_ID, promotionId: VIP_PROMOTION_ID, code: 'VIP-AAAA-BBBB' }];
    const operation = { entity: 'promotion_individual_code', action: 'upsert' };
    expect(await call('POST', '/api/_action/sync', [{ ...operation, payload }])).toMatchObject({
      status: 200,
    });
    expect(shop.state()).toMatchObject({ codes: [{ payload: { customerName: 'Sandbox Customer' } }] });

    const reset = payload.map((row) => ({ ...row, payload: null }));
    await call('POST', '/api/_action/sync', [{ ...operation, payload: reset }]);
    expect(shop.state()).toMatchObject({ codes: [{ payload: null }] });
  });
});

describe('sync', () => {
  const operation = { entity: 'promotion_individual_code', action: 'upsert' };

  it('writes all or nothing', async () => {
    await createCode();
    const payload = [
      { id: OTHER_ID, promotionId: VIP_PROMOTION_ID, code: 'VIP-NEW' },
      { promotionId: VIP_PROMOTION_ID, code: 'vip-aaaa-bbbb' },
    ];
    const failed = await call('POST', '/api/_action/sync', [{ ...operation, payload }]);
    expect(failed).toMatchObject({ status: 500, body: { errors: [{ code: '1062' }] } });
    expect(shop.state()).toMatchObject({ codes: [{ id: CODE_ID }] });

    const written = await call('POST', '/api/_action/sync', [{ ...operation, payload: payload.slice(0, 1) }]);
    expect(written.body).toMatchObject({
      data: { promotion_individual_code: [OTHER_ID] },
      notFound: [],
      deleted: [],
    });
  });

  it('points into the operation by its key', async () => {
    const payload = [{ promotionId: VIP_PROMOTION_ID }];
    const answer = await call('POST', '/api/_action/sync', [{ ...operation, key: 'codes', payload }]);
    expect(answer).toMatchObject({
      status: 400,
      body: { errors: [{ source: { pointer: '/codes/0/code' } }] },
    });
  });

  it('deletes, and says what it did not find', async () => {
    await createCode();
    const payload = [{ id: CODE_ID }, { id: OTHER_ID }];
    const answer = await call('POST', '/api/_action/sync', [{ ...operation, action: 'delete', payload }]);
    expect(answer.body).toMatchObject({
      deleted: { promotion_individual_code: [CODE_ID] },
      notFound: { promotion_individual_code: [OTHER_ID] },
    });
    expect(shop.state()).toMatchObject({ codes: [] });
  });

  it('refuses an operation without an action', async () => {
    expect(await call('POST', '/api/_action/sync', [{ entity: 'promotion_individual_code' }])).toMatchObject({
      status: 400,
      body: { errors: [{ code: 'FRAMEWORK__INVALID_SYNC_OPERATION' }] },
    });
  });
});

describe('state', () => {
  it('can be taken and put back, and refuses what does not fit', async () => {
    await createCode();
    const state = shop.state();
    shop.reset();
    expect(shop.state()).toMatchObject({ codes: [] });
    shop.load(state);
    expect(shop.state()).toEqual(state);
    expect(() => shop.load({ codes: 'none' })).toThrow('This is no Shopware state');
  });

  it('is shown with what people typed escaped', async () => {
    await createCode({ code: 'A&B' });
    await shop.actions.renamePromotion?.({ from: 'VIP reservation', to: '<b>VIP</b>' });
    expect(shop.render()).toContain('A&amp;B');
    expect(shop.render()).toContain('&lt;b&gt;VIP&lt;/b&gt;');
    expect(shop.render()).not.toContain('<b>VIP');
  });

  it('tells of unknown paths and methods', async () => {
    expect(await call('GET', '/api/unicorn')).toMatchObject({ status: 404 });
    expect(await call('PATCH', '/api/promotion-individual-code', {})).toMatchObject({ status: 405 });
  });
});
