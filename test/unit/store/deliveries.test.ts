import { randomUUID } from 'node:crypto';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { BACK_OFF_SECONDS, type ClaimedDelivery, type NewEvent, type Store } from '../../../store';
import { migrate } from '../../../store/migrate';
import { useStore } from '../../support/store';
import { until } from '../../support/until';

const database = useStore();
const HANDLER = 'workflow/node';
const OWNER = 1;
const failure = {
  node: 'Create promo code',
  service: 'Shopware',
  message: 'Shopware is down.',
  retryable: true,
};

describe('events', () => {
  it('are stored once, however often and however many at a time they come', async () => {
    const store = await withHandler();
    const answers = await Promise.all(Array.from({ length: 20 }, () => store.events.accept(event('evt_1'))));
    expect(answers.filter(({ duplicate }) => !duplicate)).toHaveLength(1);
    expect(await store.deliveries.find({}, 10)).toHaveLength(1);
  });

  it('wait for every handler that asked for their type, and for no other', async () => {
    const store = await withHandler();
    await register(store, 'other/node', ['stripe:invoice.paid']);
    await register(store, 'both/node', ['stripe:invoice.paid', 'stripe:checkout.session.completed']);
    expect(await store.events.accept(event('evt_1'))).toMatchObject({ deliveries: 2 });
    expect(await claim(store, 'other/node')).toEqual([]);
    expect(await claim(store, 'both/node')).toHaveLength(1);
  });

  it('keep waiting, visibly, for a handler that is not published at the moment', async () => {
    const store = await withHandler();
    await store.handlers.withdraw(HANDLER);
    await store.events.accept(event('evt_1'));
    expect(await store.handlers.status()).toEqual([
      expect.objectContaining({ id: HANDLER, published: false, waiting: 1 }),
    ]);
    await register(store);
    expect(await claim(store)).toHaveLength(1);
  });

  it('of the past are handed out on request, each once', async () => {
    const store = await database.empty();
    await store.events.accept(event('evt_1'));
    await register(store);
    expect(await claim(store)).toEqual([]);
    for (let time = 0; time < 2; time += 1) await register(store, HANDLER, undefined, new Date(0));
    expect(await claim(store)).toHaveLength(1);
  });

  it('may hold characters that PostgreSQL cannot store', async () => {
    const store = await withHandler();
    await store.events.accept({ ...event('evt_1'), payload: { name: 'a\0b\ud800c 🐘' } });
    const [delivery] = await claim(store);
    expect(delivery?.event.payload).toEqual({ name: 'a\ufffdb\ufffdc 🐘' });
  });
});

describe('claiming', () => {
  it('gives what is due together, oldest first, up to the limit', async () => {
    const store = await withHandler();
    for (const id of ['evt_1', 'evt_2', 'evt_3']) await store.events.accept(event(id));
    expect(externalIds(await claim(store, HANDLER, 2))).toEqual(['evt_1', 'evt_2']);
    expect(externalIds(await claim(store))).toEqual(['evt_3']);
    expect(await claim(store)).toEqual([]);
  });

  it('never gives two of a group side by side, and keeps their order', async () => {
    const store = await withHandler();
    for (const id of ['evt_1', 'evt_2', 'evt_3']) {
      await store.events.accept({ ...event(id), groupKey: id === 'evt_3' ? 'email:b' : 'email:a' });
    }
    const first = await claim(store);
    expect(externalIds(first)).toEqual(['evt_1', 'evt_3']);
    expect(await claim(store)).toEqual([]);
    await settle(store, first);
    expect(externalIds(await claim(store))).toEqual(['evt_2']);
  });

  it('gives each delivery to one of many who ask at once', async () => {
    const store = await withHandler();
    for (let number = 0; number < 40; number += 1) {
      await store.events.accept({ ...event(`evt_${number}`), groupKey: `email:${number % 10}` });
    }
    const claims = await Promise.all(Array.from({ length: 8 }, () => claim(store, HANDLER, 5)));
    const claimed = claims.flat();
    expect(claimed).toHaveLength(10);
    expect(new Set(externalIds(claimed)).size).toBe(10);
  });
});

