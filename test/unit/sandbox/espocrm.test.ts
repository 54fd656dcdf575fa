import { createHmac } from 'node:crypto';
import { beforeEach, describe, expect, it } from '@jest/globals';
import type { Json } from '../../../sandbox/double';
import { EspoCrmDouble } from '../../../sandbox/espocrm';
import {
  ANNA_LEAD_ID,
  JONAS_CONTACT_ID,
  JONAS_LEAD_ID,
  LENA_LEAD_ID,
} from '../../../sandbox/espocrm/fresh-state';
import { ESPOCRM_HMAC_KEY, ESPOCRM_HMAC_SECRET, ESPOCRM_KEY } from '../../../sandbox/identities';
import { callDouble, doubleContext, type Answer, type Call } from '../../support/double-client';

const KEY = { 'x-api-key': ESPOCRM_KEY };
const EMPTY = { body: undefined };

let crm: EspoCrmDouble;

beforeEach(() => {
  crm = new EspoCrmDouble(doubleContext('http://127.0.0.1:5690/espocrm'));
});

function call(method: string, target: string, { headers, body }: Call = {}): Promise<Answer> {
  return callDouble(crm, method, `/api/v1${target}`, { body, headers: { ...KEY, ...headers } });
}

async function act(action: string, input: Json = {}): Promise<Record<string, unknown>> {
  return Object(await crm.actions[action]?.(input));
}

const post = (body: object, headers: Record<string, string> = {}) => call('POST', '/Lead', { body, headers });

const reasonOf = ({ headers }: Answer) => headers['X-Status-Reason'];

async function idOf(answer: Promise<Answer>): Promise<string> {
  const { status, body } = await answer;
  expect(status).toBe(200);
  return String(Object(body).id);
}

function rowsOf({ body }: Answer): Array<Record<string, unknown>> {
  return Object(body).list;
}

/** Ids that a search finds, with everything in one JSON text. */
async function search(
  params: object,
  entity = 'Lead',
  headers: Record<string, string> = {},
): Promise<Answer> {
  return call('GET', `/${entity}?searchParams=${encodeURIComponent(JSON.stringify(params))}`, { headers });
}

async function found(...where: object[]): Promise<unknown[]> {
  const answer = await search({ where });
  expect(answer.status).toBe(200);
  return rowsOf(answer).map(({ id }) => id);
}

const byEmail = (value: unknown, type = 'equals') => ({ type, attribute: 'emailAddress', value });

