import type { SandboxRequest, SandboxResponse } from '../double';
import { Router, type RouteMethod } from '../router';
import { readAuditReason } from './audit-reason';
import { authenticate, requireUserAgent } from './auth';
import { DiscordError, invalidForm, missingAccess, missingPermissions, noRoute, unknown } from './errors';
import { InvalidRequests } from './invalid-requests';
import { readInviteRequest } from './invite-request';
import { createInvite, revokeInvite } from './invites';
import { channelJson, inviteJson, managedInviteJson, ownUserJson, roleJson, serverJson } from './objects';
import { mayInChannel, mayInServer, type PermissionName } from './permissions';
import { RateLimits, type Bucket } from './rate-limits';
import { snowflakeSchema, type Channel, type DiscordState, type Invite } from './state';

const METHODS: readonly RouteMethod[] = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];

interface Call {
  request: SandboxRequest;
  params: Record<string, string>;
}
type Handler = (call: Call) => unknown;

interface Route {
  /** Method and path, the latter with its parameters' names. */
  name: string;
  handler: Handler;
  kind: Bucket['kind'];
  /** Whether it takes no token. */
  isOpen: boolean;
}

/** Discord's REST API below `/api/v10`, as far as a server, its channels and its invites go. */
export class DiscordApi {
  private readonly routes = new Router<Route>();
  private readonly limits: RateLimits;
  private readonly invalid = new InvalidRequests();

  constructor(
    private readonly state: DiscordState,
    private readonly changed: () => void,
  ) {
    this.limits = new RateLimits(state);
    this.route('GET', '/users/@me', () => ownUserJson(state));
    this.route('GET', '/guilds/:guild_id', ({ request, params }) => {
      this.requireServer(params);
      return serverJson(state, isTrue(request.query.get('with_counts')));
    });
    this.route('GET', '/guilds/:guild_id/channels', ({ params }) => {
      this.requireServer(params);
      return [...state.channels.values()].map((channel) => channelJson(channel, state));
    });
    this.route('GET', '/guilds/:guild_id/roles', ({ params }) => {
      this.requireServer(params);
      return [...state.roles.values()].map((role) => roleJson(role, state));
    });
    this.route('GET', '/channels/:channel_id', ({ params }) => channelJson(this.channel(params), state));
    this.route('GET', '/channels/:channel_id/invites', ({ params }) => {
      const channel = this.channel(params, 'MANAGE_CHANNELS');
      const invites = state.liveInvites().filter(({ channelId }) => channelId === channel.id);
      return invites.map((invite) => managedInviteJson(invite, channel, state));
    });
    this.route('POST', '/channels/:channel_id/invites', (call) => this.create(call), { kind: 'invite' });
    this.route('GET', '/invites/:code', (call) => this.resolve(call), { isOpen: true });
    this.route('DELETE', '/invites/:code', (call) => this.revoke(call));
  }

  /** Whether too many bad requests have shut this sandbox's clients out. */
  get isBlocking(): boolean {
    return this.invalid.blocked(this.state.settings.banThreshold) !== undefined;
  }

  async handle(request: SandboxRequest): Promise<SandboxResponse> {
    const blocked = this.invalid.blocked(this.state.settings.banThreshold);
    if (blocked) return blocked;
    const answer = orRefusal(() => this.answer(request));
    this.invalid.record(answer);
    return answer;
  }

  /** Forgets the requests that were counted. */
  reset(): void {
    this.limits.reset();
    this.invalid.reset();
  }

  private route(
    method: RouteMethod,
    path: string,
    handler: Handler,
    { kind = 'other', isOpen = false }: Partial<Pick<Route, 'kind' | 'isOpen'>> = {},
  ): void {
    this.routes.on(method, path, { name: `${method} ${path}`, handler, kind, isOpen });
  }

  private answer(request: SandboxRequest): SandboxResponse {
    requireUserAgent(request);
    const found = this.routes.find(request.method, request.path);
    if (!found) throw noRoute(METHODS.some((method) => this.routes.find(method, request.path)));
    const { handler: route, params } = found;
    authenticate(request, this.state, route.isOpen);
    const topLevelId = params.channel_id ?? params.guild_id ?? '';
    const { headers, refusal } = this.limits.take({ route: route.name, topLevelId, kind: route.kind });
    const answer =
      refusal ??
      orRefusal(() => ({ status: 200, body: route.handler({ request, params: checked(params) }) }));
    return { ...answer, headers: { ...headers, ...answer.headers } };
  }

  private create({ request, params }: Call): unknown {
    const channel = this.channel(params, 'CREATE_INSTANT_INVITE');
    const reason = readAuditReason(request);
    const invite = createInvite(this.state, channel, readInviteRequest(request), reason);
    this.changed();
    return managedInviteJson(invite, channel, this.state);
  }

  private resolve({ request, params }: Call): unknown {
    const { invite, channel } = this.invite(params);
    return inviteJson(invite, channel, this.state, isTrue(request.query.get('with_counts')));
  }

  private revoke({ request, params }: Call): unknown {
    const { invite, channel } = this.invite(params);
    if (!this.state.bot.inServer) throw missingAccess();
    const mayRevoke =
      mayInServer(this.state, 'MANAGE_GUILD') ||
      (mayInChannel(this.state, channel, 'VIEW_CHANNEL') &&
        mayInChannel(this.state, channel, 'MANAGE_CHANNELS'));
    if (!mayRevoke) throw missingPermissions();
    revokeInvite(this.state, invite, readAuditReason(request));
    this.changed();
    return inviteJson(invite, channel, this.state, false);
  }

  private requireServer({ guild_id: id }: Record<string, string>): void {
    if (id !== this.state.server.id) throw unknown('Guild');
    if (!this.state.bot.inServer) throw missingAccess();
  }

  /** A channel that the bot sees, and in which it has the right that is asked for. */
  private channel({ channel_id: id = '' }: Record<string, string>, right?: PermissionName): Channel {
    const channel = this.state.channels.get(id);
    if (!channel) throw unknown('Channel');
    const { bot } = this.state;
    if (!bot.inServer || !mayInChannel(this.state, channel, 'VIEW_CHANNEL')) throw missingAccess();
    if (right && !mayInChannel(this.state, channel, right)) throw missingPermissions();
    return channel;
  }

  private invite({ code = '' }: Record<string, string>): { invite: Invite; channel: Channel } {
    const invite = this.state.liveInvite(code);
    const channel = invite && this.state.channels.get(invite.channelId);
    if (!channel) throw unknown('Invite');
    return { invite, channel };
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

/** Queries write booleans as `true` or `1`, in any case. */
function isTrue(value: string | null): boolean {
  return value !== null && ['true', '1'].includes(value.toLowerCase());
}

/** The answer, or Discord's refusal of it; anything else that is thrown is a mistake of this double, and goes on. */
function orRefusal(answer: () => SandboxResponse): SandboxResponse {
  try {
    return answer();
  } catch (error) {
    if (error instanceof DiscordError) return error.toResponse();
    throw error;
  }
}
