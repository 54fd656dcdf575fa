import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { IDataObject, INodeParameters } from 'n8n-workflow';
import { MauticAudience } from '../../../nodes/MauticAudience/MauticAudience.node';
import { MauticDouble } from '../../../sandbox/mautic';
import { executeNode, loadOptionsContext } from '../../support/execute-node';
import { mauticCredential, type MauticState } from '../../support/mautic';
import { startTestSandbox, type TestSandbox } from '../../support/sandbox';

const VIP_FIELDS = {
  field: [
    { alias: 'vip_status', value: '={{ true }}' },
    { alias: 'promo_code', value: '={{ $json.promoCode.code }}' },
  ],
};

let mautic: TestSandbox;

beforeAll(async () => {
  mautic = await startTestSandbox('mautic', MauticDouble);
});
beforeEach(async () => {
  await mautic.reset();
  await mautic.fail();
  // Reads the fields, which are then kept, so that the tests see the calls for contacts alone.
  await run([purchase('warm.up@example.com')]);
  await mautic.reset();
  await mautic.forgetRequests();
});
afterAll(() => mautic.close());

const purchase = (email: string, over: { name?: string | null; code?: string } = {}): IDataObject => ({
  event: { id: `evt_${email}`, source: 'stripe' },
  delivery: { id: '1', lease: 'lease', attempt: 1 },
  checkout: { id: `cs_${email}`, email, name: over.name ?? null },
  promoCode: { code: over.code ?? `VIP-${email.length}` },
});

async function run(items: IDataObject[], parameters: INodeParameters = {}): Promise<IDataObject[]> {
  const [output = []] = await executeNode(
    {
      node: new MauticAudience(),
      parameters: { fields: VIP_FIELDS, ...parameters },
      credentials: [mauticCredential(mautic.url)],
    },
    items,
  );
  return output.map(({ json }) => json);
}

async function runOne(item: IDataObject, parameters?: INodeParameters): Promise<IDataObject> {
  const [json] = await run([item], parameters);
  if (!json) throw new Error('the item got lost');
  return json;
}

async function contactsOf(email: string) {
  const { contacts } = await mautic.state<MauticState>();
  return contacts.filter(({ fields }) => String(fields.email).toLowerCase() === email.toLowerCase());
}

async function fieldsOf(email: string) {
  const [contact] = await contactsOf(email);
  return contact?.fields;
}

describe('a contact that is missing', () => {
  it('is created with all that was declared, and confirmed', async () => {
    const json = await runOne(purchase('ada@example.com', { name: 'Ada Lovelace', code: 'VIP-ADA' }));
    expect(await fieldsOf('ada@example.com')).toMatchObject({
      email: 'ada@example.com',
      firstname: 'Ada',
      lastname: 'Lovelace',
      vip_status: true,
      promo_code: 'VIP-ADA',
    });
    const [{ id } = { id: 0 }] = await contactsOf('ada@example.com');
    expect(json.contact).toEqual({
      id,
      email: 'ada@example.com',
      created: true,
      changed: ['firstname', 'lastname', 'vip_status', 'promo_code'],
      doNotContact: false,
      fields: { vip_status: true, promo_code: 'VIP-ADA' },
    });
    expect(json.outcomes).toEqual([
      { service: 'Mautic', action: 'contact created', id: String(id), at: expect.any(String) },
    ]);
    expect(json.checkout).toMatchObject({ id: 'cs_ada@example.com' });
  });

  it('takes three calls: find, create, read again', async () => {
    await runOne(purchase('ada@example.com'));
    expect(await mautic.calls()).toEqual([
      'GET /api/contacts',
      'POST /api/contacts/new',
      'GET /api/contacts',
    ]);
  });

  it.each([
    ['no name', null, undefined, undefined],
    ['a name in Cyrillic', 'Мария Иванова', 'Мария', 'Иванова'],
    ['a name in Japanese', '山田 太郎', '太郎', '山田'],
    ['a single word', 'Madonna', 'Madonna', undefined],
  ])('works with %s', async (_, name, firstname, lastname) => {
    expect((await runOne(purchase('ada@example.com', { name }))).failure).toBeUndefined();
    const fields = await fieldsOf('ada@example.com');
    expect([fields?.firstname, fields?.lastname]).toEqual([firstname, lastname]);
  });

  it('is an error when the node is set not to create it', async () => {
    const json = await runOne(purchase('ada@example.com'), { createWhenMissing: false });
    expect(json.failure).toMatchObject({
      service: 'Mautic',
      retryable: false,
      message: expect.stringContaining('set not to create one'),
    });
    expect(await contactsOf('ada@example.com')).toEqual([]);
  });
});

