import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  ensureContacts,
  type ContactDeclaration,
  type EnsuredContact,
  type MauticApi,
} from '../../../services/mautic';
import { MauticDouble } from '../../../sandbox/mautic';
import { mauticApi, type MauticState } from '../../support/mautic';
import { audiencesOf, callCounts, loadAudiences } from '../../support/mautic-audiences';
import { startTestSandbox, type TestSandbox } from '../../support/sandbox';

const MAYA = 'maya.lind@example.com';
const JONAS = 'jonas.weber@example.com';

let mautic: TestSandbox;
let api: MauticApi;

beforeAll(async () => {
  mautic = await startTestSandbox('mautic', MauticDouble);
  api = mauticApi(mautic.url);
});
beforeEach(async () => {
  await mautic.reset();
  await mautic.fail();
  await loadAudiences(mautic);
  // Reads the lists of fields, segments and campaigns, which are then kept.
  await ensureContacts(api, [
    declared(MAYA, {
      fields: [{ alias: 'city', value: 'Stockholm' }],
      segments: { 'new-users': false },
      campaigns: { 'Pro tier': false },
    }),
  ]);
  await mautic.forgetRequests();
});
afterAll(() => mautic.close());

interface Memberships {
  segments?: Record<string, boolean>;
  campaigns?: Record<string, boolean>;
  fields?: ContactDeclaration['fields'];
}

function declared(
  email: string,
  { segments = {}, campaigns = {}, fields = [] }: Memberships,
): ContactDeclaration {
  return {
    contact: { email, createWhenMissing: true },
    fields,
    whenEmpty: 'stop',
    confirm: true,
    segments: Object.entries(segments).map(([segment, member]) => ({ segment, member })),
    campaigns: Object.entries(campaigns).map(([campaign, member]) => ({ campaign, member })),
  };
}

async function ensure(...declarations: ContactDeclaration[]): Promise<EnsuredContact[]> {
  const results = await ensureContacts(api, declarations);
  return results.map((result) => {
    if (result instanceof Error) throw result;
    return result;
  });
}

const CAMPAIGNS = { 'Pro tier': true };
const many = (memberships: Memberships, count = 100) =>
  Array.from({ length: count }, (_, index) => declared(`user.${index}@example.com`, memberships));

describe('the number of calls', () => {
  const joined: Memberships = { segments: { 'new-users': true, 'free-tier': true }, campaigns: CAMPAIGNS };

  it('is 108 for 100 new contacts, two segments and a campaign', async () => {
    await ensure(...many(joined));
    expect(await callCounts(mautic)).toEqual({
      // Find, and confirm.
      'GET /api/contacts': 2,
      'POST /api/contacts/batch/new': 4,
      'POST /api/segments/#/contacts/add': 2,
      'POST /api/campaigns/#/contact/#/add': 100,
    });
    expect(await audiencesOf(mautic, 'user.99@example.com')).toEqual({
      segments: ['free-tier', 'new-users'],
      campaigns: ['Pro tier'],
    });
  });

  it('is 3, all of them reads, for 100 contacts that already are as declared', async () => {
    await ensure(...many(joined));
    await mautic.forgetRequests();
    const results = await ensure(...many(joined));
    expect(await callCounts(mautic)).toEqual({
      'GET /api/contacts': 1,
      'GET /api/stats/lead_lists_leads': 1,
      'GET /api/stats/campaign_leads': 1,
    });
    expect(results.every(({ audience }) => audience?.changes.length === 0)).toBe(true);
  });

  it('is 6 for one contact that changes its tier', async () => {
    await ensure(declared(MAYA, { segments: { 'free-tier': true } }));
    await mautic.forgetRequests();
    await ensure(
      declared(MAYA, {
        fields: [{ alias: 'city', value: 'Rome' }],
        segments: { 'pro-tier': true, 'free-tier': false, 'new-users': false, archived: false },
      }),
    );
    expect(await callCounts(mautic)).toEqual({
      'GET /api/contacts': 2,
      'PATCH /api/contacts/#/edit': 1,
      'GET /api/stats/lead_lists_leads': 1,
      'POST /api/segments/#/contact/#/add': 1,
      'POST /api/segments/#/contact/#/remove': 1,
    });
    expect((await audiencesOf(mautic, MAYA)).segments).toEqual(['pro-tier']);
  });

  it('is one for each contact that leaves a segment', async () => {
    await ensure(...many({ segments: { 'free-tier': true, 'new-users': true } }, 3));
    await mautic.forgetRequests();
    await ensure(...many({ segments: { 'free-tier': false, 'new-users': true } }, 3));
    expect(await callCounts(mautic)).toEqual({
      'GET /api/contacts': 1,
      'GET /api/stats/lead_lists_leads': 1,
      'POST /api/segments/#/contact/#/remove': 3,
    });
  });

  it('is one read per contact where Mautic does not give out its tables', async () => {
    await ensure(...many(joined, 3));
    await mautic.forgetRequests();
    await mautic.fail({ path: '^/api/stats/', status: 404, body: { errors: [{ message: 'No route' }] } });
    await ensure(...many(joined, 3));
    expect(await callCounts(mautic)).toMatchObject({
      'GET /api/contacts/#/segments': 3,
      'GET /api/contacts/#/campaigns': 3,
    });
    expect(Object.keys(await callCounts(mautic)).filter((call) => call.startsWith('POST'))).toEqual([]);
  });

  it('is that of finding alone for what declares nothing', async () => {
    const [one] = await ensure(declared(MAYA, {}), declared(JONAS, {}));
    expect(await callCounts(mautic)).toEqual({ 'GET /api/contacts': 1 });
    expect(one).not.toHaveProperty('audience');
  });
});