describe('credentials', () => {
  const user = (headers: Record<string, string>, target = '/App/user', method = 'GET') =>
    callDouble(crm, method, `/api/v1${target}`, { headers });
  const sign = (text: string, encoding: 'hex' | 'latin1', key = ESPOCRM_HMAC_KEY) => {
    const digest = createHmac('sha256', ESPOCRM_HMAC_SECRET).update(text).digest().toString(encoding);
    return { 'x-hmac-authorization': Buffer.from(`${key}:${digest}`, 'latin1').toString('base64') };
  };

  it('of an API key say who is asking, and what the role allows', async () => {
    expect(await user(KEY)).toMatchObject({
      status: 200,
      body: {
        user: { userName: 'n8n', type: 'api' },
        acl: { table: { Lead: { create: 'yes', read: 'all' }, Contact: { create: 'no', read: 'all' } } },
      },
    });
  });

  it.each(['hex', 'latin1'] as const)('of a signature are taken, with the digest as %s', async (encoding) => {
    expect(await user(sign('GET /App/user', encoding))).toMatchObject({
      status: 200,
      body: { user: { userName: 'n8n-hmac' } },
    });
  });

  it('of a signature cover the method and the path, but not the query', async () => {
    const signed = sign('GET /Lead', 'hex');
    expect(await user(signed, '/Lead?maxSize=1')).toMatchObject({ status: 200 });
    expect(await user(signed, '/Lead/1')).toMatchObject({ status: 401 });
    expect(await user(signed, '/Lead', 'POST')).toMatchObject({ status: 401 });
  });

  it.each([
    ['an unknown key', { 'x-api-key': 'wrong' }],
    ['the key of the other kind of user', { 'x-api-key': ESPOCRM_HMAC_KEY }],
    ['a signature of the other kind of user', sign('GET /App/user', 'hex', ESPOCRM_KEY)],
    ['a signature without a digest', { 'x-hmac-authorization': 'YWJj' }],
    ['a password', { authorization: 'Basic YWRtaW46YWRtaW4=' }],
    ['a stray header that wins over the key', { ...KEY, 'espo-authorization': 'YWRtaW46YWRtaW4=' }],
    ['nothing', {}],
  ])('end in 401 and an empty answer for %s', async (_case, headers) => {
    expect(await user(headers)).toEqual({ status: 401, headers: {}, ...EMPTY });
  });

  it('of EspoCRM’s own header have to hold a colon', async () => {
    const answer = await user({ ...KEY, 'espo-authorization': 'YWJj' });
    expect(answer).toMatchObject({ status: 400, ...EMPTY });
    expect(reasonOf(answer)).toBe('Auth: Bad authorization string provided.');
  });

  it('are rejected after the keys were changed', async () => {
    await act('rejectCredentials');
    expect(await user(KEY)).toMatchObject({ status: 401 });
  });

  it('that are right are locked out after more than ten wrong ones, for a minute', async () => {
    for (let attempt = 0; attempt < 10; attempt += 1) await user({ 'x-api-key': 'wrong' });
    expect(await user(KEY)).toMatchObject({ status: 200 });
    await user({ 'x-api-key': 'wrong' });
    expect(await user(KEY)).toEqual({ status: 403, headers: {}, ...EMPTY });
    expect(await user(sign('GET /App/user', 'hex'))).toMatchObject({ status: 403 });
    await act('passTime', { seconds: 61 });
    expect(await user(KEY)).toMatchObject({ status: 200 });
  });

  it('can be locked out and let in again', async () => {
    await act('lockOut');
    expect(await user(KEY)).toMatchObject({ status: 403 });
    await act('liftLockOut');
    expect(await user(KEY)).toMatchObject({ status: 200 });
  });

  it('are no use during maintenance', async () => {
    await act('setMaintenance', { maintenance: true });
    expect(await user(KEY)).toMatchObject({
      status: 503,
      body: { message: 'The application currently is in maintenance mode.' },
    });
    expect(await user({ 'x-api-key': 'wrong' })).toMatchObject({ status: 401 });
    await act('setMaintenance', { maintenance: false });
    expect(await user(KEY)).toMatchObject({ status: 200 });
  });
});

describe('addresses of the API', () => {
  it.each([
    ['GET', '/Opportunity', "Controller 'Opportunity' does not exist."],
    ['GET', '/Lead/missing', 'Record missing does not exist.'],
    ['PUT', '/Lead/missing', 'Record missing not found.'],
    ['DELETE', '/Lead/missing', 'Record missing not found.'],
  ])('that lead nowhere end in 404: %s %s', async (method, target, reason) => {
    const answer = await call(method, target);
    expect(answer).toMatchObject({ status: 404, ...EMPTY });
    expect(reasonOf(answer)).toBe(reason);
  });

  it('start with /api/v1', async () => {
    expect(await callDouble(crm, 'GET', '/Lead', { headers: KEY })).toMatchObject({ status: 404 });
  });
});