describe('a contact that exists', () => {
  it('keeps all other fields, and its name', async () => {
    const json = await runOne(
      purchase('maya.lind@example.com', { name: 'M. Card Holder', code: 'VIP-MAYA' }),
    );
    expect(await fieldsOf('maya.lind@example.com')).toMatchObject({
      firstname: 'Maya',
      lastname: 'Lind',
      company: 'Lind & Daughters',
      points: 20,
      vip_status: true,
      promo_code: 'VIP-MAYA',
    });
    expect(json.contact).toMatchObject({ id: 1, created: false, changed: ['vip_status', 'promo_code'] });
  });

  it('is found whatever the case of its address', async () => {
    expect((await runOne(purchase('jonas.weber@example.com'))).contact).toMatchObject({
      id: 2,
      created: false,
      email: 'Jonas.Weber@Example.com',
    });
    expect((await runOne(purchase('MAYA.LIND@EXAMPLE.COM'))).contact).toMatchObject({
      id: 1,
      created: false,
    });
  });

  it.each(["o'brien@example.com", 'ada+vip@example.com', "o'brien+vip@example.com", 'a_b@example.com'])(
    'is found as %s',
    async (email) => {
      await mautic.act('saveContact', { email, fields: { city: 'Cork' } });
      expect((await runOne(purchase(email))).contact).toMatchObject({ created: false });
      expect(await contactsOf(email)).toHaveLength(1);
      expect(await fieldsOf(email)).toMatchObject({ city: 'Cork', vip_status: true });
    },
  );

  it('is not confused with one whose address is alike', async () => {
    await mautic.act('saveContact', { email: 'adaxvip@example.com', fields: {} });
    expect((await runOne(purchase('ada_vip@example.com'))).contact).toMatchObject({ created: true });
  });

  it('is written to with the differing fields alone', async () => {
    await mautic.act('saveContact', { email: 'maya.lind@example.com', fields: { vip_status: true } });
    await mautic.forgetRequests();
    await runOne(purchase('maya.lind@example.com', { code: 'VIP-MAYA' }));
    const write = (await mautic.requests()).find(({ method }) => method === 'PATCH');
    expect(write?.path).toBe('/api/contacts/1/edit');
    expect(write?.body).toEqual({ promo_code: 'VIP-MAYA' });
  });

  it('costs one call when it already looks as declared', async () => {
    await runOne(purchase('maya.lind@example.com'));
    await mautic.forgetRequests();
    const json = await runOne(purchase('maya.lind@example.com'));
    expect(await mautic.calls()).toEqual(['GET /api/contacts']);
    expect(json.contact).toMatchObject({ created: false, changed: [], fields: { vip_status: true } });
    expect(json.outcomes).toEqual([expect.objectContaining({ action: 'contact unchanged' })]);
  });

  it.each([
    ['fills an empty last name when the first name fits', { firstname: 'ada' }, 'ada', 'Lovelace'],
    ['mixes no two people', { firstname: 'Charles' }, 'Charles', undefined],
    ['fills both', {}, 'Ada', 'Lovelace'],
  ])('%s', async (_, existing, firstname, lastname) => {
    await mautic.act('saveContact', { email: 'ada@example.com', fields: existing });
    await runOne(purchase('ada@example.com', { name: 'Ada Lovelace' }));
    const fields = await fieldsOf('ada@example.com');
    expect([fields?.firstname, fields?.lastname]).toEqual([firstname, lastname]);
  });

  it('tells that it is not to be contacted', async () => {
    expect((await runOne(purchase('no.mail@example.com'))).contact).toMatchObject({
      id: 3,
      doNotContact: true,
    });
  });
});

