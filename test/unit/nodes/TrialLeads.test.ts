import { beforeEach, describe, expect, it } from '@jest/globals';
import { NodeHelpers } from 'n8n-workflow';
import { LifecycleTrialsDatabaseApi } from '../../../credentials/LifecycleTrialsDatabaseApi.credentials';
import { settingsOf } from '../../../nodes/TrialLeads/settings';
import { summaryOf } from '../../../nodes/TrialLeads/summary';
import { syncTrials, type SyncSettings, type TrialsReader } from '../../../nodes/TrialLeads/sync-trials';
import { trialEvent } from '../../../nodes/TrialLeads/trial-event';
import { TrialLeads } from '../../../nodes/TrialLeads/TrialLeads.node';
import { groupKeyOf } from '../../../services/intake';
import type { TrialRow } from '../../../services/trial-leads';
import type { Store } from '../../../store';
import { executeContext, executeNode, type NodeSetup } from '../../support/execute-node';
import { useStore } from '../../support/store';
import { storeCredential } from '../../support/store-credential';

const NOW = new Date('2026-02-01T00:00:00Z');
const SETTINGS: SyncSettings = { database: 'trials', table: 'trials', batchSize: 2, startOver: false };
const TRIAL_ROW = { database: 'trials', table: 'trials', id: '47' };

const database = useStore();
let store: Store;
beforeEach(async () => {
  store = await database.empty();
});

const row = (id: number, email: string | null = `${id}@example.com`): TrialRow => ({
  id: String(id),
  values: { email },
});

/** A table with these rows, which remembers what it was asked for. */
function tableOf(rows: TrialRow[], highest = rows.at(-1)?.id ?? '0'): TrialsReader & { asked: string[] } {
  const asked: string[] = [];
  return {
    asked,
    rowsAfter: async (after, limit) => {
      asked.push(after);
      return rows.filter(({ id }) => BigInt(id) > BigInt(after)).slice(0, limit);
    },
    highestId: async () => highest,
  };
}

const sync = (reader: TrialsReader, settings: Partial<SyncSettings> = {}) =>
  syncTrials(store, reader, { ...SETTINGS, ...settings });

const stored = async () =>
  (
    await database.sql<{ externalId: string }>(
      `select external_id as "externalId" from lifecycle.event order by id`,
    )
  ).map(({ externalId }) => externalId.replace(/:[^:]*$/, ''));

const lastRun = async () => (await store.syncRuns.newest('trial-leads', 1))[0];

describe('the event of a trial', () => {
  it('says all that the row says', () => {
    const startedAt = new Date('2026-01-01T12:00:00Z');
    const endsAt = new Date('2026-01-15T12:00:00Z');
    const person = { email: 'Ada@Example.com', name: 'Ada Lovelace', company: 'Engines', plan: 'pro' };
    expect(trialEvent(TRIAL_ROW, { ...person, startedAt, endsAt }, NOW)).toEqual({
      source: 'app',
      type: 'trial.started',
      externalId: expect.stringMatching(/^trial:trials:trials:47:[\da-f]{12}$/),
      groupKey: groupKeyOf('email', 'ada@example.com'),
      occurredAt: startedAt,
      payload: { ...person, startedAt: startedAt.toISOString(), endsAt: endsAt.toISOString() },
    });
  });

  it('happened now when nobody knows when, and never in the future', () => {
    expect(trialEvent(TRIAL_ROW, { email: 'ada@example.com' }, NOW)).toMatchObject({
      occurredAt: NOW,
      payload: { startedAt: NOW.toISOString() },
    });
    const startedAt = new Date('2026-03-01T00:00:00Z');
    expect(trialEvent(TRIAL_ROW, { email: 'ada@example.com', startedAt }, NOW)).toMatchObject({
      occurredAt: NOW,
      payload: { startedAt: startedAt.toISOString() },
    });
  });

  it('is another one for another person under the same id, and the same one for another spelling', () => {
    const idOf = (email: string) => trialEvent(TRIAL_ROW, { email }, NOW).externalId;
    expect(idOf('ADA@example.com')).toBe(idOf('ada@example.com'));
    expect(idOf('bob@example.com')).not.toBe(idOf('ada@example.com'));
  });
});

