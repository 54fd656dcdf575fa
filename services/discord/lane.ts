/** What an answer tells about the calls that are left: discord.com/developers/docs/topics/rate-limits. */
export interface RateLimit {
  limit: number;
  remaining: number;
  /** Until everything is left again. */
  resetAfterMs: number;
}

/** What an answer may tell at most; one that a proxy garbled must not stop a bot until n8n is restarted. */
const LONGEST_BELIEVED_MS = 60 * 60_000;

/** A time to wait, in milliseconds, as long as it is within reason. */
export function believable(milliseconds: number): number {
  return Math.min(milliseconds, LONGEST_BELIEVED_MS);
}

/** The headers' rate limit; `undefined` when they tell none. */
export function rateLimitOf(headers: Readonly<Record<string, string>>): RateLimit | undefined {
  const [limit, remaining, seconds] = ['limit', 'remaining', 'reset-after'].map((name) => {
    const header = headers[`x-ratelimit-${name}`];
    return header === undefined ? Number.NaN : Number(header);
  });
  if (limit === undefined || remaining === undefined || seconds === undefined) return undefined;
  if (!(limit > 0 && remaining >= 0 && seconds >= 0)) return undefined;
  return { limit, remaining, resetAfterMs: believable(seconds * 1000) };
}

/** The calls that share one limit. Nothing is known at first: then one call goes alone and tells. */
export class Lane {
  private limit: number | undefined;
  private remaining: number | undefined;
  /** `undefined` until an answer of this window has told. */
  private resetsAt: number | undefined;
  private blockedUntil = 0;
  private inFlight = 0;
  private window = 0;
  private isUnlimited = false;

  /** When the next call may go: at or before `now`, later, or `Infinity` while that depends on answers under way. */
  opensAt(now: number): number {
    if (this.blockedUntil > now) return this.blockedUntil;
    if (this.isUnlimited) return now;
    if (this.resetsAt !== undefined && this.resetsAt <= now) this.beginWindow();
    // Nobody is left who could tell when the window ends: their answers got lost.
    if (this.inFlight === 0 && this.resetsAt === undefined && this.remaining === 0)
      this.remaining = undefined;
    if (this.remaining === undefined) return this.inFlight === 0 ? now : Infinity;
    return this.remaining > 0 ? now : (this.resetsAt ?? Infinity);
  }

  /** A call goes. Gives its window, for {@link learn}. */
  enter(): number {
    this.inFlight += 1;
    if (this.remaining !== undefined) this.remaining -= 1;
    return this.window;
  }

  /** Its answer came, or never will. */
  leave(): void {
    this.inFlight -= 1;
  }

  /** What the answer of a call of this window told; `undefined`: an answer that told no limit at all. */
  learn(told: RateLimit | undefined, now: number, window = this.window): void {
    if (told === undefined) {
      this.isUnlimited = this.limit === undefined;
      return;
    }
    this.isUnlimited = false;
    this.limit = told.limit;
    if (window !== this.window) return;
    // Our own count knows calls that Discord has not counted yet; Discord's knows calls of other processes.
    this.remaining = Math.min(this.remaining ?? told.remaining, told.remaining);
    this.resetsAt = now + told.resetAfterMs;
  }

  /** Discord refuses calls until then; what was known before no longer holds. */
  block(until: number): void {
    this.blockedUntil = Math.max(this.blockedUntil, until);
    this.beginWindow();
    this.remaining = undefined;
    this.isUnlimited = false;
  }

  /** Calls still in flight may be counted in the new window. */
  private beginWindow(): void {
    this.window += 1;
    this.resetsAt = undefined;
    this.remaining = this.limit === undefined ? undefined : Math.max(0, this.limit - this.inFlight);
  }
}
