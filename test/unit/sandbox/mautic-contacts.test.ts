import { beforeEach, describe, expect, it } from '@jest/globals';
import { MAUTIC_PASSWORD, MAUTIC_USERNAME } from '../../../sandbox/identities';
import { MauticDouble } from '../../../sandbox/mautic';
import { callDouble, doubleContext, type Answer } from '../../support/double-client';

const AUTHORIZATION = `Basic ${Buffer.from(`${MAUTIC_USERNAME}:${MAUTIC_PASSWORD}`).toString('base64')}`;

let mautic: MauticDouble;

beforeEach(() => {
  mautic = new MauticDouble(doubleContext('http://127.0.0.1:5690/mautic'));
});

function call(method: string, target: string, body?: unknown): Promise<Answer> {
  return callDouble(mautic, method, target, { body, headers: { authorization: AUTHORIZATION } });
}

function contactOf(
  answer: Answer,
): Record<string, never> & { id: number; fields: { all: Record<string, unknown> } } {
  return Object(answer.body).contact;
}

async function create(fields: Record<string, unknown>): Promise<number> {
  const answer = await call('POST', '/api/contacts/new', fields);
  expect(answer.status).toBe(201);
  return contactOf(answer).id;
}

async function fieldsOf(id: number): Promise<Record<string, unknown>> {
  return contactOf(await call('GET', `/api/contacts/${id}`)).fields.all;
}

function find(col: string, expr: string, val: string): Promise<Answer> {
  const query = new URLSearchParams({ 'where[0][col]': col, 'where[0][expr]': expr, 'where[0][val]': val });
  return call('GET', `/api/contacts?${query}`);
}

describe('access', () => {
  it('needs the right user name and password', async () => {
    const headers = { authorization: `Basic ${Buffer.from('n8n:wrong').toString('base64')}` };
    expect(await callDouble(mautic, 'GET', '/api/contacts', { headers })).toMatchObject({
      status: 401,
      body: { errors: [{ code: 401, type: 'access_denied' }] },
    });
    expect(await callDouble(mautic, 'GET', '/api/contacts')).toMatchObject({ status: 401 });
  });

  it('ends in 403 while the API or Basic authentication is switched off', async () => {
    await mautic.actions.disableApi?.({ disabled: true });
    expect(await call('GET', '/api/contacts')).toMatchObject({
      status: 403,
      body: { errors: [{ type: 'api_disabled' }] },
    });
    await mautic.actions.disableApi?.({ disabled: false });
    await mautic.actions.disableBasicAuth?.({ disabled: true });
    expect(await call('GET', '/api/contacts')).toMatchObject({
      status: 403,
      body: { errors: [{ type: 'access_denied' }] },
    });
  });

  it('ends in 403 of another type without the right', async () => {
    await mautic.actions.denyPermissions?.({ denied: ['lead:leads:create'] });
    expect(await call('POST', '/api/contacts/new', { email: 'a@example.com' })).toMatchObject({
      status: 403,
      body: { errors: [{ type: null, message: 'You do not have access to the requested area/action.' }] },
    });
  });

  it('shows the version on the answers of controllers only', async () => {
    expect((await call('GET', '/api/contacts/1')).headers['mautic-version']).toBe('5.1.1');
    expect((await call('GET', '/api/contacts/99')).headers['mautic-version']).toBe('5.1.1');
    expect((await call('GET', '/api/unicorns')).headers['mautic-version']).toBeUndefined();
  });
});

