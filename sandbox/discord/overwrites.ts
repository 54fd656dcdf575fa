import { missingPermissions, unknown } from './errors';
import { PERMISSIONS, channelRights, includes, serverRights } from './permissions';
import { CHANNEL_TYPES, type Channel, type Overwrite } from './schemas';
import type { DiscordState } from './state';

/**
 * Throws 403 when an overwrite says something new about rights that the bot does not have itself, in the server or the
 * category, unless an overwrite lets it manage roles here. Only administrators can give away the right to manage roles
 * (docs: resources/guild, "Create Guild Channel"; resources/channel, "Edit Channel Permissions").
 */
export function refuseForeignRights(
  state: DiscordState,
  next: readonly Overwrite[],
  { parentId, overwrites }: Pick<Channel, 'parentId' | 'overwrites'>,
): void {
  const inServer = serverRights(state, state.bot);
  if (includes(inServer, 'ADMINISTRATOR')) return;
  const parent = parentId === null ? undefined : state.channels.get(parentId);
  const own = inServer | (parent ? channelRights(state, state.bot, parent) : 0n);
  const said = next.reduce((bits, overwrite) => bits | newBits(overwrite, overwrites), 0n);
  if ((said & PERMISSIONS.MANAGE_ROLES) !== 0n) throw missingPermissions();
  if (!managesRolesIn(state, overwrites) && (said & ~own) !== 0n) throw missingPermissions();
}

/** Throws 404 when an overwrite is for a role or somebody that there is not. */
export function refuseUnknownTargets(state: DiscordState, next: readonly Overwrite[]): void {
  for (const { id, type } of next) {
    const isKnown = type === 0 ? state.roles.has(id) : isPerson(state, id);
    if (!isKnown) throw unknown('Overwrite');
  }
}

/** Gives a channel other overwrites; what stands in a category and has the same ones as it goes along. */
export function putOverwrites(state: DiscordState, channel: Channel, overwrites: Overwrite[]): Channel {
  const before = comparable(channel.overwrites);
  const changed = { ...channel, overwrites };
  state.channels.set(channel.id, changed);
  if (channel.type !== CHANNEL_TYPES.category) return changed;
  for (const child of state.channels.values()) {
    if (child.parentId !== channel.id || comparable(child.overwrites) !== before) continue;
    state.channels.set(child.id, { ...child, overwrites });
  }
  return changed;
}

function newBits({ id, allow, deny }: Overwrite, present: readonly Overwrite[]): bigint {
  const before = present.find((overwrite) => overwrite.id === id);
  const added = (now: string, then = '0'): bigint => BigInt(now) & ~BigInt(then);
  return added(allow, before?.allow) | added(deny, before?.deny);
}

function managesRolesIn({ bot }: DiscordState, overwrites: readonly Overwrite[]): boolean {
  const own = overwrites.filter(({ id }) => id === bot.id || bot.roleIds.includes(id));
  return own.some(({ allow }) => includes(BigInt(allow), 'MANAGE_ROLES'));
}

function isPerson({ bot, members }: DiscordState, id: string): boolean {
  return members.has(id) || id === bot.id;
}

function comparable(overwrites: readonly Overwrite[]): string {
  const told = overwrites.map(({ id, type, allow, deny }) => [id, type, allow, deny].join());
  return told.sort().join(';');
}
