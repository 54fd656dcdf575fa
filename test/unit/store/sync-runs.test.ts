import { beforeEach, describe, expect, it } from '@jest/globals';
import { Client } from 'pg';
import type { BegunRun, Store, SyncRun } from '../../../store';
import { useStore } from '../../support/store';

const database = useStore();
const NAME = 'stripe-subscriptions';
let store: Store;

beforeEach(async () => {
  store = await database.empty();
});

describe('a sync run', () => {
  it('keeps how far it got and what it did', async () => {
    const run = await begin();
    expect(run).toMatchObject({ position: null, counts: {} });
    expect(await store.syncRuns.progress(run, { after: 'sub_1' }, { looked: 100 })).toBe(true);
    expect(await newest()).toMatchObject({ state: 'running', counts: { looked: 100 }, finishedAt: null });
    await store.syncRuns.finish(run, { looked: 150 });
    expect(await newest()).toMatchObject({
      id: run.id,
      name: NAME,
      state: 'done',
      counts: { looked: 150 },
      resumed: 0,
      lastFailure: null,
      finishedAt: expect.any(Date),
    });
    expect(await store.syncRuns.isCutOff(NAME)).toBe(false);
  });

  it('is the only one of its name at a time', async () => {
    const both = await Promise.all([store.syncRuns.begin(NAME), store.syncRuns.begin(NAME)]);
    const begun = both.filter((each) => 'lease' in each);
    expect(begun).toHaveLength(1);
    expect(both.find((each) => !('lease' in each))).toMatchObject({ id: begun[0]?.id, state: 'running' });
    expect(await store.syncRuns.begin('another')).toHaveProperty('lease');
  });

  it('that was cut off is gone on with from where it was, by one', async () => {
    const first = await begin();
    await store.syncRuns.progress(first, { after: 'sub_1' }, { looked: 100 });
    await loseLease();
    expect(await store.syncRuns.isCutOff(NAME)).toBe(true);
    const both = await Promise.all([store.syncRuns.begin(NAME), store.syncRuns.begin(NAME)]);
    const begun = both.flatMap((each) => ('lease' in each ? each : []));
    expect(begun).toEqual([
      expect.objectContaining({ id: first.id, position: { after: 'sub_1' }, counts: { looked: 100 } }),
    ]);
    expect(await store.syncRuns.progress(first, { after: 'sub_2' }, {})).toBe(false);
    await store.syncRuns.finish(first, {});
    expect(await newest()).toMatchObject({ state: 'running', resumed: 1 });
  });

  it('that has failed is gone on with, also before it had got anywhere, unless that was long ago', async () => {
    const first = await begin();
    await store.syncRuns.progress(first, { after: 'sub_1' }, { looked: 100 });
    await store.syncRuns.fail(first, { looked: 100 }, 'Stripe is down.');
    expect(await newest()).toMatchObject({ state: 'failed', lastFailure: 'Stripe is down.' });
    const second = await begin();
    expect(second).toMatchObject({ id: first.id, position: { after: 'sub_1' } });
    await store.syncRuns.fail(second, { looked: 100 }, 'Stripe is down.');
    await sql(`update lifecycle.sync_run set started_at = now() - interval '21 hours'`);
    const third = await begin();
    expect(third).toMatchObject({ position: null });
    expect(third.id).not.toBe(first.id);
    await store.syncRuns.fail(third, {}, 'Stripe is down.');
    expect(await store.syncRuns.isCutOff(NAME)).toBe(true);
    expect(await begin()).toMatchObject({ id: third.id, position: null });
  });

  it('is found by name and state, newest first', async () => {
    const first = await begin();
    await store.syncRuns.finish(first, {});
    const second = await begin();
    const other = (await store.syncRuns.begin('other')) as BegunRun;
    const ids = (runs: SyncRun[]) => runs.map(({ id }) => id);
    expect(ids(await store.syncRuns.newest(NAME, 10))).toEqual([second.id, first.id]);
    expect(ids(await store.syncRuns.newest(undefined, 2))).toEqual([other.id, second.id]);
    expect(ids(await store.syncRuns.newest(undefined, 9, 'done'))).toEqual([first.id]);
  });
});

async function begin(): Promise<BegunRun> {
  const run = await store.syncRuns.begin(NAME);
  expect(run).toHaveProperty('lease');
  return run as BegunRun;
}

async function newest(): Promise<SyncRun | undefined> {
  return (await store.syncRuns.newest(NAME, 1))[0];
}

async function loseLease(): Promise<void> {
  await sql(`update lifecycle.sync_run set lease_expires_at = now() - interval '1 second'`);
}

async function sql(text: string): Promise<void> {
  const client = new Client({ connectionString: database.url() });
  await client.connect();
  await client.query(text).finally(() => client.end());
}
