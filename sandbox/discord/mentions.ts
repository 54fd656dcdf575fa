import { z } from 'zod/v4';
import { inWords } from './form';
import { mayInChannel, type Principal } from './permissions';
import { snowflakeSchema, type Channel, type Message } from './schemas';
import type { DiscordState } from './state';

const idsSchema = z.array(snowflakeSchema).max(100).nullish();

/** Which of those whom a text names are to be told. */
export const allowedMentionsSchema = z
  .object({
    parse: z.array(z.enum(['users', 'roles', 'everyone'])).nullish(),
    users: idsSchema,
    roles: idsSchema,
    replied_user: z.boolean().nullish(),
  })
  .superRefine(({ parse, ...lists }, context) => {
    for (const kind of ['users', 'roles'] as const) {
      if (!parse?.includes(kind) || !lists[kind]?.length) continue;
      const message = `parse:["${kind}"] and ${kind}: [ids...] are mutually exclusive.`;
      const words = inWords('MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE', message);
      context.addIssue({ code: 'custom', path: [], ...words });
    }
  });
export type AllowedMentions = z.output<typeof allowedMentionsSchema>;

/**
 * Who is told of a message: those whom its text names, as far as that is allowed, may be done by the author, and they
 * exist. In a private conversation there are no roles.
 */
export function mentionsIn(
  state: DiscordState,
  content: string,
  author: Principal,
  channel: Channel | undefined,
  allowed: AllowedMentions | undefined,
): Message['mentions'] {
  const isAllowed = (kind: 'users' | 'roles', id: string): boolean =>
    allowed === undefined || Boolean(allowed.parse?.includes(kind)) || Boolean(allowed[kind]?.includes(id));
  const mayMentionAll = channel !== undefined && mayInChannel(state, channel, 'MENTION_EVERYONE', author);
  const userIds = named(content, /<@!?(\d+)>/g).filter(
    (id) => (state.members.has(id) || id === state.bot.id) && isAllowed('users', id),
  );
  const roleIds = named(content, /<@&(\d+)>/g).filter((id) => {
    const role = state.roles.get(id);
    return channel && role && (role.mentionable || mayMentionAll) && isAllowed('roles', id);
  });
  const names = /@(everyone|here)\b/.test(content);
  const everyone =
    names && mayMentionAll && (allowed === undefined || Boolean(allowed.parse?.includes('everyone')));
  return { userIds, roleIds, everyone };
}

function named(content: string, pattern: RegExp): string[] {
  return [...new Set([...content.matchAll(pattern)].map(([, id = '']) => id))];
}
