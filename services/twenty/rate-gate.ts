import { createHash } from 'node:crypto';
import { systemClock, type Clock, type HttpResponse } from '../http';
import { throttledForMs } from './throttling';

/** The server's buckets are full again after a minute; what takes longer is left to the next delivery of the event. */
const LONGEST_WAIT_MS = 75_000;

/** By a digest of address and key: all calls to one workspace in this process wait together. */
const gates = new Map<string, RateGate>();

/**
 * Where calls wait while the workspace's rate limit is used up, which is shared with everybody else who calls Twenty and
 * set by its admin (100 calls a minute and 100 a second unless changed): so it is learnt from Twenty's own refusals.
 */
export class RateGate {
  private closedUntil = 0;

  constructor(private readonly clock: Clock = systemClock) {}

  /**
   * Sends, and sends again what was refused because of the limit, which happens before anything else does. Resolves with
   * a 429 that asks for patience when that would take longer than 75 s, or until after `latest` (by the gate's clock).
   */
  async send(send: () => Promise<HttpResponse>, latest: number): Promise<HttpResponse> {
    const deadline = Math.min(this.clock.now() + LONGEST_WAIT_MS, latest);
    for (;;) {
      for (let now = this.clock.now(); now < this.closedUntil; now = this.clock.now()) {
        if (this.closedUntil > deadline) return tooMany({ status: 429, headers: {}, body: undefined });
        await this.clock.sleep(this.closedUntil - now);
      }
      const answer = await send();
      const waitMs = throttledForMs(answer);
      if (waitMs === undefined) return answer;
      const opensAt = this.clock.now() + waitMs;
      if (opensAt > deadline) return tooMany(answer);
      this.closedUntil = Math.max(this.closedUntil, opensAt);
    }
  }
}

/** The one gate of a workspace; the key only tells workspaces apart. */
export function gateOf(url: string, apiKey: string): RateGate {
  const key = createHash('sha256').update(`${url}\n${apiKey}`).digest('base64url');
  const gate = gates.get(key) ?? new RateGate();
  gates.set(key, gate);
  return gate;
}

/** Not to be tried again at once. */
function tooMany(answer: HttpResponse): HttpResponse {
  const headers = { ...answer.headers, 'retry-after': String(LONGEST_WAIT_MS / 1000) };
  return { ...answer, status: 429, headers };
}
