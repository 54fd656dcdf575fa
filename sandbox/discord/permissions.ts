import type { Channel, DiscordState, Overwrite } from './state';

/** The rights that matter here, under the names that Discord's documentation gives them. */
export const PERMISSIONS = {
  CREATE_INSTANT_INVITE: 1n << 0n,
  ADMINISTRATOR: 1n << 3n,
  MANAGE_CHANNELS: 1n << 4n,
  MANAGE_GUILD: 1n << 5n,
  VIEW_CHANNEL: 1n << 10n,
  SEND_MESSAGES: 1n << 11n,
  READ_MESSAGE_HISTORY: 1n << 16n,
  MANAGE_ROLES: 1n << 28n,
} as const;

export type PermissionName = keyof typeof PERMISSIONS;

const EVERYTHING = (1n << 63n) - 1n;

/** Whether the bot has a right in the server as a whole. */
export function mayInServer(state: DiscordState, name: PermissionName): boolean {
  return has(serverPermissions(state), name);
}

/** Whether the bot has a right in a channel, its overwrites considered. */
export function mayInChannel(state: DiscordState, channel: Channel, name: PermissionName): boolean {
  return has(channelPermissions(state, channel), name);
}

/** A set of rights as Discord writes it: the decimal number of their bits. */
export function bitsOf(...names: readonly PermissionName[]): string {
  return names.reduce((bits, name) => bits | PERMISSIONS[name], 0n).toString();
}

/** Everything that @everyone and the bot's roles grant together; administrators have all rights. */
function serverPermissions(state: DiscordState): bigint {
  const granted = union([state.everyone, ...state.botRoles()].map(({ permissions }) => permissions));
  return has(granted, 'ADMINISTRATOR') ? EVERYTHING : granted;
}

/** First what is said for @everyone, then for the bot's roles together, then for the bot itself. */
function channelPermissions(state: DiscordState, { overwrites }: Channel): bigint {
  const base = serverPermissions(state);
  if (has(base, 'ADMINISTRATOR')) return EVERYTHING;
  const { bot, everyone } = state;
  const said = (type: Overwrite['type'], ids: readonly string[]): Overwrite[] =>
    overwrites.filter((overwrite) => overwrite.type === type && ids.includes(overwrite.id));
  const steps = [said(0, [everyone.id]), said(0, bot.roleIds), said(1, [bot.id])];
  return steps.reduce((bits, step) => {
    const denied = union(step.map(({ deny }) => deny));
    return (bits & ~denied) | union(step.map(({ allow }) => allow));
  }, base);
}

function union(sets: readonly string[]): bigint {
  return sets.reduce((bits, set) => bits | BigInt(set), 0n);
}

function has(bits: bigint, name: PermissionName): boolean {
  return (bits & PERMISSIONS[name]) !== 0n;
}
