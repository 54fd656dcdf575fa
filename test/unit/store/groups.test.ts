import { describe, expect, it } from '@jest/globals';
import { Store, type ClaimedDelivery } from '../../../store';
import { createPool } from '../../../store/database';
import { migrate } from '../../../store/migrate';
import { Random } from '../../support/random';
import { useStore } from '../../support/store';
import { until } from '../../support/until';

const database = useStore();
const [PLAN, CHURN, BILLING] = ['plan/node', 'churn/node', 'billing/node'] as const;
const FAILURE = { node: 'Node', service: 'Service', message: 'It is down.', retryable: true };
const HANDLERS = [PLAN, CHURN, BILLING];

describe('a group', () => {
  it('is worked on by one handler at a time', async () => {
    const store = await withHandlers();
    await accept(store, 'evt_1', 'email:a');
    const [first] = await claim(store, PLAN);
    expect(await claim(store, CHURN)).toEqual([]);
    await settle(store, first);
    expect(externalIds(await claim(store, CHURN))).toEqual(['evt_1']);
    expect(await claim(store, BILLING)).toEqual([]);
  });

  it('of one does not hold up the others, nor what belongs to none', async () => {
    const store = await withHandlers();
    await accept(store, 'evt_1', 'email:a');
    await claim(store, PLAN);
    await accept(store, 'evt_2', 'email:b');
    await accept(store, 'evt_3');
    expect(externalIds(await claim(store, CHURN))).toEqual(['evt_2', 'evt_3']);
    expect(externalIds(await claim(store, BILLING))).toEqual(['evt_3']);
  });

  it('wakes those who wait for it, and nobody else, when it is settled', async () => {
    const { store, woken, first } = await watched();
    await settle(store, first);
    await until(() => woken.length > 0);
    await heardAll(store, woken);
    expect(woken).toEqual([CHURN, BILLING].sort());
  });

  it('wakes those who wait for it when its run ends without settling', async () => {
    const { store, woken, first } = await watched();
    await store.deliveries.giveBack(first.lease);
    await until(() => woken.length > 0);
    await heardAll(store, woken);
    expect(woken).toEqual([CHURN, BILLING, PLAN].sort());
  });

  it('is taken back by whoever looks when its lease has run out, and wakes those who wait for it', async () => {
    const { store, woken } = await watched();
    await database.sql(`update lifecycle.delivery set lease_expires_at = now() where state = 'leased'`);
    expect(await store.deliveries.recover(store.listener.owner, false)).toBe(1);
    await until(() => woken.length > 0);
    await heardAll(store, woken);
    expect(woken).toEqual([CHURN, BILLING, PLAN].sort());
  });

  it('wakes nobody while its next try is not due', async () => {
    const { store, woken, first } = await watched();
    await database.sql(
      `update lifecycle.delivery set due_at = now() + interval '1 hour' where state = 'waiting'`,
    );
    await settle(store, first);
    await heardAll(store, woken);
    expect(woken).toEqual([]);
  });

  it('lets those who wait for it sleep until its lease ends', async () => {
    const store = await withHandlers();
    await accept(store, 'evt_1', 'email:a');
    const [first] = await claim(store, PLAN);
    expect(await store.deliveries.nextDue(CHURN)).toEqual(first?.leasedUntil);
    expect(await store.deliveries.nextDue(PLAN)).toEqual(first?.leasedUntil);
    // What is free, or due by itself before, does not wait for that.
    await accept(store, 'evt_2', 'email:b');
    const [free] = await claim(store, CHURN);
    if (free) await store.deliveries.settle([{ ...free, outcomes: [], failure: FAILURE }]);
    const due = await store.deliveries.nextDue(CHURN);
    expect(due && first && due < first.leasedUntil).toBe(true);
  });
});

describe('the schema that lets no two handlers work on a group', () => {
  it('replaces one that did, while they are at it', async () => {
    const store = await withHandlers();
    await accept(store, 'evt_1', 'email:a');
    await accept(store, 'evt_2', 'email:b');
    await database.sql(`
      drop index lifecycle.delivery_one_lease_a_group;
      create unique index delivery_one_lease_a_group on lifecycle.delivery (handler_id, group_key)
        where state = 'leased' and group_key is not null;
      update lifecycle.delivery
      set state = 'leased', lease = gen_random_uuid(), lease_expires_at = now() + interval '1 minute', attempts = 1
      where group_key = 'email:a' or handler_id = '${PLAN}';
      delete from lifecycle.migration where name = '005_groups.sql'`);
    await migrate(database.url());
    const leased = await store.deliveries.find({ states: ['leased'] }, 10);
    expect(leased.map((delivery) => delivery.event.externalId).sort()).toEqual(['evt_1', 'evt_2']);
    // Whoever was sent back comes again when the one that stays has lost its lease.
    const sentBack = await store.deliveries.find({ states: ['failed'] }, 10);
    expect(sentBack).toHaveLength(2);
    for (const { dueAt } of sentBack) expect(dueAt.getTime()).toBeGreaterThan(Date.now());
  });
});