describe('finding contacts', () => {
  it('answers a text as total and an object by id, also for none', async () => {
    expect((await find('email', 'eq', 'jonas.weber@example.com')).body).toMatchObject({
      total: '1',
      contacts: { '2': { id: 2, fields: { all: { email: 'Jonas.Weber@Example.com' } } } },
    });
    expect((await find('email', 'eq', 'nobody@example.com')).body).toEqual({ total: '0', contacts: {} });
  });

  it('does not find an address with an apostrophe by eq, but by in', async () => {
    const id = await create({ email: "o'brien@example.com" });
    expect((await find('email', 'eq', "o'brien@example.com")).body).toMatchObject({ total: '0' });
    expect((await find('email', 'in', "o'brien@example.com")).body).toMatchObject({
      contacts: { [id]: { id } },
    });
  });

  it('finds plus-addresses, and by several values', async () => {
    const id = await create({ email: 'maya+vip@example.com' });
    expect((await find('email', 'eq', 'maya+vip@example.com')).body).toMatchObject({
      contacts: { [id]: { id } },
    });
    const several = await find('email', 'in', 'maya+vip@example.com,maya.lind@example.com');
    expect(Object.keys(Object(several.body).contacts)).toEqual(['1', String(id)]);
  });

  it('searches addresses by their beginning, strictly with a plus', async () => {
    const search = (text: string): Promise<Answer> =>
      call('GET', `/api/contacts?${new URLSearchParams({ search: text })}`);
    expect((await search('email:maya.lind@example.co')).body).toMatchObject({ total: '1' });
    expect((await search('email:+maya.lind@example.co')).body).toMatchObject({ total: '0' });
    expect((await search('email:+maya.lind@example.com')).body).toMatchObject({ total: '1' });
    expect((await search('email:+maya_lind@example.com')).body).toMatchObject({ total: '1' });
  });

  it('gives booleans as text in lists and as numbers for one contact', async () => {
    const list = await find('id', 'eq', '1');
    expect(list.body).toMatchObject({
      contacts: { '1': { fields: { all: { opt_in_confirmed: '1', vip_status: null } } } },
    });
    expect(await fieldsOf(1)).toMatchObject({ opt_in_confirmed: 1, vip_status: null });
  });

  it('pages and sorts', async () => {
    const answer = await call('GET', '/api/contacts?limit=1&start=1&orderBy=id&orderByDir=DESC');
    expect(answer.body).toMatchObject({ total: '3', contacts: { '2': { id: 2 } } });
    const { contacts } = Object((await call('GET', '/api/contacts?minimal=1')).body);
    expect(Object.keys(contacts['1']).sort()).toEqual(['color', 'fields', 'id', 'points']);
  });

  it('fails for an unknown column', async () => {
    expect(await find('nonsense', 'eq', '1')).toMatchObject({
      status: 500,
      body: { errors: [{ code: 500 }] },
    });
  });

  it('answers 404 for an unknown id', async () => {
    expect(await call('GET', '/api/contacts/99')).toMatchObject({
      status: 404,
      body: { errors: [{ code: 404, message: 'Item was not found.', details: [], type: null }] },
    });
  });
});

describe('POST /contacts/new', () => {
  it('creates with 201 and a location, and writes to the contact of that address with 200', async () => {
    const created = await call('POST', '/api/contacts/new', { email: 'new@example.com', firstname: 'New' });
    expect(created.status).toBe(201);
    const { id } = contactOf(created);
    expect(created.headers.location).toBe(`http://127.0.0.1:5690/mautic/api/contacts/${id}`);

    const again = await call('POST', '/api/contacts/new', { email: 'NEW@example.com', lastname: 'Person' });
    expect(again.status).toBe(200);
    expect(contactOf(again).id).toBe(id);
    expect(await fieldsOf(id)).toMatchObject({ firstname: 'New', lastname: 'Person' });
  });

  it('always creates without a unique field, and ignores id and unknown keys', async () => {
    const id = await create({ id: 1, firstname: 'Maya', colour: 'red' });
    expect(id).toBe(4);
    expect(await fieldsOf(id)).not.toHaveProperty('colour');
  });

  it('strips what may not be in an address before it looks for a duplicate', async () => {
    const answer = await call('POST', '/api/contacts/new', { email: 'maya.lind@example.com,' });
    expect(answer.status).toBe(200);
    expect(contactOf(answer).id).toBe(1);
  });

  it('refuses invalid addresses and texts that are too long', async () => {
    expect(await call('POST', '/api/contacts/new', { email: 'nobody' })).toMatchObject({
      status: 400,
      body: {
        errors: [
          { message: 'email: nobody is invalid.', details: { email: ['nobody is invalid.'] }, type: null },
        ],
      },
    });
    expect(await call('POST', '/api/contacts/new', { promo_code: 'x'.repeat(65) })).toMatchObject({
      status: 400,
    });
    expect(await call('POST', '/api/contacts/new', { discord_invite_vip: 'x'.repeat(65) })).toMatchObject({
      status: 201,
    });
  });

  it('takes true for a new contact, and drops false', async () => {
    const id = await create({ email: 'flags@example.com', vip_status: 'yes', opt_in_confirmed: false });
    expect(await fieldsOf(id)).toMatchObject({ vip_status: 1, opt_in_confirmed: null });
  });

  it('makes two contacts of two requests at once, after which neither can be written to', async () => {
    const twice = [1, 2].map(() => call('POST', '/api/contacts/new', { email: 'twin@example.com' }));
    const answers = await Promise.all(twice);
    expect(answers.map(({ status }) => status)).toEqual([201, 201]);
    const id = answers[0] && contactOf(answers[0]).id;
    expect(await call('PATCH', `/api/contacts/${id}/edit`, { firstname: 'Twin' })).toMatchObject({
      status: 422,
      body: { errors: [{ code: 422, message: 'email: This field must be unique.' }] },
    });
  });
});

