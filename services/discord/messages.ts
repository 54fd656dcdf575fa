import { parseAnswer } from '../http';
import type { DiscordClient } from './client';
import type { UploadedFile } from './multipart';
import { CODE, DISCORD } from './refusal';
import { message as messageSchema, messages as messageList, type MessageEntity } from './schemas';
import { channelPath, seeing, told, undefinedWhen, type Place } from './server-channels';

/** Discord's limits, in characters. */
export const LONGEST = {
  content: 2_000,
  embedTitle: 256,
  embedText: 4_096,
  fieldName: 256,
  fieldValue: 1_024,
} as const;
/** Messages that one call gives at most. */
export const PAGE = 100;

const ACTION_ROW = 1;
const BUTTON = 2;
const STRING_SELECT = 3;
const USER_SELECT = 5;
export const BUTTON_STYLE = { primary: 1, secondary: 2, success: 3, danger: 4 } as const;

export interface Embed {
  title?: string;
  description?: string;
  fields?: ReadonlyArray<{ name: string; value: string; inline?: boolean }>;
  footer?: { text: string };
}

/** A row of what can be clicked; made by {@link buttons}, {@link select} and {@link userSelect}. */
export type ComponentRow = Readonly<Record<string, unknown>>;

/** What is replaced as a whole when a message is edited. */
export interface MessageContent {
  content: string;
  embeds?: readonly Embed[];
  components?: readonly ComponentRow[];
  /** Who is told of it. Whatever else stands in the message mentions nobody. */
  mentions?: { users?: readonly string[]; roles?: readonly string[] };
}

export interface MessageToSend extends MessageContent {
  files?: readonly UploadedFile[];
  /** Up to 25 characters: within some minutes Discord takes a message with it once. */
  nonce?: string;
}

export function buttons(
  ...all: ReadonlyArray<{ id: string; label: string; style: keyof typeof BUTTON_STYLE }>
): ComponentRow {
  return {
    type: ACTION_ROW,
    components: all.map(({ id, label, style }) => ({
      type: BUTTON,
      custom_id: id,
      label: cut(label, 80),
      style: BUTTON_STYLE[style],
    })),
  };
}

export function select(
  id: string,
  placeholder: string,
  options: ReadonlyArray<{ value: string; label: string; description: string }>,
): ComponentRow {
  const component = {
    type: STRING_SELECT,
    custom_id: id,
    placeholder: cut(placeholder, 150),
    options: options.map(({ value, label, description }) => ({
      value,
      label: cut(label, 100),
      ...(description !== '' && { description: cut(description, 100) }),
    })),
  };
  return { type: ACTION_ROW, components: [component] };
}

export function userSelect(id: string, placeholder: string): ComponentRow {
  return {
    type: ACTION_ROW,
    components: [{ type: USER_SELECT, custom_id: id, placeholder: cut(placeholder, 150) }],
  };
}

/** The body that Discord takes; texts are cut to what it takes. */
export function messageBody({
  content,
  embeds = [],
  components = [],
  mentions = {},
}: MessageContent): object {
  return {
    content: cut(content, LONGEST.content),
    embeds,
    components,
    allowed_mentions: { parse: [], users: mentions.users ?? [], roles: mentions.roles ?? [] },
  };
}

export async function sendMessage(
  client: DiscordClient,
  place: Place,
  { files = [], nonce, ...content }: MessageToSend,
): Promise<MessageEntity> {
  const action = `post in ${told(place)}`;
  const answer = await client.call({
    action,
    method: 'POST',
    path: `${channelPath(place)}/messages`,
    body: { ...messageBody(content), ...(nonce !== undefined && { nonce, enforce_nonce: true }) },
    files,
    needs: {
      permission: `"Send Messages", "Embed Links" and "Attach Files" on ${told(place)}`,
      place: told(place),
    },
    permissionKey: place.id,
  });
  return parseAnswer({ service: DISCORD, action }, messageSchema, answer.body);
}

/** Replaces what stands in a message of ours; false when it was deleted. */
export async function editMessage(
  client: DiscordClient,
  place: Place,
  messageId: string,
  content: MessageContent,
): Promise<boolean> {
  const answer = await client
    .call({
      action: `edit a message in ${told(place)}`,
      method: 'PATCH',
      path: messagePath(place, messageId),
      body: messageBody(content),
      repeatable: true,
      needs: seeing(place),
    })
    .catch(undefinedWhen(CODE.unknownMessage, CODE.unknownChannel));
  return answer !== undefined;
}

/** Deletes a message of ours; one that is gone counts as deleted. */
export async function deleteMessage(client: DiscordClient, place: Place, messageId: string): Promise<void> {
  await client
    .call({
      action: `delete a message in ${told(place)}`,
      method: 'DELETE',
      path: messagePath(place, messageId),
      repeatable: true,
      needs: seeing(place),
    })
    .catch(undefinedWhen(CODE.unknownMessage, CODE.unknownChannel));
}

/** A page of up to {@link PAGE} messages, newest first. Empty as well when the bot may not read the channel's history. */
export async function readMessages(
  client: DiscordClient,
  place: Place,
  from: { before: string } | { after: string } | undefined,
): Promise<MessageEntity[]> {
  const call = {
    action: `read the messages in ${told(place)}`,
    path: `${channelPath(place)}/messages`,
    query: { limit: `${PAGE}`, ...from },
    needs: {
      permission: `"View Channel" and "Read Message History" on ${told(place)}`,
      place: told(place),
    },
  };
  return await client.get(call, messageList);
}

/** A text as long as it may be, its end marked when something was left out. */
export function cut(text: string, longest: number): string {
  const characters = [...text];
  return characters.length <= longest ? text : `${characters.slice(0, longest - 1).join('')}…`;
}

/** A text in which nothing is formatting, a link or a mention, for what people entered. */
export function plain(text: string): string {
  return text.replace(/[\\*_~`|>#[\]()<@:-]/g, String.raw`\$&`);
}

function messagePath(place: Place, messageId: string): string {
  return `${channelPath(place)}/messages/${encodeURIComponent(messageId)}`;
}