describe('a search', () => {
  it('gives everything, newest first, without conditions', async () => {
    expect(await found()).toEqual([ANNA_LEAD_ID, LENA_LEAD_ID, JONAS_LEAD_ID]);
    expect((await call('GET', '/Lead')).body).toMatchObject({ total: 3 });
  });

  it('takes conditions in PHP’s brackets', async () => {
    const where = (name: string, id: string) =>
      `${name}[0][type]=equals&${name}[0][attribute]=id&${name}[0][value]=${id}`;
    const ids = async (query: string) => rowsOf(await call('GET', `/Lead?${query}`)).map(({ id }) => id);
    expect(await ids(where('where', LENA_LEAD_ID))).toEqual([LENA_LEAD_ID]);
    expect(await ids(`${where('where', LENA_LEAD_ID)}&${where('whereGroup', ANNA_LEAD_ID)}`)).toEqual([
      ANNA_LEAD_ID,
    ]);
  });

  it('drops a condition that is a text, and gives the unfiltered list', async () => {
    const where = encodeURIComponent(JSON.stringify([byEmail('anna.schmidt@example.com')]));
    expect(rowsOf(await call('GET', `/Lead?where=${where}`))).toHaveLength(3);
  });

  it('does not look at anything else when everything is in one JSON text', async () => {
    expect((await call('GET', '/Lead?searchParams={}&maxSize=1')).body).toMatchObject({
      list: [{}, {}, {}],
    });
  });

  it.each<[string, object[], string[]]>([
    ['equals', [byEmail('ANNA.Schmidt@Example.com')], [ANNA_LEAD_ID]],
    ['equals a further address', [byEmail('LENA@private.example')], [LENA_LEAD_ID]],
    ['in', [byEmail(['anna.schmidt@example.com', 'x@y.z'], 'in')], [ANNA_LEAD_ID]],
    ['in, which does not take capitals', [byEmail(['Anna.Schmidt@example.com'], 'in')], []],
    ['notEquals', [byEmail('anna.schmidt@example.com', 'notEquals')], [LENA_LEAD_ID, JONAS_LEAD_ID]],
    ['like', [byEmail('%A.SCHMIDT@ex_mple%', 'like')], [ANNA_LEAD_ID]],
    ['contains', [byEmail('Private', 'contains')], [LENA_LEAD_ID]],
    ['startsWith', [byEmail('Jonas', 'startsWith')], [JONAS_LEAD_ID]],
    ['endsWith', [byEmail('private.example', 'endsWith')], [LENA_LEAD_ID]],
    ['isNull', [byEmail(undefined, 'isNull')], []],
    ['a name', [{ type: 'equals', attribute: 'lastName', value: 'schmidt' }], [ANNA_LEAD_ID]],
    [
      'two conditions',
      [byEmail('e', 'contains'), { type: 'isNotNull', attribute: 'convertedAt' }],
      [JONAS_LEAD_ID],
    ],
    [
      'one of two',
      [
        {
          type: 'or',
          value: [byEmail('anna', 'startsWith'), { type: 'equals', field: 'id', value: JONAS_LEAD_ID }],
        },
      ],
      [ANNA_LEAD_ID, JONAS_LEAD_ID],
    ],
    [
      'both of two',
      [{ type: 'and', value: [byEmail('anna', 'startsWith'), { type: 'isNull', attribute: 'source' }] }],
      [],
    ],
    ['notIn', [{ type: 'notIn', attribute: 'status', value: ['New', 'Converted'] }], [LENA_LEAD_ID]],
    ['isFalse', [{ type: 'isFalse', attribute: 'doNotCall' }, byEmail('anna', 'startsWith')], [ANNA_LEAD_ID]],
    ['after', [{ type: 'after', attribute: 'createdAt', value: '2026-03-03 17:00:00' }], [ANNA_LEAD_ID]],
  ])('understands %s', async (_case, where, ids) => {
    await act('addAddress', { id: LENA_LEAD_ID, address: 'Lena@Private.example' });
    expect(await found(...where)).toEqual(ids);
  });

  it.each([
    ['an unknown key', { type: 'equals', attribute: 'id', values: 1 }, "Unknown parameter 'values'."],
    ['no type', { attribute: 'id' }, "No 'type' in where item."],
    ['no attribute', { type: 'equals', value: 1 }, "No 'attribute' in where item."],
    ['an unknown attribute', { type: 'isNull', attribute: 'x' }, "Not existing attribute 'x' in where."],
    ['an unknown type', { type: 'is', attribute: 'id' }, "Unknown where item type 'is'."],
    ['a single value of in', byEmail('a@b.de', 'in'), "Bad where item 'in'."],
    ['a sub-query', { type: 'not', value: [] }, 'Sub-queries are forbidden in where.'],
  ])('is refused for %s', async (_case, item, reason) => {
    const answer = await search({ where: [item] });
    expect(answer).toMatchObject({ status: 400, ...EMPTY });
    expect(reasonOf(answer)).toBe(reason);
  });

  it.each([
    ['a page size that is a text', { maxSize: '2' }, 400, 'maxSize must be integer.'],
    [
      'a page that is too large',
      { maxSize: 201 },
      403,
      'Max size should not exceed 200. Use offset and limit.',
    ],
    ['conditions that are a text', { where: 'x' }, 400, 'where should be array.'],
    ['a selection that is a text', { select: 'id,name' }, 400, 'select should be array.'],
    ['an order that is none', { order: 'up' }, 400, 'order value is bad.'],
    ['an unknown filter', { primaryFilter: 'x' }, 400, "No primary filter 'x' for 'Lead'."],
  ])('is refused for %s', async (_case, params, status, reason) => {
    const answer = await search(params);
    expect(answer).toMatchObject({ status, ...EMPTY });
    expect(reasonOf(answer)).toBe(reason);
  });

  it('is refused for what is no JSON, and for too large a page in the query', async () => {
    expect(reasonOf(await call('GET', '/Lead?searchParams={'))).toBe('Invalid search params JSON.');
    expect(await call('GET', '/Lead?maxSize=201')).toMatchObject({ status: 403 });
    expect(await call('GET', '/Lead?maxSize=200')).toMatchObject({ status: 200 });
  });

  it('gives what was selected, and always the id', async () => {
    const [row = {}] = rowsOf(await call('GET', '/Lead?attributeSelect=name,status,nothing&maxSize=1'));
    expect(row).toMatchObject({ id: ANNA_LEAD_ID, name: 'Anna Schmidt', status: 'New' });
    expect(Object.keys(row)).not.toContain('nothing');
    expect(Object.keys(row)).not.toContain('emailAddress');
    const answer = await search({ select: ['emailAddress'], maxSize: 1 });
    expect(rowsOf(answer)[0]).toMatchObject({ id: ANNA_LEAD_ID, emailAddress: 'anna.schmidt@example.com' });
  });

  it('gives pages in the order asked for', async () => {
    const answer = await call('GET', '/Lead?orderBy=lastName&order=desc&offset=1&maxSize=1');
    expect(answer.body).toMatchObject({ total: 3, list: [{ lastName: 'Vogt' }] });
  });

  it('only says whether there is more when nothing is to be counted', async () => {
    const headers = { 'x-no-total': 'true' };
    expect((await search({ maxSize: 2 }, 'Lead', headers)).body).toMatchObject({ total: -1, list: [{}, {}] });
    expect((await search({ maxSize: 3 }, 'Lead', headers)).body).toMatchObject({ total: -2 });
    expect((await call('GET', '/Lead?q=anna')).body).toMatchObject({
      total: -2,
      list: [{ id: ANNA_LEAD_ID }],
    });
  });

  it.each([
    ['actual', [ANNA_LEAD_ID, LENA_LEAD_ID]],
    ['converted', [JONAS_LEAD_ID]],
  ])('filters those that are %s', async (primaryFilter, ids) => {
    expect(rowsOf(await search({ primaryFilter })).map(({ id }) => id)).toEqual(ids);
  });

  it('finds contacts in the same way', async () => {
    const answer = await search({ where: [byEmail('jonas.weber@example.com')] }, 'Contact');
    expect(answer.body).toMatchObject({ total: 1, list: [{ id: JONAS_CONTACT_ID, name: 'Jonas Weber' }] });
  });
});