describe('claims of several handlers at once', () => {
  it('get everything done, and none of a group twice at a time', async () => {
    const store = await withHandlers();
    const other = new Store(createPool(database.url()), database.url());
    database.beforeClosing(() => other.close());
    const random = new Random(11);
    await store.events.acceptAll(
      Array.from({ length: 300 }, (_each, index) => event(`evt_${index}`, `email:${random.below(200)}`)),
    );

    const working = new Set<string>();
    const clashes: string[] = [];
    let done = 0;
    const work = async (from: Store, handlerId: string): Promise<void> => {
      while (done < 900) {
        const claimed = await claim(from, handlerId, 20);
        const groups = claimed.map(groupOf);
        clashes.push(...groups.filter((group) => working.has(group)));
        for (const group of groups) working.add(group);
        await new Promise((resolve) => setTimeout(resolve, 1));
        for (const group of groups) working.delete(group);
        await settle(from, ...claimed);
        done += claimed.length;
      }
    };
    await Promise.all(HANDLERS.flatMap((handlerId) => [work(store, handlerId), work(other, handlerId)]));

    expect(clashes).toEqual([]);
    const states = await database.sql(
      `select state, count(*)::int, max(attempts) as attempts from lifecycle.delivery group by state`,
    );
    expect(states).toEqual([{ state: 'done', count: 900, attempts: 1 }]);
  });
});

async function withHandlers(): Promise<Store> {
  const store = await database.empty();
  for (const id of HANDLERS) {
    const eventTypes = ['app:user.custom'];
    await store.handlers.register({ id, workflowId: 'workflow', name: id, eventTypes });
  }
  return store;
}

function event(externalId: string, groupKey?: string) {
  return {
    source: 'app',
    externalId,
    type: 'user.custom',
    occurredAt: new Date(),
    groupKey,
    payload: { groupKey },
  } as const;
}

async function accept(store: Store, externalId: string, groupKey?: string) {
  await store.events.accept(event(externalId, groupKey));
}

/** All handlers have the same event; one works on it, and whoever is woken from now on is noted, once. */
async function watched() {
  const store = await withHandlers();
  await accept(store, 'evt_1', 'email:a');
  const [first] = await claim(store, PLAN);
  if (first === undefined) throw new Error('Expected a delivery.');
  const woken: string[] = [];
  for (const id of HANDLERS) {
    await store.listener.subscribe(id, () => {
      if (!woken.includes(id)) woken.push(id);
      woken.sort();
    });
  }
  await heardAll(store, woken);
  woken.length = 0;
  return { store, woken, first };
}

/** Notifications come in the order in which they were sent: after one's own, there are no earlier ones to come. */
async function heardAll(store: Store, woken: string[]): Promise<void> {
  let isHeard = false;
  const unsubscribe = await store.listener.subscribe('last', () => {
    isHeard = true;
  });
  await database.sql(`select pg_notify('lifecycle_delivery', 'last')`);
  await until(
    () => isHeard,
    () => `the end of ${woken.join(', ')}`,
  );
  unsubscribe();
}

async function claim(store: Store, handlerId: string, limit = 100): Promise<ClaimedDelivery[]> {
  return await store.deliveries.claim({ handlerId, limit, leaseSeconds: 60, owner: store.listener.owner });
}

async function settle(store: Store, ...claimed: Array<ClaimedDelivery | undefined>): Promise<void> {
  await store.deliveries.settle(
    claimed.flatMap((delivery) => (delivery ? { ...delivery, outcomes: [] } : [])),
  );
}

function externalIds(claimed: readonly ClaimedDelivery[]): string[] {
  return claimed.map((delivery) => delivery.event.externalId);
}

function groupOf(claimed: ClaimedDelivery): string {
  return String(claimed.event.payload.groupKey);
}
