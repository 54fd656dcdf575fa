import { describe, expect, it } from '@jest/globals';
import type { Invites } from '../../../store';
import { useStore } from '../../support/store';

const database = useStore();
const ORDER = { subject: 'mautic:47', cause: '12', channelId: '100' };
const inAWeek = () => new Date(Date.now() + 7 * 86_400_000);

const invites = async (): Promise<Invites> => (await database.empty()).invites;

/** An invite that was issued. */
async function issue(store: Invites, code: string, over: Partial<typeof ORDER> = {}): Promise<string> {
  const { id } = await store.begin({ ...ORDER, ...over });
  expect(await store.issued(id, { code, expiresAt: inAWeek() })).toBe(true);
  return id;
}

describe('an invite', () => {
  it('is new once, then begun, then live with its code', async () => {
    const store = await invites();
    const first = await store.begin(ORDER);
    expect(first.state).toBe('new');
    expect(await store.begin(ORDER)).toEqual({ id: first.id, state: 'begun', begunAt: first.begunAt });
    const expiresAt = inAWeek();
    await store.issued(first.id, { code: 'abc', expiresAt });
    expect(await store.begin(ORDER)).toEqual({
      id: first.id,
      state: 'live',
      begunAt: first.begunAt,
      code: 'abc',
      expiresAt,
    });
  });

  it('is new for one of many who begin it at once', async () => {
    const store = await invites();
    const begun = await Promise.all(Array.from({ length: 8 }, () => store.begin(ORDER)));
    expect(begun.filter(({ state }) => state === 'new')).toHaveLength(1);
    expect(new Set(begun.map(({ id }) => id)).size).toBe(1);
  });

  it.each([{ subject: 'mautic:48' }, { cause: '13' }, { channelId: '200' }])(
    'is another one for another subject, cause or channel: %j',
    async (over) => {
      const store = await invites();
      await issue(store, 'abc');
      expect(await store.begin({ ...ORDER, ...over })).toMatchObject({ state: 'new' });
    },
  );

  it('that was begun for another cause becomes the one of this cause, once', async () => {
    const store = await invites();
    const lost = await store.begin({ ...ORDER, cause: '11' });
    expect(await store.begin(ORDER)).toEqual({ ...lost, state: 'begun' });
    expect(await store.begin(ORDER)).toEqual({ ...lost, state: 'begun' });
    await store.issued(lost.id, { code: 'abc', expiresAt: inAWeek() });
    expect(await store.live(ORDER.subject)).toMatchObject([{ code: 'abc', cause: ORDER.cause }]);
  });

  it.each([{ subject: 'mautic:48' }, { channelId: '200' }])(
    'that was begun for another subject or channel stays: %j',
    async (over) => {
      const store = await invites();
      const other = await store.begin({ ...ORDER, cause: '11', ...over });
      expect(await store.begin(ORDER)).toMatchObject({ state: 'new' });
      expect(await store.begin({ ...ORDER, cause: '11', ...over })).toMatchObject({ id: other.id });
    },
  );

  it('that is there is not replaced by what was begun for another cause', async () => {
    const store = await invites();
    await issue(store, 'abc');
    const lost = await store.begin({ ...ORDER, cause: '13' });
    expect(await store.begin(ORDER)).toMatchObject({ state: 'live', code: 'abc' });
    expect(await store.begin({ ...ORDER, cause: '13' })).toMatchObject({ id: lost.id, state: 'begun' });
  });

  it('that expired makes room for a new one, and keeps its code', async () => {
    const store = await invites();
    const { id } = await store.begin(ORDER);
    await store.issued(id, { code: 'abc', expiresAt: new Date(Date.now() - 1_000) });
    expect(await store.begin(ORDER)).toMatchObject({ state: 'new' });
    expect(await store.live(ORDER.subject)).toEqual([]);
    expect(await store.known(['abc', 'def'])).toEqual(new Set(['abc']));
  });

  it('that never expires stays', async () => {
    const store = await invites();
    const { id } = await store.begin(ORDER);
    await store.issued(id, { code: 'abc', expiresAt: null });
    expect(await store.begin(ORDER)).toMatchObject({ state: 'live', expiresAt: null });
  });

  it('that was certainly not issued can be begun again', async () => {
    const store = await invites();
    const { id } = await store.begin(ORDER);
    await store.release(id);
    expect(await store.begin(ORDER)).toMatchObject({ state: 'new' });
  });

  it('that was issued is not released', async () => {
    const store = await invites();
    await store.release(await issue(store, 'abc'));
    expect(await store.live(ORDER.subject)).toHaveLength(1);
  });
});

