import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  ensureContacts,
  type ContactDeclaration,
  type EnsuredContact,
  type MauticApi,
} from '../../../services/mautic';
import { MauticDouble } from '../../../sandbox/mautic';
import { phpDate } from '../../../sandbox/mautic/php';
import { mauticApi, type MauticState } from '../../support/mautic';
import { audiencesOf, loadAudiences } from '../../support/mautic-audiences';
import { startTestSandbox, type TestSandbox } from '../../support/sandbox';

const ADA = 'ada@example.com';

let mautic: TestSandbox;

beforeAll(async () => {
  mautic = await startTestSandbox('mautic', MauticDouble);
});
beforeEach(async () => {
  await mautic.reset();
  await loadAudiences(mautic);
  await mautic.fail();
  await mautic.forgetRequests();
});
afterAll(() => mautic.close());

const declared = (email: string, city: string, segment = 'new-users'): ContactDeclaration => ({
  contact: { email, createWhenMissing: true },
  fields: [{ alias: 'city', value: city }],
  whenEmpty: 'stop',
  confirm: true,
  segments: [{ segment, member: true }],
});

async function contactsOf(email: string): Promise<MauticState['contacts']> {
  const { contacts } = await mautic.state<MauticState>();
  return contacts.filter(({ fields }) => fields.email === email);
}

/** Adds a contact to Mautic that nobody there saw coming, as when two requests insert at the same instant. */
async function insert(id: number, email: string): Promise<void> {
  const state = await mautic.state<MauticState>();
  const [maya] = state.contacts;
  const contact = { ...maya, id, fields: { email, points: 0 }, segments: [], campaigns: [] };
  await mautic.load({ ...state, contacts: [...state.contacts, contact] });
}

/** Somebody else's change of a contact, at some later time. */
async function change(id: number, fields: Record<string, string>): Promise<void> {
  const state = await mautic.state<MauticState>();
  const contacts = state.contacts.map((contact) =>
    contact.id === id
      ? {
          ...contact,
          fields: { ...contact.fields, ...fields },
          dateModified: phpDate(new Date(Date.now() + 60_000)),
        }
      : contact,
  );
  await mautic.load({ ...state, contacts });
}

/** Mautic's API; `meanwhile` happens right after the first contact has been created. */
function apiWith(meanwhile: () => Promise<unknown>): MauticApi {
  let isFirst = true;
  return mauticApi(mautic.url, (request) => async (options) => {
    const answer = await request(options);
    if (isFirst && options.method === 'POST' && options.url.endsWith('/new')) {
      isFirst = false;
      await meanwhile();
    }
    return answer;
  });
}

describe('somebody else who created the same contact at the same instant', () => {
  it('keeps it when that was the first; ours is deleted, and the declaration met there', async () => {
    await insert(90, 'spacer@example.com');
    const [result] = await ensureContacts(
      apiWith(() => insert(50, ADA)),
      [declared(ADA, 'Oslo')],
    );
    expect(result).toMatchObject({ contact: { id: 50 }, created: false, changed: ['city'] });
    expect(await contactsOf(ADA)).toMatchObject([{ id: 50, fields: { city: 'Oslo' } }]);
    expect((await audiencesOf(mautic, ADA)).segments).toEqual(['new-users']);
    expect(await mautic.calls()).toContain('DELETE /api/contacts/91/delete');
  });

  it('leaves ours alone when ours was the first, and so do we with theirs', async () => {
    const [result] = await ensureContacts(
      apiWith(() => insert(50, ADA)),
      [declared(ADA, 'Oslo')],
    );
    expect(result).toMatchObject({ contact: { id: 4 }, created: true });
    expect((await contactsOf(ADA)).map(({ id }) => id)).toEqual([4, 50]);
  });

  it('is found out without a further call', async () => {
    await ensureContacts(
      apiWith(() => Promise.resolve()),
      [declared(ADA, 'Oslo')],
    );
    const calls = (await mautic.calls()).filter((call) => call.includes('/api/contacts'));
    expect(calls).toEqual(['GET /api/contacts', 'POST /api/contacts/new', 'GET /api/contacts']);
  });

  it('is looked for even when nothing is to be confirmed', async () => {
    await insert(90, 'spacer@example.com');
    const [result] = await ensureContacts(
      apiWith(() => insert(50, ADA)),
      [{ ...declared(ADA, 'Oslo'), confirm: false }],
    );
    expect(result).toMatchObject({ contact: { id: 50 } });
    expect(await contactsOf(ADA)).toHaveLength(1);
  });

  it('is told, with what to do, when the role must not delete contacts', async () => {
    await insert(90, 'spacer@example.com');
    await mautic.act('denyPermissions', { denied: ['lead:leads:delete'] });
    const [result] = await ensureContacts(
      apiWith(() => insert(50, ADA)),
      [declared(ADA, 'Oslo')],
    );
    expect(result).toMatchObject({
      retryable: false,
      message: expect.stringMatching(
        /delete the contact 91.*permission to delete contacts.*merge the contacts .*replay/,
      ),
    });
  });

  it('is told to be merged, and nothing deleted, when ours was changed by somebody meanwhile', async () => {
    await insert(90, 'spacer@example.com');
    const [result] = await ensureContacts(
      apiWith(async () => {
        await insert(50, ADA);
        await change(91, { lastname: 'Lovelace' });
      }),
      [declared(ADA, 'Oslo')],
    );
    expect(result).toMatchObject({
      retryable: false,
      message: expect.stringMatching(/50.*91.*share.*merge them in Mautic/i),
    });
    expect((await contactsOf(ADA)).map(({ id }) => id).sort()).toEqual([50, 91]);
  });
});

