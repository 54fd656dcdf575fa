import { describe, expect, it } from '@jest/globals';
import { Client } from 'pg';
import type { NewEvent, Store } from '../../../store';
import { useStore } from '../../support/store';
import { until } from '../../support/until';

const database = useStore();
const HANDLER = 'workflow/node';
const UPDATED = 'mautic.lead_post_save_update';
const CREATED = 'mautic.lead_post_save_new';

describe('events that come together', () => {
  it('are all stored, each for the handlers that asked for its type', async () => {
    const store = await withHandler();
    await register(store, 'other/node', [CREATED, UPDATED]);
    const answers = await store.events.acceptAll([event('1'), event('2', { type: CREATED }), event('3')]);
    expect(answers).toEqual([
      { id: expect.any(String), duplicate: false, deliveries: 2 },
      { id: expect.any(String), duplicate: false, deliveries: 1 },
      { id: expect.any(String), duplicate: false, deliveries: 2 },
    ]);
    expect(await claimed(store)).toEqual(['1', '3']);
    expect(await claimed(store, 'other/node')).toEqual(['1', '2', '3']);
  });

  it('are handed out in the order they stood in, whatever their ids', async () => {
    const store = await withHandler();
    await store.events.acceptAll(['c', 'a', 'b'].map((id) => event(id)));
    expect(await claimed(store)).toEqual(['c', 'a', 'b']);
  });

  it('are stored once, also when one stands twice among them or was there before', async () => {
    const store = await withHandler();
    await store.events.accept(event('1'));
    const answers = await store.events.acceptAll([event('1'), event('2'), event('2')]);
    expect(answers).toEqual([
      { duplicate: true, deliveries: 0 },
      { id: expect.any(String), duplicate: false, deliveries: 1 },
      { duplicate: true, deliveries: 0 },
    ]);
    expect(await claimed(store)).toEqual(['1', '2']);
  });

  it('of two sources may share an id', async () => {
    const store = await withHandler();
    const answers = await store.events.acceptAll([event('1'), event('1', { source: 'app' })]);
    expect(answers.map(({ duplicate }) => duplicate)).toEqual([false, false]);
  });

  it('are none of them stored when one cannot be', async () => {
    const store = await withHandler();
    const impossible = event('2', { occurredAt: new Date(Number.NaN) });
    await expect(store.events.acceptAll([event('1'), impossible])).rejects.toThrow();
    expect(await store.deliveries.find({}, 10)).toEqual([]);
  });

  it.each([
    ['U+0000', 'a\0b'],
    ['half a surrogate pair', 'a\uD800b'],
  ])('are stored with the replacement character for %s, in values and in names', async (_case, text) => {
    const store = await withHandler();
    await store.events.acceptAll([event('1', { payload: { [text]: { inner: [text, { [text]: 1 }] } } })]);
    const [row] = await database.sql('select payload from lifecycle.event');
    expect(row?.payload).toEqual({ 'a\uFFFDb': { inner: ['a\uFFFDb', { 'a\uFFFDb': 1 }] } });
  });

  it('may come several times at once in any order', async () => {
    const store = await withHandler();
    const events = Array.from({ length: 50 }, (_, number) => event(`${number}`));
    const answers = await Promise.all(
      Array.from({ length: 8 }, (_, time) =>
        store.events.acceptAll(time % 2 === 0 ? events : events.toReversed()),
      ),
    );
    expect(answers.flat().filter(({ duplicate }) => !duplicate)).toHaveLength(50);
  });

  it('wake each of their handlers once', async () => {
    const store = await withHandler();
    await register(store, 'last/node', ['mautic.last']);
    const woken: string[] = [];
    await store.listener.subscribe(HANDLER, () => woken.push(HANDLER));
    await store.listener.subscribe('last/node', () => woken.push('last/node'));
    // The listener's first connection wakes as well.
    woken.length = 0;
    await store.events.acceptAll([event('1'), event('2'), event('3')]);
    await store.events.accept(event('4', { type: 'mautic.last' }));
    // Notifications come in their order, so by then all of the first are here.
    await until(() => woken.includes('last/node'));
    expect(woken).toEqual([HANDLER, 'last/node']);
  });

  it('may be none at all', async () => {
    const store = await database.empty();
    expect(await store.events.acceptAll([])).toEqual([]);
  });
});