describe('several contacts of one address', () => {
  const twins = async () => {
    const state = await mautic.state<MauticState>();
    const [maya] = state.contacts;
    if (!maya) throw new Error('the sandbox has no contact');
    await mautic.load({
      ...state,
      contacts: [
        ...state.contacts,
        { ...maya, id: 50, dateAdded: '2026-04-01T00:00:00+00:00' },
        { ...maya, id: 51, dateAdded: '2026-01-01T00:00:00+00:00' },
      ],
    });
  };

  it('takes the newest, as Mautic does, when nothing has to be written', async () => {
    await twins();
    const json = await runOne(purchase('maya.lind@example.com'), { fields: {} });
    expect(json.contact).toMatchObject({ id: 50, changed: [] });
  });

  it('says that they have to be merged when Mautic refuses to write', async () => {
    await twins();
    const { failure } = await runOne(purchase('maya.lind@example.com'));
    expect(failure).toMatchObject({
      retryable: true,
      message: expect.stringContaining('merge them in Mautic'),
    });
  });
});

describe('fields', () => {
  const setting = (alias: string, value: string, more: INodeParameters = {}) =>
    runOne(purchase('maya.lind@example.com'), { fields: { field: [{ alias, value }] }, ...more });

  it('stops at an alias that Mautic does not know, and says where to create it', async () => {
    const { failure } = await setting('vip_statsu', 'true');
    expect(failure).toMatchObject({
      retryable: false,
      message: expect.stringMatching(/"vip_statsu".*Settings > Custom Fields/),
    });
    expect(await mautic.calls()).not.toContain('PATCH /api/contacts/1/edit');
  });

  it.each([
    ['vip_status', 'perhaps', /no yes or no/],
    ['points', '0.5', /between -1 and 1/],
    ['promo_code', '', /no value for it on the item/],
  ])('refuses to set %s to %p rather than lose it', async (alias, value, message) => {
    const { failure } = await setting(alias, value);
    expect(failure).toMatchObject({ retryable: false, message: expect.stringMatching(message) });
  });

  it('refuses the same field twice', async () => {
    const field = [
      { alias: 'city', value: 'Oslo' },
      { alias: 'city', value: 'Rome' },
    ];
    const { failure } = await runOne(purchase('maya.lind@example.com'), { fields: { field } });
    expect(failure).toMatchObject({ retryable: false, message: expect.stringContaining('declared twice') });
  });

  it('leaves a field without a value when asked to', async () => {
    expect((await setting('city', '', { whenEmpty: 'leave' })).contact).toMatchObject({ changed: [] });
    expect(await fieldsOf('maya.lind@example.com')).toMatchObject({ city: 'Stockholm' });
  });

  it('clears a field, and no other, when asked to', async () => {
    const json = await setting('city', '', { whenEmpty: 'clear' });
    expect(json.contact).toMatchObject({ changed: ['city'], fields: { city: null } });
    const fields = await fieldsOf('maya.lind@example.com');
    expect(fields).toMatchObject({ company: 'Lind & Daughters', firstname: 'Maya' });
    expect(fields?.city ?? '').toBe('');
  });

  it('clears a yes-or-no field', async () => {
    const json = await setting('opt_in_confirmed', '', { whenEmpty: 'clear' });
    expect(json.contact).toMatchObject({ fields: { opt_in_confirmed: null } });
  });

  it('sets a yes-or-no field to no', async () => {
    expect((await setting('opt_in_confirmed', 'false')).contact).toMatchObject({
      changed: ['opt_in_confirmed'],
      fields: { opt_in_confirmed: false },
    });
  });

  it('hands on what Mautic says about a value', async () => {
    const { failure } = await setting('promo_code', 'x'.repeat(65));
    expect(failure).toMatchObject({ retryable: false, message: expect.stringContaining('promo_code') });
  });

  it('offers them by label, with the alias as value', async () => {
    const context = loadOptionsContext({
      node: new MauticAudience(),
      credentials: [mauticCredential(mautic.url)],
    });
    const options = await new MauticAudience().methods.loadOptions.getContactFields.call(context);
    expect(options).toContainEqual({
      name: 'VIP status',
      value: 'vip_status',
      description: 'vip_status, boolean',
    });
    expect(options.map(({ value }) => value)).not.toContain('email');
    expect(options.length).toBeGreaterThan(30);
  });
});

