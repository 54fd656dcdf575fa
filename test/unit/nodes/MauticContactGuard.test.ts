import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { NodeHelpers, Workflow, type IDataObject, type INodeParameters } from 'n8n-workflow';
import { MauticContactGuard } from '../../../nodes/MauticContactGuard/MauticContactGuard.node';
import { MauticDouble } from '../../../sandbox/mautic';
import { executeNode, loadOptionsContext } from '../../support/execute-node';
import { mauticCredential } from '../../support/mautic';
import { startTestSandbox, type TestSandbox } from '../../support/sandbox';

const NO_WAITS = { jitterMaxSeconds: 0, recheckMinSeconds: 0, recheckMaxSeconds: 0 };
const LINK = 'https://discord.gg/aB3dE6';
const OTHER_LINK = 'https://discord.gg/zY9xW8';
const MAYA = 1;
const NORA = 3;

let mautic: TestSandbox;

beforeAll(async () => {
  mautic = await startTestSandbox('mautic', MauticDouble);
});
beforeEach(async () => {
  await mautic.reset();
});
afterAll(() => mautic.close());

const updated = (id: unknown): IDataObject => ({
  event: { id: `evt_${String(id)}`, source: 'mautic', payload: { contact: { id } } } as IDataObject,
  delivery: { id: '1', lease: 'lease', attempt: 1 },
});

const saved = (id: number, over: { field?: string; url?: string } = {}): IDataObject => ({
  delivery: { id: '1', lease: 'lease', attempt: 1 },
  contact: { id },
  guard: { tier: 'vip', field: over.field ?? 'discord_invite_vip' },
  invite: { url: over.url ?? LINK },
});

/** Names of the outputs, with what left by them. */
async function run(
  operation: 'check' | 'compare' | 'confirm',
  items: IDataObject[],
  parameters: INodeParameters = {},
): Promise<Record<string, IDataObject[]>> {
  const waits = operation === 'check' ? NO_WAITS : {};
  const outputs = await executeNode(
    {
      node: new MauticContactGuard(),
      parameters: { operation, ...waits, ...parameters },
      credentials: [mauticCredential(mautic.url)],
    },
    items,
  );
  const names = outputNames(operation);
  expect(outputs).toHaveLength(names.length);
  return Object.fromEntries(
    names.flatMap((name, index) => {
      const jsons = outputs[index]?.map(({ json }) => json) ?? [];
      return jsons.length > 0 ? [[name, jsons]] : [];
    }),
  );
}

function outputNames(operation: string): string[] {
  const node = new MauticContactGuard();
  const workflow = new Workflow({
    nodes: [
      {
        id: 'guard',
        name: 'Guard',
        type: 'mauticContactGuard',
        typeVersion: 1,
        position: [0, 0],
        parameters: { operation },
      },
    ],
    connections: {},
    active: false,
    nodeTypes: { getByName: () => node, getByNameAndVersion: () => node, getKnownTypes: () => ({}) },
  });
  const [placed] = Object.values(workflow.nodes);
  if (!placed) throw new Error('the workflow lost its node');
  return NodeHelpers.getNodeOutputs(workflow, placed, node.description).map((output) =>
    typeof output === 'string' ? output : (output.displayName ?? ''),
  );
}

const check = (items: IDataObject[], parameters?: INodeParameters) => run('check', items, parameters);
const confirm = (items: IDataObject[]) => run('confirm', items);
const save = (id: number, fields: IDataObject) => mautic.act('saveContact', { id, fields });

async function create(email: string, fields: IDataObject): Promise<number> {
  const { contactId } = await mautic.act<{ contactId: number }>('saveContact', { email, fields });
  return contactId;
}

const failureOf = (outputs: Record<string, IDataObject[]>) => Object.values(outputs)[0]?.[0]?.failure;

describe('the outputs', () => {
  it('are named, and belong to the operation', () => {
    expect(outputNames('check')).toEqual(['VIP', 'Basic', 'Has link', 'Not opted in']);
    expect(outputNames('compare')).toEqual(['Same', 'Different']);
    expect(outputNames('confirm')).toEqual(['Confirmed', 'Superseded']);
  });
});

