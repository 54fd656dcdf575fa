import type { z } from 'zod/v4';
import {
  ServiceClient,
  isRetryableStatus,
  parseAnswer,
  systemClock,
  type Clock,
  type HttpMethod,
  type HttpRequest,
  type HttpResponse,
} from '../http';
import { botKey, limiterForReplies, limiterOf } from './limiters';
import { multipart, type UploadedFile } from './multipart';
import { HeldBack, type RateLimiter } from './rate-limiter';
import { DISCORD, DiscordRefusal, describe, refusalOf, type Needs } from './refusal';
import { routeOf } from './route';
import { USER_AGENT } from './user-agent';

const LONGEST_REASON = 512;
/** Refusals that trying again cannot heal; told by {@link refusalOf}. */
const REFUSALS = Array.from({ length: 100 }, (_, index) => 400 + index).filter(
  (status) => !isRetryableStatus(status),
);

export interface DiscordOptions {
  /** Address of the API, normally `https://discord.com/api/v10`. */
  url: string;
  /** The bot's; only tells bots apart, since each has limits of its own. */
  token: string;
  serverId: string;
  /** Must add the bot's token. */
  request: HttpRequest;
  clock?: Clock;
  /** By default the one that all calls of this bot in this process share. */
  limiter?: RateLimiter;
  /** By the clock's time: when its calls are not waited for any longer. */
  deadline?: number | undefined;
}

export interface DiscordCall {
  /** What is being done, as the end of "could not …"; never with an invite's code, which is a secret. */
  action: string;
  method: HttpMethod;
  /** Below the API's address. */
  path: string;
  query?: Readonly<Record<string, string>>;
  body?: unknown;
  /** Sent along with the body. */
  files?: readonly UploadedFile[];
  needs: Needs;
  /** For the server's audit log, which all its admins read: nothing personal. */
  reason?: string;
  /** As in {@link ServiceClient}: default only for GET. */
  repeatable?: boolean;
  /**
   * Waiting calls of the same route and the same value here share a 403, for they lack the same permission. By default
   * the channel or server in the path; without any a 403 is for this call alone.
   */
  permissionKey?: string;
}

/**
 * Discord's REST API (version 10) for a bot in one server. Calls wait for Discord's rate limits by themselves; only one
 * that would have to wait longer than five minutes, or past the deadline, fails.
 */
export class DiscordClient {
  /** Names bot and server, for what is kept in mind about them; tells no secret. */
  readonly key: string;
  readonly serverId: string;
  private readonly url: string;
  private readonly request: HttpRequest;
  private readonly clock: Clock;
  private readonly limiter: RateLimiter;
  private readonly deadline: number | undefined;

  constructor(private readonly options: DiscordOptions) {
    const { url, token, serverId, request, clock, limiter, deadline } = options;
    this.url = url.trim().replace(/\/+$/, '');
    this.serverId = serverId.trim();
    this.key = `${botKey(this.url, token)} ${this.serverId}`;
    this.request = request;
    this.clock = clock ?? systemClock;
    this.limiter = limiter ?? limiterOf(this.url, token);
    this.deadline = deadline;
  }

  /** The same bot for the replies to one interaction. */
  forReplies(): DiscordClient {
    return new DiscordClient({ ...this.options, limiter: limiterForReplies(this.url) });
  }

  /** The answer with any 2xx. Throws `DiscordRefusal` for a 4xx and for what was not sent, else `ServiceError`. */
  async call(call: DiscordCall): Promise<HttpResponse> {
    const { action, method, path, reason, needs, repeatable } = call;
    const { type, body } = call.files?.length ? multipart(call.body, call.files) : { body: call.body };
    const client = this.clientFor(call);
    const answer = await client.call({
      action,
      method,
      path,
      ...(call.query && { query: call.query }),
      headers: {
        'User-Agent': USER_AGENT,
        ...(type !== undefined && { 'Content-Type': type }),
        ...(reason !== undefined && { 'X-Audit-Log-Reason': encodedReason(reason) }),
      },
      ...(body !== undefined && { body }),
      ...(repeatable !== undefined && { repeatable }),
      expect: REFUSALS,
    });
    if (answer.status < 400) return answer;
    throw refusalOf(client.failure(call, answer), answer, needs);
  }

  /** The parsed body of a GET. */
  async get<Schema extends z.ZodType>(
    call: Omit<DiscordCall, 'method' | 'body'>,
    schema: Schema,
  ): Promise<z.output<Schema>> {
    const { body } = await this.call({ ...call, method: 'GET' });
    return parseAnswer({ service: DISCORD, action: call.action }, schema, body);
  }

  /** One for each call: its requests are limited by their route, and an error of the limiter names the action. */
  private clientFor({ action, method, path, permissionKey }: DiscordCall): ServiceClient {
    const route = routeOf(method, path);
    const permission = permissionKey ?? route.major;
    const limited = {
      route,
      deadline: this.deadline,
      ...(permission !== '' && { refusedTogether: `${route.name} ${permission}` }),
    };
    return new ServiceClient({
      service: DISCORD,
      url: this.url,
      describe,
      request: (options) =>
        this.limiter
          .send(limited, () => this.request(options))
          .catch((error: unknown) => {
            if (!(error instanceof HeldBack)) throw error;
            throw new DiscordRefusal(`${DISCORD} could not ${action}: ${error.message}`, true, 429, 0);
          }),
      sleep: async (milliseconds) => void (await this.clock.sleep(milliseconds)),
    });
  }
}

/** Discord takes URL-encoded UTF-8 and counts characters after decoding. */
function encodedReason(reason: string): string {
  return encodeURIComponent([...reason].slice(0, LONGEST_REASON).join(''));
}