describe('a contact of which it is not known whether it was created', () => {
  it.each([
    ['one', [ADA]],
    ['several', [ADA, 'grace@example.com']],
  ])(
    'is not created a second time beside the first, but found by the next try (%s)',
    async (_, addresses) => {
      const api = mauticApi(mautic.url);
      await mautic.fail({ method: 'POST', path: '/api/contacts/.*new', times: 1, drop: 'after' });
      const results = await ensureContacts(
        api,
        addresses.map((address) => declared(address, 'Oslo')),
      );
      for (const result of results) expect(result).toMatchObject({ retryable: true });
      expect((await mautic.calls()).filter((call) => call.endsWith('/new'))).toHaveLength(1);
      const again = await ensureContacts(
        api,
        addresses.map((address) => declared(address, 'Oslo')),
      );
      for (const result of again) expect(result).toMatchObject({ created: false, changed: [] });
    },
  );
});

describe('two that share an address', () => {
  it('fail for another try when Mautic refuses to write to them, and pass once they are merged', async () => {
    await insert(50, ADA);
    await insert(51, ADA);
    const api = mauticApi(mautic.url);
    const [refused] = await ensureContacts(api, [declared(ADA, 'Oslo')]);
    expect(refused).toMatchObject({
      retryable: true,
      message: expect.stringMatching(/must be unique.*merge them in Mautic.*tried again later/),
    });
    await mautic.act('mergeContacts', { survivor: 50, other: 51 });
    const [merged] = await ensureContacts(api, [declared(ADA, 'Oslo')]);
    expect(merged).toMatchObject({ contact: { id: 50 }, changed: ['city'] });
  });

  it('pass at once when the other is deleted at that moment', async () => {
    await insert(50, ADA);
    await insert(51, ADA);
    const api = mauticApi(mautic.url, (request) => async (options) => {
      const answer = await request(options);
      if (answer.status === 422) await mautic.act('deleteContact', { id: 51 }).catch(() => undefined);
      return answer;
    });
    expect((await ensureContacts(api, [declared(ADA, 'Oslo')]))[0]).toMatchObject({ contact: { id: 50 } });
  });
});

describe('two workflows that begin to work on the same new contacts at the same instant', () => {
  it('leave one contact each, with what both declared, 20 times', async () => {
    const addresses = Array.from({ length: 5 }, (_, index) => `racer.${index}@example.com`);
    let deleted = 0;
    for (let round = 0; round < 20; round += 1) {
      await mautic.reset();
      await loadAudiences(mautic);
      await mautic.forgetRequests();
      const work = (segment: string) =>
        ensureContacts(
          mauticApi(mautic.url),
          addresses.map((address) => declared(address, 'Oslo', segment)),
        );
      const [ours, theirs] = await Promise.all([work('new-users'), work('free-tier')]);
      const idsOf = (results: Array<EnsuredContact | Error>) =>
        results.map((result) => (result instanceof Error ? result.message : result.contact.id));
      expect(idsOf(ours)).toEqual(idsOf(theirs));
      for (const address of addresses) {
        expect(await contactsOf(address)).toHaveLength(1);
        expect((await audiencesOf(mautic, address)).segments).toEqual(['free-tier', 'new-users']);
      }
      deleted += (await mautic.calls()).filter((call) => call.startsWith('DELETE')).length;
    }
    // Else nothing has been shown.
    expect(deleted).toBeGreaterThan(0);
  }, 30_000);
});
