import { Cache } from '../http';
import { byName, unknownName, type Named } from './by-name';
import type { DiscordClient } from './client';
import { DiscordRefusal } from './refusal';
import { member as memberSchema, members as memberList, type MemberEntity } from './schemas';

const PAGE = 1_000;
/** So many pages are read for a drop-down. */
const MOST_PAGES = 5;
const MOST_FOUND = 100;
const ID = /^\d{17,20}$/;

/** Somebody in the server who is no bot. */
export interface Member {
  id: string;
  /** As Discord shows it in this server. */
  name: string;
  /** Of the account: nobody else in Discord has it. */
  username: string;
  roleIds: string[];
}

const lists = new Cache<Member[]>();
const found = new Cache<Member>();

/** The members of the server, by name. Kept for five minutes. Needs the Server Members Intent. */
export async function listMembers(client: DiscordClient): Promise<Member[]> {
  return await lists.get(client.key, async () => {
    const all: Member[] = [];
    let after = '0';
    for (let page = 0; page < MOST_PAGES; page += 1) {
      const members = await readMembers(client, '', { limit: `${PAGE}`, after });
      all.push(...members.flatMap(memberOf));
      after = members.at(-1)?.user.id ?? after;
      if (members.length < PAGE) break;
    }
    return all.sort((one, other) => one.name.localeCompare(other.name));
  });
}

/** The member with this ID or name. Throws a `ServiceError`, not retryable, when there is none, or more than one. */
export async function findMember(client: DiscordClient, nameOrId: string): Promise<Member> {
  const wanted = nameOrId.trim().replace(/^@/, '');
  return await found.get(`${client.key} ${wanted}`, async () => {
    const members = (
      ID.test(wanted)
        ? [await readMember(client, wanted)]
        : await readMembers(client, '/search', { query: wanted, limit: `${MOST_FOUND}` })
    ).flatMap(memberOf);
    const named = members.map((member): Named & { member: Member } => ({
      id: member.id,
      names: [...new Set([member.username, member.name, ...(ID.test(wanted) ? [member.id] : [])])],
      member,
    }));
    const one = named.find(({ member }) => member.username === wanted) ?? byName(named, wanted, 'member');
    if (one) return one.member;
    throw unknownName(named, wanted, 'member');
  });
}

async function readMember(client: DiscordClient, id: string): Promise<MemberEntity> {
  const call = {
    action: 'look up a member of the server',
    path: `${path(client)}/${encodeURIComponent(id)}`,
    needs: NEEDS,
  };
  return await client.get(call, memberSchema);
}

async function readMembers(
  client: DiscordClient,
  below: '' | '/search',
  query: Record<string, string>,
): Promise<MemberEntity[]> {
  const call = {
    action: 'list the members of the server',
    path: `${path(client)}${below}`,
    query,
    needs: NEEDS,
  };
  return await client.get(call, memberList).catch((error: unknown) => {
    if (!(error instanceof DiscordRefusal) || error.status !== 403) throw error;
    throw new DiscordRefusal(`${error.message} ${INTENT}`, false, error.status, error.code);
  });
}

function path({ serverId }: DiscordClient): string {
  return `/guilds/${encodeURIComponent(serverId)}/members`;
}

function memberOf({ user, nick, roles }: MemberEntity): Member[] {
  if (user.bot === true) return [];
  const { id, username } = user;
  return [{ id, name: nick ?? user.global_name ?? username, username, roleIds: roles }];
}

const NEEDS = { permission: '"View Channels"', place: 'the members of the server' };
const INTENT =
  'For the list of members, switch on in the Discord Developer Portal: your application > Bot > Server Members Intent. ' +
  'A name or an ID can be entered without it.';
