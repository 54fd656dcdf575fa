import { Cache, ServiceError, parseAnswer } from '../http';
import type { Channel } from './channels';
import type { DiscordClient } from './client';
import { CODE, DISCORD, DiscordRefusal } from './refusal';
import type { Role } from './roles';
import { invite as inviteSchema, inviteList, user, type InviteEntity } from './schemas';

/** Seconds. Discord's documentation allows seven days. */
export const LONGEST_MAX_AGE = 604_800;

export interface Invite {
  code: string;
  /** `null`: never. */
  expiresAt: Date | null;
}

/** An invite for one person. */
export interface InviteToCreate {
  channel: Channel;
  /** Seconds, up to {@link LONGEST_MAX_AGE}; 0: does not expire. */
  maxAge: number;
  /** Given to who joins with it. */
  roles: readonly Role[];
  /** Whom it is for, e.g. `the Mautic contact 47`; told in errors. */
  whom: string;
  reason: string;
}

/** An invite as the list of its channel shows it. */
export interface ListedInvite extends Invite {
  inviterId: string | undefined;
  maxAge: number | undefined;
  maxUses: number | undefined;
  uses: number | undefined;
  createdAt: Date | undefined;
  roleIds: string[];
}

export interface InviteToRevoke {
  code: string;
  /** Where it leads, when that is known. */
  channelId: string | null;
  whom: string;
  reason: string;
}

/** Creates a single-use invite that is no one else's. `undefined` when Discord answered without it. */
export async function createInvite(
  client: DiscordClient,
  { channel, maxAge, roles, whom, reason }: InviteToCreate,
): Promise<Invite | undefined> {
  const action = `issue an invite to the channel "${channel.name}" for ${whom}`;
  const roleIds = roles.map(({ id }) => id);
  const answer = await client.call({
    action,
    method: 'POST',
    path: `/channels/${encodeURIComponent(channel.id)}/invites`,
    body: {
      max_age: maxAge,
      max_uses: 1,
      unique: true,
      ...(roleIds.length > 0 && { role_ids: roleIds }),
    },
    needs: { permission: permissionToCreate(channel, roles), place: `the channel "${channel.name}"` },
    permissionKey: [channel.id, ...roleIds].join(' '),
    reason,
  });
  if (answer.body === undefined || answer.body === null) return undefined;
  return inviteOf(parseAnswer({ service: DISCORD, action }, inviteSchema, answer.body));
}

/** All invites to a channel. */
export async function listInvites(client: DiscordClient, channel: Channel): Promise<ListedInvite[]> {
  const call = {
    action: `list the invites to the channel "${channel.name}"`,
    path: `/channels/${encodeURIComponent(channel.id)}/invites`,
    needs: {
      permission: `"Manage Channels" on the channel "${channel.name}"`,
      place: `the channel "${channel.name}"`,
    },
  };
  const entities = (await client.get(call, inviteList)) ?? [];
  return entities
    .filter((entity) => entity !== null)
    .map((entity) => ({
      ...inviteOf(entity),
      inviterId: entity.inviter?.id,
      maxAge: entity.max_age ?? undefined,
      maxUses: entity.max_uses ?? undefined,
      uses: entity.uses ?? undefined,
      createdAt: entity.created_at == null ? undefined : new Date(entity.created_at),
      roleIds: (entity.roles ?? []).map(({ id }) => id),
    }));
}

/** The codes of the invites to a channel that can still be used; `undefined` when there is no such channel any more. */
export async function codesInChannel(
  client: DiscordClient,
  channelId: string,
): Promise<Set<string> | undefined> {
  const channel = { id: channelId, name: channelId, category: null };
  const listed = await listInvites(client, channel).catch((error: unknown) => {
    if (error instanceof DiscordRefusal && error.code === CODE.unknownChannel) return undefined;
    throw error;
  });
  return listed && new Set(listed.map(({ code }) => code));
}

/** Whether an invite is one of our bot's to our server; `gone` when there is none of this code any more. */
export async function ownershipOf(
  client: DiscordClient,
  { code, whom }: Pick<InviteToRevoke, 'code' | 'whom'>,
): Promise<'ours' | 'theirs' | 'gone'> {
  const call = {
    action: `look up an earlier invite of ${whom}`,
    path: `/invites/${encodeURIComponent(code)}`,
    needs: NEEDS_TO_REVOKE,
  };
  const entity = await client.get(call, inviteSchema).catch(goneWhenUnknown);
  if (entity === 'gone') return 'gone';
  const isOurs = entity.guild?.id === client.serverId && entity.inviter?.id === (await botId(client));
  return isOurs ? 'ours' : 'theirs';
}

/** Deletes an invite; `gone`: it was used, had expired, or was deleted by somebody else. */
export async function revokeInvite(
  client: DiscordClient,
  { code, channelId, whom, reason }: InviteToRevoke,
): Promise<'revoked' | 'gone'> {
  const call = {
    action: `revoke an invite of ${whom}`,
    method: 'DELETE' as const,
    path: `/invites/${encodeURIComponent(code)}`,
    needs: NEEDS_TO_REVOKE,
    repeatable: true,
    ...(channelId !== null && { permissionKey: channelId }),
    reason,
  };
  const answer = await client.call(call).catch(goneWhenUnknown);
  return answer === 'gone' ? 'gone' : 'revoked';
}

const botIds = new Cache<string>();

/** The bot's own user ID. */
export async function botId(client: DiscordClient): Promise<string> {
  return await botIds.get(client.key, async () => {
    const call = {
      action: 'look up the bot itself',
      path: '/users/@me',
      needs: { permission: 'to use the API', place: 'itself' },
    };
    return (await client.get(call, user)).id;
  });
}

const NEEDS_TO_REVOKE = {
  permission: '"Manage Channels" on the channel of the invite, or "Manage Server"',
  place: 'the channel of the invite',
};

function permissionToCreate({ name }: Channel, roles: readonly Role[]): string {
  const create = `"Create Invite" on the channel "${name}"`;
  if (roles.length === 0) return create;
  const names = roles.map((role) => `"${role.name}"`).join(', ');
  return `${create} and "Manage Roles", and drag it above the roles that come with the invite (${names})`;
}

function inviteOf({ code, expires_at: expiresAt }: InviteEntity): Invite {
  return { code, expiresAt: expiresAt == null ? null : new Date(expiresAt) };
}

function goneWhenUnknown(error: unknown): 'gone' {
  // Without Discord's code a 404 tells of a wrong address.
  if (error instanceof DiscordRefusal && error.code === CODE.unknownInvite) return 'gone';
  throw error;
}

/** Told when Discord confirmed an invite without naming it, and it cannot be found either. */
export function unnamedInvite({ channel, whom }: InviteToCreate): ServiceError {
  return new ServiceError(
    DISCORD,
    `${DISCORD} issued an invite to the channel "${channel.name}" for ${whom} without telling its code. It is looked for ` +
      'at the next try; for that, the bot needs the permission "Manage Channels".',
    true,
  );
}
