import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, escapeIdentifier } from 'pg';
import { ManagedProcess } from '../stack/managed-process';
import { freePort } from '../stack/ports';
import { Postgres } from '../stack/postgres';
import { waitFor } from '../stack/wait';
import { SandboxControl } from './sandbox-control';
import type { BenchOptions } from './stack';
import { untilAborted } from './until-aborted';

const ROOT = path.join(__dirname, '..');
const START_TIMEOUT_MS = 60_000;
const STOP_GRACE_MS = 5_000;

/** PostgreSQL and the sandbox, each a process of its own, without n8n. */
export interface BenchServices {
  sandbox: SandboxControl;
  /** The sandbox's Stripe. */
  stripeUrl: string;
  /** The sandbox's Resend. */
  resendUrl: string;
  /** Makes an empty database; gives its connection URL. */
  newDatabase(): Promise<string>;
}

/** Runs `work` with services that are ended, and their data removed, afterwards. */
export async function withServices<Result>(
  { progress, signal }: BenchOptions,
  work: (services: BenchServices) => Promise<Result>,
): Promise<Result> {
  const folder = mkdtempSync(path.join(tmpdir(), 'lifecycle-bench-'));
  try {
    const postgres = await progress.step('PostgreSQL', () =>
      Postgres.start({ dataFolder: folder, databases: [], signal }),
    );
    const port = await freePort();
    const process = sandboxProcess(port, folder);
    try {
      const url = `http://127.0.0.1:${port}`;
      await answering(url, process, signal);
      return await untilAborted(
        signal,
        work({
          sandbox: new SandboxControl(url),
          stripeUrl: `${url}/stripe`,
          resendUrl: `${url}/resend`,
          newDatabase: databasesIn(postgres),
        }),
      );
    } finally {
      await process.stop('SIGTERM', STOP_GRACE_MS);
      await postgres.stop();
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function sandboxProcess(port: number, folder: string): ManagedProcess {
  return new ManagedProcess({
    name: 'The sandbox',
    command: process.execPath,
    args: ['--import', 'tsx', path.join(ROOT, 'sandbox', 'main.ts')],
    cwd: ROOT,
    env: { ...process.env, SANDBOX_PORT: String(port) },
    logPath: path.join(folder, 'sandbox.log'),
  });
}

async function answering(url: string, sandbox: ManagedProcess, signal: AbortSignal): Promise<void> {
  const isUp = await waitFor(
    async () => {
      if (!sandbox.isRunning) throw sandbox.crash();
      return await fetch(`${url}/sandbox/faults`).then(
        ({ ok }) => ok || undefined,
        () => undefined,
      );
    },
    { timeout: START_TIMEOUT_MS, signal },
  );
  if (!isUp) throw new Error('The sandbox has not answered for a minute.');
}

function databasesIn(postgres: Postgres): () => Promise<string> {
  let made = 0;
  return async () => {
    made += 1;
    const name = `bench_${made}`;
    const client = new Client({ connectionString: postgres.url('postgres') });
    await client.connect();
    try {
      await client.query(`create database ${escapeIdentifier(name)}`);
      // What was written before is not to be flushed while the next one is measured.
      await client.query('checkpoint');
    } finally {
      await client.end();
    }
    await sleep(200);
    return postgres.url(name);
  };
}
