import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Pool, QueryConfig } from 'pg';
import { SCHEMA, inTransaction } from './database';

const FOLDER = join(__dirname, 'migrations');
/** Any number that no other program on this database uses for its own advisory locks. */
const MIGRATION_LOCK = 4_812_077_501;
/** A migration may bring millions of rows along. */
const MIGRATION_TIMEOUT_MS = 60 * 60_000;

/**
 * Brings the schema up to date: every `migrations/NNN_name.sql` that is not recorded yet, in order, all in one
 * transaction. An advisory lock makes several processes that start at once wait for the first one.
 */
export async function migrate(pool: Pool): Promise<void> {
  await inTransaction(pool, async (client) => {
    await client.query(`set local statement_timeout = ${MIGRATION_TIMEOUT_MS}`);
    await client.query('select pg_advisory_xact_lock($1)', [MIGRATION_LOCK]);
    await client.query(`create schema if not exists ${SCHEMA}`);
    await client.query(
      `create table if not exists ${SCHEMA}.migration (
         name text primary key,
         applied_at timestamptz not null default now()
       )`,
    );
    const { rows } = await client.query<{ name: string }>(`select name from ${SCHEMA}.migration`);
    const applied = new Set(rows.map((row) => row.name));
    for (const name of migrationNames()) {
      if (applied.has(name)) continue;
      await client.query(unhurried(readFileSync(join(FOLDER, name), 'utf8')));
      await client.query(`insert into ${SCHEMA}.migration (name) values ($1)`, [name]);
    }
  });
}

/** SQL that the pool's own limit, which is for everyday's statements, does not cut off. */
function unhurried(text: string): QueryConfig & { query_timeout: number } {
  return { text, query_timeout: MIGRATION_TIMEOUT_MS };
}

function migrationNames(): string[] {
  return readdirSync(FOLDER)
    .filter((name) => /^\d{3}_\w+\.sql$/.test(name))
    .sort();
}