describe('a run', () => {
  it('stores the new rows batch by batch, each once, and keeps its run', async () => {
    const rows = [row(1), row(2), row(5, null), row(6), row(7, 'nobody')];
    const table = tableOf(rows);
    expect(await sync(table)).toEqual({
      read: 5,
      added: 3,
      known: 0,
      unusable: 2,
      lastId: '7',
      told: [
        { id: '5', problem: 'no e-mail address' },
        { id: '7', problem: 'the e-mail address is not one' },
      ],
    });
    expect(table.asked).toEqual(['0', '2', '6']);
    expect(await stored()).toEqual([
      'trial:trials:trials:1',
      'trial:trials:trials:2',
      'trial:trials:trials:6',
    ]);
    expect(await lastRun()).toMatchObject({
      state: 'done',
      counts: { read: 5, added: 3, known: 0, unusable: 2 },
    });

    const later = tableOf([...rows, row(8)]);
    expect(await sync(later)).toMatchObject({ read: 1, added: 1, lastId: '8', told: [] });
    expect(later.asked).toEqual(['7']);
    expect(await sync(later)).toMatchObject({ read: 0, added: 0, lastId: '8' });
  });

  it('tells of so many rows only', async () => {
    const rows = Array.from({ length: 50 }, (_, index) => row(index + 1, ''));
    const synced = await sync(tableOf(rows), { batchSize: 15 });
    expect(synced).toMatchObject({ unusable: 50 });
    expect('told' in synced && synced.told).toHaveLength(20);
  });

  it('that fails keeps what it has stored, and the next one goes on there', async () => {
    const rows = [row(1), row(2), row(3)];
    const table = tableOf(rows);
    const breaking: TrialsReader = {
      ...table,
      rowsAfter: async (after, limit) => {
        if (after === '2') throw new Error('the disk is gone');
        return await table.rowsAfter(after, limit);
      },
    };
    await expect(sync(breaking)).rejects.toThrow('the disk is gone');
    expect(await lastRun()).toMatchObject({ state: 'failed', lastFailure: 'the disk is gone' });
    expect(await sync(table)).toMatchObject({ read: 3, added: 3, known: 0, lastId: '3' });
    expect(await lastRun()).toMatchObject({ state: 'done', resumed: 1 });
    expect(await stored()).toHaveLength(3);
  });

  it('recognises rows that were stored when it was cut off before the cursor moved', async () => {
    const table = tableOf([row(1), row(2), row(3)]);
    await sync(table);
    await store.cursors.set('trial-leads:trials:trials', '1');
    expect(await sync(table)).toMatchObject({ read: 2, added: 0, known: 2 });
    expect(await stored()).toHaveLength(3);
  });

  it('does nothing while another one is under way', async () => {
    await store.syncRuns.begin('trial-leads');
    const table = tableOf([row(1)]);
    const synced = await sync(table);
    expect(synced).toEqual({ underWaySince: expect.any(String) });
    expect(summaryOf(synced)).toMatch(/^Another run has been at it since 20.*this one did nothing/);
    expect(table.asked).toEqual([]);
    // Of another database it is none of its business.
    expect(await sync(table, { database: 'emea' })).toMatchObject({ added: 1 });
  });

  it('stops when another one has taken over', async () => {
    const table = tableOf([row(1), row(2), row(3)]);
    const slow: TrialsReader = {
      ...table,
      rowsAfter: async (after, limit) => {
        await database.sql(`update lifecycle.sync_run set lease_expires_at = now()`);
        await store.syncRuns.begin('trial-leads');
        return await table.rowsAfter(after, limit);
      },
    };
    await expect(sync(slow)).rejects.toThrow(/Another run has taken over/);
    expect(await lastRun()).toMatchObject({ state: 'running' });
  });
});