describe('what is declared', () => {
  it('is told with what was changed', async () => {
    await ensure(declared(MAYA, { segments: { 'free-tier': true }, campaigns: { 'Free tier': true } }));
    const [result] = await ensure(
      declared(MAYA, {
        segments: { 'free-tier': false, 'pro-tier': true, 'new-users': false },
        campaigns: { 'Free tier': true, 'New Users': true },
      }),
    );
    expect(result?.audience).toEqual({
      segments: ['pro-tier'],
      campaigns: ['Free tier', 'New Users'],
      outOf: { segments: ['free-tier', 'new-users'], campaigns: [] },
      changes: [
        { kind: 'segment', label: 'free-tier', member: false },
        { kind: 'segment', label: 'pro-tier', member: true },
        { kind: 'campaign', label: 'New Users', member: true },
      ],
    });
  });

  it.each(['pro-tier', 'Pro tier', ' pro-tier ', '13'])('finds the segment %p', async (name) => {
    const [result] = await ensure(declared(MAYA, { segments: { [name]: true } }));
    expect(result?.audience?.segments).toEqual(['pro-tier']);
  });

  it.each(['Pro tier', '13'])('finds the campaign %p', async (name) => {
    const [result] = await ensure(declared(MAYA, { campaigns: { [name]: true } }));
    expect(result?.audience?.campaigns).toEqual(['Pro tier']);
  });

  it.each([
    [{ segments: { 'gone-users': true } }, /find the segment "gone-users"\. Create it under Segments/],
    [{ segments: { Twin: true } }, /which segment is meant: 2 are named "Twin" \(IDs 15, 16\)/],
    [{ segments: { archived: true } }, /add contacts to the segment "archived": it is not published/],
    [{ segments: { 'pro-tier': true, 'Pro tier': false } }, /segment "pro-tier": it is declared twice/],
    [{ campaigns: { Onboarding: false } }, /find the campaign "Onboarding"\. Create it under Campaigns/],
    [{ campaigns: { Twin: true } }, /which campaign is meant: 2 are named "Twin"/],
    [{ campaigns: { Archived: true } }, /add contacts to the campaign "Archived": it is not published/],
  ] as Array<[Memberships, RegExp]>)(
    'is refused before anything is written: %j',
    async (memberships, message) => {
      const results = await ensureContacts(api, [
        declared('new@example.com', memberships),
        declared(JONAS, { segments: { 'pro-tier': true } }),
      ]);
      expect(results[0]).toMatchObject({ retryable: false, message: expect.stringMatching(message) });
      expect(results[1]).toMatchObject({ audience: { segments: ['pro-tier'] } });
      expect((await mautic.state<MauticState>()).contacts).toHaveLength(3);
    },
  );

  it('may be not to be in a segment that is not published', async () => {
    const [result] = await ensure(declared(MAYA, { segments: { archived: false } }));
    expect(result?.audience?.changes).toEqual([]);
  });

  it('takes a contact out of a campaign that is not published', async () => {
    const state = await mautic.state<MauticState>();
    const contacts = state.contacts.map((contact) => ({ ...contact, campaigns: [14] }));
    await mautic.load({ ...state, contacts });
    await ensure(declared(MAYA, { campaigns: { Archived: false } }));
    expect((await audiencesOf(mautic, MAYA)).campaigns).toEqual([]);
  });

  it('holds at the end of the last of two declarations for one contact', async () => {
    await ensure(
      declared('twice@example.com', { segments: { 'free-tier': true, 'new-users': true } }),
      declared('twice@example.com', { segments: { 'free-tier': false, 'pro-tier': true } }),
    );
    expect((await audiencesOf(mautic, 'twice@example.com')).segments).toEqual(['new-users', 'pro-tier']);
  });
});