describe('editing', () => {
  it('stores a boolean by PATCH, whatever the reply’s groups still show', async () => {
    const answer = await call('PATCH', '/api/contacts/1/edit', { opt_in_confirmed: false, vip_status: true });
    expect(answer).toMatchObject({
      status: 200,
      body: {
        contact: {
          fields: {
            core: { opt_in_confirmed: { value: 1 }, vip_status: { value: null } },
            all: { opt_in_confirmed: false, vip_status: true },
          },
        },
      },
    });
    expect(await fieldsOf(1)).toMatchObject({ opt_in_confirmed: 0, vip_status: 1 });
  });

  it('ignores blanks unless told to overwrite with them', async () => {
    await call('PATCH', '/api/contacts/1/edit', { firstname: '', city: null });
    expect(await fieldsOf(1)).toMatchObject({ firstname: 'Maya', city: 'Stockholm' });
    await call('PATCH', '/api/contacts/1/edit', {
      firstname: '',
      opt_in_confirmed: null,
      overwriteWithBlank: true,
    });
    expect(await fieldsOf(1)).toMatchObject({ firstname: null, opt_in_confirmed: null, city: 'Stockholm' });
  });

  it.each([0, '0', '0.4'])('drops the zero %p, even when overwriting with blanks', async (zero) => {
    await call('PATCH', '/api/contacts/1/edit', { points: zero, promo_code: zero, overwriteWithBlank: true });
    expect(await fieldsOf(1)).toMatchObject({ points: 20, promo_code: null });
  });

  it('by PUT empties everything that is not sent', async () => {
    await call('PUT', '/api/contacts/1/edit', { email: 'maya.lind@example.com' });
    expect(await fieldsOf(1)).toMatchObject({ firstname: null, city: null, opt_in_confirmed: null });
  });

  it('by PUT creates for an unknown id, by PATCH answers 404', async () => {
    expect(await call('PATCH', '/api/contacts/99/edit', { firstname: 'X' })).toMatchObject({ status: 404 });
    expect(await call('PUT', '/api/contacts/99/edit', { firstname: 'X' })).toMatchObject({
      status: 201,
      body: { contact: { id: 4 } },
    });
  });

  it('refuses the address of another contact', async () => {
    expect(await call('PATCH', '/api/contacts/1/edit', { email: 'jonas.weber@example.com' })).toMatchObject({
      status: 422,
      body: { errors: [{ details: { email: ['This field must be unique.'] } }] },
    });
  });

  it('keeps markup out of plain fields, and tags as a list', async () => {
    await call('PATCH', '/api/contacts/1/edit', { firstname: '<b>Maya</b>', tags: ['vip', '-newsletter'] });
    expect(await fieldsOf(1)).toMatchObject({ firstname: 'Maya' });
    expect((await call('GET', '/api/contacts/1')).body).toMatchObject({
      contact: { tags: [{ tag: 'vip' }] },
    });
  });

  it('writes to the survivor of a merge', async () => {
    await mautic.actions.mergeContacts?.({ survivor: 1, other: 2 });
    expect((await call('GET', '/api/contacts/2')).body).toMatchObject({ contact: { id: 1 } });
    await call('PATCH', '/api/contacts/2/edit', { promo_code: 'VIP-1' });
    expect(await fieldsOf(1)).toMatchObject({ promo_code: 'VIP-1' });
  });

  it('deletes', async () => {
    expect(await call('DELETE', '/api/contacts/2/delete')).toMatchObject({
      status: 200,
      body: { contact: { id: null } },
    });
    expect(await call('GET', '/api/contacts/2')).toMatchObject({ status: 404 });
  });
});

