import { renameSync } from 'node:fs';
import { afterEach, describe, expect, it } from '@jest/globals';
import { openStore, type Customer } from '../../store';
import { useCampaign } from '../support/campaign';
import { useEditorApi } from '../support/editor-api';
import { runByHand } from '../support/run-by-hand';
import { until } from '../support/until';

const campaign = useCampaign({
  published: ['on-error', 'trial-leads-sync'],
  webhookPaths: [],
  // Small enough for a run of many batches.
  parameters: { 'trial-leads-read': { batchSize: 50 } },
});
const editor = useEditorApi(campaign);

interface StoredTrial {
  externalId: string;
  groupKey: string;
  payload: Record<string, unknown>;
}

const trials = (action: string, input: object = {}) => campaign.act('trials', action, input);
const MORNING = { workflow: 'trial-leads-sync', trigger: 'Daily at 07:00' };
const sync = () => runByHand(campaign, editor, MORNING);

afterEach(() => campaign.allSettled());

async function expectGood(summary: RegExp): Promise<void> {
  const { status, data } = await sync();
  expect(data).toMatch(summary);
  expect(status).toBe('success');
}

const stored = () =>
  campaign.rows<StoredTrial>(
    `select external_id as "externalId", group_key as "groupKey", payload
     from lifecycle.event where type = 'trial.started' order by id`,
  );

async function customer(email: string): Promise<Customer | undefined> {
  return await (await openStore(campaign.stack.databaseUrl)).customers.get(email);
}

describe('trials that another program writes', () => {
  it('are stored once they are committed, each once', async () => {
    const first = { email: 'Ada@Example.com', name: 'Ada Lovelace', company: 'Analytical Engines', days: 14 };
    const startedAt = new Date(Date.now() - 3_600_000).toISOString();
    await trials('startTrial', { ...first, startedAt });
    await trials('beginTransaction');
    await trials('startTrial', { email: 'later@example.com' });
    // While the other program is in the middle of writing.
    await expectGood(/1 new row read: 1 stored\./);
    await trials('commitTransaction');
    await expectGood(/1 new row read: 1 stored\./);
    await expectGood(/No new rows\./);
    await trials('checkpoint');
    await expectGood(/No new rows\./);

    await campaign.allSettled();
    expect((await stored()).map(({ payload }) => payload.email)).toEqual([
      'Ada@Example.com',
      'later@example.com',
    ]);
    expect(await customer('ada@example.com')).toMatchObject({
      name: 'Ada Lovelace',
      stage: 'trial',
      trialStartedAt: new Date(startedAt),
      trialEndsAt: new Date(Date.parse(startedAt) + 14 * 86_400_000),
    });
    // The lead is behind a switch that is off.
    expect((await campaign.requests()).filter(({ double }) => double === 'espocrm')).toEqual([]);
  });

  it('are all stored when there are 1,000, and rows of no use stop none of them', async () => {
    await trials('addTrials', { count: 500 });
    const { id } = (await trials('startTrial', { email: 'nobody' })) as { id: number };
    await trials('startTrial', { email: ' ' });
    await trials('addTrials', { count: 500, emailDomain: 'more.example' });
    const { status, data } = await sync();
    expect(status).toBe('success');
    expect(data).toContain('1002 new rows read: 1000 stored, 2 left out.');
    expect(data).toContain(`row ${id}: the e-mail address is not one; row ${id + 1}: no e-mail address`);
    expect(new Set((await stored()).map(({ groupKey }) => groupKey)).size).toBe(1_000);
    await expectGood(/No new rows\./);
    await campaign.allSettled(120);
    expect((await customer('trial1@trials.example'))?.stage).toBe('trial');
  });
});

describe('a trials database that is not there', () => {
  it('makes the run red, with what to do, and the next run goes on', async () => {
    await trials('startTrial', { email: 'patient@example.com' });
    const { trialsDatabase } = campaign.stack;
    renameSync(trialsDatabase, `${trialsDatabase}.away`);
    const { status, data } = await sync();
    renameSync(`${trialsDatabase}.away`, trialsDatabase);
    expect(status).toBe('error');
    expect(data).toContain(`There is no trials database at ${trialsDatabase}. Check the path`);
    await expectGood(/1 new row read: 1 stored\./);
  });

  it('as the table, makes the run red, too', async () => {
    await trials('addTrials', { count: 3 });
    await expectGood(/3 new rows/);
    await campaign.sql(`update lifecycle.cursor set position = '999999999' where name like 'trial-leads%'`);
    const { status, data } = await sync();
    expect(status).toBe('error');
    expect(data).toMatch(/the last run got to 999999999: the database was replaced.*Start Over/);
  });
});

describe('n8n killed with kill -9 in the middle of a run', () => {
  it('stores every row once in the end', async () => {
    await trials('addTrials', { count: 3_000 });
    await editor.run(MORNING.workflow, MORNING.trigger);
    await until(async () => (await stored()).length > 0, 'the first rows to be stored');
    await campaign.stack.n8n.kill();
    const atDeath = (await stored()).length;
    await campaign.stack.n8n.start();
    expect(atDeath).toBeLessThan(3_000);

    await expectGood(/Another run has been at it/);
    await campaign.sql(`update lifecycle.sync_run set lease_expires_at = now()`);
    // The batch in which it was cut off may be missing from the counts.
    await expectGood(/(3000|2950) new rows read/);
    const emails = (await stored()).map(({ payload }) => payload.email);
    expect(emails).toHaveLength(3_000);
    expect(new Set(emails).size).toBe(3_000);
    await campaign.allSettled(240);
  });
});
