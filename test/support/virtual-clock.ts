/** A clock that stands still until a test moves it on. */
export class VirtualClock {
  private time = 1_000_000;
  private sleepers: Array<{ until: number; wake: () => void }> = [];

  readonly now = (): number => this.time;

  /** Whether somebody sleeps at the moment. */
  get isAwaited(): boolean {
    return this.sleepers.length > 0;
  }

  readonly sleep = (milliseconds: number, signal?: AbortSignal): Promise<void> =>
    new Promise((wake, reject) => {
      const sleeper = { until: this.time + milliseconds, wake };
      this.sleepers.push(sleeper);
      signal?.addEventListener('abort', () => {
        this.sleepers = this.sleepers.filter((other) => other !== sleeper);
        reject(new Error('woken'));
      });
    });

  /** Moves on, waking whoever slept until then, in their order, and lets them do what they have to. */
  async advance(milliseconds: number): Promise<void> {
    const end = this.time + milliseconds;
    await settled();
    for (;;) {
      const next = this.sleepers
        .filter(({ until }) => until <= end)
        .sort((one, other) => one.until - other.until)[0];
      if (!next) break;
      this.sleepers = this.sleepers.filter((sleeper) => sleeper !== next);
      this.time = Math.max(this.time, next.until);
      next.wake();
      await settled();
    }
    this.time = end;
  }
}

/** Until all that can go on without time or input has gone on. */
export function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
