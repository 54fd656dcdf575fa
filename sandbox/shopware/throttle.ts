/** More than `attempts` without a success: that many seconds between any two further ones. */
const LIMITS = [
  { attempts: 10, seconds: 10 },
  { attempts: 15, seconds: 30 },
  { attempts: 20, seconds: 60 },
];

/**
 * Shopware's limiter for token requests. Its bucket is user name and IP address; integrations have no user name, so
 * all of one address share one. A success empties it.
 */
export class TokenThrottle {
  private attempts = 0;
  private lastAt = 0;

  /** Counts an attempt. Answers how many seconds to wait: 0 when it may go on. */
  attempt(): number {
    const now = Date.now();
    const limit = LIMITS.findLast(({ attempts }) => this.attempts >= attempts);
    const waitMs = limit ? this.lastAt + limit.seconds * 1000 - now : 0;
    if (waitMs > 0) return Math.ceil(waitMs / 1000);
    this.attempts += 1;
    this.lastAt = now;
    return 0;
  }

  reset(): void {
    this.attempts = 0;
  }
}