describe('a database that has taken the place of another', () => {
  it('is refused, until somebody starts over; who is known is left alone', async () => {
    await sync(tableOf([row(1), row(2), row(3)]));
    const replaced = tableOf([row(1), row(2, 'new@example.com')]);
    await expect(sync(replaced)).rejects.toThrow(
      /The highest ID in the trials database is 2, but the last run got to 3.*"Start Over"/,
    );
    expect(replaced.asked).toEqual([]);
    expect(await sync(replaced, { startOver: true })).toMatchObject({ added: 1, known: 1, lastId: '2' });
    expect(await sync(replaced)).toMatchObject({ read: 0 });
  });

  it('goes by the highest id that was ever given, so that rows may be deleted', async () => {
    await sync(tableOf([row(1), row(2)]));
    expect(await sync(tableOf([], '2'))).toMatchObject({ read: 0, lastId: '2' });
  });
});

describe('what a run says', () => {
  const counts = { read: 0, added: 0, known: 0, unusable: 0, lastId: '9', told: [] };

  it('is a sentence', () => {
    expect(summaryOf(counts)).toBe('No new rows.');
    expect(summaryOf({ ...counts, read: 1, added: 1 })).toBe('1 new row read: 1 stored.');
    const told = [1, 2, 3, 4, 5, 6].map((id) => ({ id: String(id), problem: 'no e-mail address' }));
    expect(summaryOf({ ...counts, read: 9, added: 2, known: 1, unusable: 6, told })).toBe(
      '9 new rows read: 2 stored, 1 known before, 6 left out. Look at row 1: no e-mail address; row 2: no e-mail address; row 3: no e-mail address; row 4: no e-mail address; row 5: no e-mail address; and more.',
    );
  });
});

describe('the node', () => {
  const setup = (parameters: NodeSetup['parameters'] = {}, path = '/no/such/trials.db'): NodeSetup => ({
    node: new TrialLeads(),
    parameters,
    credentials: [
      storeCredential(database.url()),
      { type: new LifecycleTrialsDatabaseApi(), data: { path: ` ${path} ` } },
    ],
  });

  it('is preset for the table of the sandbox', async () => {
    expect(await settingsOf(executeContext(setup(), [{}]))).toEqual({
      database: 'trials',
      table: 'trials',
      batchSize: 500,
      startOver: false,
      source: {
        path: '/no/such/trials.db',
        table: 'trials',
        idColumn: 'id',
        columns: {
          email: 'email',
          name: 'name',
          company: 'company',
          plan: 'plan',
          startedAt: 'started_at',
          endsAt: 'ends_at',
        },
      },
    });
  });

  it('reads only the columns that are chosen', async () => {
    const parameters = {
      nameColumn: '',
      companyColumn: '',
      planColumn: '',
      startedAtColumn: ' ',
      endsAtColumn: '',
    };
    const { source } = await settingsOf(executeContext(setup(parameters), [{}]));
    expect(source.columns).toEqual({ email: 'email' });
  });

  it.each([
    ['database', /"Name of the Database" is empty/],
    ['table', /"Table" is empty/],
    ['idColumn', /"ID Column" is empty/],
    ['emailColumn', /"Email Column" is empty/],
  ])('asks for %s', async (name, message) => {
    await expect(settingsOf(executeContext(setup({ [name]: ' ' }), [{}]))).rejects.toThrow(message);
  });

  it('fails with what to do, and keeps the failure with its run', async () => {
    await expect(executeNode(setup(), [{}])).rejects.toThrow(
      process.getBuiltinModule('node:sqlite')
        ? /There is no trials database at \/no\/such\/trials\.db/
        : /Run n8n on Node\.js 22\.13 or later/,
    );
    expect(await lastRun()).toMatchObject({ state: 'failed' });
  });

  it('says whether the credential works', async () => {
    const test = new TrialLeads().methods.credentialTest.testTrialsDatabase;
    const credential = {
      id: '1',
      name: 'T',
      type: 'lifecycleTrialsDatabaseApi',
      data: { path: 'trials.db' },
    };
    expect(await test.call({} as never, credential)).toMatchObject({ status: 'Error' });
  });

  it('has a default for each parameter', () => {
    const { properties } = new TrialLeads().description;
    expect(NodeHelpers.getNodeParametersIssues(properties, nodeOf(setup()), null)).toBeNull();
  });
});

function nodeOf(setup: NodeSetup) {
  return executeContext(setup, [{}]).getNode();
}
