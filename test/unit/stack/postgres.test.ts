import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client } from 'pg';
import { Postgres } from '../../../stack/postgres';

let folder: string;
let postgres: Postgres;
beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'postgres-'));
  postgres = await Postgres.start({ dataFolder: folder, databases: ['n8n', 'lifecycle'] });
}, 60_000);
afterAll(async () => {
  await postgres.kill();
  rmSync(folder, { recursive: true });
});

async function query(sql: string, url = postgres.url('lifecycle')): Promise<unknown> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<Record<string, unknown>>(sql);
    return rows[0] && Object.values(rows[0])[0];
  } finally {
    await client.end();
  }
}

describe('Postgres', () => {
  it('has both databases, in UTF-8 with Unicode rules', async () => {
    await expect(query('select 1', postgres.url('n8n'))).resolves.toBe(1);
    await expect(query(`select current_setting('server_encoding') || ' ' || lower('ÄÉЖ')`)).resolves.toBe(
      'UTF8 äéж',
    );
  });

  it('listens on the loopback address only', async () => {
    await expect(query('show listen_addresses')).resolves.toBe('127.0.0.1');
    await expect(query('show unix_socket_directories')).resolves.toBe('');
  });

  it('lets nobody in without its password, which only this user can read', async () => {
    const url = new URL(postgres.url('lifecycle'));
    url.password = 'guess';
    await expect(query('select 1', url.href)).rejects.toThrow(/password authentication failed/);
    expect(statSync(path.join(folder, 'postgres.json')).mode & 0o777).toBe(0o600);
  });

  it('loses nothing that was committed when it is killed', async () => {
    await query('create table kept as select 42 as answer');
    await postgres.kill();
    await expect(query('select 1')).rejects.toThrow(/ECONNREFUSED/);
    await postgres.start();
    await expect(query('select answer from kept')).resolves.toBe(42);
  }, 30_000);

  it('finds its data again in a later start', async () => {
    await query('create table later as select 7 as answer');
    await postgres.stop();
    const { identity } = postgres;
    postgres = await Postgres.start({ dataFolder: folder, databases: ['n8n', 'lifecycle'] });
    expect(postgres.identity).toBe(identity);
    await expect(query('select answer from later')).resolves.toBe(7);
  }, 30_000);
});
