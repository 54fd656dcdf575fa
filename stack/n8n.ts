import { existsSync, rmSync } from 'node:fs';
import path from 'node:path';
import { StackError } from './error';
import type { Runtime } from './install';
import { ManagedProcess } from './managed-process';
import { n8nEnvironment, type N8nSettings } from './n8n-environment';
import { freePort } from './ports';
import { waitFor } from './wait';

export interface N8nOptions extends Omit<N8nSettings, 'brokerPort' | 'node'> {
  runtime: Runtime;
  logPath: string;
  /** Webhooks that have to be registered before a start counts as done, e.g. `/webhook/stripe/lifecycle`. */
  webhookPaths: readonly string[];
  /** Further n8n settings. */
  extraEnvironment?: Readonly<Record<string, string>> | undefined;
  signal?: AbortSignal | undefined;
  onCrash?: ((crash: StackError) => void) | undefined;
  /** Told the process id of each launch. */
  onLaunch?: ((pid: number | undefined) => void) | undefined;
}

/** A first start creates a hundred tables, on a busy machine one after the other. */
const START_TIMEOUT = 180_000;
const WEBHOOK_TIMEOUT = 30_000;
const STOP_GRACE = 15_000;
const PROBE_TIMEOUT = 5_000;

/** n8n, as a process that can be ended, killed and started again on the same data. */
export class N8n {
  private process: ManagedProcess | undefined;

  constructor(private readonly options: N8nOptions) {}

  /** Without trailing slash. */
  get url(): string {
    return `http://127.0.0.1:${this.options.port}`;
  }

  get pid(): number | undefined {
    return this.process?.pid;
  }

  get isRunning(): boolean {
    return this.process?.isRunning ?? false;
  }

  /** Starts it and waits until it serves its API; see {@link waitForWebhooks} for the rest. */
  async launch(): Promise<void> {
    const { runtime, logPath, userFolder, extraEnvironment, onCrash, onLaunch } = this.options;
    if (!existsSync(runtime.n8n)) throw new StackError(`n8n is not installed: ${runtime.n8n} is missing.`);
    // After a crash n8n waits ten seconds, lest a supervisor starts it over and over; here nobody does.
    rmSync(path.join(userFolder, '.n8n', 'crash.journal'), { force: true });
    const settings = { ...this.options, brokerPort: await freePort(), node: runtime.node };
    const n8n = new ManagedProcess({
      name: 'n8n',
      command: runtime.node,
      args: [runtime.n8n, 'start'],
      cwd: path.dirname(userFolder),
      env: n8nEnvironment(settings, process.env, extraEnvironment),
      logPath,
      onCrash,
    });
    this.process = n8n;
    onLaunch?.(n8n.pid);
    try {
      const isUp = await this.poll(async () => {
        const answer = await this.probe('/healthz/readiness');
        return answer?.ok || undefined;
      }, START_TIMEOUT);
      if (!isUp)
        throw new StackError(
          `n8n has not become ready within ${START_TIMEOUT / 60_000} minutes. See ${logPath}.`,
        );
    } catch (error) {
      await this.kill();
      throw error;
    }
  }

  /** Starts it, and waits until its webhooks answer. */
  async start(): Promise<void> {
    await this.launch();
    const missing = await this.waitForWebhooks();
    if (missing.length > 0) {
      throw new StackError(
        `n8n runs, but nothing is registered at ${missing.join(', ')}. See ${this.options.logPath}.`,
      );
    }
  }

  /** @returns the paths at which nothing is registered even after half a minute */
  async waitForWebhooks(): Promise<string[]> {
    const missing = await Promise.all(
      this.options.webhookPaths.map(async (webhookPath) => {
        const isRegistered = await this.poll(
          async () => ((await this.isRegistered(webhookPath)) ? true : undefined),
          WEBHOOK_TIMEOUT,
        );
        return isRegistered ? [] : [webhookPath];
      }),
    );
    return missing.flat();
  }

  /** Ends it as SIGTERM does: running executions get some time to finish. */
  async stop(): Promise<void> {
    await this.process?.stop('SIGTERM', STOP_GRACE);
  }

  /** Ends it as `kill -9` does. */
  async kill(): Promise<void> {
    await this.process?.kill();
  }

  private poll<T>(look: () => Promise<T | undefined>, timeout: number): Promise<T | undefined> {
    const { process } = this;
    return waitFor(
      async () => {
        if (process && !process.isRunning) throw process.crash();
        return await look();
      },
      { timeout, signal: this.options.signal },
    );
  }

  private async probe(target: string, init: RequestInit = {}): Promise<Response | undefined> {
    try {
      const answer = await fetch(this.url + target, { ...init, signal: AbortSignal.timeout(PROBE_TIMEOUT) });
      await answer.body?.cancel();
      return answer;
    } catch {
      return undefined;
    }
  }

  /** Asks as a browser does before a call from another site: n8n names the registered methods and executes nothing. */
  private async isRegistered(webhookPath: string): Promise<boolean> {
    const answer = await this.probe(webhookPath, { method: 'OPTIONS', headers: { origin: this.url } });
    const methods = answer?.headers.get('access-control-allow-methods') ?? '';
    return methods.split(',').some((method) => !['', 'OPTIONS'].includes(method.trim()));
  }
}