describe('rights', () => {
  it('leave out what the user may not read, from lists and counts', async () => {
    await act('hideRecord', { id: ANNA_LEAD_ID });
    expect((await search({ where: [byEmail('anna', 'startsWith')] })).body).toEqual({ total: 0, list: [] });
    const answer = await call('GET', `/Lead/${ANNA_LEAD_ID}`);
    expect(answer).toMatchObject({ status: 403, ...EMPTY });
    expect(reasonOf(answer)).toBe("No 'read' access.");
    expect(await call('PATCH', `/Lead/${ANNA_LEAD_ID}`, { body: {} })).toMatchObject({ status: 403 });
    await act('hideRecord', { id: ANNA_LEAD_ID, hidden: false });
    expect(await call('GET', `/Lead/${ANNA_LEAD_ID}`)).toMatchObject({ status: 200 });
  });

  it('make the duplicate check blind to hidden records', async () => {
    await act('hideRecord', { email: 'anna.schmidt@example.com' });
    expect(await post({ emailAddress: 'anna.schmidt@example.com' })).toMatchObject({ status: 200 });
  });

  it.each([
    ['GET', '/Lead', 'No read access.'],
    ['POST', '/Lead', 'No create access.'],
    ['PUT', `/Lead/${ANNA_LEAD_ID}`, 'No edit access.'],
    ['DELETE', `/Lead/${ANNA_LEAD_ID}`, 'No delete access.'],
  ])('that are missing end in 403: %s %s', async (method, target, reason) => {
    await act('setRights', { entity: 'Lead', rights: [] });
    const answer = await call(method, target);
    expect(answer).toMatchObject({ status: 403, ...EMPTY });
    expect(reasonOf(answer)).toBe(reason);
  });

  it('to a field decide over searches, answers and writes', async () => {
    await act('forbidFields', { fields: ['description'] });
    const answer = await search({ where: [{ type: 'isNull', attribute: 'description' }] });
    expect(answer.status).toBe(400);
    expect(reasonOf(answer)).toBe("Forbidden attribute 'description' in where.");
    const { body } = await post({ lastName: 'New', description: 'dropped' });
    expect(body).not.toHaveProperty('description');
    expect(JSON.stringify(crm.state())).not.toContain('dropped');
  });
});

