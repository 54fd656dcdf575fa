import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod/v4';
import { StackError, systemCode } from './error';
import { readKept, writeKept } from './kept';
import { identify, isRunning, signalGroup, type ProcessIdentity } from './process-identity';
import { waitFor } from './wait';

const identitySchema = z.object({ pid: z.number(), startedAt: z.string().optional() });
const lockSchema = z.object({
  holder: identitySchema,
  /** Shown to whoever starts a second one. */
  addresses: z.array(z.string()),
  /** Leaders of the process groups that the holder started. */
  children: z.array(identitySchema),
});

const END_TIMEOUT = 10_000;

/** Keeps two stacks from working on one data folder, and ends what one that was killed left behind. */
export class Lock {
  private addresses: readonly string[] = [];
  private readonly children = new Map<string, ProcessIdentity>();

  private constructor(private readonly file: string) {}

  /** @throws StackError with the addresses of the stack that runs on that folder already */
  static async take(dataFolder: string): Promise<Lock> {
    const file = path.join(dataFolder, 'lock.json');
    mkdirSync(dataFolder, { recursive: true });
    for (;;) {
      const lock = new Lock(file);
      try {
        writeFileSync(file, JSON.stringify(lock.content()), { flag: 'wx', mode: 0o600 });
        return lock;
      } catch (error) {
        if (systemCode(error) !== 'EEXIST') throw error;
      }
      const { holder, addresses, children } = readKept(file, lockSchema) ?? {
        holder: undefined,
        addresses: [],
        children: [],
      };
      if (holder && isRunning(holder)) {
        const where =
          addresses.length > 0 ? ` at ${addresses.join(' and ')}` : ', but has not finished starting';
        throw new StackError(`It is running already${where} (process ${holder.pid}, data in ${dataFolder}).`);
      }
      await endAll(children);
      rmSync(file, { force: true });
    }
  }

  /** Notes an address for whoever starts a second one. */
  announce(addresses: readonly string[]): void {
    this.addresses = addresses;
    writeKept(this.file, this.content());
  }

  /** Notes a process that must not outlive the holder, in place of an earlier one of that name. */
  watch(name: string, pid: number | undefined): void {
    if (pid === undefined) return;
    this.children.set(name, identify(pid));
    writeKept(this.file, this.content());
  }

  release(): void {
    rmSync(this.file, { force: true });
  }

  private content(): z.infer<typeof lockSchema> {
    return {
      holder: identify(process.pid),
      addresses: [...this.addresses],
      children: [...this.children.values()],
    };
  }
}

async function endAll(children: readonly ProcessIdentity[]): Promise<void> {
  const left = children.filter(isRunning);
  for (const { pid } of left) signalGroup(pid, 'SIGKILL');
  await waitFor(async () => left.every((child) => !isRunning(child)) || undefined, { timeout: END_TIMEOUT });
}
