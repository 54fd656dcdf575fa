import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Lock } from '../../../stack/lock';
import { identify, isRunning } from '../../../stack/process-identity';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'lock-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

async function startSleeper(): Promise<ChildProcess & { pid: number }> {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], {
    detached: true,
    stdio: 'ignore',
  });
  await once(child, 'spawn');
  if (child.pid === undefined) throw new Error('no process was started');
  return Object.assign(child, { pid: child.pid });
}

function leaveLock(holder: object, children: object[] = []): void {
  writeFileSync(path.join(folder, 'lock.json'), JSON.stringify({ holder, addresses: [], children }));
}

describe('Lock', () => {
  it('refuses a second holder and tells where the first one is', async () => {
    const lock = await Lock.take(folder);
    lock.announce(['http://127.0.0.1:5678', 'http://127.0.0.1:5690']);
    await expect(Lock.take(folder)).rejects.toThrow(
      `It is running already at http://127.0.0.1:5678 and http://127.0.0.1:5690 (process ${process.pid}, data in ${folder}).`,
    );
  });

  it('can be taken again once released', async () => {
    (await Lock.take(folder)).release();
    await expect(Lock.take(folder)).resolves.toBeInstanceOf(Lock);
  });

  it('takes over from a holder that is gone, and ends what it left running', async () => {
    const holder = await startSleeper();
    const child = await startSleeper();
    leaveLock(identify(holder.pid), [identify(child.pid)]);
    const holderEnded = once(holder, 'exit');
    holder.kill('SIGKILL');
    await holderEnded;
    const childEnded = once(child, 'exit');
    await expect(Lock.take(folder)).resolves.toBeInstanceOf(Lock);
    await expect(childEnded).resolves.toEqual([null, 'SIGKILL']);
  });

  it('spares a process that has got the number of an earlier one', async () => {
    const stranger = await startSleeper();
    try {
      const earlier = { pid: stranger.pid, startedAt: '1' };
      leaveLock(earlier, [earlier]);
      await Lock.take(folder);
      expect(isRunning(identify(stranger.pid))).toBe(true);
    } finally {
      stranger.kill('SIGKILL');
    }
  });
});
