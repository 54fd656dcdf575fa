import type { Channel, Member, Role } from './schemas';
import type { DiscordState } from './state';

/** A member by id or name; throws a readable error. */
export function memberNamed(state: DiscordState, name: string): Member {
  const found = state.members.get(name) ?? [...state.members.values()].find((member) => member.name === name);
  if (!found) throw new Error(`There is no member "${name}".`);
  return found;
}

/** A channel by id or name, with or without `#`; throws a readable error. */
export function channelNamed(state: DiscordState, name: string): Channel {
  const plain = name.replace(/^#/, '');
  const found =
    state.channels.get(plain) ?? [...state.channels.values()].find((channel) => channel.name === plain);
  if (!found) throw new Error(`There is no channel "${plain}".`);
  return found;
}

/** A role by id or name; throws a readable error. */
export function roleNamed(state: DiscordState, name: string): Role {
  const found = state.roles.get(name) ?? [...state.roles.values()].find((role) => role.name === name);
  if (!found) throw new Error(`There is no role "${name}".`);
  return found;
}

/** Who somebody is to others, the bot included. */
export function nameOf(state: DiscordState, id: string): string {
  if (id === state.bot.id) return state.bot.username;
  const member = state.members.get(id);
  return member ? (member.displayName ?? member.name) : 'somebody who has left';
}