describe('an event with several ids', () => {
  const aliased = (externalId: string, ...alsoKnownAs: string[]) => event(externalId, { alsoKnownAs });

  it('is stored under its first one', async () => {
    const store = await withHandler();
    expect(await store.events.accept(aliased('2', '1', '3'))).toEqual({
      id: expect.any(String),
      duplicate: false,
      deliveries: 1,
    });
    expect(await claimed(store)).toEqual(['2']);
  });

  it.each([
    ['its first', '2'],
    ['another', '1'],
    ['its last', '3'],
  ])('is a duplicate when it was stored under %s, and says so', async (_case, held) => {
    const store = await withHandler();
    await store.events.accept(event(held));
    expect(await store.events.accept(aliased('2', '1', '3'))).toEqual({
      duplicate: true,
      heldAs: held,
      deliveries: 0,
    });
    expect(await claimed(store)).toEqual([held]);
  });

  it('is no duplicate of another source, nor of what shares only its further ids', async () => {
    const store = await withHandler();
    await store.events.accept(event('1', { source: 'app' }));
    await store.events.accept(aliased('4', '3'));
    expect(await store.events.accept(aliased('2', '1', '3'))).toMatchObject({ duplicate: false });
  });

  it('may stand in a list with others, of which it may be one', async () => {
    const store = await withHandler();
    const answers = await store.events.acceptAll([
      event('1'),
      aliased('2', '1'),
      event('3'),
      aliased('4', '5'),
    ]);
    expect(answers.map(({ duplicate }) => duplicate)).toEqual([false, true, false, false]);
    expect(await claimed(store)).toEqual(['1', '3', '4']);
  });

  it('is not stored in part', async () => {
    const store = await withHandler();
    const impossible = aliased('2', '9');
    impossible.occurredAt = new Date(Number.NaN);
    await expect(store.events.acceptAll([aliased('1', '8'), impossible])).rejects.toThrow();
    expect(await store.deliveries.find({}, 10)).toEqual([]);
  });

  it('is stored once, under whichever of its ids it comes, however many come at once', async () => {
    const store = await withHandler();
    const insertion = await holdInsertions();
    // As on both sides of the end of a time slot.
    const eitherSide = () => [aliased('1', '0', '2'), aliased('2', '1', '3')];
    const accepting = Promise.all(
      [...eitherSide(), ...eitherSide()].map((each) => store.events.accept(each)),
    );
    await until(async () => (await waiting()) === 4);
    await insertion.release();
    const answers = await accepting;
    expect(answers.filter(({ duplicate }) => !duplicate)).toHaveLength(1);
    const [stored, ...others] = await claimed(store);
    expect(others).toEqual([]);
    expect(answers.flatMap(({ heldAs }) => heldAs ?? [])).toEqual([stored, stored, stored]);
  });
});

/** Lets everybody look for events, and nobody insert one. */
async function holdInsertions() {
  const client = new Client({ connectionString: database.url() });
  await client.connect();
  database.beforeClosing(() => client.end());
  await client.query('begin');
  await client.query('lock table lifecycle.event in share row exclusive mode');
  return { release: () => client.query('commit') };
}

/** How many wait for somebody else's lock. */
async function waiting(): Promise<number> {
  const rows = await database.sql(
    `select from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`,
  );
  return rows.length;
}

describe('whether a group has an event since a time', () => {
  it.each([
    ['has one of that very time', {}, true],
    ['has a later one', { since: '2026-03-01T11:59:59Z' }, true],
    ['has only earlier ones', { since: '2026-03-01T12:00:01Z' }, false],
    ['is another group', { groupKey: 'contact:b' }, false],
    ['belongs to another source', { source: 'app' as const }, false],
  ])('it %s', async (_case, asked, expected) => {
    const store = await database.empty();
    await store.events.accept(
      event('1', { groupKey: 'contact:a', occurredAt: new Date('2026-03-01T12:00:00Z') }),
    );
    const { source, groupKey, since } = {
      source: 'mautic' as const,
      groupKey: 'contact:a',
      since: '2026-03-01T12:00:00Z',
      ...asked,
    };
    expect(await store.events.hasSince(source, groupKey, new Date(since))).toBe(expected);
  });
});

function event(externalId: string, over: Partial<NewEvent> = {}): NewEvent {
  return {
    source: 'mautic',
    externalId,
    type: UPDATED,
    occurredAt: new Date('2026-03-01T12:00:00Z'),
    payload: { id: externalId },
    ...over,
  };
}

async function withHandler(): Promise<Store> {
  const store = await database.empty();
  await register(store, HANDLER, [UPDATED]);
  return store;
}

function register(store: Store, id: string, types: readonly string[]) {
  const eventTypes = types.map((type) => `mautic:${type}`);
  return store.handlers.register({ id, workflowId: 'workflow', name: 'Test', eventTypes });
}

/** The external ids of all that is due for a handler, in the order they are handed out. */
async function claimed(store: Store, handlerId = HANDLER): Promise<string[]> {
  const deliveries = await store.deliveries.claim({ handlerId, limit: 100, leaseSeconds: 60, owner: 1 });
  return deliveries.map((delivery) => delivery.event.externalId);
}