describe('a campaign', () => {
  it('that a contact was taken out of is entered again when that is declared, and left once', async () => {
    await ensure(declared(MAYA, { campaigns: CAMPAIGNS }));
    await ensure(declared(MAYA, { campaigns: { 'Pro tier': false } }));
    await mautic.forgetRequests();
    const [left] = await ensure(declared(MAYA, { campaigns: { 'Pro tier': false } }));
    expect(left?.audience?.changes).toEqual([]);
    const [back] = await ensure(declared(MAYA, { campaigns: CAMPAIGNS }));
    expect(back?.audience?.changes).toEqual([{ kind: 'campaign', label: 'Pro tier', member: true }]);
    expect((await callCounts(mautic))['POST /api/campaigns/#/contact/#/remove']).toBeUndefined();
  });

  it('is not begun anew for who is in it', async () => {
    await ensure(...many({ campaigns: CAMPAIGNS }, 2));
    await mautic.forgetRequests();
    await ensure(...many({ campaigns: CAMPAIGNS }, 2));
    await ensure(declared('user.0@example.com', { campaigns: CAMPAIGNS }));
    expect((await mautic.calls()).filter((call) => call.endsWith('/add'))).toEqual([]);
  });

  it('is not asked for twice when the answer is lost, which might begin it anew', async () => {
    await mautic.fail({ method: 'POST', path: '/campaigns/', times: 1, drop: 'after' });
    const [result] = await ensureContacts(api, [declared(MAYA, { campaigns: CAMPAIGNS })]);
    expect(result).toMatchObject({ retryable: true });
    const [again] = await ensure(declared(MAYA, { campaigns: CAMPAIGNS }));
    expect(again?.audience).toMatchObject({ segments: [], campaigns: ['Pro tier'], changes: [] });
    expect((await callCounts(mautic))['POST /api/campaigns/#/contact/#/add']).toBe(1);
  });

  it('comes after fields and segments', async () => {
    await ensure(
      declared(MAYA, {
        fields: [{ alias: 'city', value: 'Rome' }],
        segments: { 'new-users': true },
        campaigns: CAMPAIGNS,
      }),
    );
    const writes = (await mautic.calls()).filter((call) => !call.startsWith('GET'));
    expect(writes).toEqual([
      'PATCH /api/contacts/1/edit',
      'POST /api/segments/11/contact/1/add',
      'POST /api/campaigns/13/contact/1/add',
    ]);
  });
});

