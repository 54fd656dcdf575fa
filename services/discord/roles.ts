import { Cache } from '../http';
import { byName, unknownName } from './by-name';
import type { DiscordClient } from './client';
import { roles as roleList } from './schemas';

const KIND = 'role that can be given';

export interface Role {
  id: string;
  name: string;
}

const cache = new Cache<Role[]>();

/**
 * The server's roles that somebody can be given, the highest first: not @everyone, whose ID is the server's, and none
 * that belongs to a bot or an integration. Kept for five minutes.
 */
export async function listRoles(client: DiscordClient): Promise<Role[]> {
  return await cache.get(client.key, () => readRoles(client));
}

/** The roles of these names or IDs. Throws a `ServiceError`, not retryable, when there is none, or more than one of a name. */
export async function findRoles(client: DiscordClient, names: readonly string[]): Promise<Role[]> {
  if (names.length === 0) return [];
  const kept = pick(await listRoles(client), names);
  if (!kept.includes(undefined)) return kept.filter((role) => role !== undefined);
  const roles = await cache.refresh(client.key, () => readRoles(client));
  return pick(roles, names).map((role, index) => {
    if (role) return role;
    throw unknownName(roles.map(namedRole), names[index] ?? '', KIND);
  });
}

function pick(roles: readonly Role[], names: readonly string[]): Array<Role | undefined> {
  const named = roles.map(namedRole);
  return names.map((name) => roles.find(({ id }) => id === name) ?? byName(named, name, KIND)?.role);
}

function namedRole(role: Role) {
  return { id: role.id, names: [role.name], role };
}

async function readRoles(client: DiscordClient): Promise<Role[]> {
  const call = {
    action: 'list the roles of the server',
    path: `/guilds/${encodeURIComponent(client.serverId)}/roles`,
    needs: { permission: '"View Channels"', place: 'the server' },
  };
  const entities = await client.get(call, roleList);
  return entities
    .filter(({ id, managed }) => id !== client.serverId && !managed)
    .sort((one, other) => other.position - one.position)
    .map(({ id, name }) => ({ id, name }));
}
