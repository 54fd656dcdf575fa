import { directChannelRefused, missingAccess, missingPermissions, unknown } from './errors';
import { placeOf, type Place } from './messages';
import { mayInChannel, type PermissionName } from './permissions';
import type { Channel } from './schemas';
import type { DiscordState } from './state';

type Params = Record<string, string>;

/** Throws unless this is the server, with the bot in it. */
export function requireServer(state: DiscordState, { guild_id: id }: Params): void {
  if (id !== state.server.id) throw unknown('Guild');
  if (!state.bot.inServer) throw missingAccess();
}

/** Where messages can be: a channel that the bot sees, or a private conversation of its own. Throws Discord's refusal. */
export function requirePlace(state: DiscordState, { channel_id: id = '' }: Params): Place {
  const place = placeOf(state, id);
  if (!place) throw unknown('Channel');
  if (place.kind === 'server') requireView(state, place.channel);
  return place;
}

/** A channel of the server that the bot sees, and in which it has the right that is asked for. Throws Discord's refusal. */
export function requireChannel(state: DiscordState, params: Params, right?: PermissionName): Channel {
  const place = requirePlace(state, params);
  if (place.kind === 'direct') throw directChannelRefused();
  if (right && !mayInChannel(state, place.channel, right)) throw missingPermissions();
  return place.channel;
}

function requireView(state: DiscordState, channel: Channel): void {
  if (!state.bot.inServer || !mayInChannel(state, channel, 'VIEW_CHANNEL')) throw missingAccess();
}
