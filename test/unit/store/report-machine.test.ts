import { beforeEach, describe, expect, it } from '@jest/globals';
import { EVENT_SOURCES, type ClaimedDelivery, type Store } from '../../../store';
import { createPool, type Queryable } from '../../../store/database';
import { deliveries } from '../../../store/report/lists/deliveries';
import { events } from '../../../store/report/lists/events';
import { syncRuns } from '../../../store/report/lists/sync-runs';
import { countDays } from '../../../store/report/days';
import { readMachine, type MachineReport } from '../../../store/report/machine';
import { periodUpTo, type ReportScope } from '../../../store/report/scope';
import { Random } from '../../support/random';
import { allRows } from '../../support/report-lists';
import { useStore } from '../../support/store';

const DAY_MS = 86_400_000;
const TYPES = ['made', 'changed', 'ended'] as const;
const HANDLERS = ['one', 'two', 'three'] as const;
const FAILURE = { node: 'Update contact', service: 'Mautic', message: 'Mautic refused it.' };

const database = useStore();
let store: Store;
let pool: Queryable;

beforeEach(async () => {
  store = await database.empty();
  const own = createPool(database.url());
  database.beforeClosing(() => own.end());
  pool = own;
});

const scopeOf = (days: number, until = new Date()): ReportScope => ({
  period: periodUpTo(until, days),
  tier: null,
});

/** What one of the tests' handlers is to do with one delivery. */
async function workOn(random: Random, delivery: ClaimedDelivery): Promise<void> {
  const end = random.pick(['done', 'done', 'done', 'failed', 'dead', 'leased']);
  if (end === 'leased') return;
  const failure = end === 'done' ? undefined : { ...FAILURE, retryable: end === 'failed' };
  await store.deliveries.settle([{ ...delivery, outcomes: [], failure }]);
}

/** Events of a year through the store, of which some are worked on, then moved into the past. */
async function seed(random: Random): Promise<void> {
  for (const name of HANDLERS) {
    await store.handlers.register({
      id: `${name}/node`,
      workflowId: name,
      name: `Workflow ${name}`,
      eventTypes: EVENT_SOURCES.flatMap((source) => TYPES.map((type) => `${source}:${type}`)).filter(
        () => random.next() < 0.5,
      ),
    });
  }
  await store.handlers.withdraw('two/node');
  for (let batch = 0; batch < 10; batch += 1) {
    await store.events.acceptAll(
      Array.from({ length: 20 }, (_, index) => ({
        source: random.pick(EVENT_SOURCES),
        externalId: `${batch}-${index}`,
        type: random.pick(TYPES),
        occurredAt: new Date(),
        payload: {},
      })),
    );
  }
  for (const name of HANDLERS) {
    const claimed = await store.deliveries.claim({
      handlerId: `${name}/node`,
      limit: 40 + random.below(40),
      leaseSeconds: 600,
      owner: 1,
    });
    for (const delivery of claimed) await workOn(random, delivery);
  }
  // In clusters, so that several come in within a day, an hour and a moment.
  await database.sql(
    `with moved as (
       update lifecycle.event set received_at = now() - case id % 4
         when 0 then interval '1 day' * (id % 380) when 1 then interval '1 minute' * (id % 180)
         when 2 then interval '1 hour' * (id % 60) else interval '1 day' * (id % 9) end
       returning id, received_at)
     update lifecycle.delivery set created_at = received_at, updated_at = received_at + interval '1 second' * (delivery.id % 50)
     from moved where moved.id = event_id`,
  );
}

/** As {@link readMachine} should count, by the plainest SQL. */
async function counted({ period: { from, until } }: ReportScope) {
  const count = async (table: string, condition: string) => {
    const [row] = await database.sql<{ count: number }>(
      `select count(*)::int as count from lifecycle.${table} where ${condition}`,
    );
    return row?.count ?? 0;
  };
  const during = (column: string) =>
    `${column} >= '${from.toISOString()}' and ${column} < '${until.toISOString()}'`;
  const sources: Record<string, number> = {};
  for (const source of EVENT_SOURCES) {
    sources[source] = await count('event', `source = '${source}' and ${during('received_at')}`);
  }
  const handlers: Record<string, object> = {};
  for (const name of HANDLERS) {
    const own = `handler_id = '${name}/node'`;
    handlers[`${name}/node`] = {
      events: await count('delivery', `${own} and ${during('created_at')}`),
      waiting: await count('delivery', `${own} and state = 'waiting'`),
      leased: await count('delivery', `${own} and state = 'leased'`),
      retried: await count('delivery', `${own} and state = 'failed'`),
      dead: await count('delivery', `${own} and state = 'dead'`),
    };
  }
  return { sources, handlers };
}

function figures({ sources, handlers }: MachineReport) {
  return {
    sources: Object.fromEntries(sources.map(({ source, events: number }) => [source, number])),
    handlers: Object.fromEntries(
      handlers.map(({ id, events: number, waiting, leased, retried, dead }) => [
        id,
        { events: number, waiting, leased, retried, dead },
      ]),
    ),
  };
}

