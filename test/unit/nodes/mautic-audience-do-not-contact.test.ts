import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { IDataObject, INodeParameters } from 'n8n-workflow';
import { MauticAudience } from '../../../nodes/MauticAudience/MauticAudience.node';
import { MauticDouble } from '../../../sandbox/mautic';
import { executeNode } from '../../support/execute-node';
import { mauticCredential, type MauticState } from '../../support/mautic';
import { startTestSandbox, type TestSandbox } from '../../support/sandbox';

let mautic: TestSandbox;

beforeAll(async () => {
  mautic = await startTestSandbox('mautic', MauticDouble);
});
beforeEach(async () => {
  await mautic.reset();
  await mautic.fail();
});
afterAll(() => mautic.close());

const bounced = (...to: unknown[]): IDataObject => ({
  event: { id: '7', source: 'resend', type: 'email.bounced', payload: { data: { to } as IDataObject } },
  delivery: { id: '1', lease: 'lease', attempt: 1 },
});

async function run(items: IDataObject[], parameters: INodeParameters = {}): Promise<IDataObject[]> {
  const [output = []] = await executeNode(
    {
      node: new MauticAudience(),
      parameters: { operation: 'doNotContact', ...parameters },
      credentials: [mauticCredential(mautic.url)],
    },
    items,
  );
  return output.map(({ json }) => json);
}

async function marksOf(email: string): Promise<object[][]> {
  const { contacts } = await mautic.state<MauticState>();
  return contacts
    .filter(({ fields }) => String(fields.email).toLowerCase() === email)
    .map(({ doNotContact }) => doNotContact);
}

describe('a contact whose address bounced', () => {
  it('is put on do-not-contact for e-mail, with the reason', async () => {
    const [json] = await run([bounced('maya.lind@example.com')]);
    expect(await marksOf('maya.lind@example.com')).toEqual([
      [expect.objectContaining({ channel: 'email', reason: 2, comments: 'resend: email.bounced' })],
    ]);
    expect(json).toMatchObject({
      event: { id: '7' },
      doNotContact: {
        reason: 'bounced',
        contacts: [{ id: 1, email: 'maya.lind@example.com', changed: true }],
      },
      outcomes: [{ service: 'Mautic', action: 'put on do-not-contact: bounced', id: '1' }],
    });
  });

  it.each([
    ['unsubscribed', 1],
    ['bounced', 2],
    ['manual', 3],
  ])('is marked as %s with the number that Mautic has for it', async (reason, code) => {
    await run([bounced('maya.lind@example.com')], { reason, comment: 'why' });
    expect(await marksOf('maya.lind@example.com')).toEqual([
      [expect.objectContaining({ reason: code, comments: 'why' })],
    ]);
  });

  it('keeps everything else', async () => {
    const before = await mautic.state<MauticState>();
    await run([bounced('maya.lind@example.com')]);
    const after = await mautic.state<MauticState>();
    expect(after.contacts.map(({ fields }) => fields)).toEqual(before.contacts.map(({ fields }) => fields));
  });

  it('is found whatever the case of its address', async () => {
    await run([bounced('Jonas W. <JONAS.weber@example.COM> ')]);
    expect(await marksOf('jonas.weber@example.com')).toEqual([[expect.objectContaining({ reason: 2 })]]);
  });

  it('costs no more than a look the second time', async () => {
    await run([bounced('maya.lind@example.com')]);
    await mautic.forgetRequests();
    const [json] = await run([bounced('maya.lind@example.com')]);
    expect(await mautic.calls()).toEqual(['GET /api/contacts']);
    expect(json).toMatchObject({
      doNotContact: { contacts: [{ id: 1, changed: false }] },
      outcomes: [{ action: 'was on do-not-contact already', id: '1' }],
    });
  });

  it('keeps its mark when it has unsubscribed before', async () => {
    await run([bounced('no.mail@example.com')]);
    expect(await marksOf('no.mail@example.com')).toEqual([[expect.objectContaining({ reason: 1 })]]);
  });

  it('is marked together with the others of the same address', async () => {
    await addTwin();
    const [json] = await run([bounced('maya.lind@example.com')]);
    expect(await marksOf('maya.lind@example.com')).toEqual([
      [expect.objectContaining({ reason: 2 })],
      [expect.objectContaining({ reason: 2 })],
    ]);
    expect(json?.outcomes).toHaveLength(2);
  });
});

