import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { startSandbox, type RunningSandbox } from '../../../sandbox/server';
import { TrialsDouble } from '../../../sandbox/trials';
import { eventually } from '../../support/sandbox-under-test';
import { sqliteNode } from '../../support/sqlite-node';

interface State {
  database: string | null;
  problem: string | null;
  count: number;
  rows: Array<Record<string, unknown>>;
}

let folder: string;
let database: string;
let sandbox: RunningSandbox;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'trials-'));
  database = path.join(folder, 'data', 'trials.db');
});
afterEach(async () => {
  await sandbox.close();
  rmSync(folder, { recursive: true });
});

async function start(trials?: { database: string; node: string }): Promise<void> {
  sandbox = await startSandbox({ port: 0, doubles: { trials: TrialsDouble }, trials });
}

async function call(
  method: string,
  target: string,
  body?: object,
): Promise<{ status: number; body: unknown }> {
  const answer = await fetch(`${sandbox.url}${target}`, { method, body: body && JSON.stringify(body) });
  const text = await answer.text();
  const isJson = answer.headers.get('content-type')?.includes('json');
  return { status: answer.status, body: isJson ? JSON.parse(text) : text };
}

async function act(action: string, input: object = {}): Promise<Record<string, unknown>> {
  const { status, body } = await call('POST', `/sandbox/trials/actions/${action}`, input);
  if (status !== 200) throw new Error(JSON.stringify(body));
  return body as Record<string, unknown>;
}

const state = async () => (await call('GET', '/sandbox/state/trials')).body as State;
const card = async () => String((await call('GET', '/sandbox/cards/trials')).body);

describe('without a database', () => {
  it('says so, and does nothing', async () => {
    await start();
    expect(await state()).toMatchObject({
      database: null,
      count: 0,
      problem: expect.stringContaining('npm start'),
    });
    expect(await card()).toContain('TRIALS_DB names your own');
    await expect(act('startTrial')).rejects.toThrow('no trial database');
    expect(await call('POST', '/sandbox/reset')).toMatchObject({ status: 200 });
    expect(await call('GET', '/trials/v1')).toMatchObject({ status: 404 });
  });

  it.each([
    ['there is no such Node.js', undefined, 'does not run'],
    [
      'its Node.js has no node:sqlite',
      `echo '{"fatal":"this Node.js has no node:sqlite"}'`,
      'has no node:sqlite',
    ],
    ['its program ends', 'exit 3', 'has ended'],
  ])('because %s it says so, and does nothing', async (_, does, problem) => {
    const node = path.join(folder, 'node');
    const script = `#!/bin/sh\n${does}\n`;
    if (does !== undefined) writeFileSync(node, script, { mode: 0o755 });
    await start({ database, node });
    const seen = await eventually(async () => ((await state()).problem === null ? undefined : state()));
    expect(seen.problem).toContain(problem);
    expect(await card()).toContain(problem);
    await expect(act('startTrial')).rejects.toThrow(problem);
    expect(await call('POST', '/sandbox/reset')).toMatchObject({ status: 200 });
  });
});

const node = sqliteNode() ?? '';
if (!node) process.stderr.write('TRIAL DATABASE TESTS SKIPPED: there is no Node.js with node:sqlite yet.\n');