describe('confirming', () => {
  it('fails for another try, naming the field, when Mautic did not keep what was written', async () => {
    const contact = { id: 1, fields: { all: { email: 'maya.lind@example.com' } } };
    await mautic.fail({ method: 'PATCH', path: '/api/contacts/1/edit', status: 200, body: { contact } });
    const { failure } = await runOne(purchase('maya.lind@example.com', { code: 'VIP-1' }));
    expect(failure).toMatchObject({ retryable: true, message: expect.stringContaining('"promo_code"') });
  });

  it('can be left out', async () => {
    const json = await runOne(purchase('maya.lind@example.com'), { confirm: false });
    expect(await mautic.calls()).toEqual(['GET /api/contacts', 'PATCH /api/contacts/1/edit']);
    expect(json.contact).toMatchObject({ fields: { vip_status: true } });
  });
});

describe('many items', () => {
  const many = (count: number) =>
    Array.from({ length: count }, (_, index) =>
      purchase(`buyer.${index}@example.com`, { code: `VIP-${index}` }),
    );

  it('takes four calls for a batch of contacts, new and old', async () => {
    for (const index of [0, 1, 2]) {
      await mautic.act('saveContact', { email: `Buyer.${index}@example.com`, fields: {} });
    }
    await mautic.forgetRequests();
    const results = await run(many(20));
    expect(results.map(({ contact }) => (contact as IDataObject).created)).toEqual([
      ...[false, false, false],
      ...Array.from({ length: 17 }, () => true),
    ]);
    expect((await mautic.calls()).sort()).toEqual([
      'GET /api/contacts',
      'GET /api/contacts',
      'PATCH /api/contacts/batch/edit',
      'POST /api/contacts/batch/new',
    ]);
  });

  it('gives each contact its own values', async () => {
    await run(many(60));
    const { contacts } = await mautic.state<MauticState>();
    const codes = contacts.flatMap(({ fields }) =>
      fields.promo_code ? [[fields.email, fields.promo_code]] : [],
    );
    expect(codes.sort()).toEqual(
      Array.from({ length: 60 }, (_, index) => [`buyer.${index}@example.com`, `VIP-${index}`]).sort(),
    );
  });

  it('lets the others pass when some fail', async () => {
    const items = many(10).map((item, index) =>
      index === 3
        ? purchase('not an address')
        : index === 6
          ? purchase('buyer.6@example.com', { code: 'x'.repeat(65) })
          : item,
    );
    const results = await run(items);
    expect(results.flatMap(({ failure }, index) => (failure ? [index] : []))).toEqual([3, 6]);
    expect(results[3]?.failure).toMatchObject({ retryable: false });
    expect(results[6]?.failure).toMatchObject({ retryable: false });
  });

  it('writes two declarations for one address one after the other', async () => {
    const results = await run([
      purchase('ada@example.com', { code: 'VIP-1' }),
      purchase('ADA@example.com', { code: 'VIP-2' }),
    ]);
    expect(results.map(({ contact }) => (contact as IDataObject).fields)).toEqual([
      { vip_status: true, promo_code: 'VIP-1' },
      { vip_status: true, promo_code: 'VIP-2' },
    ]);
    expect(await contactsOf('ada@example.com')).toHaveLength(1);
  });

  it('writes one by one when the batch as a whole is refused', async () => {
    await mautic.fail({ method: 'POST', path: '/api/contacts/batch/new', status: 400, body: {} });
    const results = await run(many(3));
    expect(results.map(({ failure }) => failure)).toEqual([undefined, undefined, undefined]);
  });

  it('passes items with a failure untouched', async () => {
    const failed = { ...purchase('ada@example.com'), failure: { message: 'no code' } };
    expect(await run([failed])).toEqual([failed]);
    expect(await mautic.calls()).toEqual([]);
  });
});

describe('races', () => {
  it('finds again when the contact is deleted between look and write', async () => {
    await mautic.fail({
      method: 'PATCH',
      path: '/api/contacts/1/edit',
      times: 1,
      status: 404,
      body: { errors: [{ code: 404, message: 'Item was not found.', details: [], type: null }] },
    });
    expect((await runOne(purchase('maya.lind@example.com'))).contact).toMatchObject({ id: 1 });
  });

  it('writes to the contact that somebody else created first', async () => {
    await mautic.fail({
      method: 'POST',
      path: '/api/contacts/new',
      times: 1,
      status: 422,
      body: {
        errors: [{ code: 422, message: 'email: This field must be unique.', details: {}, type: null }],
      },
    });
    const json = await runOne(purchase('ada@example.com'));
    expect(json.failure).toBeUndefined();
    expect(await contactsOf('ada@example.com')).toHaveLength(1);
  });

  it('creates one contact when the answer to creating it is lost', async () => {
    await mautic.fail({ method: 'POST', path: '/api/contacts/new', times: 1, drop: 'after' });
    expect((await runOne(purchase('ada@example.com'))).failure).toMatchObject({ retryable: true });
    expect((await runOne(purchase('ada@example.com'))).failure).toBeUndefined();
    expect(await contactsOf('ada@example.com')).toHaveLength(1);
  });
});