describe('a code', () => {
  it('belongs to one of many who record it at once', async () => {
    const store = await invites();
    const subjects = ['mautic:1', 'mautic:2', 'mautic:3'];
    const rows = await Promise.all(subjects.map((subject) => store.begin({ ...ORDER, subject })));
    const recorded = await Promise.all(
      rows.map(({ id }) => store.issued(id, { code: 'abc', expiresAt: inAWeek() })),
    );
    expect(recorded.filter(Boolean)).toHaveLength(1);
    const live = await Promise.all(subjects.map((subject) => store.live(subject)));
    expect(live.flat()).toHaveLength(1);
  });

  it('is not replaced by a second one for the same invite', async () => {
    const store = await invites();
    const id = await issue(store, 'abc');
    expect(await store.issued(id, { code: 'def', expiresAt: null })).toBe(false);
    expect(await store.issued(id, { code: 'abc', expiresAt: null })).toBe(true);
  });

  it('is refused for an invite that was released', async () => {
    const store = await invites();
    const { id } = await store.begin(ORDER);
    await store.release(id);
    expect(await store.issued(id, { code: 'abc', expiresAt: null })).toBe(false);
  });
});

describe('what a subject has', () => {
  it('is what was found on it, then what was issued, oldest first', async () => {
    const store = await invites();
    await issue(store, 'first');
    await issue(store, 'second', { cause: '13' });
    await issue(store, 'of-another', { subject: 'mautic:48' });
    await store.noteEarlier(ORDER.subject, 'found');
    await store.begin({ ...ORDER, cause: '14' });
    expect(await store.live(ORDER.subject)).toMatchObject([
      { code: 'found', cause: null, channelId: null, expiresAt: null },
      { code: 'first', cause: '12', channelId: '100' },
      { code: 'second', cause: '13', channelId: '100' },
    ]);
  });

  it.each([
    ['was revoked', async (store: Invites) => [await store.revoked('abc')].filter(Boolean)],
    ['has vanished', async (store: Invites) => (await store.vanished(['abc'])).map(({ id }) => id)],
  ])('lacks what %s, and what ended can be issued anew', async (_, end) => {
    const store = await invites();
    const id = await issue(store, 'abc');
    expect(await end(store)).toEqual([id]);
    expect(await end(store)).toEqual([]);
    expect(await store.live(ORDER.subject)).toEqual([]);
    expect(await store.begin(ORDER)).toMatchObject({ state: 'new' });
  });

  it('does not take over what is known for somebody else, or has ended', async () => {
    const store = await invites();
    await issue(store, 'theirs', { subject: 'mautic:48' });
    await issue(store, 'used');
    await store.vanished(['used']);
    for (const code of ['theirs', 'used', 'found', 'found']) await store.noteEarlier(ORDER.subject, code);
    expect((await store.live(ORDER.subject)).map(({ code }) => code)).toEqual(['found']);
  });
});

describe('an invite that Discord has no more', () => {
  it.each([
    ['was used', inAWeek(), 'used'],
    ['was used, for it never expires', null, 'used'],
    ['may have expired', new Date(Date.now() - 1_000), 'gone'],
    ['may have expired by a clock that is ahead', new Date(Date.now() + 30_000), 'gone'],
  ])('%s', async (_, expiresAt, state) => {
    const store = await invites();
    const { id } = await store.begin(ORDER);
    await store.issued(id, { code: 'abc', expiresAt });
    expect(await store.vanished(['abc', 'unknown'])).toEqual([{ id, state }]);
  });

  it('is gone in a way that nobody knows when it was not issued here', async () => {
    const store = await invites();
    await store.noteEarlier(ORDER.subject, 'found');
    expect(await store.vanished(['found'])).toMatchObject([{ state: 'gone' }]);
  });

  it('was revoked after all, when we can say so only now', async () => {
    const store = await invites();
    const id = await issue(store, 'abc');
    await store.vanished(['abc']);
    expect(await store.revoked('abc')).toBe(id);
    expect(await database.sql('select state from lifecycle.invite')).toEqual([{ state: 'revoked' }]);
  });
});

describe('what should be in the lists of channels', () => {
  it('is what was issued to them, and has neither ended nor expired', async () => {
    const store = await invites();
    await issue(store, 'first');
    await issue(store, 'second', { cause: '13' });
    await issue(store, 'elsewhere', { channelId: '200' });
    await issue(store, 'revoked', { cause: '14' });
    await store.revoked('revoked');
    await store.noteEarlier(ORDER.subject, 'found');
    const { id } = await store.begin({ ...ORDER, cause: '15' });
    await store.issued(id, { code: 'expired', expiresAt: new Date() });
    await store.begin({ ...ORDER, cause: '16' });
    expect(await store.inChannels()).toEqual([
      { channelId: '100', codes: ['first', 'second'] },
      { channelId: '200', codes: ['elsewhere'] },
    ]);
  });
});
