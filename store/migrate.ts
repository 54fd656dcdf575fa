import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Client } from 'pg';
import { SCHEMA, createSession } from './database';

const FOLDER = join(__dirname, 'migrations');
/** Any number that no other program on this database uses for its own advisory locks. */
const MIGRATION_LOCK = 4_812_077_501;

/**
 * Brings the schema up to date: every `migrations/NNN_name.sql` that is not recorded yet, in order, all in one
 * transaction. An advisory lock makes several processes that start at once wait for the first one. On a connection of its
 * own, since a migration of millions of rows takes longer than any other statement may.
 */
export async function migrate(connectionUrl: string): Promise<void> {
  const client = createSession(connectionUrl);
  // Unheard, the loss of the connection would end the process; the query that meets it reports it.
  client.on('error', () => undefined);
  await client.connect();
  try {
    await client.query('begin');
    await applyMissing(client);
    await client.query('commit');
  } finally {
    // Takes back what was not committed.
    await client.end();
  }
}

async function applyMissing(client: Client): Promise<void> {
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
    await client.query(readFileSync(join(FOLDER, name), 'utf8'));
    await client.query(`insert into ${SCHEMA}.migration (name) values ($1)`, [name]);
  }
}

function migrationNames(): string[] {
  return readdirSync(FOLDER)
    .filter((name) => /^\d{3}_\w+\.sql$/.test(name))
    .sort();
}