describe('an address that Mautic does not know', () => {
  it.each(['nobody@example.com', 'müller@exämple.de', "o'nobody@example.com"])(
    'such as %s: nobody is created, and that is no failure',
    async (email) => {
      const before = await mautic.state<MauticState>();
      const [json] = await run([bounced(email)]);
      expect(json?.failure).toBeUndefined();
      expect(json).toMatchObject({
        doNotContact: { contacts: [] },
        outcomes: [{ action: 'nobody has this address: nothing to mark' }],
      });
      expect((await mautic.state<MauticState>()).contacts).toHaveLength(before.contacts.length);
    },
  );

  it('is as good as a contact that is deleted meanwhile', async () => {
    await mautic.fail({
      method: 'POST',
      path: '/api/contacts/1/dnc/email/add',
      status: 404,
      body: NOT_FOUND,
    });
    const [json] = await run([bounced('maya.lind@example.com')]);
    expect(json?.failure).toBeUndefined();
    expect(json).toMatchObject({ doNotContact: { contacts: [] } });
  });
});

describe('many items', () => {
  it('are looked for with one call, and a contact is marked once', async () => {
    await run([
      bounced('maya.lind@example.com', 'jonas.weber@example.com'),
      bounced('nobody@example.com'),
      bounced('maya.lind@example.com'),
    ]);
    expect((await mautic.calls()).toSorted()).toEqual([
      'GET /api/contacts',
      'POST /api/contacts/1/dnc/email/add',
      'POST /api/contacts/2/dnc/email/add',
    ]);
  });

  it('do not stop each other', async () => {
    await mautic.fail({
      method: 'POST',
      path: '/api/contacts/1/dnc/email/add',
      status: 400,
      body: NOT_FOUND,
    });
    const [failed, empty, marked] = await run([
      bounced('maya.lind@example.com'),
      bounced(),
      bounced('jonas.weber@example.com'),
    ]);
    expect(failed?.failure).toMatchObject({
      service: 'Mautic',
      retryable: false,
      message: expect.stringMatching(/could not put the contact 1 on do-not-contact.*400/),
    });
    expect(empty?.failure).toMatchObject({
      retryable: false,
      message: expect.stringMatching(/no e-mail address on the item/),
    });
    expect(marked).toMatchObject({ doNotContact: { contacts: [{ id: 2, changed: true }] } });
  });

  it('are read out of a text, too', async () => {
    await run([{}], { emails: 'maya.lind@example.com, Jonas <jonas.weber@example.com>,', comment: '' });
    expect([await marksOf('maya.lind@example.com'), await marksOf('jonas.weber@example.com')]).toEqual([
      [[expect.objectContaining({ reason: 2 })]],
      [[expect.objectContaining({ reason: 2 })]],
    ]);
  });

  it('are not marked for a reason that Mautic does not have', async () => {
    const [json] = await run([bounced('maya.lind@example.com')], {
      reason: '={{ $json.why ?? "whatever" }}',
    });
    expect(json?.failure).toMatchObject({
      retryable: false,
      message: expect.stringMatching(/one of unsubscribed, bounced, manual/),
    });
    expect(await marksOf('maya.lind@example.com')).toEqual([[]]);
  });

  it('are tried again when Mautic is down', async () => {
    await mautic.fail({ drop: 'before' });
    const [json] = await run([bounced('maya.lind@example.com')]);
    expect(json?.failure).toMatchObject({ retryable: true, message: expect.stringMatching(/no answer/) });
  });

  it('are marked although the answer gets lost on the way', async () => {
    await mautic.fail({ method: 'POST', path: '/api/contacts/1/dnc/email/add', drop: 'after', times: 1 });
    const [json] = await run([bounced('maya.lind@example.com')]);
    expect(json).toMatchObject({ doNotContact: { contacts: [{ id: 1, changed: true }] } });
    expect(await marksOf('maya.lind@example.com')).toEqual([[expect.objectContaining({ reason: 2 })]]);
  });
});

const NOT_FOUND = { errors: [{ code: 404, message: 'Item was not found.', details: [], type: null }] };

/** A second contact with Maya's address, as imports leave behind. */
async function addTwin(): Promise<void> {
  const state = await mautic.state<MauticState>();
  const [maya] = state.contacts;
  await mautic.load({ ...state, contacts: [...state.contacts, { ...maya, id: 901 }] });
}
