import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { ensureContacts, type ContactDeclaration, type EnsuredContact } from '../../../services/mautic';
import { MauticDouble } from '../../../sandbox/mautic';
import { mauticApi, type MauticState } from '../../support/mautic';
import { loadAudiences } from '../../support/mautic-audiences';
import { startTestSandbox, type TestSandbox } from '../../support/sandbox';

const COUNT = 100;
/** Places of those with whom something goes wrong. */
const TOO_LONG = 7;
const SHARED = 30;
const NO_ADDRESS = 41;
const DROPPED_AFTER = 55;
const DROPPED_BEFORE = 62;
const REFUSED = 78;

let mautic: TestSandbox;

beforeAll(async () => {
  mautic = await startTestSandbox('mautic', MauticDouble);
});
beforeEach(async () => {
  await mautic.reset();
  await mautic.fail();
  await loadAudiences(mautic);
  const state = await mautic.state<MauticState>();
  // Every call that adds somebody to such a campaign begins it anew.
  await mautic.load({
    ...state,
    campaigns: state.campaigns.map((campaign) => ({ ...campaign, allowRestart: true })),
  });
});
afterAll(() => mautic.close());

const addressOf = (place: number) => `user.${place}@example.com`;

function declared(place: number): ContactDeclaration {
  return {
    contact: { email: place === NO_ADDRESS ? 'nobody' : addressOf(place), createWhenMissing: true },
    fields: [{ alias: 'city', value: place === TOO_LONG ? 'x'.repeat(300) : 'Oslo' }],
    whenEmpty: 'stop',
    confirm: true,
    segments: [
      { segment: 'new-users', member: true },
      { segment: place % 2 === 0 ? 'free-tier' : 'pro-tier', member: true },
      { segment: place % 2 === 0 ? 'pro-tier' : 'free-tier', member: false },
    ],
    campaigns: [{ campaign: 'New Users', member: true }],
  };
}

async function ensure(places: readonly number[]): Promise<Map<number, EnsuredContact | Error>> {
  const results = await ensureContacts(mauticApi(mautic.url), places.map(declared));
  return new Map(places.map((place, index) => [place, results[index] ?? new Error('left out')]));
}

const failed = (results: ReadonlyMap<number, EnsuredContact | Error>) =>
  [...results].flatMap(([place, result]) => (result instanceof Error ? [place] : []));

type Contacts = MauticState['contacts'];

async function contacts(): Promise<ReadonlyMap<unknown, Contacts[number]>> {
  const state = await mautic.state<MauticState>();
  return new Map(state.contacts.map((contact) => [contact.fields.email, contact]));
}

describe('a run of 100 in which everything goes wrong that can', () => {
  it('does what it can at once, the rest at the next try, and begins no campaign twice', async () => {
    const places = Array.from({ length: COUNT }, (_, place) => place);
    // Known beforehand, so that single calls can be made to fail.
    await ensureContacts(
      mauticApi(mautic.url),
      [DROPPED_AFTER, DROPPED_BEFORE, REFUSED].map((place) => ({
        ...declared(place),
        segments: [],
        campaigns: [],
      })),
    );
    const state = await mautic.state<MauticState>();
    const [maya] = state.contacts;
    const twins = [901, 902].map((id) => ({ ...maya, id, fields: { email: addressOf(SHARED), points: 0 } }));
    await mautic.load({ ...state, contacts: [...state.contacts, ...twins] });
    const known = await contacts();
    const addTo = (place: number) => ({
      method: 'POST',
      path: `/campaigns/11/contact/${known.get(addressOf(place))?.id}/add`,
      times: 1,
    });
    await mautic.forgetRequests();
    await mautic.fail(
      { ...addTo(DROPPED_AFTER), drop: 'after' },
      { ...addTo(DROPPED_BEFORE), drop: 'before' },
      { ...addTo(REFUSED), status: 500 },
      { method: 'POST', path: '/api/contacts/batch/new', status: 500, times: 3 },
    );

    const first = await ensure(places);
    expect(failed(first)).toEqual([TOO_LONG, SHARED, NO_ADDRESS, DROPPED_AFTER, DROPPED_BEFORE, REFUSED]);
    expect(first.get(TOO_LONG)).toMatchObject({ retryable: false, message: expect.stringMatching(/city/) });
    expect(first.get(NO_ADDRESS)).toMatchObject({ retryable: false });
    expect(first.get(SHARED)).toMatchObject({ retryable: true });
    expect(first.get(REFUSED)).toMatchObject({ retryable: true });

    await mautic.fail();
    await mautic.act('mergeContacts', { survivor: 901, other: 902 });
    const second = await ensure(places);
    expect(failed(second)).toEqual([TOO_LONG, NO_ADDRESS]);
    const after = await contacts();
    const calls = await mautic.calls();
    for (const place of places) {
      if (place === TOO_LONG || place === NO_ADDRESS) continue;
      const { id, segments, campaigns } = after.get(addressOf(place)) ?? {};
      const additions = calls.filter((call) => call === `POST /api/campaigns/11/contact/${id}/add`).length;
      expect({ place, segments: segments?.toSorted(), campaigns, additions }).toEqual({
        place,
        segments: place % 2 === 0 ? [11, 12] : [11, 13],
        campaigns: [11],
        // Only what did not reach Mautic, or was refused by it, is sent again.
        additions: place === DROPPED_BEFORE || place === REFUSED ? 2 : 1,
      });
    }
    expect(after.has(addressOf(TOO_LONG))).toBe(false);
  }, 30_000);
});
