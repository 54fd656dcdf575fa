import {
  CHANNEL_TYPES,
  type Channel,
  type DirectChannel,
  type Invite,
  type Member,
  type Role,
} from './schemas';
import { expiryOf, type DiscordState } from './state';

type Fields = Record<string, unknown>;

/** The bot's user, as everybody sees it. */
export function userJson({ bot }: DiscordState): Fields {
  return { ...profileJson(bot.id, bot.username, null), discriminator: '4242', bot: true };
}

/** The user of a member, of the bot, or of somebody who has left. */
export function personJson(id: string, state: DiscordState): Fields {
  if (id === state.bot.id) return userJson(state);
  const member = state.members.get(id);
  return profileJson(id, member?.name ?? 'deleted_user', member?.displayName ?? null);
}

function profileJson(id: string, username: string, globalName: string | null): Fields {
  return {
    id,
    username,
    avatar: null,
    discriminator: '0',
    public_flags: 0,
    flags: 0,
    banner: null,
    accent_color: null,
    global_name: globalName,
    avatar_decoration_data: null,
    collectibles: null,
    primary_guild: null,
  };
}

/** Somebody in the server, without the user. */
export function memberPartJson({ roleIds, joinedAt }: Pick<Member, 'roleIds' | 'joinedAt'>): Fields {
  return {
    avatar: null,
    banner: null,
    communication_disabled_until: null,
    flags: 0,
    joined_at: joinedAt,
    nick: null,
    pending: false,
    premium_since: null,
    roles: roleIds,
  };
}

export function memberJson(member: Pick<Member, 'id' | 'roleIds' | 'joinedAt'>, state: DiscordState): Fields {
  return { ...memberPartJson(member), user: personJson(member.id, state), mute: false, deaf: false };
}

export function directChannelJson({ id, userId }: DirectChannel, state: DiscordState): Fields {
  return {
    id,
    type: 1,
    flags: 0,
    last_message_id: lastMessageId(id, state),
    recipients: [personJson(userId, state)],
  };
}

function lastMessageId(channelId: string, state: DiscordState): string | null {
  return state.messagesIn(channelId).findLast(({ seenBy }) => seenBy === null)?.id ?? null;
}

/** The bot's user, as only the bot itself sees it. */
export function ownUserJson(state: DiscordState): Fields {
  return {
    ...userJson(state),
    mfa_enabled: true,
    locale: 'en-US',
    premium_type: 0,
    email: null,
    verified: true,
  };
}

export function roleJson(role: Role, { bot }: DiscordState): Fields {
  return {
    ...inviteRoleJson(role),
    description: null,
    permissions: role.permissions,
    hoist: false,
    managed: role.managed,
    mentionable: role.mentionable,
    flags: 0,
    ...(role.managed && { tags: { bot_id: bot.id } }),
  };
}

export function channelJson(channel: Channel, state: DiscordState): Fields {
  const { server } = state;
  const { id, type, name, position, parentId, topic, overwrites } = channel;
  return {
    id,
    type,
    flags: 0,
    guild_id: server.id,
    name,
    parent_id: parentId,
    position,
    permission_overwrites: overwrites,
    ...(type !== CHANNEL_TYPES.category && {
      last_message_id: lastMessageId(id, state),
      rate_limit_per_user: 0,
      nsfw: false,
    }),
    ...((type === CHANNEL_TYPES.text || type === CHANNEL_TYPES.announcement) && { topic }),
    ...(type === CHANNEL_TYPES.voice && { bitrate: 64_000, user_limit: 0, rtc_region: null }),
  };
}

/** The server with all that a member sees of it; the channels are at an address of their own. */
export function serverJson(state: DiscordState, withCounts: boolean): Fields {
  const { server, roles } = state;
  return {
    ...serverProfile(state),
    home_header: null,
    discovery_splash: null,
    owner_id: server.ownerId,
    application_id: null,
    region: 'deprecated',
    afk_channel_id: null,
    afk_timeout: 300,
    system_channel_id: null,
    system_channel_flags: 0,
    widget_enabled: false,
    widget_channel_id: null,
    roles: [...roles.values()].map((role) => roleJson(role, state)),
    default_message_notifications: 1,
    mfa_level: 0,
    explicit_content_filter: 2,
    max_presences: null,
    max_members: 500_000,
    max_stage_video_channel_users: 50,
    max_video_channel_users: 25,
    premium_tier: 0,
    preferred_locale: 'en-US',
    rules_channel_id: null,
    safety_alerts_channel_id: null,
    public_updates_channel_id: null,
    premium_progress_bar_enabled: false,
    emojis: [],
    stickers: [],
    incidents_data: null,
    ...(withCounts && counts(state)),
  };
}

/** An invite as everybody sees it who has its code. */
export function inviteJson(
  invite: Invite,
  channel: Channel,
  state: DiscordState,
  withCounts: boolean,
): Fields {
  const roles = invite.roleIds.flatMap((id) => state.roles.get(id) ?? []);
  return {
    type: 0,
    code: invite.code,
    inviter: userJson(state),
    expires_at: expiryOf(invite)?.toISOString() ?? null,
    guild: serverProfile(state),
    guild_id: state.server.id,
    channel: { id: channel.id, type: channel.type, name: channel.name },
    ...(roles.length > 0 && { roles: roles.map(inviteRoleJson) }),
    ...(withCounts && counts(state)),
  };
}

/** An invite with what only those see who may manage it. */
export function managedInviteJson(invite: Invite, channel: Channel, state: DiscordState): Fields {
  const { uses, maxUses, maxAge, temporary, createdAt } = invite;
  return {
    ...inviteJson(invite, channel, state, false),
    uses,
    max_uses: maxUses,
    max_age: maxAge,
    temporary,
    created_at: createdAt,
  };
}

function inviteRoleJson({ id, name, position, color }: Role): Fields {
  return {
    id,
    name,
    position,
    color,
    colors: { primary_color: color, secondary_color: null, tertiary_color: null },
    icon: null,
    unicode_emoji: null,
  };
}

function serverProfile({ server }: DiscordState): Fields {
  return {
    id: server.id,
    name: server.name,
    icon: null,
    description: null,
    splash: null,
    banner: null,
    features: ['COMMUNITY', 'NEWS'],
    verification_level: 1,
    vanity_url_code: null,
    nsfw: false,
    nsfw_level: 0,
    premium_subscription_count: 0,
  };
}

/** The bot is a member as well, while it is there. */
function counts({ bot, members }: DiscordState): Fields {
  const count = members.size + (bot.inServer ? 1 : 0);
  return { approximate_member_count: count, approximate_presence_count: count };
}