describe('checking a contact', () => {
  it('sends who opted in to Basic, with what was decided and what the item had', async () => {
    const { Basic } = await check([updated(MAYA)]);
    expect(Basic).toEqual([
      {
        ...updated(MAYA),
        contact: {
          id: MAYA,
          email: 'maya.lind@example.com',
          doNotContact: false,
          fields: {
            firstname: 'Maya',
            lastname: 'Lind',
            opt_in_confirmed: true,
            vip_status: null,
            discord_invite_vip: null,
            discord_invite_basic: null,
          },
        },
        guard: { tier: 'basic', field: 'discord_invite_basic', link: null, replaced: null },
        outcomes: [{ service: 'Mautic', action: 'basic invite due', id: '1', at: expect.any(String) }],
      },
    ]);
  });

  it('sends a VIP to VIP', async () => {
    await save(MAYA, { vip_status: true });
    expect((await check([updated(MAYA)])).VIP).toMatchObject([
      {
        contact: { fields: { vip_status: true } },
        guard: { tier: 'vip', field: 'discord_invite_vip', link: null, replaced: null },
      },
    ]);
  });

  it('tells which basic link a VIP invite makes void', async () => {
    await save(MAYA, { vip_status: true, discord_invite_basic: LINK });
    expect((await check([updated(MAYA)])).VIP).toMatchObject([
      { guard: { tier: 'vip', link: null, replaced: LINK } },
    ]);
  });

  it.each([
    [
      'a VIP with a VIP link',
      { vip_status: true, discord_invite_vip: LINK },
      { tier: 'vip', field: 'discord_invite_vip', link: LINK, replaced: null },
    ],
    [
      'a basic contact with a basic link',
      { discord_invite_basic: LINK },
      { tier: 'basic', field: 'discord_invite_basic', link: LINK, replaced: null },
    ],
    [
      'a basic contact with a VIP link',
      { vip_status: false, discord_invite_vip: LINK },
      { tier: 'vip', field: 'discord_invite_vip', link: LINK, replaced: null },
    ],
  ])('sends %s to Has link', async (_, fields, guard) => {
    await save(MAYA, fields);
    const outputs = await check([updated(MAYA)]);
    expect(outputs['Has link']?.map((json) => json.guard)).toEqual([guard]);
    expect(JSON.stringify(outputs['Has link']?.[0]?.outcomes)).not.toContain(LINK);
  });

  it('makes no second invite for its own write', async () => {
    const [{ guard } = { guard: {} }] = (await check([updated(MAYA)])).Basic ?? [];
    await save(MAYA, { [String((guard as IDataObject).field)]: LINK });
    expect(Object.keys(await check([updated(MAYA)]))).toEqual(['Has link']);
  });

  it.each([
    ['nobody asked', null],
    ['said no', false],
  ])('sends who did not opt in to Not opted in: %s', async (_, opt_in_confirmed) => {
    await save(MAYA, { opt_in_confirmed, vip_status: true });
    expect((await check([updated(MAYA)]))['Not opted in']).toMatchObject([
      {
        contact: { id: MAYA, fields: { opt_in_confirmed } },
        guard: { tier: 'vip', reason: 'not opted in to marketing' },
        outcomes: [{ action: 'no invite: not opted in to marketing', id: '1' }],
      },
    ]);
  });

  it.each([
    [1, 'do not contact: unsubscribed'],
    [2, 'do not contact: an e-mail to this address bounced'],
    [3, 'do not contact: marked by hand'],
  ])('sends who is on do-not-contact for e-mail (%p) there, too', async (reason, told) => {
    await mautic.act('setDoNotContact', { id: MAYA, reason });
    expect((await check([updated(MAYA)]))['Not opted in']).toMatchObject([
      { contact: { doNotContact: true }, guard: { reason: told } },
    ]);
  });

  it('sends who has no e-mail address there, too', async () => {
    await save(MAYA, { email: null });
    expect((await check([updated(MAYA)]))['Not opted in']).toMatchObject([
      { contact: { email: '' }, guard: { reason: 'the contact has no e-mail address' } },
    ]);
  });

  it('answers for a contact that was deleted', async () => {
    await mautic.act('deleteContact', { id: MAYA });
    expect((await check([updated(MAYA)]))['Not opted in']).toMatchObject([
      {
        contact: { id: MAYA, email: '', doNotContact: false, fields: {} },
        guard: { tier: null, field: null, link: null, replaced: null, reason: 'deleted in Mautic' },
        outcomes: [{ action: 'no invite: deleted in Mautic' }],
      },
    ]);
  });

  it('answers for a contact that was merged into another, and tells nothing of that one', async () => {
    await save(NORA, { opt_in_confirmed: true, discord_invite_vip: LINK });
    await mautic.act('mergeContacts', { survivor: NORA, other: MAYA });
    const outputs = await check([updated(MAYA)]);
    expect(outputs['Not opted in']).toMatchObject([
      { contact: { id: MAYA, email: '' }, guard: { reason: `merged into the contact ${NORA}` } },
    ]);
    expect(JSON.stringify(outputs)).not.toContain(LINK);
  });

  it('works with other fields', async () => {
    await save(MAYA, { website: LINK });
    const parameters = { basicLinkField: 'website' };
    expect((await check([updated(MAYA)], parameters))['Has link']).toMatchObject([
      { contact: { fields: { website: LINK } }, guard: { field: 'website', link: LINK } },
    ]);
  });

  it.each([
    ['optInField', 'opt_inn'],
    ['vipField', 'vipp'],
    ['vipLinkField', 'discord_vip'],
    ['basicLinkField', 'discord_basic'],
  ])('fails when the %s does not exist, and says where to create it', async (parameter, alias) => {
    expect(failureOf(await check([updated(MAYA)], { [parameter]: alias }))).toMatchObject({
      service: 'Mautic',
      retryable: false,
      message: expect.stringMatching(new RegExp(`"${alias}".*Settings > Custom Fields`)),
    });
  });

  it.each([[undefined], [''], ['maya'], ['0'], ['1.5']])('fails for the contact id %p', async (id) => {
    expect(failureOf(await check([updated(id)]))).toMatchObject({
      retryable: false,
      message: expect.stringContaining('"Contact ID"'),
    });
    expect(await mautic.calls()).toEqual([]);
  });

  it('leaves failed items by the first output, and lets the others pass', async () => {
    const failed = { ...updated(MAYA), failure: { message: 'before' } };
    const outputs = await check([failed, updated('x'), updated(MAYA)]);
    expect(outputs.VIP).toMatchObject([failed, { failure: { retryable: false } }]);
    expect(outputs.Basic).toHaveLength(1);
  });

  it('is tried again when Mautic is down', async () => {
    await mautic.fail({ status: 503 });
    expect(failureOf(await check([updated(MAYA)]))).toMatchObject({ service: 'Mautic', retryable: true });
  });
});