describe('a failure', () => {
  it('of one segment is that of its contacts alone', async () => {
    await mautic.fail({ method: 'POST', path: '/api/segments/12/', status: 503 });
    const [free, pro] = await ensureContacts(api, [
      declared(MAYA, { segments: { 'free-tier': true, 'pro-tier': true }, campaigns: CAMPAIGNS }),
      declared(JONAS, { segments: { 'pro-tier': true }, campaigns: CAMPAIGNS }),
    ]);
    expect(free).toMatchObject({ retryable: true, message: expect.stringMatching(/"free-tier".*503/) });
    expect(pro).toMatchObject({ audience: { segments: ['pro-tier'], campaigns: ['Pro tier'] } });
    expect((await audiencesOf(mautic, MAYA)).campaigns).toEqual([]);
  });

  it('half-way is healed by the next try', async () => {
    const wanted: Memberships = { segments: { 'free-tier': true, 'new-users': true }, campaigns: CAMPAIGNS };
    await mautic.fail({ method: 'POST', path: '/api/campaigns/', times: 5, status: 500 });
    const results = await ensureContacts(api, many(wanted, 10));
    expect(results.filter((result) => result instanceof Error)).toHaveLength(5);
    await ensure(...many(wanted, 10));
    for (const index of [0, 4, 9]) {
      expect(await audiencesOf(mautic, `user.${index}@example.com`)).toEqual({
        segments: ['free-tier', 'new-users'],
        campaigns: ['Pro tier'],
      });
    }
    expect((await mautic.state<MauticState>()).contacts).toHaveLength(13);
  });

  it('names each of several, once', async () => {
    await mautic.fail({ method: 'POST', path: '/api/segments/', status: 403 });
    const [result] = await ensureContacts(api, [
      declared(MAYA, { segments: { 'free-tier': true, 'pro-tier': true } }),
    ]);
    expect(result).toMatchObject({
      retryable: false,
      message: expect.stringMatching(/"free-tier".*Publish the segment.*"pro-tier"/),
    });
  });

  it('to read what contacts are in is that of those who declare it', async () => {
    await mautic.fail({ path: '/stats/lead_lists_leads', status: 503 });
    const [one, two, three] = await ensureContacts(api, [
      declared(MAYA, { segments: { 'free-tier': false } }),
      declared(JONAS, { segments: { 'free-tier': false } }),
      declared('no.mail@example.com', { campaigns: CAMPAIGNS }),
    ]);
    expect(one).toMatchObject({ retryable: true });
    expect(two).toMatchObject({ retryable: true });
    expect(three).toMatchObject({ audience: { campaigns: ['Pro tier'] } });
  });

  it('to list the segments is that of those who declare some', async () => {
    const other = mauticApi(mautic.url.replace('127.0.0.1', 'localhost'));
    await mautic.act('denyPermissions', { denied: ['lead:lists:view'] });
    const [one, two] = await ensureContacts(other, [
      declared(MAYA, { segments: { 'free-tier': true } }),
      declared(JONAS, { campaigns: CAMPAIGNS }),
    ]);
    expect(one).toMatchObject({ retryable: false, message: expect.stringContaining('list its segments') });
    expect(two).toMatchObject({ audience: { campaigns: ['Pro tier'] } });
  });
});

describe('a contact that vanishes at that moment', () => {
  /** Mautic's API; `meanwhile` happens right before a contact is added. */
  const overtaken = (meanwhile: () => Promise<unknown>): MauticApi =>
    mauticApi(mautic.url, (request) => async (options) => {
      if (options.url.includes('/add')) await meanwhile().catch(() => undefined);
      return await request(options);
    });
  const remove = () => mautic.act('deleteContact', { id: 1 });

  it('fails for another try, which creates it anew', async () => {
    const wanted = declared(MAYA, { segments: { 'free-tier': true } });
    const [result] = await ensureContacts(overtaken(remove), [wanted]);
    expect(result).toMatchObject({
      retryable: true,
      message: expect.stringMatching(/add the contact 1 to the segment "free-tier".*deleted or merged/),
    });
    const [again] = await ensure(wanted);
    expect(again).toMatchObject({ created: true, audience: { segments: ['free-tier'] } });
  });

  it('does not stop the others of its call', async () => {
    const results = await ensureContacts(overtaken(remove), [
      declared(MAYA, { segments: { 'free-tier': true } }),
      declared(JONAS, { segments: { 'free-tier': true } }),
    ]);
    expect(results[0]).toMatchObject({ retryable: true, message: expect.stringContaining('the contact 1') });
    expect(results[1]).toMatchObject({ audience: { segments: ['free-tier'] } });
  });

  it('fails when it was merged, since it is not known what it is in now', async () => {
    const merge = () => mautic.act('mergeContacts', { survivor: 3, other: 1 });
    const results = await ensureContacts(overtaken(merge), [
      declared(MAYA, { segments: { 'free-tier': true } }),
      declared(JONAS, { segments: { 'free-tier': true } }),
    ]);
    expect(results[0]).toMatchObject({ retryable: true });
    expect(results[1]).toMatchObject({ audience: { segments: ['free-tier'] } });
  });
});
