import { ResendError } from './errors';

const WINDOW_MS = 1_000;

/**
 * Resend's limit on the requests of a team: so many per second, told with every answer in the headers of the sixth
 * IETF draft (resend.com/docs/api-reference/rate-limit). A second begins with the first request after the last one.
 */
export class RateLimit {
  private taken = 0;
  private endsAt = 0;

  constructor(
    private readonly perSecond: () => number,
    private readonly now: () => number = Date.now,
  ) {}

  /** Counts a request and gives the headers about it; throws Resend's refusal when there were too many. */
  take(): Record<string, string> {
    const now = this.now();
    if (now >= this.endsAt) {
      this.taken = 0;
      this.endsAt = now + WINDOW_MS;
    }
    const limit = this.perSecond();
    const seconds = String(Math.max(1, Math.ceil((this.endsAt - now) / 1000)));
    const headers = (remaining: number): Record<string, string> => ({
      'ratelimit-limit': String(limit),
      'ratelimit-policy': `${limit};w=1`,
      'ratelimit-remaining': String(remaining),
      'ratelimit-reset': seconds,
    });
    if (this.taken >= limit) {
      throw new ResendError(
        429,
        'rate_limit_exceeded',
        `Too many requests. You can only make ${limit} requests per second. See rate limit response headers for more information. Or contact support to increase rate limit.`,
        { ...headers(0), 'retry-after': seconds },
      );
    }
    this.taken += 1;
    return headers(limit - this.taken);
  }

  reset(): void {
    this.taken = 0;
    this.endsAt = 0;
  }
}
