import { readFileSync } from 'node:fs';

/** `sysconf(_SC_CLK_TCK)`, which is 100 on every Linux that Node.js runs on. */
const TICKS_PER_SECOND = 100;
/** Positions after the closing bracket of the command in `/proc/<pid>/stat` (proc(5): fields 14 and 15). */
const USER_TIME = 11;
const SYSTEM_TIME = 12;

/**
 * CPU time a process has used so far, all its threads together, in milliseconds. Unlike the time that passes, it hardly
 * depends on what else the machine is doing.
 * @param stat content of `/proc/<pid>/stat`
 */
export function cpuTimeIn(stat: string): number {
  // The command may itself hold blanks and brackets.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const ticks = Number(fields[USER_TIME]) + Number(fields[SYSTEM_TIME]);
  if (!Number.isFinite(ticks)) throw new Error('/proc/<pid>/stat has an unknown form.');
  return (ticks / TICKS_PER_SECOND) * 1000;
}

/**
 * Memory of a process that is in RAM (`VmRSS`), in MiB.
 * @param status content of `/proc/<pid>/status`
 */
export function residentMemoryIn(status: string): number {
  const kibibytes = /^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1];
  if (kibibytes === undefined) throw new Error('/proc/<pid>/status has no VmRSS.');
  return Number(kibibytes) / 1024;
}

/** See {@link cpuTimeIn}. Linux only. */
export function cpuTime(pid: number): number {
  return cpuTimeIn(readFileSync(`/proc/${pid}/stat`, 'utf8'));
}

/** See {@link residentMemoryIn}. Linux only. */
export function residentMemory(pid: number): number {
  return residentMemoryIn(readFileSync(`/proc/${pid}/status`, 'utf8'));
}
