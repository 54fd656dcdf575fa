import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, jest } from '@jest/globals';
import { Client } from 'pg';
import { Postgres } from '../../stack/postgres';
import { openStore, type Store } from '../../store';

/** A real PostgreSQL for the tests of a file, with an empty store for each of them. */
export function useStore() {
  // Only a hang takes so long; five seconds a busy machine may need.
  jest.setTimeout(60_000);
  const databases: string[] = [];
  let folder: string;
  let postgres: Postgres;
  let current: Store | undefined;
  let closing: Array<() => Promise<void>> = [];

  beforeAll(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'lifecycle-store-'));
    postgres = await Postgres.start({ dataFolder: folder, databases: ['lifecycle'] });
  }, 60_000);

  afterEach(async () => {
    await Promise.all(closing.map((close) => close()));
    closing = [];
    await current?.close();
    current = undefined;
  });

  afterAll(async () => {
    await postgres.stop();
    rmSync(folder, { recursive: true, force: true });
  }, 60_000);

  const url = () => postgres.url(databases.at(-1) ?? 'lifecycle');
  return {
    get postgres() {
      return postgres;
    },
    /** Connection URL of the test's own database. */
    url,
    /** What has to be done at the end of the test before its store is closed. */
    beforeClosing(close: () => Promise<void>): void {
      closing.push(close);
    },
    /** A store in a new, empty database. */
    async empty(): Promise<Store> {
      const database = `store_${databases.length}`;
      await this.sql(`create database ${database}`);
      databases.push(database);
      current = await openStore(url());
      return current;
    },
    /** Runs SQL on the test's own database, past the store. */
    async sql<Row extends object = Record<string, unknown>>(
      text: string,
      values: unknown[] = [],
    ): Promise<Row[]> {
      const client = new Client({ connectionString: url() });
      await client.connect();
      try {
        return (await client.query<Row>(text, values)).rows;
      } finally {
        await client.end();
      }
    },
  };
}