describe('settling', () => {
  it('keeps what each step did', async () => {
    const store = await withHandler();
    await store.events.accept(event('evt_1'));
    const [delivery] = await claim(store);
    const outcomes = [
      { service: 'Shopware', action: 'promo code created', id: '1', at: '2026-01-01T00:00:00Z' },
    ];
    await store.deliveries.settle([{ ...required(delivery), outcomes }]);
    expect(await report(store)).toMatchObject({ state: 'done', attempts: 1, outcomes, lastFailure: null });
  });

  it('tries a failure again after each back-off, with jitter, and then lets it be dead', async () => {
    const store = await withHandler();
    await store.events.accept(event('evt_1'));
    for (const seconds of BACK_OFF_SECONDS) {
      await settle(store, await claim(store), failure);
      const [waiting] = await database.sql<{ state: string; wait: number }>(
        `select state, extract(epoch from due_at - updated_at)::float8 as wait from lifecycle.delivery`,
      );
      expect(waiting?.state).toBe('failed');
      expect(waiting?.wait).toBeGreaterThanOrEqual(seconds * 0.8);
      expect(waiting?.wait).toBeLessThanOrEqual(seconds * 1.2);
      expect(await claim(store)).toEqual([]);
      await passTime();
    }
    await settle(store, await claim(store), failure);
    expect(await report(store)).toMatchObject({ state: 'dead', attempts: 6, lastFailure: failure });
  });

  it('lets a failure that cannot heal be dead at once', async () => {
    const store = await withHandler();
    await store.events.accept(event('evt_1'));
    await settle(store, await claim(store), { ...failure, retryable: false });
    expect(await report(store)).toMatchObject({ state: 'dead', attempts: 1 });
  });

  it('takes no failure from a run that has lost its lease, but takes its success', async () => {
    const store = await withHandler();
    await store.events.accept(event('evt_1'));
    const [lost] = await claim(store);
    await store.deliveries.giveBack(required(lost).lease);
    const [current] = await claim(store);
    await settle(store, [required(lost)], failure);
    expect(await report(store)).toMatchObject({ state: 'leased' });
    await settle(store, [required(lost)]);
    expect(await report(store)).toMatchObject({ state: 'done' });
    await settle(store, [required(current)], failure);
    expect(await report(store)).toMatchObject({ state: 'done' });
  });

  it('lets a dead delivery be replayed with all its tries ahead of it', async () => {
    const store = await withHandler();
    await store.events.accept(event('evt_1'));
    await settle(store, await claim(store), { ...failure, retryable: false });
    expect(await store.deliveries.replay({ states: ['dead'], eventType: 'stripe:invoice.paid' })).toBe(0);
    expect(await store.deliveries.replay({ states: ['dead'], externalId: 'evt_1' })).toBe(1);
    expect(await claim(store)).toEqual([expect.objectContaining({ attempt: 1 })]);
  });
});

describe('a run that ends without settling', () => {
  it('gives its deliveries back at once, to be tried alone', async () => {
    const store = await withHandler();
    for (const id of ['evt_1', 'evt_2', 'evt_3']) await store.events.accept(event(id));
    const lost = await claim(store, HANDLER, 2);
    expect(await store.deliveries.giveBack(required(lost[0]).lease)).toBe(2);
    const batches = [await claim(store), await claim(store), await claim(store)].map(externalIds);
    expect(batches).toEqual(expect.arrayContaining([['evt_1'], ['evt_2'], ['evt_3']]));
  });

  it('is found by its lease running out', async () => {
    const store = await withHandler();
    await store.events.accept(event('evt_1'));
    await claim(store);
    expect(await store.deliveries.recover(OWNER, false)).toBe(0);
    await database.sql(`update lifecycle.delivery set lease_expires_at = now()`);
    expect(await store.deliveries.recover(OWNER, false)).toBe(1);
    expect(await report(store)).toMatchObject({ state: 'failed', lastFailure: { service: 'n8n' } });
  });

  it('is found at once when its process is gone, but not while that lives or when workers run it', async () => {
    const store = await withHandler();
    await store.events.accept(event('evt_1'));
    await store.listener.subscribe(HANDLER, () => undefined);
    await claim(store, HANDLER, 1, store.listener.owner);
    const successor = store.listener.owner + 1;
    expect(await store.deliveries.recover(successor, true)).toBe(0);
    await store.listener.close();
    expect(await store.deliveries.recover(successor, false)).toBe(0);
    expect(await store.deliveries.recover(successor, true)).toBe(1);
  });

  it('makes its event dead when it does so every time', async () => {
    const store = await withHandler();
    await store.events.accept(event('evt_1'));
    for (let attempt = 1; attempt <= 6; attempt += 1) {
      const [claimed] = await claim(store);
      expect(claimed?.attempt).toBe(attempt);
      await store.deliveries.giveBack(required(claimed).lease);
      await passTime();
    }
    expect(await report(store)).toMatchObject({ state: 'dead' });
  });
});

