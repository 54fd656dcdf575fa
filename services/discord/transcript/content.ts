import type { MessageEntity, PersonEntity } from '../schemas';
import type { KeptAttachment } from './attachments';

/** Names of what messages mention, by ID. */
export interface Names {
  users: ReadonlyMap<string, string>;
  roles: ReadonlyMap<string, string>;
  channels: ReadonlyMap<string, string>;
}

/** One message, as text without any markup of Discord's. */
export interface Line {
  id: string;
  at: Date;
  editedAt: Date | null;
  author: string;
  isBot: boolean;
  text: string;
  /** To which message this one answers. */
  answers: { author: string; text: string } | null;
  /** What stands below it. */
  attachments: Array<{ name: string; bytes: number; keptAs: string | null; problem: string | null }>;
}

/** Messages as lines, with the names of who and what they mention. */
export function linesOf(
  messages: readonly MessageEntity[],
  { roles, channels }: Pick<Names, 'roles' | 'channels'>,
  kept: ReadonlyMap<string, KeptAttachment>,
): Line[] {
  const people = messages.flatMap(({ author, mentions }) => [author, ...mentions]);
  const users = new Map(people.map((person) => [person.id, displayName(person)]));
  const names = { users, roles, channels };
  const byId = new Map(messages.map((message) => [message.id, message]));
  return messages.map((message): Line => {
    const { id, author, timestamp, edited_timestamp: edited, attachments } = message;
    const answered = byId.get(message.message_reference?.message_id ?? '');
    return {
      id,
      at: new Date(timestamp),
      editedAt: edited == null ? null : new Date(edited),
      author: displayName(author),
      isBot: author.bot === true,
      text: textOf(message, names),
      answers: answered
        ? { author: displayName(answered.author), text: firstLine(textOf(answered, names)) }
        : null,
      attachments: attachments.map(({ id: attachmentId, filename, size }) => ({
        name: clean(filename),
        bytes: size,
        keptAs: kept.get(attachmentId)?.keptAs ?? null,
        problem: kept.get(attachmentId)?.problem ?? null,
      })),
    };
  });
}

/** Both names, since the one that is shown can be anybody's. */
export function displayName({ username, global_name: shown }: PersonEntity): string {
  return clean(shown == null || shown === username ? username : `${shown} (${username})`);
}

function textOf(message: MessageEntity, names: Names): string {
  const { content, embeds, sticker_items: stickers, poll } = message;
  const parts = [
    content,
    ...embeds.map(embedText),
    ...(stickers ?? []).map(({ name }) => `[sticker: ${name}]`),
    ...(poll
      ? [
          `[poll: ${poll.question.text ?? ''}] ${poll.answers.map((answer) => answer.poll_media.text ?? '').join(' / ')}`,
        ]
      : []),
    ...(message.type === 0 || message.type === 19 ? [] : [SYSTEM_MESSAGES[message.type] ?? '']),
  ];
  return clean(resolved(parts.filter((part) => part !== '').join('\n'), names));
}

/** What Discord itself writes into a channel: discord.com/developers/docs/resources/message#message-object-message-types. */
const SYSTEM_MESSAGES: Readonly<Record<number, string>> = {
  6: '[has pinned a message]',
  18: '[has begun a thread]',
  21: '[has begun a thread]',
};

function embedText({ title, description, fields, author, footer }: MessageEntity['embeds'][number]): string {
  const parts = [
    author?.name,
    title,
    description,
    ...(fields ?? []).map(({ name, value }) => `${name}: ${value}`),
    footer?.text,
  ];
  return parts.filter((part) => part != null && part !== '').join('\n');
}

/** Mentions by name, emojis by theirs, times as ISO 8601. */
function resolved(text: string, { users, roles, channels }: Names): string {
  return text
    .replace(/<@!?(\d+)>/g, (_match, id: string) => `@${users.get(id) ?? `user ${id}`}`)
    .replace(/<@&(\d+)>/g, (_match, id: string) => `@${roles.get(id) ?? `role ${id}`}`)
    .replace(/<#(\d+)>/g, (_match, id: string) => `#${channels.get(id) ?? `channel ${id}`}`)
    .replace(/<a?(:\w+:)\d+>/g, '$1')
    .replace(/<t:(-?\d{1,12})(?::\w)?>/g, (_match, seconds: string) => isoTime(Number(seconds) * 1000));
}

/** Without what turns text around, hides it or moves a terminal's cursor. */
function clean(text: string): string {
  return text
    .replace(/\r\n?/g, '\n')
    .replace(/(?![\n\t\u200c\u200d])[\p{Cc}\p{Cf}]/gu, '')
    .replace(/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, '\ufffd');
}

function firstLine(text: string): string {
  const [line = ''] = text.split('\n');
  return line.length > 80 ? `${[...line].slice(0, 79).join('')}…` : line;
}

function isoTime(milliseconds: number): string {
  const time = new Date(milliseconds);
  return Number.isNaN(time.getTime()) ? `${milliseconds}` : time.toISOString();
}
