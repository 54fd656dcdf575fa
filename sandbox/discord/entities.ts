import type { Json } from '../double';
import { COMPONENT } from './component-types';
import { plain, type Child } from './components';
import { memberWithRights } from './interaction-payload';
import type { Place } from './messages';
import { channelJson, personJson, roleJson } from './objects';
import { channelNamed, memberNamed, roleNamed } from './people';
import type { DiscordState } from './state';

/** Selects of members, roles or channels. */
export type EntityType = Exclude<Child['type'], typeof COMPONENT.button | typeof COMPONENT.stringSelect>;

/** The id of what is chosen by id or name; throws a readable error. */
export function entityId(state: DiscordState, type: EntityType, name: string): string {
  if (type === COMPONENT.roleSelect) return roleNamed(state, name).id;
  if (type === COMPONENT.channelSelect) return channelNamed(state, name).id;
  if (type === COMPONENT.mentionableSelect && state.roles.has(name)) return name;
  if (name === state.bot.id || name === state.bot.username) return state.bot.id;
  return memberNamed(state, name).id;
}

/** `resolved`: what the ids that were chosen stand for. */
export function resolvedEntities(
  state: DiscordState,
  type: EntityType,
  ids: readonly string[],
  place: Place,
): { [kind: string]: Json } {
  const { roles, channels, members } = state;
  const roleParts = entries(ids, roles, (role) => roleJson(role, state));
  if (type === COMPONENT.roleSelect) return { roles: roleParts };
  if (type === COMPONENT.channelSelect) {
    return { channels: entries(ids, channels, (channel) => channelJson(channel, state)) };
  }
  const memberParts = entries(ids, members, (member) => ({
    ...memberWithRights(member, place, state),
    user: undefined,
    mute: undefined,
    deaf: undefined,
  }));
  const people = new Map(ids.filter((id) => !roles.has(id)).map((id) => [id, id]));
  const users = entries(ids, people, (id) => personJson(id, state));
  return { users, members: memberParts, ...(type === COMPONENT.mentionableSelect && { roles: roleParts }) };
}

function entries<Value>(
  ids: readonly string[],
  known: ReadonlyMap<string, Value>,
  shown: (value: Value) => object,
): Json {
  const found = ids.flatMap((id) => {
    const value = known.get(id);
    return value === undefined ? [] : [[id, shown(value)] as const];
  });
  return plain(Object.fromEntries(found));
}
