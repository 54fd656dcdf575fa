import { createHash } from 'node:crypto';
import type { SandboxResponse } from '../double';
import { ResendError } from './errors';

const KEPT_MS = 24 * 60 * 60 * 1000;
const LONGEST_KEY = 256;

interface Use {
  /** Of the path and the body that the key was used for. */
  digest: string;
  at: number;
  /** Absent while it is worked on. */
  response?: SandboxResponse;
}

/**
 * Answers a repeated `Idempotency-Key` with the first answer for 24 hours, and refuses one that is used for something
 * else or is being worked on (resend.com/docs/dashboard/emails/idempotency-keys). A refusal leaves the key free.
 */
export class IdempotencyKeys {
  /** Oldest first. */
  private readonly uses = new Map<string, Use>();

  constructor(private readonly now: () => number = Date.now) {}

  async run(
    key: string | undefined,
    call: { path: string; rawBody: Buffer },
    act: () => Promise<SandboxResponse>,
  ): Promise<SandboxResponse> {
    if (key === undefined) return await act();
    if (key.length < 1 || key.length > LONGEST_KEY) {
      throw new ResendError(
        400,
        'invalid_idempotency_key',
        'Idempotency keys, if present, must have between 1 and 256 characters.',
      );
    }
    this.forgetOld();
    const digest = createHash('sha256').update(`${call.path}\n`).update(call.rawBody).digest('hex');
    const earlier = this.uses.get(key);
    if (earlier) return answerOf(earlier, digest);
    const use: Use = { digest, at: this.now() };
    this.uses.set(key, use);
    try {
      use.response = await act();
      return use.response;
    } catch (error) {
      if (this.uses.get(key) === use) this.uses.delete(key);
      throw error;
    }
  }

  clear(): void {
    this.uses.clear();
  }

  private forgetOld(): void {
    for (const [key, { at }] of this.uses) {
      if (this.now() - at < KEPT_MS) return;
      this.uses.delete(key);
    }
  }
}

function answerOf({ digest, response }: Use, given: string): SandboxResponse {
  if (digest !== given) {
    throw new ResendError(
      409,
      'invalid_idempotent_request',
      'This idempotency key has been used on a request that had a different body. Retrying this request requires changing the idempotency key or the body.',
    );
  }
  if (!response) {
    throw new ResendError(
      409,
      'concurrent_idempotent_requests',
      'This idempotency key is currently in use by another request. Try the request again later.',
    );
  }
  return response;
}
