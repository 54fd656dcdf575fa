import { Client, Pool, type ClientConfig, type PoolClient, type QueryResultRow } from 'pg';

/** The schema that everything of the store lives in. */
export const SCHEMA = 'lifecycle';

const CONNECTION_TIMEOUT_MS = 5_000;
/** A store that does not answer for this long counts as down: webhooks are then refused with 503. */
const STATEMENT_TIMEOUT_MS = 30_000;

/** Anything that runs parameterised SQL: the pool, or one connection within a transaction. */
export interface Queryable {
  query<Row extends QueryResultRow>(text: string, values?: readonly unknown[]): Promise<{ rows: Row[] }>;
}

function configuration(connectionUrl: string): ClientConfig {
  return {
    connectionString: connectionUrl,
    application_name: 'n8n-nodes-lifecycle',
    connectionTimeoutMillis: CONNECTION_TIMEOUT_MS,
    keepAlive: true,
  };
}

/** A pool that survives a restart of the server: broken connections are dropped and made anew when needed. */
export function createPool(connectionUrl: string): Pool {
  const pool = new Pool({
    ...configuration(connectionUrl),
    max: 10,
    idleTimeoutMillis: 30_000,
    allowExitOnIdle: true,
    query_timeout: STATEMENT_TIMEOUT_MS,
    statement_timeout: STATEMENT_TIMEOUT_MS,
  });
  // Without a listener the loss of an idle connection would end the process; the next query reports what matters.
  pool.on('error', () => undefined);
  return pool;
}

/** One connection outside the pool, for LISTEN and for locks that last as long as the session. */
export function createSession(connectionUrl: string): Client {
  return new Client(configuration(connectionUrl));
}

/** Runs `work` in one transaction; any error rolls it back and is passed on. */
export async function inTransaction<Result>(
  pool: Pool,
  work: (client: PoolClient) => Promise<Result>,
): Promise<Result> {
  const client = await pool.connect();
  let committed = false;
  let broken = false;
  // A pool listens only to its idle connections; unheard, the loss of this one would end the process.
  const onError = (): void => {
    broken = true;
  };
  client.on('error', onError);
  try {
    await client.query('begin');
    const result = await work(client);
    await client.query('commit');
    committed = true;
    return result;
  } finally {
    if (!committed) {
      await client.query('rollback').catch(() => {
        broken = true;
      });
    }
    client.off('error', onError);
    client.release(broken);
  }
}
