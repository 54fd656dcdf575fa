import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { ensureInstalled } from '../stack/install';
import { npmCommand } from '../stack/npm';
import type { BenchOptions } from './stack';

const FOLDER = path.join(__dirname, 'job-queue');
const MARKER = path.join(FOLDER, 'node_modules', '.installed');
/** As the package.json of pg-boss demands. */
const NEEDED_NODE = [22, 12] as const;

/** The version of pg-boss that is compared with. */
export function jobQueueVersion(): string {
  const { dependencies } = JSON.parse(readFileSync(path.join(FOLDER, 'package.json'), 'utf8')) as {
    dependencies: { 'pg-boss': string };
  };
  return dependencies['pg-boss'];
}

/** Installs the job queue when that has not been done; gives the path of a Node.js that it runs on: this one, or n8n's. */
export async function jobQueueNode({ progress, signal }: BenchOptions): Promise<string> {
  const lock = readFileSync(path.join(FOLDER, 'package-lock.json'), 'utf8');
  if (!existsSync(MARKER) || readFileSync(MARKER, 'utf8') !== lock) {
    await progress.step(`Installing pg-boss ${jobQueueVersion()}`, async () => {
      const { command, args } = npmCommand();
      // Quietly: npm itself runs on a Node.js that is too old for it.
      execFileSync(command, [...args, 'ci', '--no-audit', '--no-fund', '--loglevel=error'], {
        cwd: FOLDER,
        stdio: ['ignore', 'ignore', 'inherit'],
      });
      writeFileSync(MARKER, lock);
    });
  }
  if (isNewEnough(process.versions.node)) return process.execPath;
  return (await ensureInstalled({ progress, signal })).node;
}

export function isNewEnough(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [neededMajor, neededMinor] = NEEDED_NODE;
  return major > neededMajor || (major === neededMajor && minor >= neededMinor);
}