describe('the schema', () => {
  it('is made once by many who start at the same time', async () => {
    await database.empty();
    await database.sql('drop schema lifecycle cascade');
    await Promise.all(Array.from({ length: 4 }, () => migrate(database.url())));
    const applied = await database.sql<{ name: string }>(
      'select name from lifecycle.migration order by name',
    );
    const files = readdirSync(path.resolve(__dirname, '../../../store/migrations')).sort();
    expect(applied.map(({ name }) => name)).toEqual(files);
  });
});

describe('an effect', () => {
  it('is new for one caller only, and done once confirmed', async () => {
    const store = await database.empty();
    const key = randomUUID();
    const begun = await Promise.all(Array.from({ length: 5 }, () => store.effects.begin(key, 'test')));
    expect(begun.map(({ state }) => state).sort()).toEqual([
      'new',
      'unknown',
      'unknown',
      'unknown',
      'unknown',
    ]);
    await store.effects.confirm(key, { id: 1 });
    expect(await store.effects.begin(key, 'test')).toMatchObject({ state: 'done' });
    await store.effects.release(key);
    expect(await store.effects.begin(key, 'test')).toMatchObject({ state: 'done' });
  });

  it('whose end is unknown is taken over by one caller only', async () => {
    const store = await database.empty();
    const { begunAt } = await store.effects.begin('key', 'test');
    const taken = await Promise.all([1, 2, 3].map(() => store.effects.takeOver('key', begunAt, 'test')));
    expect(taken.filter(Boolean)).toHaveLength(1);
  });

  it('that was certainly not carried out may be begun again', async () => {
    const store = await database.empty();
    await store.effects.begin('key', 'test');
    await store.effects.release('key');
    expect(await store.effects.begin('key', 'test')).toMatchObject({ state: 'new' });
  });
});

describe('the listener', () => {
  it('wakes the handler that something came in for, also after the server was restarted', async () => {
    const store = await withHandler();
    const woken: string[] = [];
    await store.listener.subscribe(HANDLER, () => woken.push(HANDLER));
    await store.listener.subscribe('other/node', () => woken.push('other/node'));
    await store.events.accept(event('evt_1'));
    await until(() => woken.includes(HANDLER));
    expect(woken).not.toContain('other/node');

    await database.postgres.stop();
    await database.postgres.start();
    await until(() => woken.includes('other/node'));
    woken.length = 0;
    await store.events.accept(event('evt_2'));
    await until(() => woken.includes(HANDLER));
    expect(woken).toEqual([HANDLER]);
  });
});

function event(externalId: string): NewEvent {
  return {
    source: 'stripe',
    externalId,
    type: 'checkout.session.completed',
    occurredAt: new Date(),
    payload: { id: externalId },
  };
}

async function withHandler(): Promise<Store> {
  const store = await database.empty();
  await register(store);
  return store;
}

function register(
  store: Store,
  id = HANDLER,
  eventTypes = ['stripe:checkout.session.completed'],
  since?: Date,
) {
  return store.handlers.register({ id, workflowId: 'workflow', name: 'Test', eventTypes, since });
}

function claim(store: Store, handlerId = HANDLER, limit = 100, owner = OWNER) {
  return store.deliveries.claim({ handlerId, limit, leaseSeconds: 60, owner });
}

function settle(store: Store, claimed: readonly ClaimedDelivery[], failed?: typeof failure) {
  return store.deliveries.settle(
    claimed.map(({ id, lease }) => ({ id, lease, outcomes: [], failure: failed })),
  );
}

async function report(store: Store) {
  return required((await store.deliveries.find({}, 1))[0]);
}

/** As if every back-off had passed. */
function passTime() {
  return database.sql(`update lifecycle.delivery set due_at = now() where state = 'failed'`);
}

function externalIds(claimed: readonly ClaimedDelivery[]): string[] {
  return claimed.map((delivery) => delivery.event.externalId);
}

function required<Value>(value: Value | undefined): Value {
  if (value === undefined) throw new Error('Expected a value.');
  return value;
}
