import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Client } from 'pg';
import { N8nApi } from '../stack/n8n-api';
import type { Progress } from '../stack/progress';
import { startStack, type Stack, type StackOptions } from '../stack/stack';
import { awaitPublication } from '../stack/sync';
import { waitFor } from '../stack/wait';
import { readWorkflows } from '../stack/workflow-file';
import { SandboxControl } from './sandbox-control';
import { untilAborted } from './until-aborted';

const PEERS_FOLDER = path.join(__dirname, 'peers');
/** Stands in the peer workflows for the sandbox's address, which differs from run to run. */
const SANDBOX_PLACEHOLDER = 'http://sandbox.invalid';
const HOOK_TIMEOUT_MS = 30_000;

export interface BenchOptions {
  progress: Progress;
  signal: AbortSignal;
}

/** A stack of its own on fresh data, with what a benchmark does to it. */
export interface BenchStack {
  stack: Stack;
  sandbox: SandboxControl;
  api: N8nApi;
  /** Process id of n8n. */
  pid: number;
  /** What SQL on the store's database counts, as `count`. */
  count(text: string): Promise<number>;
  /** The same on n8n's own database. */
  countInN8n(text: string): Promise<number>;
  /** Imports and publishes `peers/<name>.json` and waits until the webhook at `webhookPath` answers. */
  publishPeer(name: string, webhookPath: string): Promise<string>;
}

/** Runs `work` with a stack that is ended, and its data removed, afterwards. */
export async function withStack<Result>(
  { progress, signal }: BenchOptions,
  options: Pick<StackOptions, 'tuned' | 'n8nEnvironment'> & Required<Pick<StackOptions, 'published'>>,
  work: (bench: BenchStack) => Promise<Result>,
): Promise<Result> {
  const dataFolder = mkdtempSync(path.join(tmpdir(), 'lifecycle-bench-'));
  try {
    const stack = await startStack({ ...options, dataFolder, progress, signal });
    const store = new Client({ connectionString: stack.databaseUrl });
    const n8n = new Client({ connectionString: stack.n8nDatabaseUrl });
    try {
      await Promise.all([store.connect(), n8n.connect()]);
      const api = new N8nApi(stack.n8nUrl);
      await api.logIn(stack.owner);
      const { pid } = stack.n8n;
      if (pid === undefined) throw new Error('n8n runs without a process id.');
      const bench: BenchStack = {
        stack,
        sandbox: new SandboxControl(stack.sandboxUrl),
        api,
        pid,
        count: (text) => countIn(store, text),
        countInN8n: (text) => countIn(n8n, text),
        publishPeer: (name, webhookPath) => publishPeer(stack, api, name, webhookPath),
      };
      return await untilAborted(signal, work(bench));
    } finally {
      await Promise.allSettled([store.end(), n8n.end()]);
      await stack.stop();
    }
  } finally {
    rmSync(dataFolder, { recursive: true, force: true });
  }
}

async function countIn(database: Client, text: string): Promise<number> {
  return (await database.query<{ count: number }>(text)).rows[0]?.count ?? 0;
}

async function publishPeer(stack: Stack, api: N8nApi, name: string, webhookPath: string): Promise<string> {
  const file = readWorkflows(PEERS_FOLDER).find(({ fileName }) => fileName === `${name}.json`);
  if (!file) throw new Error(`There is no ${name}.json in ${PEERS_FOLDER}.`);
  const text = JSON.stringify(file.content).replaceAll(SANDBOX_PLACEHOLDER, stack.sandboxUrl);
  const workflow = await api.createWorkflow(JSON.parse(text) as typeof file.content);
  await api.publish(workflow);
  await awaitPublication(api, workflow);
  const url = stack.n8nUrl + webhookPath;
  const isThere = await waitFor(
    async () => {
      // As a browser asks before a call from elsewhere: nothing is executed.
      const answer = await fetch(url, { method: 'OPTIONS', headers: { origin: stack.n8nUrl } });
      return answer.headers.get('access-control-allow-methods')?.includes('POST') || undefined;
    },
    { timeout: HOOK_TIMEOUT_MS },
  );
  if (!isThere) throw new Error(`Nothing answers at ${url}, although "${name}" is published.`);
  return url;
}