describe('creating a lead', () => {
  it('answers 200 with the full record, and decides on the id and the times itself', async () => {
    const answer = await post({
      id: 'mine',
      createdAt: '2020-01-01 00:00:00',
      createdById: 'me',
      unknown: 1,
      firstName: ' Ada ',
      lastName: 'Lovelace',
      emailAddress: ' Ada@Example.com ',
      phoneNumber: '+49301234567',
      source: '',
    });
    expect(answer).toMatchObject({
      status: 200,
      body: {
        name: 'Ada Lovelace',
        status: 'New',
        source: null,
        emailAddress: 'Ada@Example.com',
        emailAddressData: [{ emailAddress: 'Ada@Example.com', lower: 'ada@example.com', primary: true }],
        phoneNumber: '+49301234567',
        createdByName: 'n8n',
        convertedAt: null,
        doNotCall: false,
        deleted: false,
      },
    });
    expect(Object(answer.body).id).toMatch(/^[0-9a-f]{17}$/);
    expect(Object(answer.body).createdAt).not.toContain('2020');
    expect(answer.body).not.toHaveProperty('unknown');
  });

  it('asks for nothing at all', async () => {
    expect(await post({})).toMatchObject({ status: 200, body: { name: null, emailAddress: null } });
  });

  it('takes a body that is not declared as JSON for an empty one', async () => {
    const headers = { 'content-type': 'text/plain' };
    const answer = await call('POST', '/Lead', { body: '{"lastName":"Lost"}', headers });
    expect(answer).toMatchObject({ status: 200, body: { lastName: null } });
  });

  it.each([
    ['no JSON', '{', 500],
    ['no object', '7', 400],
  ])('is refused when the body is %s', async (_case, body, status) => {
    const headers = { 'content-type': 'application/json; charset=utf-8' };
    expect(await call('POST', '/Lead', { body, headers })).toMatchObject({ status, ...EMPTY });
  });

  it.each([
    [{ status: 'Hot' }, 'status', 'valid'],
    [{ status: null }, 'status', 'valid'],
    [{ source: 'Discord' }, 'source', 'valid'],
    [{ emailAddress: 'no address' }, 'emailAddress', 'emailAddress'],
    [{ emailAddress: 'jürgen@example.com' }, 'emailAddress', 'emailAddress'],
    [{ emailAddress: 'a@bücher.example' }, 'emailAddress', 'emailAddress'],
    [{ emailAddress: 'a@localhost' }, 'emailAddress', 'emailAddress'],
    [{ emailAddress: 'a..b@example.com' }, 'emailAddress', 'emailAddress'],
    [{ emailAddress: `${'a'.repeat(65)}@example.com` }, 'emailAddress', 'emailAddress'],
    [{ emailAddressData: [{ emailAddress: 'x' }] }, 'emailAddress', 'emailAddress'],
    [
      { emailAddressData: Array.from({ length: 11 }, (_, index) => ({ emailAddress: `a${index}@b.de` })) },
      'emailAddress',
      'maxCount',
    ],
    [{ phoneNumber: '030 1234567' }, 'phoneNumber', 'valid'],
    [{ phoneNumberData: [{ phoneNumber: '+49301234567', type: 'Pager' }] }, 'phoneNumber', 'valid'],
    [{ lastName: 'x'.repeat(101) }, 'lastName', 'maxLength'],
    [{ accountName: 'a < b' }, 'accountName', 'pattern'],
    // Fields are checked in their own order, not in that of the body.
    [{ phoneNumber: 'x', status: 'Hot' }, 'status', 'valid'],
  ])('refuses %j', async (body, field, type) => {
    const answer = await post(body);
    expect(answer).toMatchObject({
      status: 400,
      body: { messageTranslation: { label: 'validationFailure', scope: null, data: { field, type } } },
    });
    expect(reasonOf(answer)).toBe(
      `Field validation failure; entityType: Lead, field: ${field}, type: ${type}.`,
    );
    expect((await call('GET', '/Lead')).body).toMatchObject({ total: 3 });
  });

  it.each(["o'neil+tag@sub.example.com", '"quoted local"@example.com', 'a@xn--bcher-kva.example'])(
    'takes the address %s',
    async (emailAddress) => {
      expect(await post({ emailAddress })).toMatchObject({ status: 200, body: { emailAddress } });
    },
  );

  it('asks for fields that the admin made required', async () => {
    await act('requireField', { field: 'cLifetimePlan' });
    expect(reasonOf(await post({ lastName: 'X' }))).toContain('field: cLifetimePlan, type: required.');
    expect(await post({ cLifetimePlan: 'gold' })).toMatchObject({ body: { cLifetimePlan: 'gold' } });
    await act('requireField', { field: 'emailAddress' });
    const answer = await post({ cLifetimePlan: 'gold', emailAddress: ' ' });
    expect(reasonOf(answer)).toContain('field: emailAddress, type: required.');
  });

  it('goes by the lists of this instance', async () => {
    await act('setStatusList', { options: ['Fresh', 'Gone'] });
    await act('setSourceList', { options: ['Discord'] });
    expect(await post({ source: 'Discord' })).toMatchObject({ status: 200, body: { status: 'Fresh' } });
    expect(await post({ status: 'New' })).toMatchObject({ status: 400 });
    expect(await post({ source: null })).toMatchObject({ status: 400 });
  });
});

