import type { SandboxResponse } from '../double';
import { StripeError } from './errors';

interface Remembered {
  /** Method, path and body of the call that used the key first. */
  call: string;
  response: SandboxResponse;
}

const MOST_KEYS = 10_000;

/** Answers a repeated `Idempotency-Key` with the first answer, and refuses one that is used for something else. */
export class IdempotencyKeys {
  private readonly remembered = new Map<string, Remembered>();

  run(key: string, call: string, act: () => SandboxResponse): SandboxResponse {
    const first = this.remembered.get(key);
    if (!first) {
      const response = act();
      this.remember(key, { call, response });
      return response;
    }
    if (first.call !== call) {
      throw new StripeError(
        400,
        `Keys for idempotent requests can only be used with the same parameters they were first used with. Try using a key other than '${key}' if you meant to execute a different request.`,
        { type: 'idempotency_error' },
      );
    }
    return { ...first.response, headers: { ...first.response.headers, 'idempotent-replayed': 'true' } };
  }

  clear(): void {
    this.remembered.clear();
  }

  private remember(key: string, entry: Remembered): void {
    this.remembered.set(key, entry);
    const [oldest] = this.remembered.keys();
    if (this.remembered.size > MOST_KEYS && oldest !== undefined) this.remembered.delete(oldest);
  }
}
