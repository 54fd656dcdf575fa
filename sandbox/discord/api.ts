import type { SandboxRequest, SandboxResponse } from '../double';
import { addApplicationRoutes } from './application-routes';
import { authenticate, requireUserAgent } from './auth';
import { addChannelRoutes } from './channel-routes';
import { DiscordError, invalidForm } from './errors';
import { addInteractionRoutes } from './interaction-routes';
import type { Interactions } from './interactions';
import { InvalidRequests } from './invalid-requests';
import { addInviteRoutes } from './invite-routes';
import { addMemberRoutes } from './member-routes';
import { addMessageRoutes } from './message-routes';
import { RateLimits } from './rate-limits';
import { Routes } from './routes';
import { snowflakeSchema } from './schemas';
import { addServerRoutes } from './server-routes';
import type { World } from './world';

/**
 * Discord's REST API below `/api/v10`, as far as a server, its channels and members, messages, invites, interactions
 * and the application go; files are below `/attachments`, as on Discord's CDN.
 */
export class DiscordApi {
  private readonly routes = new Routes();
  private readonly limits: RateLimits;
  private readonly invalid = new InvalidRequests();

  constructor(
    private readonly world: World,
    interactions: Interactions,
  ) {
    this.limits = new RateLimits(world.state);
    addServerRoutes(this.routes, world);
    addChannelRoutes(this.routes, world);
    addMemberRoutes(this.routes, world);
    addMessageRoutes(this.routes, world);
    addInviteRoutes(this.routes, world);
    addInteractionRoutes(this.routes, world, interactions);
    addApplicationRoutes(this.routes, world);
  }

  /** Whether too many bad requests have shut this sandbox's clients out. */
  get isBlocking(): boolean {
    return this.invalid.blocked(this.world.state.settings.banThreshold) !== undefined;
  }

  async handle(request: SandboxRequest): Promise<SandboxResponse> {
    const blocked = this.invalid.blocked(this.world.state.settings.banThreshold);
    if (blocked) return blocked;
    const answer = await orRefusal(() => this.answer(request));
    this.invalid.record(answer);
    return answer;
  }

  /** Forgets the requests that were counted. */
  reset(): void {
    this.limits.reset();
    this.invalid.reset();
  }

  private async answer(request: SandboxRequest): Promise<SandboxResponse> {
    const { handler: route, params } = this.routes.find(request.method, request.path);
    // A file is for everybody who has its address.
    if (route.kind !== 'file') requireUserAgent(request);
    authenticate(request, this.world.state, route.token);
    const { webhook_id: webhook = '', token = '' } = params;
    const topLevelId = params.channel_id ?? params.guild_id ?? `${webhook}${token}`;
    const { headers, refusal } = this.limits.take({ route: route.name, topLevelId, kind: route.kind });
    const answer = refusal ?? (await orRefusal(() => route.handler({ request, params: checked(params) })));
    return { ...answer, headers: { ...headers, ...answer.headers } };
  }
}

/** Parameters that are ids have to look like ids. */
function checked(params: Record<string, string>): Record<string, string> {
  const issues = Object.entries(params)
    .filter(([name, value]) => name.endsWith('_id') && !snowflakeSchema.safeParse(value).success)
    .map(([name, value]) => {
      const message = `Value ${JSON.stringify(value)} is not snowflake.`;
      return { path: [name], code: 'NUMBER_TYPE_COERCE', message };
    });
  if (issues.length > 0) throw invalidForm(issues);
  return params;
}

/** The answer, or Discord's refusal of it; anything else that is thrown is a mistake of this double, and goes on. */
async function orRefusal(answer: () => SandboxResponse | Promise<SandboxResponse>): Promise<SandboxResponse> {
  try {
    return await answer();
  } catch (error) {
    if (error instanceof DiscordError) return error.toResponse();
    throw error;
  }
}
