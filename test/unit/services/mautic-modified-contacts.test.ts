import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { MauticDouble } from '../../../sandbox/mautic';
import { changedContacts, type ChangeKind } from '../../../services/mautic';
import { startHttpServer } from '../../support/http-server';
import { mauticApi } from '../../support/mautic';
import { mauticContact, type ContactTimes } from '../../support/mautic-contacts';
import { startTestSandbox, type TestSandbox } from '../../support/sandbox';

const NOON = new Date('2026-05-04T12:00:00Z');
const LONG_AGO = new Date('2026-01-01T00:00:00Z');

let mautic: TestSandbox;

beforeAll(async () => {
  mautic = await startTestSandbox('mautic', MauticDouble);
});
beforeEach(() => mautic.reset());
afterAll(() => mautic.close());

const after = (seconds: number): Date => new Date(NOON.getTime() + seconds * 1000);

async function have(...contacts: Array<ContactTimes & { id?: number }>): Promise<void> {
  const state = await mautic.state<object>();
  await mautic.load({ ...state, contacts: contacts.map((times, index) => mauticContact(index + 1, times)) });
}

/** The ids that each page holds, and where it says to go on, in seconds after noon. */
async function list(
  kind: ChangeKind,
  { from = NOON, to = after(600), url = mautic.url } = {},
): Promise<Array<[number[], number]>> {
  const pages: Array<[number[], number]> = [];
  for await (const { contacts, next } of changedContacts(mauticApi(url), kind, { from, to })) {
    pages.push([contacts.map(({ id }) => id), (next.getTime() - NOON.getTime()) / 1000]);
  }
  return pages;
}

describe('contacts that were modified', () => {
  it('come oldest first, both ends of the window included', async () => {
    const edited = (seconds: number) => ({ added: LONG_AGO, modified: after(seconds) });
    await have(edited(600), edited(-1), edited(300), edited(601), edited(0));
    expect(await list('modified')).toEqual([[[5, 3, 1], 600]]);
  });

  it('are given whole and unchanged, with the time of the change', async () => {
    await have({ added: LONG_AGO, modified: after(1), fields: { firstname: "D'Arcy" } });
    const pages = changedContacts(mauticApi(mautic.url), 'modified', { from: NOON, to: after(600) });
    const { value } = await pages.next();
    expect(value).toMatchObject({
      contacts: [
        {
          id: 1,
          changedAt: after(1),
          raw: {
            id: 1,
            dateModified: '2026-05-04T12:00:01+00:00',
            fields: { all: { firstname: "D'Arcy" }, core: { firstname: { value: "D'Arcy" } } },
            doNotContact: [],
          },
        },
      ],
    });
  });

  it('do not include those that were only added, nor visitors without a name', async () => {
    await have({ added: after(1) }, { added: LONG_AGO, modified: after(1), anonymous: true });
    expect(await list('modified')).toEqual([[[], 600]]);
  });

  it('fill several pages, each contact once', async () => {
    const contacts = Array.from({ length: 250 }, (_, index) => ({
      added: LONG_AGO,
      // Three in each second, so that a page ends within one.
      modified: after(Math.floor(index / 3)),
    }));
    await have(...contacts);
    const pages = await list('modified');
    const ids = pages.flatMap(([contained]) => contained);
    expect(ids).toEqual(contacts.map((_, index) => index + 1));
    expect(pages.map(([, next]) => next)).toEqual([33, 66, 600]);
  });

  it('are all found when more of them share a second than a page holds', async () => {
    const contacts = Array.from({ length: 230 }, () => ({ added: LONG_AGO, modified: after(5) }));
    await have(...contacts, { added: LONG_AGO, modified: after(6) });
    const pages = await list('modified');
    expect(pages.flatMap(([ids]) => ids)).toEqual(Array.from({ length: 231 }, (_, index) => index + 1));
    // Nobody may go on after a second of which there are more.
    expect(pages.map(([, next]) => next)).toEqual([5, 5, 5, 6, 600]);
  });

  it('are all found when one that was listed is edited before the next page is read', async () => {
    const contacts = Array.from({ length: 150 }, (_, index) => ({ added: LONG_AGO, modified: after(index) }));
    await have(...contacts);
    const seen: number[] = [];
    const window = { from: NOON, to: after(600) };
    for await (const page of changedContacts(mauticApi(mautic.url), 'modified', window)) {
      seen.push(...page.contacts.map(({ id }) => id));
      await mautic.act('saveContact', { id: 1, fields: { firstname: `Later ${seen.length}` } });
    }
    expect(seen).toEqual(contacts.map((_, index) => index + 1));
  });

  it('never lead past the end of the window', async () => {
    const contacts = Array.from({ length: 100 }, () => ({ added: LONG_AGO, modified: after(600) }));
    await have(...contacts);
    expect((await list('modified', { to: after(600.5) })).at(-1)).toEqual([[], 600.5]);
  });

  it('are none, without a call, in a window that ends before it begins', async () => {
    await mautic.forgetRequests();
    expect(await list('modified', { from: after(601) })).toEqual([]);
    expect(await mautic.calls()).toEqual([]);
  });
});

describe('contacts that were added', () => {
  it('are those that were never modified', async () => {
    await have({ added: after(10) }, { added: after(5), modified: after(20) }, { added: after(5) });
    expect(await list('added')).toEqual([[[3, 1], 600]]);
  });
});

it.each([
  ['a later', () => '2027-01-01T00:00:00+00:00'],
  ['an earlier', (index: number) => new Date(LONG_AGO.getTime() + index * 1000).toISOString()],
  // Whatever is asked for, from which id on.
  ['always the same', () => NOON.toISOString()],
])('tells of a Mautic that gives contacts of %s time, instead of asking for ever', async (_case, timeOf) => {
  const contacts = Array.from({ length: 100 }, (_, index) => ({
    id: index + 1,
    dateModified: timeOf(index),
  }));
  const server = await startHttpServer(() => ({ body: { total: '100', contacts } }));
  await expect(list('modified', { url: server.url })).rejects.toThrow(/contacts of another time/);
  await server.close();
});

it.each([
  [401, { errors: [{ message: 'Authorization denied, invalid credentials.', type: 'access_denied' }] }],
  [403, { errors: [{ message: 'You do not have access.', type: null }] }],
])('says what to do about %i', async (status, body) => {
  await mautic.fail({ status, body });
  await expect(list('modified')).rejects.toThrow(
    new RegExp(
      `Mautic could not list the contacts that were modified: it answered ${status}.*Lifecycle Mautic API`,
    ),
  );
  await mautic.fail();
});