describe('Mautic out of order', () => {
  it('is told as a failure that is tried again when it is down', async () => {
    await mautic.fail({ status: 503 });
    const { failure } = await runOne(purchase('ada@example.com'));
    expect(failure).toMatchObject({
      service: 'Mautic',
      retryable: true,
      message: expect.stringContaining('503'),
    });
  });

  it.each([
    ['disableApi', { disabled: true }, /API enabled/],
    ['disableBasicAuth', { disabled: true }, /Enable HTTP basic auth/],
    ['denyPermissions', { denied: ['lead:leads:view'] }, /role the permission/],
  ])('says what to do: %s', async (action, input, message) => {
    await mautic.act(action, input);
    const { failure } = await runOne(purchase('ada@example.com'));
    expect(failure).toMatchObject({ retryable: false, message: expect.stringMatching(message) });
  });

  it('says so when the password is wrong, without telling it', async () => {
    const [output = []] = await executeNode(
      {
        node: new MauticAudience(),
        credentials: [mauticCredential(mautic.url, { password: 'wrong-secret' })],
      },
      [purchase('ada@example.com')],
    );
    const text = JSON.stringify(output[0]?.json.failure);
    expect(text).toMatch(/user name and password/);
    expect(text).not.toContain('wrong-secret');
  });

  it('sends a password that is refused once only', async () => {
    await executeNode(
      {
        node: new MauticAudience(),
        credentials: [mauticCredential(mautic.url, { password: 'wrong-secret' })],
      },
      [purchase('ada@example.com')],
    );
    expect(await mautic.calls()).toHaveLength(1);
  });

  it('does not mind slashes at the end of the address', async () => {
    const [output = []] = await executeNode(
      { node: new MauticAudience(), credentials: [mauticCredential(`${mautic.url}//`)] },
      [purchase('maya.lind@example.com')],
    );
    expect(output[0]?.json.contact).toMatchObject({ id: 1 });
  });
});

describe('an item without what is needed', () => {
  // Its first letter is the sign for kelvin, which in lower case is an ordinary k: somebody else's address.
  const KELVIN = '\u212Aim@example.com';

  it.each([
    [undefined],
    [''],
    ['ada'],
    ['ada@exämple.com'],
    ['a&b@example.com'],
    ['te,st@example.com'],
    [KELVIN],
  ])('stops at the address %p', async (email) => {
    const { failure } = await runOne({ ...purchase('x@example.com'), checkout: { email: email ?? null } });
    expect(failure).toMatchObject({ retryable: false, message: expect.stringContaining('e-mail address') });
  });
});

