import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { IDataObject, INodeParameters } from 'n8n-workflow';
import { MauticEmailSend } from '../../../nodes/MauticEmailSend/MauticEmailSend.node';
import { MauticDouble } from '../../../sandbox/mautic';
import { executeNode, loadOptionsContext, type NodeSetup } from '../../support/execute-node';
import { mauticCredential, type MauticState } from '../../support/mautic';
import { startTestSandbox, type TestSandbox } from '../../support/sandbox';
import { useStore } from '../../support/store';
import { storeCredential } from '../../support/store-credential';

const VIP_COUPON = { __rl: true, mode: 'name', value: 'VIP coupon' };
const MAYA = 1;
const UNSUBSCRIBED = 3;

const store = useStore();
let mautic: TestSandbox;

beforeAll(async () => {
  mautic = await startTestSandbox('mautic', MauticDouble);
});
beforeEach(async () => {
  await store.empty();
  await mautic.reset();
  await mautic.fail();
  await mautic.forgetRequests();
});
afterAll(() => mautic.close());

const bought = (session: string, contactId: number | string = MAYA): IDataObject => ({
  event: { id: '1', source: 'stripe' },
  delivery: { id: '7', lease: 'lease', attempt: 1 },
  checkout: { id: session },
  contact: { id: contactId },
});

const setup = (parameters: INodeParameters): NodeSetup => ({
  node: new MauticEmailSend(),
  parameters: { emailTemplate: VIP_COUPON, ...parameters },
  credentials: [mauticCredential(mautic.url), storeCredential(store.url())],
});

async function run(items: IDataObject[], parameters: INodeParameters = {}): Promise<IDataObject[]> {
  const [output = []] = await executeNode(setup(parameters), items);
  return output.map(({ json }) => json);
}

async function runOne(item: IDataObject, parameters?: INodeParameters): Promise<IDataObject> {
  const [json] = await run([item], parameters);
  if (!json) throw new Error('the item got lost');
  return json;
}

const sentMails = async () => (await mautic.state<MauticState>()).sentEmails;

describe('sending', () => {
  it('sends the e-mail named in the node, and says so on the item', async () => {
    await mautic.act('saveContact', { id: MAYA, fields: { promo_code: 'VIP-MAYA' } });
    const json = await runOne(bought('cs_1'));
    expect(json.email).toEqual({ id: 1, name: 'VIP coupon', sent: true });
    expect(json.outcomes).toEqual([
      { service: 'Mautic', action: 'e-mail "VIP coupon" sent', id: '1', at: expect.any(String) },
    ]);
    const [mail] = await sentMails();
    expect(mail).toMatchObject({ contactId: MAYA, emailId: 1, body: expect.stringContaining('VIP-MAYA') });
  });

  it('happens once for one purchase, over two of its events and any number of runs', async () => {
    await runOne(bought('cs_1'));
    const again = await runOne({ ...bought('cs_1'), event: { id: '2', source: 'stripe' } });
    expect(again.email).toMatchObject({ sent: false, reason: 'already sent for this cause' });
    await Promise.all([1, 2, 3].map(() => runOne(bought('cs_1'))));
    expect(await sentMails()).toHaveLength(1);
  });

  it('happens again for another purchase', async () => {
    await run([bought('cs_1'), bought('cs_2')]);
    expect(await sentMails()).toHaveLength(2);
  });

  it('reads the contacts of many items together', async () => {
    await run([bought('cs_1'), bought('cs_2', 2), bought('cs_3', UNSUBSCRIBED)]);
    const calls = await mautic.calls();
    expect(calls.filter((call) => call === 'GET /api/contacts')).toHaveLength(1);
    expect(calls.filter((call) => call.endsWith('/send'))).toHaveLength(3);
  });

  it('leaves who sent it in the store', async () => {
    await runOne(bought('cs_1'));
    const rows = await store.sql('select key, begun_by, detail from lifecycle.effect');
    expect(rows).toEqual([
      {
        key: 'mautic-email:VIP coupon:stripe:cs_1',
        begun_by: 'delivery 7',
        detail: { emailId: 1, contactId: MAYA },
      },
    ]);
  });

  it('takes the place of a run that was cut off, which sends once in all', async () => {
    await mautic.fail({ method: 'POST', path: '/send$', times: 1, drop: 'after' });
    expect((await runOne(bought('cs_1'))).failure).toMatchObject({ service: 'Mautic', retryable: true });
    await store.sql("update lifecycle.effect set begun_at = begun_at - interval '1 minute'");
    const state = await mautic.state<MauticState>();
    const sentEmails = state.sentEmails.map((mail) => ({
      ...mail,
      dateSent: new Date(Date.parse(mail.dateSent) - 60_000).toISOString().replace(/\.\d+Z$/, '+00:00'),
    }));
    await mautic.load({ ...state, sentEmails });
    expect((await runOne(bought('cs_1'))).email).toMatchObject({
      sent: false,
      reason: 'already sent for this cause, as Mautic confirms',
    });
    expect(await sentMails()).toHaveLength(1);
  });

  it('lets the others pass when one fails', async () => {
    const results = await run([bought('cs_1'), bought('cs_2', 99), bought('cs_3', 'x'), bought('cs_4', 2)]);
    expect(results.map(({ failure }) => (failure as IDataObject | undefined)?.message)).toEqual([
      undefined,
      expect.stringContaining('find the contact 99'),
      expect.stringContaining('"Contact ID" must be a whole number'),
      undefined,
    ]);
    expect(await sentMails()).toHaveLength(2);
  });

  it('passes items with a failure untouched', async () => {
    const failed = { ...bought('cs_1'), failure: { message: 'not confirmed' } };
    expect(await run([failed])).toEqual([failed]);
    expect(await sentMails()).toEqual([]);
  });
});