describe('the duplicate check', () => {
  it.each([
    ['a name', { firstName: 'anna', lastName: 'Schmidt', emailAddress: 'other@example.com' }],
    ['an address', { firstName: 'Maria', emailAddress: 'Anna.Schmidt@EXAMPLE.com' }],
    [
      'one of several addresses',
      { emailAddressData: [{ emailAddress: 'x@y.de' }, { emailAddress: 'anna.schmidt@example.com' }] },
    ],
  ])('finds %s that there is', async (_case, body) => {
    const answer = await post(body);
    expect(answer).toMatchObject({ status: 409, body: [{ id: ANNA_LEAD_ID, name: 'Anna Schmidt' }] });
    expect(reasonOf(answer)).toBe('duplicate');
  });

  it('finds a further address of a converted lead, too', async () => {
    await act('addAddress', { id: JONAS_LEAD_ID, address: 'j@weber.example' });
    expect(await post({ emailAddress: 'j@weber.example' })).toMatchObject({
      status: 409,
      body: [{ id: JONAS_LEAD_ID, status: 'Converted', createdContactId: JONAS_CONTACT_ID }],
    });
  });

  it('does not take half a name for the whole', async () => {
    expect(await post({ lastName: 'Schmidt' })).toMatchObject({ status: 200 });
    expect(await post({ lastName: 'Schmidt' })).toMatchObject({ status: 409 });
  });

  it('looks neither at contacts nor at what was deleted', async () => {
    await act('createContact', { lastName: 'Weber', emailAddress: 'only.contact@example.com' });
    expect(await post({ emailAddress: 'only.contact@example.com' })).toMatchObject({ status: 200 });
    await act('deleteLead', { id: ANNA_LEAD_ID });
    const again = { firstName: 'Anna', lastName: 'Schmidt', emailAddress: 'anna.schmidt@example.com' };
    expect(await idOf(post(again))).not.toBe(ANNA_LEAD_ID);
  });

  it('gives five at most, even if the one with the address is not among them', async () => {
    for (let index = 0; index < 5; index += 1) {
      await act('createLead', { lastName: 'Kim', emailAddress: `kim${index}@example.com` });
    }
    await act('createLead', { emailAddress: 'sixth@example.com' });
    const { body } = await post({ lastName: 'Kim', emailAddress: 'sixth@example.com' });
    expect(body).toHaveLength(5);
    expect(JSON.stringify(body)).not.toContain('sixth@example.com');
  });

  it('is skipped by a header, or in the body when there is no header', async () => {
    const body = { emailAddress: 'anna.schmidt@example.com' };
    expect(await post(body, { 'x-skip-duplicate-check': 'true' })).toMatchObject({ status: 200 });
    expect(await post({ ...body, _skipDuplicateCheck: true })).toMatchObject({ status: 200 });
    const both = await post({ ...body, _skipDuplicateCheck: true }, { 'x-skip-duplicate-check': 'false' });
    expect(both).toMatchObject({ status: 409 });
  });

  it('does not keep two requests at once apart', async () => {
    const body = { emailAddress: 'race@example.com' };
    await act('setInsertDelay', { milliseconds: 20 });
    const racing = await Promise.all([post(body), post(body)]);
    expect(racing.map(({ status }) => status)).toEqual([200, 200]);
    expect(await found(byEmail('race@example.com'))).toHaveLength(2);
    expect(await post(body)).toMatchObject({ status: 409 });
  });
});

