import { z } from 'zod/v4';
import { rowsSchema, shownRows } from './components';
import { embedsSchema, shownEmbeds } from './embeds';
import { emptyMessage } from './errors';
import { inWords, parseForm } from './form';
import { allowedMentionsSchema, type AllowedMentions } from './mentions';
import { snowflakeSchema, type Message, type StoredFile } from './schemas';
import { newSnowflake } from './snowflake';
import type { Upload, UploadedFile } from './upload';

/** The bits of a message's `flags` that are known here. */
export const MESSAGE_FLAGS = {
  suppressEmbeds: 4,
  ephemeral: 64,
  loading: 128,
  suppressNotifications: 4096,
} as const;
const SETTABLE_FLAGS =
  MESSAGE_FLAGS.suppressEmbeds | MESSAGE_FLAGS.ephemeral | MESSAGE_FLAGS.suppressNotifications;
const COMPONENTS_V2 = 32_768;
const LONGEST_CONTENT = 2000;
const MOST_FILES = 10;

const attachmentSchema = z.object({
  /** A number: that of a part of the form. Else the id of a file that the message has. */
  id: z.union([z.int().min(0).transform(String), snowflakeSchema]),
  filename: z.string().min(1).max(1024).nullish(),
  description: z.string().max(1024).nullish(),
});

export const messageFieldsSchema = z.object({
  content: z.string().max(LONGEST_CONTENT).nullish(),
  embeds: embedsSchema.nullish(),
  components: rowsSchema.nullish(),
  allowed_mentions: allowedMentionsSchema.nullish(),
  attachments: z.array(attachmentSchema).max(MOST_FILES).nullish(),
  flags: z
    .int()
    .refine(
      (flags) => (flags & COMPONENTS_V2) === 0,
      inWords('SANDBOX_COMPONENTS_V2', 'The sandbox knows messages of rows only, not IS_COMPONENTS_V2.'),
    )
    .nullish(),
});
type MessageFields = z.output<typeof messageFieldsSchema>;

const newMessageSchema = messageFieldsSchema.extend({
  nonce: z.union([z.int(), z.string().max(25)]).nullish(),
  enforce_nonce: z.boolean().nullish(),
});

/** What a new message is to be. */
export interface MessageRequest extends Pick<
  Message,
  'content' | 'embeds' | 'components' | 'files' | 'flags'
> {
  allowedMentions: AllowedMentions | undefined;
}
export interface NewMessageRequest extends MessageRequest {
  nonce: Message['nonce'];
  enforceNonce: boolean;
}
/** Only what is to change. */
export type MessageChange = Partial<MessageRequest> & Pick<MessageRequest, 'allowedMentions'>;

/** Throws Discord's 400 for what does not fit, and for a message with nothing in it. */
export function readNewMessage({ fields, files }: Upload): NewMessageRequest {
  const { nonce, enforce_nonce: enforceNonce, ...parsed } = parseForm(newMessageSchema, fields);
  const message = newMessage(parsed, files);
  // Only replies can be for one member alone.
  const flags = message.flags & ~MESSAGE_FLAGS.ephemeral;
  return { ...message, flags, nonce: nonce ?? null, enforceNonce: enforceNonce ?? false };
}

/** The same for fields that have been read already. */
export function newMessage(fields: MessageFields, files: readonly UploadedFile[]): MessageRequest {
  const message = {
    content: fields.content ?? '',
    embeds: shownEmbeds(fields.embeds ?? []),
    components: shownRows(fields.components ?? []),
    files: newFiles(fields, files),
    flags: (fields.flags ?? 0) & SETTABLE_FLAGS,
    allowedMentions: fields.allowed_mentions ?? undefined,
  };
  refuseEmpty(message);
  return message;
}

/** Reads what is to change of a message. Files that `attachments` does not name any more go. */
export function readMessageChange({ fields, files }: Upload, message: Message): MessageChange {
  return messageChange(parseForm(messageFieldsSchema, fields), files, message);
}

export function messageChange(
  fields: MessageFields,
  files: readonly UploadedFile[],
  message: Message,
): MessageChange {
  const kept = message.files.filter(
    ({ id }) => !fields.attachments || fields.attachments.some((attachment) => attachment.id === id),
  );
  const change = {
    ...(fields.content !== undefined && { content: fields.content ?? '' }),
    ...(fields.embeds !== undefined && { embeds: shownEmbeds(fields.embeds ?? []) }),
    ...(fields.components !== undefined && { components: shownRows(fields.components ?? []) }),
    ...((fields.attachments !== undefined || files.length > 0) && {
      files: [...kept, ...newFiles(fields, files)],
    }),
    ...(typeof fields.flags === 'number' && {
      flags: (message.flags & ~MESSAGE_FLAGS.suppressEmbeds) | (fields.flags & MESSAGE_FLAGS.suppressEmbeds),
    }),
    allowedMentions: fields.allowed_mentions ?? undefined,
  };
  refuseEmpty({ ...message, ...change });
  return change;
}

function refuseEmpty({
  content,
  embeds,
  components,
  files,
}: Omit<MessageRequest, 'allowedMentions' | 'flags'>): void {
  const isEmpty = [embeds, components, files].every(({ length }) => length === 0);
  if (isEmpty && content.trim() === '') throw emptyMessage();
}

function newFiles({ attachments }: MessageFields, files: readonly UploadedFile[]): StoredFile[] {
  return files.map(({ index, name, type, content }) => {
    const named = attachments?.find(({ id }) => id === String(index));
    return {
      id: newSnowflake(),
      name: safeName(named?.filename ?? name),
      type,
      description: named?.description ?? null,
      content: content.toString('base64'),
    };
  });
}

/** Discord takes blanks and what could lead elsewhere out of names. */
function safeName(name: string): string {
  return name.replace(/[\s/\\]+/g, '_') || 'unknown';
}