describe('the waits', () => {
  it.each([
    [{ jitterMinSeconds: 2, jitterMaxSeconds: 1 }, '"Jitter Min Seconds" (2) is more than'],
    [{ recheckMinSeconds: 1, recheckMaxSeconds: 0 }, '"Re-Check Wait Min Seconds" (1) is more than'],
    [{ jitterMaxSeconds: 61 }, '"Jitter Max Seconds" must be a number from 0 to 60'],
    [{ recheckMinSeconds: -1 }, '"Re-Check Wait Min Seconds" must be a number from 0 to 60'],
    [{ jitterMaxSeconds: '={{ $json.nothing }}' }, '"Jitter Max Seconds" must be a number'],
  ])('cannot be %p', async (parameters, message) => {
    expect(failureOf(await check([updated(MAYA)], parameters))).toMatchObject({
      retryable: false,
      message: expect.stringContaining(message),
    });
    expect(await mautic.calls()).toEqual([]);
  });

  it('can be the result of an expression', async () => {
    expect((await check([updated(MAYA)], { recheckMaxSeconds: '={{ 0.01 }}' })).Basic).toHaveLength(1);
  });
});

describe('fifty contacts', () => {
  async function fifty(): Promise<number[]> {
    return Promise.all(
      Array.from({ length: 50 }, (_, index) =>
        create(`fan.${index}@example.com`, { opt_in_confirmed: index % 2 === 0 }),
      ),
    );
  }

  it('cost two calls: one for all, one more for those who would get an invite', async () => {
    const ids = await fifty();
    await mautic.forgetRequests();
    const outputs = await check(ids.map(updated));
    expect([outputs.Basic?.length, outputs['Not opted in']?.length]).toEqual([25, 25]);
    expect(await mautic.calls()).toEqual(['GET /api/contacts', 'GET /api/contacts']);
    const asked = (await mautic.requests()).map(({ query }) => String(Object(query)['where[0][val]']));
    expect(asked.map((list) => list.split(',').length)).toEqual([50, 25]);
  });

  it('cost one call when none of them is due', async () => {
    const ids = await fifty();
    await mautic.forgetRequests();
    await check(ids.filter((_, index) => index % 2 === 1).map(updated));
    expect(await mautic.calls()).toEqual(['GET /api/contacts']);
  });

  it('are confirmed by one call', async () => {
    const ids = await fifty();
    await mautic.forgetRequests();
    expect((await confirm(ids.map((id) => saved(id)))).Superseded).toHaveLength(50);
    expect(await mautic.calls()).toEqual(['GET /api/contacts']);
  });

  it('cost one call more for each that is gone', async () => {
    const [first = 0, ...others] = await fifty();
    await mautic.act('deleteContact', { id: first });
    await mautic.forgetRequests();
    await check([first, ...others].map(updated));
    expect((await mautic.calls()).sort()).toEqual([
      'GET /api/contacts',
      'GET /api/contacts',
      `GET /api/contacts/${first}`,
    ]);
  });
});

