import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import { StackError } from './error';
import { signalGroup } from './process-identity';

export interface ProcessSpec {
  /** As people call it, e.g. `n8n`. */
  name: string;
  command: string;
  args: readonly string[];
  cwd: string;
  env: NodeJS.ProcessEnv;
  /** Everything it writes is appended here. */
  logPath: string;
  /** User to run as; the caller's when absent. */
  user?: { uid: number; gid: number } | undefined;
  /** Called when it ends without having been told to. */
  onCrash?: ((crash: StackError) => void) | undefined;
}

/** The last lines of a log file, for an error message; empty when there is none. */
export function lastLines(logPath: string, count = 15): string {
  if (!existsSync(logPath)) return '';
  return readFileSync(logPath, 'utf8').trimEnd().split('\n').slice(-count).join('\n');
}

/**
 * A child process in a process group of its own: Ctrl-C in the terminal reaches only the launcher, which then ends its
 * children in order, and nothing that a child started itself outlives it.
 */
export class ManagedProcess {
  /** Settles when it has ended, for whatever reason. */
  readonly ended: Promise<void>;
  private readonly child: ChildProcess;
  private isWanted = true;
  private end: string | undefined;

  constructor(private readonly spec: ProcessSpec) {
    const log = openSync(spec.logPath, 'a', 0o600);
    try {
      this.child = spawn(spec.command, spec.args, {
        cwd: spec.cwd,
        env: spec.env,
        stdio: ['ignore', log, log],
        detached: process.platform !== 'win32',
        ...spec.user,
      });
    } finally {
      closeSync(log);
    }
    this.ended = new Promise((resolve) => {
      const onEnd = (end: string): void => {
        if (this.end !== undefined) return;
        this.end = end;
        if (this.pid) signalGroup(this.pid, 'SIGKILL');
        if (this.isWanted) spec.onCrash?.(this.crash());
        resolve();
      };
      this.child.once('error', (error) => onEnd(`could not be started: ${error.message}`));
      this.child.once('exit', (code, signal) =>
        onEnd(signal ? `was ended by ${signal}` : `ended with exit code ${code}`),
      );
    });
  }

  /** Undefined when it could not be started at all. */
  get pid(): number | undefined {
    return this.child.pid;
  }

  get isRunning(): boolean {
    return this.end === undefined;
  }

  /** Whether it ended by itself with exit code 0. */
  get hasSucceeded(): boolean {
    return this.child.exitCode === 0;
  }

  /** Why it is not running any more, with the end of its log. */
  crash(): StackError {
    const { name, logPath } = this.spec;
    return new StackError(`${name} ${this.end}. The last lines of ${logPath}:\n${lastLines(logPath)}`);
  }

  /** Asks it to end, and makes it when it has not after `grace` milliseconds. */
  async stop(signal: NodeJS.Signals, grace: number): Promise<void> {
    this.isWanted = false;
    if (!this.isRunning) return;
    this.child.kill(signal);
    const timer = setTimeout(() => this.signalAll('SIGKILL'), grace);
    await this.ended;
    clearTimeout(timer);
  }

  /** Ends it at once, as `kill -9` does, along with everything it started. */
  async kill(): Promise<void> {
    this.isWanted = false;
    if (this.isRunning) this.signalAll('SIGKILL');
    await this.ended;
  }

  private signalAll(signal: NodeJS.Signals): void {
    if (this.pid) signalGroup(this.pid, signal);
  }
}
