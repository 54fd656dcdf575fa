import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { StackError } from '../../../stack/error';
import { ManagedProcess, lastLines } from '../../../stack/managed-process';
import { waitFor } from '../../../stack/wait';

const IGNORES_SIGTERM = `process.on('SIGTERM', () => console.log('asked')); setInterval(() => {}, 1000); console.log('up')`;
const HAS_CHILD = `const { pid } = require('node:child_process').spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']); console.log('child ' + pid); setInterval(() => {}, 1000)`;

let folder: string;
let logPath: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'process-'));
  logPath = path.join(folder, 'process.log');
});
afterEach(() => rmSync(folder, { recursive: true }));

function run(script: string, crashes: StackError[] = [], command = process.execPath): ManagedProcess {
  return new ManagedProcess({
    name: 'The process',
    command,
    args: ['-e', script],
    cwd: folder,
    env: process.env,
    logPath,
    onCrash: (crash) => crashes.push(crash),
  });
}

async function logged(pattern: RegExp): Promise<string> {
  const found = await waitFor(async () => pattern.exec(lastLines(logPath)) ?? undefined, { timeout: 10_000 });
  if (!found) throw new Error(`the log never showed ${pattern}`);
  return found[1] ?? found[0];
}

function exists(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

describe('ManagedProcess', () => {
  it('reports an end that nobody asked for, with the end of the log', async () => {
    const crashes: StackError[] = [];
    await run(`console.log('what went wrong'); process.exit(3)`, crashes).ended;
    expect(crashes.map(({ message }) => message)).toEqual([
      `The process ended with exit code 3. The last lines of ${logPath}:\nwhat went wrong`,
    ]);
  });

  it('reports a program that is not there', async () => {
    const crashes: StackError[] = [];
    await run('', crashes, path.join(folder, 'none')).ended;
    expect(crashes[0]?.message).toMatch(/could not be started: .*ENOENT/);
  });

  it('asks before it kills, and keeps quiet about an end that was wanted', async () => {
    const crashes: StackError[] = [];
    const child = run(IGNORES_SIGTERM, crashes);
    await logged(/up/);
    await child.stop('SIGTERM', 200);
    expect(lastLines(logPath)).toBe('up\nasked');
    expect(child.isRunning).toBe(false);
    expect(crashes).toEqual([]);
  });

  it('takes what the process has started down with it', async () => {
    const child = run(HAS_CHILD);
    const grandchild = Number(await logged(/child (\d+)/));
    await child.kill();
    const isGone = await waitFor(async () => !exists(grandchild) || undefined, { timeout: 10_000 });
    expect(isGone).toBe(true);
  });
});
