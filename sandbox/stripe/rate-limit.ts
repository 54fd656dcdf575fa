import { StripeError } from './errors';

/** What Stripe allows in live mode; in test mode 25 (docs.stripe.com/rate-limits). */
export const LIVE_RATE = 100;

/**
 * Stripe's limit on all calls of an account together: a bucket of as many tokens as calls are allowed per second, which
 * fills up steadily (stripe.com/blog/rate-limiters). The refusal has no `Retry-After`.
 */
export class RateLimit {
  private allowed = LIVE_RATE;
  private taken = 0;
  private countedAt = 0;

  constructor(private readonly now: () => number = Date.now) {}

  get perSecond(): number {
    return this.allowed;
  }

  /** The bucket is full then. */
  allow(perSecond: number): void {
    this.allowed = perSecond;
    this.taken = 0;
  }

  reset(): void {
    this.allow(LIVE_RATE);
  }

  /** Counts a call; throws Stripe's refusal when there were too many. */
  take(): void {
    const now = this.now();
    this.taken = Math.max(0, this.taken - ((now - this.countedAt) / 1000) * this.allowed);
    this.countedAt = now;
    if (this.taken + 1 > this.allowed) {
      throw new StripeError(
        429,
        'Request rate limit exceeded. Learn more about rate limits here https://stripe.com/docs/rate-limits.',
        { code: 'rate_limit', headers: { 'stripe-rate-limited-reason': 'global-rate' } },
      );
    }
    this.taken += 1;
  }
}
