import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chownSync, existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { Client, escapeIdentifier } from 'pg';
import { z } from 'zod/v4';
import { StackError, messageOf } from './error';
import { readKept, writeKept } from './kept';
import { ManagedProcess } from './managed-process';
import { claimPort } from './ports';
import { findPostgresHome, type PostgresHome } from './postgres-home';
import { waitFor } from './wait';

export interface PostgresOptions {
  /** Folder of the stack's data; the server's own is below it, or, where its user cannot get in, below /var/tmp. */
  dataFolder: string;
  /** 0 or absent: a free one, kept for as long as this object lives. */
  port?: number | undefined;
  /** Made when missing. */
  databases: readonly string[];
  signal?: AbortSignal | undefined;
  onCrash?: ((crash: StackError) => void) | undefined;
  /** Told the process id of each launch. */
  onLaunch?: ((pid: number | undefined) => void) | undefined;
}

const HOST = '127.0.0.1';
const SUPERUSER = 'lifecycle';
const START_TIMEOUT = 60_000;
/** Its last act is to write everything to disk, which a busy machine does slowly. */
const STOP_GRACE = 60_000;
const keptSchema = z.object({ cluster: z.string(), password: z.string(), createdAt: z.string() });
type Kept = z.infer<typeof keptSchema>;

const run = promisify(execFile);

function program(binaries: string, name: string): string {
  return path.join(binaries, 'bin', process.platform === 'win32' ? `${name}.exe` : name);
}

/** The processes of a server that was killed notice it a moment later, and hold its memory until then. */
function isStillInUse(error: unknown): boolean {
  return messageOf(error).includes('pre-existing shared memory block');
}

/** The same messages everywhere, whatever language the machine speaks. */
function environment(): NodeJS.ProcessEnv {
  return { ...process.env, LC_ALL: 'C', LANG: 'C' };
}

async function initialise({ cluster, binaries, user }: PostgresHome, password: string): Promise<void> {
  const draft = `${cluster}.new`;
  const passwordFile = path.join(path.dirname(cluster), 'password');
  rmSync(draft, { recursive: true, force: true });
  writeFileSync(passwordFile, password, { mode: 0o600 });
  if (user) chownSync(passwordFile, user.uid, user.gid);
  try {
    const args = [
      `--pgdata=${draft}`,
      `--username=${SUPERUSER}`,
      `--pwfile=${passwordFile}`,
      '--auth=scram-sha-256',
      '--encoding=UTF8',
      // The server's own Unicode rules: the machine need not have a UTF-8 locale.
      '--locale=C',
      '--locale-provider=builtin',
      '--builtin-locale=C.UTF-8',
    ];
    await run(program(binaries, 'initdb'), args, { env: environment(), cwd: path.dirname(cluster), ...user });
    // Only a complete cluster gets the name that later starts look for.
    renameSync(draft, cluster);
  } catch (error) {
    throw new StackError(`PostgreSQL could not set up its data in ${cluster}: ${messageOf(error)}`);
  } finally {
    rmSync(passwordFile, { force: true });
  }
}

/** A PostgreSQL server on this machine's loopback address, from the binaries that npm brings. */
export class Postgres {
  private server: ManagedProcess | undefined;

  private constructor(
    private readonly options: PostgresOptions,
    private readonly home: PostgresHome,
    private readonly kept: Kept,
    readonly port: number,
  ) {}

  /** Sets up the server's data when there is none, and starts it. */
  static async start(options: PostgresOptions): Promise<Postgres> {
    mkdirSync(options.dataFolder, { recursive: true });
    const port = await claimPort(options.port, 'PostgreSQL', 'POSTGRES_PORT');
    const found = findPostgresHome(options.dataFolder);
    const keptFile = path.join(options.dataFolder, 'postgres.json');
    let kept = readKept(keptFile, keptSchema);
    if (!kept || !existsSync(kept.cluster)) {
      kept = {
        cluster: found.cluster,
        password: randomBytes(18).toString('base64url'),
        createdAt: new Date().toISOString(),
      };
      rmSync(found.cluster, { recursive: true, force: true });
      await initialise(found, kept.password);
      writeKept(keptFile, kept);
    }
    const postgres = new Postgres(options, { ...found, cluster: kept.cluster }, kept, port);
    await postgres.start();
    return postgres;
  }

  /** Changes when the databases were made anew. */
  get identity(): string {
    return `embedded ${this.kept.createdAt}`;
  }

  get logPath(): string {
    return path.join(this.options.dataFolder, 'postgres.log');
  }

  get pid(): number | undefined {
    return this.server?.pid;
  }

  /** Connection URL of one of its databases. */
  url(database: string): string {
    return `postgres://${SUPERUSER}:${encodeURIComponent(this.kept.password)}@${HOST}:${this.port}/${database}`;
  }

  /** Starts it again after {@link stop} or {@link kill}, at the same port. */
  async start(): Promise<void> {
    const deadline = Date.now() + START_TIMEOUT;
    for (;;) {
      try {
        await this.launch();
        return;
      } catch (error) {
        await this.kill();
        if (!isStillInUse(error) || Date.now() > deadline) throw error;
        await sleep(500, undefined, { signal: this.options.signal });
      }
    }
  }

  private async launch(): Promise<void> {
    const { signal, onCrash, onLaunch, databases } = this.options;
    let isUp = false;
    const server = new ManagedProcess({
      name: 'PostgreSQL',
      command: program(this.home.binaries, 'postgres'),
      args: [
        '-D',
        this.home.cluster,
        '-p',
        String(this.port),
        ...['-c', `listen_addresses=${HOST}`],
        // Sockets would need a short path that both users may use; TCP does.
        ...['-c', 'unix_socket_directories='],
      ],
      cwd: path.dirname(this.home.cluster),
      env: environment(),
      logPath: this.logPath,
      user: this.home.user,
      onCrash: (crash) => {
        if (isUp) onCrash?.(crash);
      },
    });
    this.server = server;
    onLaunch?.(server.pid);
    const client = await waitFor(
      async () => {
        if (!server.isRunning) throw server.crash();
        return await this.connect();
      },
      { timeout: START_TIMEOUT, signal },
    );
    if (!client) throw new StackError(`PostgreSQL has not answered for a minute. See ${this.logPath}.`);
    await this.ensureDatabases(client, databases).finally(() => client.end());
    isUp = true;
  }

  /** Ends it cleanly; connections are cut. */
  async stop(): Promise<void> {
    // SIGINT is PostgreSQL's fast shutdown; SIGTERM would wait for the clients to leave.
    await this.server?.stop('SIGINT', STOP_GRACE);
  }

  /** Ends it as `kill -9` does. */
  async kill(): Promise<void> {
    await this.server?.kill();
  }

  private async connect(): Promise<Client | undefined> {
    const client = new Client({ connectionString: this.url('postgres') });
    // A connection lost later is none of our business, and must not end the process.
    client.on('error', () => undefined);
    try {
      await client.connect();
      return client;
    } catch {
      return undefined;
    }
  }

  private async ensureDatabases(client: Client, names: readonly string[]): Promise<void> {
    const { rows } = await client.query<{ datname: string }>('select datname from pg_database');
    const existing = new Set(rows.map((row) => row.datname));
    for (const name of names) {
      if (!existing.has(name)) await client.query(`create database ${escapeIdentifier(name)}`);
    }
  }
}