describe('changing a lead', () => {
  it.each(['PUT', 'PATCH'])('with %s leaves alone what is not sent', async (method) => {
    const answer = await call(method, `/Lead/${LENA_LEAD_ID}`, { body: { title: 'CEO', id: 'x' } });
    expect(answer).toMatchObject({
      status: 200,
      body: { id: LENA_LEAD_ID, title: 'CEO', lastName: 'Vogt', modifiedByName: 'n8n' },
    });
  });

  it('checks what is sent, without looking for duplicates', async () => {
    expect(await call('PATCH', `/Lead/${LENA_LEAD_ID}`, { body: { status: 'x' } })).toMatchObject({
      status: 400,
    });
    const body = { firstName: 'Anna', lastName: 'Schmidt' };
    expect(await call('PATCH', `/Lead/${LENA_LEAD_ID}`, { body })).toMatchObject({ status: 200 });
  });

  it('notes when it is converted', async () => {
    const { body } = await call('PATCH', `/Lead/${LENA_LEAD_ID}`, { body: { status: 'Converted' } });
    expect(Object(body).convertedAt).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/);
  });

  it('removes it from sight when it is deleted', async () => {
    expect(await call('DELETE', `/Lead/${LENA_LEAD_ID}`)).toMatchObject({ status: 200, body: true });
    expect(await call('GET', `/Lead/${LENA_LEAD_ID}`)).toMatchObject({ status: 404 });
    expect(await found()).toEqual([ANNA_LEAD_ID, JONAS_LEAD_ID]);
  });
});

describe('e-mail addresses', () => {
  const emails = async (id: string, entity = 'Lead') =>
    Object((await call('GET', `/${entity}/${id}`)).body).emailAddressData;

  it('are replaced all at once by a list, whose first one counts unless another one says so', async () => {
    const id = await idOf(
      post({ emailAddressData: [{ emailAddress: 'a@x.de' }, { emailAddress: 'B@x.de' }] }),
    );
    expect(await emails(id)).toMatchObject([
      { emailAddress: 'a@x.de', primary: true },
      { emailAddress: 'B@x.de', lower: 'b@x.de', primary: false },
    ]);
    const emailAddressData = [{ emailAddress: 'c@x.de' }, { emailAddress: 'b@x.de', primary: true }];
    const { body } = await call('PATCH', `/Lead/${id}`, {
      body: { emailAddress: 'z@x.de', emailAddressData },
    });
    expect(body).toMatchObject({ emailAddress: 'b@x.de' });
    expect(await found(byEmail('a@x.de'))).toEqual([]);
  });

  it('are not added by a single address: it takes the place of the primary one', async () => {
    await act('addAddress', { id: ANNA_LEAD_ID, address: 'anna@home.example' });
    await call('PATCH', `/Lead/${ANNA_LEAD_ID}`, { body: { emailAddress: 'new@example.com' } });
    expect(await emails(ANNA_LEAD_ID)).toMatchObject([
      { emailAddress: 'new@example.com', primary: true },
      { emailAddress: 'anna@home.example', primary: false },
    ]);
    await call('PATCH', `/Lead/${ANNA_LEAD_ID}`, { body: { emailAddress: null } });
    expect(await emails(ANNA_LEAD_ID)).toMatchObject([{ emailAddress: 'anna@home.example', primary: true }]);
  });

  it('are shared: spelling and flags are those of whoever had them first', async () => {
    const body = { emailAddress: 'JONAS.Weber@example.com', emailAddressIsOptedOut: true };
    const id = await idOf(post(body, { 'x-skip-duplicate-check': 'true' }));
    expect(await emails(id)).toMatchObject([{ emailAddress: 'jonas.weber@example.com', optOut: true }]);
    expect((await call('GET', `/Contact/${JONAS_CONTACT_ID}`)).body).toMatchObject({
      emailAddressIsOptedOut: true,
    });
  });

  it('stay as they are while somebody has them whom the user may not edit', async () => {
    const emailAddressData = [{ emailAddress: 'jonas.weber@example.com', primary: true, invalid: true }];
    await call('PATCH', `/Lead/${JONAS_LEAD_ID}`, { body: { emailAddressData } });
    expect(await emails(JONAS_LEAD_ID)).toMatchObject([{ invalid: false }]);
    await act('setRights', { entity: 'Contact', rights: ['read', 'edit'] });
    await call('PATCH', `/Lead/${JONAS_LEAD_ID}`, { body: { emailAddressData } });
    expect(await emails(JONAS_CONTACT_ID, 'Contact')).toMatchObject([{ invalid: true }]);
  });
});