describe('confirming', () => {
  it('finds what was written', async () => {
    await save(MAYA, { discord_invite_vip: LINK });
    expect((await confirm([saved(MAYA)])).Confirmed).toEqual([
      {
        ...saved(MAYA),
        confirmation: { confirmed: true },
        outcomes: [
          {
            service: 'Mautic',
            action: '"discord_invite_vip" confirmed',
            id: '1',
            at: expect.any(String),
          },
        ],
      },
    ]);
  });

  it('tells that another link stands there, without telling it', async () => {
    await save(MAYA, { discord_invite_vip: OTHER_LINK });
    const outputs = await confirm([saved(MAYA)]);
    expect(outputs.Superseded).toMatchObject([
      {
        confirmation: {
          confirmed: false,
          reason: '"discord_invite_vip" of the contact holds another value by now',
        },
      },
    ]);
    expect(JSON.stringify(outputs)).not.toContain(OTHER_LINK);
  });

  it('lets exactly one of two that wrote pass', async () => {
    await save(MAYA, { discord_invite_vip: OTHER_LINK });
    const outputs = await confirm([saved(MAYA), saved(MAYA, { url: OTHER_LINK })]);
    expect(outputs.Confirmed).toMatchObject([{ invite: { url: OTHER_LINK } }]);
    expect(outputs.Superseded).toMatchObject([{ invite: { url: LINK } }]);
  });

  it('tells that the field was emptied', async () => {
    expect((await confirm([saved(MAYA)])).Superseded).toMatchObject([
      { confirmation: { reason: '"discord_invite_vip" of the contact is empty' } },
    ]);
  });

  it('tells that the contact was deleted, or merged', async () => {
    await save(NORA, { discord_invite_vip: LINK });
    await mautic.act('mergeContacts', { survivor: NORA, other: MAYA });
    const { Superseded } = await confirm([saved(MAYA), saved(4711)]);
    expect(Superseded?.map(({ confirmation }) => (confirmation as IDataObject).reason)).toEqual([
      `merged into the contact ${NORA}`,
      'deleted in Mautic',
    ]);
  });

  it('fails for a field that does not exist, and for an item without a link', async () => {
    const outputs = await confirm([saved(MAYA, { field: 'no_field' }), saved(MAYA, { url: '' })]);
    expect(outputs.Confirmed?.map(({ failure }) => failure)).toMatchObject([
      { retryable: false, message: expect.stringMatching(/"no_field".*Settings > Custom Fields/) },
      { retryable: false, message: expect.stringContaining('"Expected Value" is empty') },
    ]);
  });
});