describe('the figures of the machine', () => {
  it.each([1, 2, 3])('are those of an independent count, for every period (seed %i)', async (seedNumber) => {
    const random = new Random(seedNumber);
    await seed(random);
    const yesterday = new Date(Date.now() - DAY_MS);
    const scopes = [
      ...[1, 7, 30, 90, 365].map((days) => scopeOf(days)),
      // One that ends, and one that begins, within a day that is over.
      scopeOf(30, new Date(Date.now() - 3.4 * DAY_MS)),
      { ...scopeOf(9), period: { days: 9, from: new Date(Date.now() - 8.6 * DAY_MS), until: yesterday } },
    ];
    for (const scope of scopes) {
      const report = await readMachine(pool, scope);
      expect(figures(report)).toEqual(await counted(scope));
      expect(report.hours.reduce((sum, { events: number }) => sum + number, 0)).toBe(
        report.sources.reduce((sum, { events: number }) => sum + number, 0),
      );
      // What the days hold that are counted once for all, is not counted twice.
      expect(figures(await readMachine(pool, scope))).toEqual(figures(report));
    }
  });

  it('have as many rows behind them', async () => {
    await seed(new Random(4));
    for (const scope of [scopeOf(7), scopeOf(365)]) {
      const report = await readMachine(pool, scope);
      for (const { source, events: number } of report.sources) {
        expect(await allRows(events, pool, scope, { source })).toHaveLength(number);
      }
      for (const { at, source, events: number } of report.hours.slice(0, 20)) {
        const filters: Record<string, string> =
          report.bucket === 'hour' ? { hour: at.toISOString() } : { day: at.toISOString().slice(0, 10) };
        expect(await allRows(events, pool, scope, { source, ...filters })).toHaveLength(number);
      }
      for (const handler of report.handlers) {
        const rowsIn = (state?: string) =>
          allRows(deliveries, pool, scope, { handler: handler.id, ...(state && { state }) });
        expect(await rowsIn()).toHaveLength(handler.events);
        expect(await rowsIn('waiting')).toHaveLength(handler.waiting);
        expect(await rowsIn('leased')).toHaveLength(handler.leased);
        expect(await rowsIn('retried')).toHaveLength(handler.retried);
        expect(await rowsIn('dead')).toHaveLength(handler.dead);
      }
      for (const { handlerId, eventType, deliveries: number } of report.dead) {
        const rows = await allRows(deliveries, pool, scope, {
          handler: handlerId,
          state: 'dead',
          type: eventType,
        });
        expect(rows).toHaveLength(number);
        expect(rows[0]).toMatchObject({ service: 'Mautic', message: FAILURE.message });
      }
      expect(report.dead.reduce((sum, { deliveries: number }) => sum + number, 0)).toBe(
        report.handlers.reduce((sum, { dead }) => sum + dead, 0),
      );
    }
  });

  it('have each row once, the newest first, whatever the size of a page', async () => {
    await seed(new Random(5));
    for (const list of [events, deliveries]) {
      const rows = await allRows(list, pool, scopeOf(365), {}, 1_000);
      const times = rows.map((row) => Number(row.receivedAt ?? row.createdAt));
      expect(rows.length).toBeGreaterThan(100);
      expect(times).toEqual(times.toSorted((one, other) => other - one));
      expect(await allRows(list, pool, scopeOf(365))).toEqual(rows);
      expect(await allRows(list, pool, scopeOf(365), {}, 1)).toEqual(rows);
    }
  });
});

describe('the lag', () => {
  it('is that of the newest 1,000 that are done, from receipt to done', async () => {
    await store.handlers.register({
      id: 'one/node',
      workflowId: 'one',
      name: 'One',
      eventTypes: ['app:made'],
    });
    expect((await readMachine(pool, scopeOf(1))).lag).toEqual({
      medianSeconds: null,
      p95Seconds: null,
      deliveries: 0,
    });
    await database.sql(
      `insert into lifecycle.event (source, external_id, type, occurred_at, received_at, payload)
       select 'app', n::text, 'made', now(), now() - interval '1 minute' * n, '{}' from generate_series(1, 1200) n;
       insert into lifecycle.delivery (event_id, handler_id, state, updated_at)
       select id, 'one/node', 'done', received_at + interval '1 second' * case when external_id::int > 1000 then 50 else external_id::int % 10 end
       from lifecycle.event`,
    );
    expect((await readMachine(pool, scopeOf(1))).lag).toEqual({
      medianSeconds: 4.5,
      p95Seconds: 9,
      deliveries: 1_000,
    });
  });
});