describe('a contact by its ID', () => {
  const LINK = 'https://discord.gg/aB3dE6';
  const SAVE_VIP_LINK: INodeParameters = {
    findBy: 'id',
    confirm: false,
    fields: {
      field: [
        { alias: 'discord_invite_vip', change: 'set', value: '={{ $json.invite.url }}' },
        { alias: 'discord_invite_basic', change: 'clear' },
      ],
    },
  };
  const invited = (id: unknown, url: string | null = LINK): IDataObject => ({
    delivery: { id: '1', lease: 'lease', attempt: 1 },
    contact: { id, email: 'x@example.com', fields: { firstname: 'Maya', discord_invite_vip: null } },
    invite: { url },
  });
  const save = (item: IDataObject, parameters: INodeParameters = SAVE_VIP_LINK) => runOne(item, parameters);
  const basicLink = () =>
    mautic.act('saveContact', { id: 1, fields: { discord_invite_basic: 'https://discord.gg/old' } });

  it('sets one field and clears another in one write', async () => {
    await basicLink();
    await mautic.forgetRequests();
    const json = await save(invited(1));
    expect(await mautic.calls()).toEqual(['GET /api/contacts/1', 'PATCH /api/contacts/1/edit']);
    const fields = await fieldsOf('maya.lind@example.com');
    expect(fields).toMatchObject({
      discord_invite_vip: LINK,
      firstname: 'Maya',
      company: 'Lind & Daughters',
    });
    expect(fields?.discord_invite_basic ?? '').toBe('');
    expect(json.contact).toMatchObject({
      id: 1,
      email: 'maya.lind@example.com',
      created: false,
      changed: ['discord_invite_vip', 'discord_invite_basic'],
    });
  });

  it('keeps what an earlier step knew about the contact', async () => {
    const { contact } = await save(invited(1));
    expect((contact as IDataObject).fields).toMatchObject({ firstname: 'Maya', discord_invite_vip: LINK });
  });

  it('writes nothing when it already looks as declared', async () => {
    await save(invited(1));
    await mautic.forgetRequests();
    expect((await save(invited(1))).contact).toMatchObject({ changed: [] });
    expect(await mautic.calls()).toEqual(['GET /api/contacts/1']);
  });

  it('stops at an empty link instead of clearing the field', async () => {
    await save(invited(1));
    await mautic.forgetRequests();
    expect((await save(invited(1, null))).failure).toMatchObject({
      retryable: false,
      message: expect.stringContaining('"discord_invite_vip": there is no value for it on the item'),
    });
    expect(await fieldsOf('maya.lind@example.com')).toMatchObject({ discord_invite_vip: LINK });
    expect(await mautic.calls()).toEqual([]);
  });

  it('takes three calls for many, none of them by address', async () => {
    const created = await run(
      Array.from({ length: 20 }, (_, index) => purchase(`fan.${index}@example.com`)),
      { fields: {} },
    );
    const ids = created.map(({ contact }) => (contact as IDataObject).id);
    await mautic.forgetRequests();
    const saved = await run(
      ids.map((id, index) => invited(id, `${LINK}${index}`)),
      { ...SAVE_VIP_LINK, confirm: true },
    );
    expect(
      saved.map(({ contact }) => (contact as { fields: IDataObject }).fields.discord_invite_vip),
    ).toEqual(ids.map((_, index) => `${LINK}${index}`));
    expect(await mautic.calls()).toEqual([
      'GET /api/contacts',
      'PATCH /api/contacts/batch/edit',
      'GET /api/contacts',
    ]);
  });

  it('writes two declarations for one contact one after the other', async () => {
    const saved = await run([invited(1), invited(2), invited(1, `${LINK}2`)], SAVE_VIP_LINK);
    expect(saved.map(({ failure }) => failure)).toEqual([undefined, undefined, undefined]);
    expect(await fieldsOf('maya.lind@example.com')).toMatchObject({ discord_invite_vip: `${LINK}2` });
  });

  it('is never created: one that was deleted is an error', async () => {
    await mautic.act('deleteContact', { id: 1 });
    expect((await save(invited(1))).failure).toMatchObject({
      retryable: false,
      message: expect.stringContaining('the contact 1: it was deleted in Mautic'),
    });
    expect((await mautic.state<MauticState>()).contacts).toHaveLength(2);
  });

  it('is not written to under the one it was merged into', async () => {
    await mautic.act('mergeContacts', { survivor: 2, other: 1 });
    expect((await save(invited(1))).failure).toMatchObject({
      retryable: false,
      message: expect.stringContaining('the contact 1: it was merged into the contact 2'),
    });
    expect(await fieldsOf('jonas.weber@example.com')).not.toHaveProperty('discord_invite_vip');
  });

  it.each([[undefined], [''], ['maya'], ['0']])(
    'stops at the ID %p, and lets the others pass',
    async (id) => {
      const [bad, good] = await run([invited(id), invited(2)], SAVE_VIP_LINK);
      expect(bad?.failure).toMatchObject({
        retryable: false,
        message: expect.stringContaining('"Contact ID"'),
      });
      expect(good?.contact).toMatchObject({ id: 2, changed: ['discord_invite_vip'] });
    },
  );

  it('is cleared of a yes-or-no field, too', async () => {
    const field = [{ alias: 'opt_in_confirmed', change: 'clear' }];
    const json = await save(invited(1), { findBy: 'id', fields: { field } });
    expect(json.contact).toMatchObject({ changed: ['opt_in_confirmed'], fields: { opt_in_confirmed: null } });
  });
});
