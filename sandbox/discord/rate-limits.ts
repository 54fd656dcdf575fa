import { createHash } from 'node:crypto';
import type { SandboxResponse } from '../double';
import type { DiscordState } from './state';

export const SCOPE_HEADER = 'X-RateLimit-Scope';
const GLOBAL_WINDOW_MS = 1000;

type Scope = 'user' | 'global' | 'shared';

/** What a request counts against. */
export interface Bucket {
  /** Method and path of the route, e.g. `POST /channels/:channel_id/invites`. */
  route: string;
  /** Channel, server or webhook that the route is below, if it is. */
  topLevelId: string;
  /** Interactions have limits of their own only, files have none. */
  kind: 'invite' | 'message' | 'interaction' | 'file' | 'other';
}

/** One stretch of time with its requests. */
interface Window {
  count: number;
  /** Milliseconds since 1970. */
  endsAt: number;
}

/** Discord's limits: 50 requests a second in all, and so many per route and channel or server. */
export class RateLimits {
  private readonly windows = new Map<string, Window>();

  constructor(private readonly state: DiscordState) {}

  reset(): void {
    this.windows.clear();
  }

  /**
   * Counts a request. Gives the headers that its answer has to carry, and, when there were too many, the refusal that
   * is the answer.
   */
  take({ route, topLevelId, kind }: Bucket): { headers: Record<string, string>; refusal?: SandboxResponse } {
    if (kind === 'file') return { headers: {} };
    const { settings } = this.state;
    const now = Date.now();
    if (kind !== 'interaction') {
      const all = this.window('global', GLOBAL_WINDOW_MS, now);
      if (all.count >= settings.globalLimit) {
        return { headers: {}, refusal: refusal('global', all.endsAt - now) };
      }
      all.count += 1;
    }

    const [limit, windowMs] = this.limitOf(kind);
    const own = this.window(`${route} ${topLevelId}`, windowMs, now);
    const isOver = own.count >= limit;
    if (!isOver) own.count += 1;
    const headers = {
      'X-RateLimit-Limit': String(limit),
      'X-RateLimit-Remaining': String(Math.max(0, limit - own.count)),
      'X-RateLimit-Reset': seconds(own.endsAt),
      'X-RateLimit-Reset-After': seconds(own.endsAt - now),
      'X-RateLimit-Bucket': createHash('sha256').update(route).digest('hex').slice(0, 32),
    };
    if (isOver) return { headers, refusal: refusal('user', own.endsAt - now) };
    if (settings.sharedRejections === 0) return { headers };
    settings.sharedRejections -= 1;
    return { headers, refusal: refusal('shared', settings.sharedRetryAfterMs) };
  }

  private limitOf(kind: Bucket['kind']): [limit: number, windowMs: number] {
    const { settings } = this.state;
    if (kind === 'invite') return [settings.inviteLimit, settings.inviteWindowMs];
    if (kind === 'message') return [settings.messageLimit, settings.messageWindowMs];
    return [settings.otherLimit, settings.otherWindowMs];
  }

  private window(key: string, lengthMs: number, now: number): Window {
    const known = this.windows.get(key);
    if (known && known.endsAt > now) return known;
    const opened = { count: 0, endsAt: now + lengthMs };
    this.windows.set(key, opened);
    return opened;
  }
}

function refusal(scope: Scope, waitMs: number): SandboxResponse {
  return {
    status: 429,
    headers: {
      'Retry-After': String(Math.ceil(waitMs / 1000)),
      [SCOPE_HEADER]: scope,
      ...(scope === 'global' && { 'X-RateLimit-Global': 'true' }),
    },
    body: {
      message: scope === 'shared' ? 'The resource is being rate limited.' : 'You are being rate limited.',
      retry_after: waitMs / 1000,
      global: scope === 'global',
    },
  };
}

function seconds(milliseconds: number): string {
  return (milliseconds / 1000).toFixed(3);
}