describe('batches', () => {
  it('create and update, each item with its own status', async () => {
    const answer = await call('POST', '/api/contacts/batch/new', [
      { email: 'first@example.com' },
      { email: 'nobody' },
      { email: 'maya.lind@example.com', lastname: 'Berg' },
    ]);
    expect(answer.status).toBe(201);
    expect(answer.body).toMatchObject({
      statusCodes: [201, 400, 200],
      contacts: { '0': { id: 4 }, '2': { id: 1 } },
      errors: { '1': { code: 400, message: 'email: nobody is invalid.' } },
    });
  });

  it('answer a list when nothing failed', async () => {
    const answer = await call('PATCH', '/api/contacts/batch/edit', [
      { id: 1, city: 'Uppsala' },
      { id: 2, city: 'Bonn' },
    ]);
    expect(answer).toMatchObject({
      status: 200,
      body: { statusCodes: [200, 200], contacts: [{ id: 1 }, { id: 2 }] },
    });
    expect(await fieldsOf(2)).toMatchObject({ city: 'Bonn' });
  });

  it('give an item without id the contact of the next one', async () => {
    await call('PATCH', '/api/contacts/batch/edit', [{ firstname: 'Nobody' }, { id: 1, lastname: 'Berg' }]);
    expect(await fieldsOf(1)).toMatchObject({ firstname: 'Nobody', lastname: 'Lind' });
  });

  it('end in 500 beyond 200 items', async () => {
    const items = Array.from({ length: 201 }, (_item, index) => ({ email: `m${index}@example.com` }));
    expect(await call('POST', '/api/contacts/batch/new', items)).toMatchObject({ status: 500 });
  });
});

describe('do not contact', () => {
  it('is added and removed, without fields.all in the replies', async () => {
    const added = await call('POST', '/api/contacts/1/dnc/email/add', { comments: 'asked us to' });
    expect(added).toMatchObject({
      status: 200,
      body: { contact: { doNotContact: [{ reason: 3, channel: 'email' }] } },
    });
    expect(contactOf(added).fields).not.toHaveProperty('all');
    expect((await call('POST', '/api/contacts/1/dnc/email/remove')).body).toMatchObject({
      recordFound: true,
      contact: { doNotContact: [] },
    });
    expect((await call('POST', '/api/contacts/1/dnc/email/remove')).body).toMatchObject({
      recordFound: false,
    });
  });

  it('by the contact itself is not overridden', async () => {
    await call('POST', '/api/contacts/3/dnc/email/add', { reason: 3 });
    expect((await call('GET', '/api/contacts/3')).body).toMatchObject({
      contact: { doNotContact: [{ reason: 1 }] },
    });
  });

  it('needs a reason other than 0', async () => {
    expect(await call('POST', '/api/contacts/1/dnc/email/add', { reason: 0 })).toMatchObject({ status: 400 });
  });
});

describe('state', () => {
  it('can be taken and put back, and refuses what does not fit', async () => {
    await create({ email: 'new@example.com' });
    const state = mautic.state();
    mautic.reset();
    mautic.load(state);
    expect(mautic.state()).toEqual(state);
    expect(() => mautic.load({})).toThrow('This is no Mautic state');
  });

  it('is shown with what people typed escaped', async () => {
    await mautic.actions.saveContact?.({
      id: 1,
      fields: { firstname: '<i>Maya</i>', vip_status: true, promo_code: 'A&B' },
    });
    const html = mautic.render();
    expect(html).toContain('&lt;i&gt;Maya&lt;/i&gt;');
    expect(html).toContain('<span class="badge good">VIP</span>');
    expect(html).toContain('A&amp;B');
  });
});
