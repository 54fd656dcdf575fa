import { readFileSync } from 'node:fs';
import { systemCode } from './error';

/** A process, told apart from a later one that was given the same number. */
export interface ProcessIdentity {
  pid: number;
  /** When it was started, in the kernel's ticks; absent where the system does not tell (anything but Linux). */
  startedAt?: string | undefined;
}

function startTime(pid: number): string | undefined {
  try {
    // The second field, the command, may hold spaces and brackets: count from the last closing one.
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  } catch {
    return undefined;
  }
}

export function identify(pid: number): ProcessIdentity {
  return { pid, startedAt: startTime(pid) };
}

/** Whether that very process still runs. */
export function isRunning({ pid, startedAt }: ProcessIdentity): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    // EPERM: it is there, but belongs to somebody else.
    if (systemCode(error) !== 'EPERM') return false;
  }
  return startedAt === undefined || startTime(pid) === startedAt;
}

/** Signals a process that leads a group, and all of its group; does nothing when it is gone. */
export function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    // Windows has no process groups.
    process.kill(process.platform === 'win32' ? pid : -pid, signal);
  } catch (error) {
    if (systemCode(error) !== 'ESRCH') throw error;
  }
}
