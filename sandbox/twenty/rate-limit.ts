import { TwentyError } from './errors';
import type { TwentyState } from './state';

/** A call takes one token out of every bucket; buckets fill up steadily. */
export class RateLimit {
  /** Tokens that were taken, and when that was counted, by the position of the limit. */
  private taken: Array<{ tokens: number; at: number }> = [];
  private passedMs = 0;

  constructor(private readonly state: TwentyState) {}

  reset(): void {
    this.taken = [];
  }

  /** As if that much time had gone by. */
  passTime(milliseconds: number): void {
    this.passedMs += milliseconds;
  }

  /** As if somebody else in the workspace had used up all that is left. */
  useUp(): void {
    this.taken = this.state.settings.limits.map(({ tokens }) => ({ tokens, at: this.now() }));
  }

  /** Counts a call. Throws what the version answers when there were too many. */
  take(): void {
    const { limits } = this.state.settings;
    const now = this.now();
    this.taken = limits.map(({ tokens, windowMs }, index) => {
      const last = this.taken[index] ?? { tokens: 0, at: now };
      return { tokens: Math.max(0, last.tokens - ((now - last.at) / windowMs) * tokens), at: now };
    });
    for (const [index, { tokens, windowMs }] of limits.entries()) {
      const used = this.taken[index];
      if (!used) continue;
      const missing = used.tokens + 1 - tokens;
      if (missing > 0) throw this.refusal(tokens, windowMs, Math.ceil((missing / tokens) * windowMs));
    }
    for (const used of this.taken) used.tokens += 1;
  }

  private refusal(limit: number, windowMs: number, waitMs: number): TwentyError {
    const message = `Limit reached (${limit} tokens per ${windowMs} ms)`;
    switch (this.state.settings.version) {
      case '1.0':
        return new TwentyError(400, 'BadRequestException', message);
      case '1.10':
        return new TwentyError(429, 'HttpException', message);
      case '2.42': {
        const retryAfterSeconds = Math.ceil(waitMs / 1000);
        return new TwentyError(429, 'RATE_LIMITED', message, {
          headers: { 'Retry-After': String(retryAfterSeconds) },
          body: {
            statusCode: 429,
            error: 'RATE_LIMITED',
            messages: [message],
            limitKind: 'rate',
            scope: 'workspace',
            limit,
            remaining: 0,
            retryAfterSeconds,
          },
        });
      }
    }
  }

  private now(): number {
    return Date.now() + this.passedMs;
  }
}
