const WINDOW_MS = 10 * 60_000;
/** A tenth of what bans the address of the host: other programs on it count as well. */
const BUDGET = 1_000;

/**
 * Counts answers 401, 403 and 429. Discord bans an IP address with 10,000 of them in ten minutes
 * (discord.com/developers/docs/topics/rate-limits#invalid-request-limit-aka-cloudflare-bans).
 */
export class RefusalBudget {
  private times: number[] = [];

  count(now: number): void {
    this.times.push(now);
    if (this.times.length > BUDGET) this.times.shift();
  }

  /** Until when nothing may be sent; `undefined` when it may. */
  heldUntil(now: number): number | undefined {
    const [oldest] = this.times;
    if (this.times.length < BUDGET || oldest === undefined) return undefined;
    const until = oldest + WINDOW_MS;
    return until > now ? until : undefined;
  }
}