(node ? describe : describe.skip)('the trial database', () => {
  beforeEach(() => start({ database, node }));

  /** What another program reads meanwhile, which may not write. */
  function read(sql: string): Array<Record<string, unknown>> {
    const program = `
      const { DatabaseSync } = require('node:sqlite');
      const database = new DatabaseSync(${JSON.stringify(database)}, { readOnly: true });
      console.log(JSON.stringify(database.prepare(${JSON.stringify(sql)}).all()));
    `;
    const text = execFileSync(node, ['--disable-warning=ExperimentalWarning', '-e', program], {
      encoding: 'utf8',
    });
    return JSON.parse(text) as Array<Record<string, unknown>>;
  }

  it('is written to while it stays open, in WAL mode', async () => {
    const started = await act('startTrial', {
      email: 'anna@example.com',
      name: "Anna O'Hara",
      company: '<b>Acme</b>',
      plan: 'enterprise',
      days: 30,
      startedAt: '2026-05-04T12:00:00Z',
    });
    const row = {
      id: 1,
      email: 'anna@example.com',
      name: "Anna O'Hara",
      company: '<b>Acme</b>',
      plan: 'enterprise',
      started_at: '2026-05-04T12:00:00.000Z',
      ends_at: '2026-06-03T12:00:00.000Z',
    };
    expect(started).toEqual(row);
    expect(read('SELECT * FROM trials')).toEqual([row]);
    expect(read('PRAGMA journal_mode')).toEqual([{ journal_mode: 'wal' }]);
    expect(await state()).toEqual({ database, problem: null, count: 1, rows: [row] });
    const shown = await card();
    for (const part of ['Trials (1)', 'Anna O&#39;Hara', '&lt;b&gt;Acme', '2026-06-03'])
      expect(shown).toContain(part);
  });

  it('makes people up when nobody is named, and leaves out what was left out of somebody', async () => {
    const [first, second] = [await act('startTrial'), await act('startTrial')];
    expect(first.email).not.toBe(second.email);
    expect(first).toMatchObject({ name: expect.any(String), plan: 'pro' });
    expect(await act('startTrial', { email: 'ben@example.com', plan: null })).toMatchObject({
      email: 'ben@example.com',
      name: null,
      company: null,
      plan: null,
    });
    expect(await act('startTrial', { email: null })).toMatchObject({ email: null, name: null });
    await expect(act('startTrial', { days: -1 })).rejects.toThrow('days');
  });

  it('grows by thousands, each with an address of its own', async () => {
    expect(await act('addTrials', { count: 12_000, emailDomain: 'many.example' })).toEqual({
      added: 12_000,
      firstId: 1,
      lastId: 12_000,
    });
    expect(read('SELECT count(*) AS rows, count(DISTINCT email) AS people FROM trials')).toEqual([
      { rows: 12_000, people: 12_000 },
    ]);
    const { count, rows } = await state();
    expect([count, rows.length, rows.at(-1)?.id]).toEqual([12_000, 20, 12_000]);
  });

  it('does not show what is not committed yet', async () => {
    const count = () => read('SELECT count(*) AS count FROM trials')[0]?.count;
    await act('beginTransaction');
    await act('addTrials', { count: 3 });
    expect([count(), (await state()).count]).toEqual([0, 3]);
    await act('commitTransaction');
    expect(count()).toBe(3);
    await act('beginTransaction');
    await act('addTrials', { count: 3 });
    expect(await act('rollBackTransaction')).toEqual({ count: 3 });
    expect(await act('checkpoint')).toEqual({ count: 3 });
    expect(count()).toBe(3);
    await expect(act('commitTransaction')).rejects.toThrow('no transaction');
  });

  it('is emptied by a reset, and its ids go on', async () => {
    await act('addTrials', { count: 5 });
    await call('POST', '/sandbox/reset');
    expect(read('SELECT * FROM trials')).toEqual([]);
    expect(await state()).toMatchObject({ count: 0, rows: [] });
    expect(await act('startTrial')).toMatchObject({ id: 6 });
  });

  it('takes rows in the place of those it has, or none of them', async () => {
    await act('addTrials', { count: 2 });
    const rows = [{ id: 70, email: 'x@example.com' }, { email: 'y@example.com' }];
    await call('PUT', '/sandbox/state/trials', { rows });
    const emails = () => read('SELECT id, email FROM trials');
    const kept = [
      { id: 70, email: 'x@example.com' },
      { id: 71, email: 'y@example.com' },
    ];
    expect(emails()).toEqual(kept);
    expect(await call('PUT', '/sandbox/state/trials', { rows: [{ id: 1 }, { id: 1 }] })).toMatchObject({
      status: 400,
      body: { error: expect.stringContaining('UNIQUE') },
    });
    expect(emails()).toEqual(kept);
    expect(await call('PUT', '/sandbox/state/trials', { rows: [{ email: 7 }] })).toMatchObject({
      status: 400,
    });
  });

  it('outlives the sandbox', async () => {
    await act('addTrials', { count: 2 });
    await sandbox.close();
    expect(read('SELECT count(*) AS count FROM trials')).toEqual([{ count: 2 }]);
    await start({ database, node });
    const { count } = await eventually(async () => ((await state()).count > 0 ? state() : undefined));
    expect(count).toBe(2);
  });
});