describe('dead ones', () => {
  it('are told by workflow and type, with the last error of the newest, and can be replayed', async () => {
    await store.handlers.register({
      id: 'one/node',
      workflowId: 'one',
      name: 'One',
      eventTypes: ['app:made', 'app:changed'],
    });
    const eventOf = (externalId: string, type: string) => ({
      source: 'app' as const,
      externalId,
      type,
      occurredAt: new Date(),
      payload: {},
    });
    await store.events.acceptAll([eventOf('1', 'made'), eventOf('2', 'made'), eventOf('3', 'changed')]);
    const claimed = await store.deliveries.claim({
      handlerId: 'one/node',
      limit: 9,
      leaseSeconds: 60,
      owner: 1,
    });
    for (const [index, delivery] of claimed.entries()) {
      const failure = { ...FAILURE, message: `Refused ${index}.`, retryable: false };
      await store.deliveries.settle([{ ...delivery, outcomes: [], failure }]);
    }
    await database.sql(`update lifecycle.event set payload_removed_at = now() where external_id = '1'`);
    const report = await readMachine(pool, scopeOf(1));
    expect(report.dead).toEqual([
      {
        handlerId: 'one/node',
        handler: 'One',
        eventType: 'app:made',
        deliveries: 2,
        newest: { id: claimed[1]?.id, at: expect.any(Date), service: 'Mautic', message: 'Refused 1.' },
      },
      expect.objectContaining({ eventType: 'app:changed', deliveries: 1 }),
    ]);
    const rows = await allRows(deliveries, pool, scopeOf(1), { type: 'app:made' });
    // One without its payload cannot be worked on again.
    expect(rows.map(({ delivery }) => delivery)).toEqual([claimed[1]?.id, null]);
  });
});

describe('the rest', () => {
  it('is there in an empty store', async () => {
    expect(await readMachine(pool, scopeOf(365))).toMatchObject({
      hours: [],
      bucket: 'day',
      sources: EVENT_SOURCES.map((source) => ({ source, events: 0, lastReceivedAt: null })),
      handlers: [],
      dead: [],
      oldestWaitingAt: null,
      syncs: [],
      limits: [
        { service: 'Discord', used: 0, of: 1_000 },
        { service: 'Resend', used: 0, note: null },
        { service: 'Resend', used: 0 },
      ],
    });
  });

  it('names the versions of all that the figures come from', async () => {
    const { versions } = await readMachine(pool, scopeOf(1));
    const [newest] = await database.sql<{ name: string }>(
      'select max(name) as name from lifecycle.migration',
    );
    expect(versions).toEqual([
      { name: 'Node.js', version: process.versions.node },
      { name: 'PostgreSQL', version: expect.stringMatching(/^\d+\.\d+/) },
      { name: 'Schema', version: newest?.name.slice(0, 3) },
    ]);
  });

  it('tells since when the oldest waits', async () => {
    await seed(new Random(6));
    const [row] = await database.sql(
      `select min(created_at) as oldest from lifecycle.delivery where state = 'waiting'`,
    );
    expect((await readMachine(pool, scopeOf(1))).oldestWaitingAt).toEqual(row?.oldest);
  });

  it('tells the newest run of each sync, and lists all', async () => {
    for (const name of ['stripe', 'trials', 'stripe']) {
      const run = await store.syncRuns.begin(name);
      if ('lease' in run) await store.syncRuns.finish(run, { looked: 3, changed: 1 });
    }
    const { syncs } = await readMachine(pool, scopeOf(1));
    expect(syncs).toMatchObject([
      { name: 'stripe', state: 'done', counts: { looked: 3, changed: 1 }, lastFailure: null },
      { name: 'trials', state: 'done' },
    ]);
    const rows = await allRows(syncRuns, pool, scopeOf(1), { name: 'stripe' }, 1);
    expect(rows).toHaveLength(2);
    expect(rows[0]).toMatchObject({ startedAt: syncs[0]?.startedAt, name: 'stripe', state: 'done' });
    expect(await allRows(syncRuns, pool, scopeOf(1))).toHaveLength(3);
  });

  it('tells of a pause of the sending for as long as it lasts', async () => {
    const limitsNow = async () =>
      (await readMachine(pool, scopeOf(1))).limits.filter(({ note }) => note !== null);
    await database.sql(
      `insert into lifecycle.sending_pause (until, reason) values (now() - interval '1 minute', 'the quota is used up')`,
    );
    expect(await limitsNow()).toEqual([]);
    await database.sql(`update lifecycle.sending_pause set until = '2999-01-01T00:00:00Z'`);
    expect(await limitsNow()).toMatchObject([
      {
        service: 'Resend',
        note: 'Nothing is sent until 2999-01-01T00:00:00.000Z: the quota is used up',
      },
    ]);
  });

  it('counts days that are over once, of however many who ask at a time', async () => {
    await seed(new Random(7));
    const countAndRead = async () => {
      await countDays(pool);
      return await readMachine(pool, scopeOf(365));
    };
    const reports = await Promise.all(Array.from({ length: 6 }, countAndRead));
    for (const report of reports) expect(figures(report)).toEqual(await counted(scopeOf(365)));
    const [kept] = await database.sql<{ days: number }>(
      'select count(distinct day)::int as days from lifecycle.event_day',
    );
    expect(kept?.days).toBeGreaterThan(10);
  });
});
