import type { ClaimedDelivery, HandlerRegistration, Store } from '../../store';

/** Longest pause between two looks at the store, for what no notification tells: leases that ran out. */
const LONGEST_PAUSE_MS = 15_000;
const SHORTEST_PAUSE_MS = 500;
/** After the store could not be asked. */
const RETRY_PAUSE_MS = 2_000;

export interface DispatcherOptions {
  store: Store;
  handler: HandlerRegistration;
  /** Deliveries of one run. */
  batchSize: number;
  /** Runs under way at a time. */
  concurrency: number;
  leaseSeconds: number;
  /** Whether runs live and die with this process; not so in queue mode, where workers run them. */
  ownersExecute: boolean;
  /** Starts one run; settles when it has ended, in whatever way, if anybody ever tells. */
  run(deliveries: readonly ClaimedDelivery[]): Promise<unknown>;
  onError(error: unknown): void;
}

/**
 * Hands due deliveries of one handler to runs. While as many runs are under way as may be, events collect in the
 * store and the next run takes them together. A slot is free again when its run ends or, if nobody tells, when its
 * lease has run out; what a run left unsettled goes back to the store.
 */
export class Dispatcher {
  private running = 0;
  private pumping = false;
  private woken = false;
  private stopped = false;
  /** Looking for lost runs is left to the start and the clock; a notification does not hint at one. */
  private recoveryDue = true;
  /** Leases of runs that have ended, whose unsettled deliveries the store could not take back yet. */
  private readonly unreturned = new Set<string>();
  private timer: NodeJS.Timeout | undefined;
  private unsubscribe: (() => void) | undefined;

  constructor(private readonly options: DispatcherOptions) {}

  /** Registers the handler and begins. Rejects when the store is out of reach. */
  async start(): Promise<void> {
    const { store, handler } = this.options;
    await store.handlers.register(handler);
    this.unsubscribe = await store.listener.subscribe(handler.id, () => this.wake());
    this.wake();
  }

  /** Takes nothing more; runs under way go on and are still accounted for. */
  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    this.unsubscribe?.();
    await this.options.store.handlers.withdraw(this.options.handler.id).catch(this.options.onError);
  }

  private wake(): void {
    this.woken = true;
    if (this.pumping || this.stopped) return;
    this.pumping = true;
    void this.pump().finally(() => {
      this.pumping = false;
    });
  }

  private async pump(): Promise<void> {
    clearTimeout(this.timer);
    let pause = LONGEST_PAUSE_MS;
    try {
      while (this.woken && !this.stopped) {
        this.woken = false;
        await this.giveBack();
        await this.recover();
        while (this.running < this.options.concurrency && !this.stopped && (await this.startRun()));
      }
      pause = await this.untilNextDue();
    } catch (error) {
      this.options.onError(error);
      this.woken = false;
      pause = RETRY_PAUSE_MS;
    }
    if (this.stopped) return;
    this.timer = setTimeout(() => {
      this.recoveryDue = true;
      this.wake();
    }, pause);
    // Woken after the loop looked for the last time.
    if (this.woken) setImmediate(() => this.wake());
  }

  private async giveBack(): Promise<void> {
    for (const lease of this.unreturned) {
      await this.options.store.deliveries.giveBack(lease);
      this.unreturned.delete(lease);
    }
  }

  private async recover(): Promise<void> {
    if (!this.recoveryDue) return;
    const { store, ownersExecute } = this.options;
    await store.deliveries.recover(store.listener.owner, ownersExecute);
    this.recoveryDue = false;
  }

  private async startRun(): Promise<boolean> {
    const { store, handler, batchSize, leaseSeconds } = this.options;
    const claimed = await store.deliveries.claim({
      handlerId: handler.id,
      limit: batchSize,
      leaseSeconds,
      owner: store.listener.owner,
    });
    const first = claimed[0];
    if (first === undefined) return false;
    this.running += 1;
    void this.follow(claimed, first.lease);
    return true;
  }

  private async follow(claimed: readonly ClaimedDelivery[], lease: string): Promise<void> {
    let leaseTimer: NodeJS.Timeout | undefined;
    const leaseEnd = new Promise<'lost'>((resolve) => {
      leaseTimer = setTimeout(() => resolve('lost'), this.options.leaseSeconds * 1000);
      leaseTimer.unref();
    });
    const ending = await Promise.race([this.runToEnd(claimed), leaseEnd]);
    clearTimeout(leaseTimer);
    this.running -= 1;
    if (ending === 'ended') this.unreturned.add(lease);
    else this.recoveryDue = true;
    if (this.stopped) await this.giveBack().catch(this.options.onError);
    else this.wake();
  }

  private async runToEnd(claimed: readonly ClaimedDelivery[]): Promise<'ended'> {
    try {
      await this.options.run(claimed);
    } catch {
      // n8n shows the failed run itself; what it left unsettled is given back.
    }
    return 'ended';
  }

  private async untilNextDue(): Promise<number> {
    if (this.running >= this.options.concurrency) return LONGEST_PAUSE_MS;
    const due = await this.options.store.deliveries.nextDue(this.options.handler.id);
    const pause = due === undefined ? LONGEST_PAUSE_MS : due.getTime() - Date.now();
    return Math.min(LONGEST_PAUSE_MS, Math.max(SHORTEST_PAUSE_MS, pause));
  }
}