describe('who gets it', () => {
  const doNotContact = (reason: number) => mautic.act('setDoNotContact', { id: MAYA, reason });
  const marketing = { transactional: false };

  it.each([
    ['transactional: nobody opted in', 0, false, {}, undefined],
    ['transactional: unsubscribed from marketing', 1, false, {}, undefined],
    ['transactional: unsubscribed, when set so', 1, true, { toUnsubscribed: false }, /unsubscribed/],
    ['transactional: bounced', 2, true, {}, /bounced/],
    ['transactional: blocked by hand', 3, true, {}, /by hand/],
    ['marketing: opted in', 0, true, marketing, undefined],
    ['marketing: not opted in', 0, false, marketing, /not opted in/],
    ['marketing: opted in, later unsubscribed', 1, true, marketing, /unsubscribed/],
  ])('%s', async (_, reason, optedIn, parameters: INodeParameters, why) => {
    await mautic.act('saveContact', { id: MAYA, fields: { opt_in_confirmed: optedIn } });
    if (reason > 0) await doNotContact(reason);
    const { email, failure } = await runOne(bought('cs_1'), parameters);
    expect(failure).toBeUndefined();
    expect(email).toMatchObject(why ? { sent: false, reason: expect.stringMatching(why) } : { sent: true });
    expect(await sentMails()).toHaveLength(why ? 0 : 1);
  });

  it('fails for an opt-in field that does not exist', async () => {
    const { failure } = await runOne(bought('cs_1'), { transactional: false, optInField: 'opted_in' });
    expect(failure).toMatchObject({ retryable: false, message: expect.stringContaining('"opted_in"') });
  });

  it('fails for a contact without an address, before Mautic can mark it as bounced', async () => {
    const state = await mautic.state<MauticState>();
    const contacts = state.contacts.map((contact) =>
      contact.id === MAYA ? { ...contact, fields: { firstname: 'Maya' } } : contact,
    );
    await mautic.load({ ...state, contacts });
    const { failure } = await runOne(bought('cs_1'));
    expect(failure).toMatchObject({
      retryable: false,
      message: expect.stringContaining('no e-mail address'),
    });
    expect((await mautic.calls()).some((call) => call.endsWith('/send'))).toBe(false);
  });
});

describe('the parameters', () => {
  it.each([
    ['By ID', { __rl: true, mode: 'id', value: '2' }, 'VIP Discord invite'],
    ['From List', { __rl: true, mode: 'list', value: 'VIP Discord invite' }, 'VIP Discord invite'],
  ])('take the e-mail %s', async (_, emailTemplate, name) => {
    expect((await runOne(bought('cs_1'), { emailTemplate })).email).toMatchObject({
      id: 2,
      name,
      sent: true,
    });
  });

  it('fail for an e-mail that is not there', async () => {
    const emailTemplate = { __rl: true, mode: 'name', value: 'VIP cupon' };
    const { failure } = await runOne(bought('cs_1'), { emailTemplate });
    expect(failure).toMatchObject({
      service: 'Mautic',
      retryable: false,
      message: expect.stringContaining('named "VIP cupon"'),
    });
  });

  it('fail for a cause that many purchases would share', async () => {
    const { failure } = await runOne({ ...bought('cs_1'), checkout: {} });
    expect(failure).toMatchObject({
      retryable: false,
      message: expect.stringContaining('"Cause" is incomplete'),
    });
    expect(await sentMails()).toEqual([]);
  });

  it('send tokens as text', async () => {
    await mautic.act('setEmail', { email: 'VIP coupon', set: { customHtml: '<p>{note}</p>' } });
    const token = [{ name: 'note', value: '<a href="https://evil.example">Hi</a> & bye' }];
    await runOne(bought('cs_1'), { tokens: { token } });
    const [mail] = await sentMails();
    expect(mail?.body).toContain('&lt;a href="https://evil.example"&gt;Hi&lt;/a&gt; & bye');
  });

  it('say that transactional mail is the default', () => {
    const { properties } = new MauticEmailSend().description;
    expect(properties.find(({ name }) => name === 'transactional')).toMatchObject({
      default: true,
      description: expect.stringContaining('without a marketing opt-in'),
    });
  });

  it('list e-mails by name, which is also what is kept', async () => {
    const node = new MauticEmailSend();
    const context = loadOptionsContext(setup({}));
    expect(await node.methods.listSearch.searchEmails.call(context, 'vip')).toEqual({
      results: [
        { name: 'VIP coupon', value: 'VIP coupon' },
        { name: 'VIP Discord invite', value: 'VIP Discord invite' },
      ],
    });
    expect(await node.methods.loadOptions.getOptInFields.call(context)).toContainEqual({
      name: 'Opt-in confirmed',
      value: 'opt_in_confirmed',
      description: 'opt_in_confirmed, boolean',
    });
  });
});

describe('a store out of reach', () => {
  it('fails each item, and sends nothing', async () => {
    const [output = []] = await executeNode(
      {
        ...setup({}),
        credentials: [mauticCredential(mautic.url), storeCredential('postgres://nobody:x@127.0.0.1:1/none')],
      },
      [bought('cs_1'), bought('cs_2')],
    );
    expect(output.map(({ json }) => (json.failure as IDataObject).retryable)).toEqual([true, true]);
    expect(await sentMails()).toEqual([]);
  });
});
