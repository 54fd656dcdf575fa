import { createHash } from 'node:crypto';
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { DEFAULT_DATA_FOLDER, ROOT, STACK_FOLDER } from '../../stack/paths';
import { chownAll, findPostgresHome } from '../../stack/postgres-home';
import { startStack } from '../../stack/stack';

const FOLDER = path.join(DEFAULT_DATA_FOLDER, 'prepared');
const MARKER = path.join(FOLDER, 'sources');
const SECRETS = 'secrets.json';
const POSTGRES = 'postgres.json';

function fingerprint(): string {
  const sources = readdirSync(STACK_FOLDER)
    .filter((name) => name.endsWith('.ts') || name === 'package-lock.json')
    .map((name) => path.join(STACK_FOLDER, name));
  const hash = createHash('sha256');
  for (const file of [path.join(ROOT, 'package-lock.json'), ...sources.sort()]) {
    hash.update(file).update('\0').update(readFileSync(file));
  }
  return hash.digest('hex');
}

/**
 * Makes what a first start takes longest for, a server with all of n8n's tables, for the test files to start from; does
 * nothing when nothing has changed since. There are no workflows in it, and nothing in the store.
 */
export async function prepareDataFolder(signal?: AbortSignal): Promise<void> {
  const current = fingerprint();
  if (existsSync(MARKER) && readFileSync(MARKER, 'utf8') === current) return;
  // The lock stays: by it, what a start that was killed has left behind is ended.
  // n8n's own folder goes with the secrets: in it stands the key that it had.
  for (const file of [MARKER, SECRETS, POSTGRES, 'imports.json', 'n8n']) {
    rmSync(path.resolve(FOLDER, file), { recursive: true, force: true });
  }
  const workflowsFolder = path.join(FOLDER, 'workflows');
  mkdirSync(workflowsFolder, { recursive: true });
  const stack = await startStack({ dataFolder: FOLDER, workflowsFolder, signal });
  await stack.stop();
  writeFileSync(MARKER, current);
}

/** Lets a stack start in an empty folder from what was prepared; if nothing was, it starts from nothing. */
export function copyPrepared(dataFolder: string): void {
  if (!existsSync(MARKER)) return;
  const kept = JSON.parse(readFileSync(path.join(FOLDER, POSTGRES), 'utf8')) as { cluster: string };
  const { cluster, user } = findPostgresHome(dataFolder);
  cpSync(kept.cluster, cluster, { recursive: true });
  if (user) chownAll(cluster, user);
  copyFileSync(path.join(FOLDER, SECRETS), path.join(dataFolder, SECRETS));
  writeFileSync(path.join(dataFolder, POSTGRES), JSON.stringify({ ...kept, cluster }), { mode: 0o600 });
}