describe('comparing', () => {
  const CODE = 'VIP-7NN3-V4Y9-CX6K';
  const held = (email: string, code = CODE): IDataObject => ({
    delivery: { id: '1', lease: 'lease', attempt: 1 },
    checkout: { email },
    promoCode: { code },
  });
  const compare = (items: IDataObject[], parameters?: INodeParameters) => run('compare', items, parameters);

  it('finds who holds the value, by the address in any case', async () => {
    const id = await create('Ada@Example.com', { promo_code: CODE });
    expect(await compare([held('ADA@example.com')])).toEqual({
      Same: [
        {
          ...held('ADA@example.com'),
          contact: { id, email: expect.stringMatching(/^ada@example\.com$/i) },
          comparison: { same: true },
          outcomes: [
            { service: 'Mautic', action: '"promo_code" is the same', id: String(id), at: expect.any(String) },
          ],
        },
      ],
    });
  });

  it('tells who holds another value, without telling it, or none, and who is not there', async () => {
    await create('ada@example.com', { promo_code: 'VIP-OTHE-RONE-1234' });
    await create('ben@example.com', {});
    const people = ['ada@example.com', 'ben@example.com', 'nobody@example.com'];
    await mautic.forgetRequests();
    const outputs = await compare(people.map((email) => held(email)));
    expect(outputs.Different?.map(({ comparison }) => (comparison as IDataObject).reason)).toEqual([
      '"promo_code" of the contact holds another value by now',
      '"promo_code" of the contact is empty',
      'there is no contact with this address',
    ]);
    expect(outputs.Different?.map((json) => 'contact' in json)).toEqual([true, true, false]);
    expect(JSON.stringify(outputs)).not.toContain('RONE');
    expect(await mautic.calls()).toHaveLength(1);
  });

  it('fails for a field that does not exist, and for an item without an address or a value', async () => {
    await create('ada@example.com', { promo_code: CODE });
    const [unknown] = (await compare([held('ada@example.com')], { comparedField: 'no_field' })).Same ?? [];
    expect(unknown).toMatchObject({ failure: { message: expect.stringContaining('"no_field"') } });
    const outputs = await compare([held(''), held('ada@example.com', '')]);
    expect(outputs.Same).toMatchObject([
      { failure: { retryable: false, message: expect.stringContaining('no e-mail address') } },
      { failure: { retryable: false, message: expect.stringContaining('"Value" is empty') } },
    ]);
  });

  it('is tried again while Mautic is down', async () => {
    await mautic.fail({ status: 503 });
    const outputs = await compare([held('ada@example.com')]);
    await mautic.fail();
    expect(outputs.Same).toMatchObject([{ failure: { retryable: true } }]);
  });
});

describe('the drop-downs', () => {
  const context = () =>
    loadOptionsContext({ node: new MauticContactGuard(), credentials: [mauticCredential(mautic.url)] });

  it('offer yes-or-no fields and fields for links by label', async () => {
    const { getYesNoFields, getLinkFields } = new MauticContactGuard().methods.loadOptions;
    const flags = (await getYesNoFields.call(context())).map(({ value }) => value);
    expect(flags).toEqual(['marketing_consent', 'opt_in_confirmed', 'vip_status']);
    const links = (await getLinkFields.call(context())).map(({ value }) => value);
    expect(links).toEqual(expect.arrayContaining(['discord_invite_vip', 'discord_invite_basic', 'website']));
    expect(links).not.toContain('vip_status');
  });
});
