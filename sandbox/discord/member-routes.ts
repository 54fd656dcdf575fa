import { z } from 'zod/v4';
import { requireServer } from './access';
import { missingAccess, unknown } from './errors';
import { parseQuery } from './form';
import { hasIntent } from './intents';
import { memberJson } from './objects';
import { limitSchema } from './query';
import { ok, type Routes } from './routes';
import { snowflakeSchema, type Member } from './schemas';
import type { DiscordState } from './state';
import type { World } from './world';

const MOST = 1000;
const listSchema = z.object({ limit: limitSchema(MOST, 1), after: snowflakeSchema.default('0') });
const searchSchema = z.object({ limit: limitSchema(MOST, 1), query: z.string().min(1).max(100) });

type Listed = Pick<Member, 'id' | 'name' | 'displayName' | 'roleIds' | 'joinedAt'>;

export function addMemberRoutes(routes: Routes, { state }: World): void {
  routes
    .on('GET', '/guilds/:guild_id/members', ({ request, params }) => {
      requireServer(state, params);
      if (!hasIntent(state, 'guildMembers')) throw missingAccess();
      const { limit, after } = parseQuery(listSchema, request.query);
      const listed = membersOf(state).filter(({ id }) => BigInt(id) > BigInt(after));
      return ok(listed.slice(0, limit).map((member) => memberJson(member, state)));
    })
    .on('GET', '/guilds/:guild_id/members/search', ({ request, params }) => {
      requireServer(state, params);
      const { limit, query } = parseQuery(searchSchema, request.query);
      const begins = (name: string | null): boolean =>
        name?.toLowerCase().startsWith(query.toLowerCase()) ?? false;
      const found = membersOf(state).filter(({ name, displayName }) => begins(name) || begins(displayName));
      return ok(found.slice(0, limit).map((member) => memberJson(member, state)));
    })
    .on('GET', '/guilds/:guild_id/members/:user_id', ({ params }) => {
      requireServer(state, params);
      const member = membersOf(state).find(({ id }) => id === params.user_id);
      if (!member) throw unknown('Member');
      return ok(memberJson(member, state));
    });
}

/** By id, the bot among them. */
function membersOf({ bot, members }: DiscordState): Listed[] {
  const botItself = { ...bot, name: bot.username, displayName: null, joinedAt: '2026-01-01T00:00:00.000Z' };
  return [...members.values(), botItself].sort((one, other) => (BigInt(one.id) < BigInt(other.id) ? -1 : 1));
}