describe('phone numbers', () => {
  it('have a primary one, like addresses', async () => {
    const phoneNumberData = [
      { phoneNumber: '+49301234567' },
      { phoneNumber: '+49302345678', type: 'Office', primary: true },
    ];
    const id = await idOf(post({ phoneNumberData }));
    const { body } = await call('PATCH', `/Lead/${id}`, { body: { phoneNumber: '+49309999999' } });
    expect(body).toMatchObject({
      phoneNumber: '+49309999999',
      phoneNumberData: [
        { phoneNumber: '+49309999999', type: 'Mobile', primary: true },
        { phoneNumber: '+49301234567', primary: false },
      ],
    });
  });
});

describe('metadata', () => {
  const metadata = (key: string) => call('GET', `/Metadata?key=${key}`);

  it('tells the lists and the fields of this instance', async () => {
    await act('setSourceList', { options: ['', 'Discord'] });
    await act('requireField', { field: 'cLifetimePlan' });
    expect((await metadata('entityDefs.Lead.fields.source.options')).body).toEqual(['', 'Discord']);
    expect((await metadata('entityDefs.Lead.fields.status.options')).body).toContain('In Process');
    expect((await metadata('entityDefs.Lead.fields')).body).toMatchObject({
      name: { type: 'personName' },
      cLifetimePlan: { type: 'varchar', required: true },
    });
  });

  it('is empty where there is nothing, or nothing that the user may see', async () => {
    expect(await metadata('entityDefs.Lead.fields.nothing.options')).toMatchObject({ status: 200, ...EMPTY });
    await act('setRights', { entity: 'Lead', rights: [] });
    expect(await metadata('entityDefs.Lead.fields')).toMatchObject({ status: 200, ...EMPTY });
  });

  it('can be closed to the user', async () => {
    await act('forbidMetadata');
    expect(await metadata('entityDefs.Lead.fields')).toMatchObject({ status: 403, ...EMPTY });
  });
});

describe('what people do in EspoCRM', () => {
  it('converts a lead to a contact', async () => {
    const { contactId } = await act('convertLead', { email: 'Lena.Vogt@example.com' });
    expect((await call('GET', `/Lead/${LENA_LEAD_ID}`)).body).toMatchObject({
      status: 'Converted',
      createdContactId: contactId,
      createdContactName: 'Lena Vogt',
    });
    const answer = await search({ where: [byEmail('lena.vogt@example.com')] }, 'Contact');
    expect(answer.body).toMatchObject({
      list: [{ id: contactId, lastName: 'Vogt', originalLeadId: LENA_LEAD_ID }],
    });
  });

  it('creates leads without a duplicate check, and says what is wrong with them', async () => {
    expect(await act('createLead', { emailAddress: 'anna.schmidt@example.com' })).toMatchObject({
      status: 'New',
    });
    await expect(act('createLead', { status: 'x' })).rejects.toThrow('field: status, type: valid');
    await expect(act('createContact', {})).rejects.toThrow('field: lastName, type: required');
    await expect(act('convertLead', { id: 'x' })).rejects.toThrow('There is no Lead x.');
    await expect(act('requireField', { field: 'plan' })).rejects.toThrow('named like "cLifetimePlan"');
  });
});

describe('the state', () => {
  it('is taken back as it was given', async () => {
    await post({ lastName: '<i>Ada</i>', emailAddress: 'ada@example.com' });
    const state = crm.state();
    crm.reset();
    expect(await found()).toHaveLength(3);
    crm.load(state);
    expect(crm.state()).toEqual(state);
    expect(await found(byEmail('ada@example.com'))).toHaveLength(1);
  });

  it('is refused when it does not fit, and then nothing changes', () => {
    const state = crm.state();
    expect(() => crm.load({ records: {} })).toThrow('This is no EspoCRM state');
    expect(() => crm.load({ ...Object(state), emailAddresses: [] })).toThrow('is not among the addresses');
    expect(crm.state()).toEqual(state);
  });

  it('is shown with leads, newest first, and contacts', async () => {
    await post({ lastName: '<i>Ada</i>', emailAddress: 'ada@example.com' });
    const html = crm.render();
    expect(html).toContain('Leads (4)');
    expect(html).toContain('&lt;i&gt;Ada&lt;/i&gt;');
    expect(html.indexOf('Ada')).toBeLessThan(html.indexOf('Anna Schmidt'));
    expect(html).toContain('Contacts (1)');
    for (const id of [ANNA_LEAD_ID, LENA_LEAD_ID, JONAS_LEAD_ID]) await act('deleteLead', { id });
    await act('deleteLead', { email: 'ada@example.com' });
    expect(crm.render()).toContain('No leads yet.');
  });
});
