import type { Channel, Overwrite, Role } from './schemas';
import type { DiscordState } from './state';

/** The rights that matter here, under the names that Discord's documentation gives them. */
export const PERMISSIONS = {
  CREATE_INSTANT_INVITE: 1n << 0n,
  ADMINISTRATOR: 1n << 3n,
  MANAGE_CHANNELS: 1n << 4n,
  MANAGE_GUILD: 1n << 5n,
  VIEW_CHANNEL: 1n << 10n,
  SEND_MESSAGES: 1n << 11n,
  SEND_TTS_MESSAGES: 1n << 12n,
  MANAGE_MESSAGES: 1n << 13n,
  EMBED_LINKS: 1n << 14n,
  ATTACH_FILES: 1n << 15n,
  READ_MESSAGE_HISTORY: 1n << 16n,
  MENTION_EVERYONE: 1n << 17n,
  MANAGE_ROLES: 1n << 28n,
} as const;

export type PermissionName = keyof typeof PERMISSIONS;

/** All rights that the documentation lists: bits 0 to 52. */
export const EVERYTHING = (1n << 53n) - 1n;
/** What one cannot do either who may not write (docs: topics/permissions, "Implicit Permissions"). */
const WITH_WRITING =
  PERMISSIONS.MENTION_EVERYONE |
  PERMISSIONS.SEND_TTS_MESSAGES |
  PERMISSIONS.ATTACH_FILES |
  PERMISSIONS.EMBED_LINKS;

/** Whose rights are asked for. */
export interface Principal {
  id: string;
  /** Besides @everyone. */
  roleIds: readonly string[];
}

/** What of a server decides about rights. */
export interface RightsOfServer {
  server: { id: string; ownerId: string };
  roles: { get(id: string): Pick<Role, 'permissions'> | undefined };
}

/** What somebody may do in the server as a whole: `compute_base_permissions` of Discord's documentation. */
export function serverRights({ server, roles }: RightsOfServer, who: Principal): bigint {
  if (who.id === server.ownerId) return EVERYTHING;
  const granted = union([server.id, ...who.roleIds].map((id) => roles.get(id)?.permissions ?? '0'));
  return includes(granted, 'ADMINISTRATOR') ? EVERYTHING : granted;
}

/**
 * What somebody may do in a channel: `compute_overwrites` of Discord's documentation (first what is said for @everyone,
 * then for the roles together, then for the member alone), less what is denied implicitly.
 */
export function channelRights(
  of: RightsOfServer,
  who: Principal,
  { overwrites }: Pick<Channel, 'overwrites'>,
): bigint {
  const base = serverRights(of, who);
  if (includes(base, 'ADMINISTRATOR')) return EVERYTHING;
  const said = (type: Overwrite['type'], ids: readonly string[]): Overwrite[] =>
    overwrites.filter((overwrite) => overwrite.type === type && ids.includes(overwrite.id));
  const roleIds = who.roleIds.filter((id) => id !== of.server.id);
  const steps = [said(0, [of.server.id]), said(0, roleIds), said(1, [who.id])];
  const explicit = steps.reduce((bits, step) => {
    const denied = union(step.map(({ deny }) => deny));
    return (bits & ~denied) | union(step.map(({ allow }) => allow));
  }, base);
  if (!includes(explicit, 'VIEW_CHANNEL')) return 0n;
  return includes(explicit, 'SEND_MESSAGES') ? explicit : explicit & ~WITH_WRITING;
}

/** Whether the bot has a right in the server as a whole. */
export function mayInServer(state: DiscordState, name: PermissionName): boolean {
  return includes(serverRights(state, state.bot), name);
}

/** Whether somebody, by default the bot, has a right in a channel, its overwrites considered. */
export function mayInChannel(
  state: DiscordState,
  channel: Channel,
  name: PermissionName,
  who: Principal = state.bot,
): boolean {
  return includes(channelRights(state, who, channel), name);
}

/** Everybody in the server: its members and the bot. */
export function everybodyIn(state: DiscordState): Array<Principal & { name: string }> {
  const { bot } = state;
  const botItself = bot.inServer ? [{ id: bot.id, name: bot.username, roleIds: bot.roleIds }] : [];
  return [...state.members.values(), ...botItself];
}

/** Who sees a channel and so can read what is written in it from then on; the bot, administrators and the owner included. */
export function readersOf(state: DiscordState, channel: Channel): Array<Principal & { name: string }> {
  return everybodyIn(state).filter((who) => mayInChannel(state, channel, 'VIEW_CHANNEL', who));
}

/** A set of rights as Discord writes it: the decimal number of their bits. */
export function bitsOf(...names: readonly PermissionName[]): string {
  return names.reduce((bits, name) => bits | PERMISSIONS[name], 0n).toString();
}

export function includes(bits: bigint, name: PermissionName): boolean {
  return (bits & PERMISSIONS[name]) !== 0n;
}

function union(sets: readonly string[]): bigint {
  return sets.reduce((bits, set) => bits | BigInt(set), 0n);
}
