import { z } from 'zod/v4';
import type { Json } from '../double';

export const snowflakeSchema = z.string().regex(/^(0|[1-9]\d*)$/, 'has to be a number, written as text');
const bitsSchema = z.string().regex(/^\d+$/, 'has to be a decimal number, written as text');
const dateSchema = z.iso.datetime({ offset: true });
const countSchema = z.int().min(0);
const durationSchema = z.int().positive();

export const CHANNEL_TYPES = { text: 0, voice: 2, category: 4, announcement: 5 } as const;

/** What can be set to see how a client copes. */
export const settingsSchema = z.strictObject({
  /** `POST /channels/{id}/invites`, per channel. */
  inviteLimit: countSchema,
  inviteWindowMs: durationSchema,
  /** `POST /channels/{id}/messages`, per channel. */
  messageLimit: countSchema,
  messageWindowMs: durationSchema,
  /** Every other route, per channel or server. */
  otherLimit: countSchema,
  otherWindowMs: durationSchema,
  /** Requests per second over all routes but those of interactions. */
  globalLimit: countSchema,
  /** Answers of 401, 403 and 429 within ten minutes before nothing else is answered any more. */
  banThreshold: durationSchema,
  /** Invites that a server can have at a time. */
  mostInvites: countSchema,
  /** Channels that a server can have, its categories counted. */
  mostChannels: countSchema,
  mostChannelsInCategory: countSchema,
  /** How soon an interaction has to be answered. */
  firstAnswerMs: durationSchema,
  /** For how long an interaction's token can be used. */
  tokenLifeMs: durationSchema,
  /** For how long the address of a file works. */
  fileAddressLifeMs: durationSchema,
  /** So many of the next requests meet a limit that somebody else has used up. */
  sharedRejections: countSchema,
  sharedRetryAfterMs: durationSchema,
});

const roleSchema = z.strictObject({
  id: snowflakeSchema,
  name: z.string().min(1),
  permissions: bitsSchema,
  position: z.int().min(0),
  /** The role of an application, which nobody can be given. */
  managed: z.boolean(),
  /** Whether everybody can mention it, so that all who have it are told. */
  mentionable: z.boolean(),
  color: z.int().min(0).max(0xffffff),
});

const overwriteSchema = z.strictObject({
  /** Of the role (type 0) or member (type 1) that it is for. */
  id: snowflakeSchema,
  type: z.union([z.literal(0), z.literal(1)]),
  allow: bitsSchema,
  deny: bitsSchema,
});

const channelSchema = z.strictObject({
  id: snowflakeSchema,
  name: z.string().min(1).max(100),
  type: z.enum(CHANNEL_TYPES),
  parentId: snowflakeSchema.nullable(),
  position: z.int().min(0),
  topic: z.string().nullable(),
  overwrites: z.array(overwriteSchema),
});

const inviteSchema = z.strictObject({
  code: z.string().min(1),
  channelId: snowflakeSchema,
  /** What came of it. Discord knows live ones only; the others are kept for whoever looks at the sandbox. */
  status: z.enum(['live', 'used', 'expired', 'revoked']),
  /** Seconds; 0 for ever. */
  maxAge: countSchema,
  /** 0 for any number. */
  maxUses: countSchema,
  uses: countSchema,
  temporary: z.boolean(),
  /** Roles that whoever accepts it gets. */
  roleIds: z.array(snowflakeSchema),
  createdAt: dateSchema,
  endedAt: dateSchema.nullable(),
  /** From the audit log. */
  reason: z.string().nullable(),
});

const memberSchema = z.strictObject({
  id: snowflakeSchema,
  /** The user name, unlike any other. */
  name: z.string().min(1),
  /** The name that others see, where it is another one. */
  displayName: z.string().min(1).nullable(),
  roleIds: z.array(snowflakeSchema),
  joinedAt: dateSchema,
  /** Of the invite by which they came, when that was one of the bot's. */
  inviteCode: z.string().nullable(),
  /** Whether they take messages of their own from the server's members, the bot included. */
  takesDirectMessages: z.boolean(),
});

/** The private conversation of the bot with somebody. */
const directChannelSchema = z.strictObject({ id: snowflakeSchema, userId: snowflakeSchema });

const fileSchema = z.strictObject({
  id: snowflakeSchema,
  name: z.string().min(1),
  type: z.string(),
  description: z.string().nullable(),
  /** What is in it, as base64. */
  content: z.base64(),
});

const messageSchema = z.strictObject({
  id: snowflakeSchema,
  /** Of a channel of the server, or of a private conversation. */
  channelId: snowflakeSchema,
  authorId: snowflakeSchema,
  content: z.string(),
  /** As the API shows them. */
  embeds: z.array(z.json()),
  components: z.array(z.json()),
  files: z.array(fileSchema),
  /** Who was told of it, which is not everybody whom the text names. */
  mentions: z.strictObject({
    userIds: z.array(snowflakeSchema),
    roleIds: z.array(snowflakeSchema),
    everyone: z.boolean(),
  }),
  flags: countSchema,
  nonce: z.union([z.string(), z.int()]).nullable(),
  /** The one member who sees it; null: everybody who may read the channel. */
  seenBy: snowflakeSchema.nullable(),
  /** Of the interaction that it answers. */
  interactionId: snowflakeSchema.nullable(),
  createdAt: dateSchema,
  editedAt: dateSchema.nullable(),
});

const interactionSchema = z.strictObject({
  id: snowflakeSchema,
  token: z.string().min(1),
  kind: z.enum(['component', 'modal']),
  memberId: snowflakeSchema,
  channelId: snowflakeSchema,
  /** Of the message whose component was used, also when a modal followed. */
  messageId: snowflakeSchema.nullable(),
  /** The interaction whose modal this is the submission of. */
  openedBy: snowflakeSchema.nullable(),
  customId: z.string(),
  createdAt: dateSchema,
  /** Only what is answered has a token that works. */
  status: z.enum(['asked', 'answered', 'failed']),
  /** Type of the first answer. */
  answerType: z.int().nullable(),
  /** What `@original` stands for. */
  responseId: snowflakeSchema.nullable(),
  /** The modal that was answered with, as the API takes it. */
  modal: z.json().nullable(),
  isModalOpen: z.boolean(),
  /** What was wrong with the answer, for whoever looks at the sandbox. */
  problem: z.string().nullable(),
});

const auditEntrySchema = z.strictObject({
  id: snowflakeSchema,
  action: z.enum(['invite created', 'invite deleted']),
  inviteCode: z.string(),
  reason: z.string().nullable(),
  at: dateSchema,
});

const stateSchema = z.strictObject({
  settings: settingsSchema,
  server: z.strictObject({ id: snowflakeSchema, name: z.string().min(1), ownerId: snowflakeSchema }),
  application: z.strictObject({
    id: snowflakeSchema,
    /** Bits of `flags`, among them the intents. */
    flags: countSchema,
    interactionsEndpointUrl: z.string().nullable(),
  }),
  bot: z.strictObject({
    id: snowflakeSchema,
    username: z.string().min(1),
    roleIds: z.array(snowflakeSchema),
    inServer: z.boolean(),
    tokenRevoked: z.boolean(),
  }),
  roles: z.array(roleSchema),
  channels: z.array(channelSchema),
  /** Oldest first. */
  invites: z.array(inviteSchema),
  members: z.array(memberSchema),
  directChannels: z.array(directChannelSchema),
  /** Oldest first, as are the interactions. */
  messages: z.array(messageSchema),
  interactions: z.array(interactionSchema),
  auditLog: z.array(auditEntrySchema),
});

export type Contents = z.infer<typeof stateSchema>;
export type Settings = z.infer<typeof settingsSchema>;
export type Role = z.infer<typeof roleSchema>;
export type Overwrite = z.infer<typeof overwriteSchema>;
export type Channel = z.infer<typeof channelSchema>;
export type DirectChannel = z.infer<typeof directChannelSchema>;
export type Invite = z.infer<typeof inviteSchema>;
export type Member = z.infer<typeof memberSchema>;
export type StoredFile = z.infer<typeof fileSchema>;
export type Message = z.infer<typeof messageSchema>;
export type Interaction = z.infer<typeof interactionSchema>;
export type AuditEntry = z.infer<typeof auditEntrySchema>;

/** Throws a readable error for what is no state. */
export function parseContents(json: Json): Contents {
  const parsed = stateSchema.safeParse(json);
  if (!parsed.success) throw new Error(`This is no Discord state:\n${z.prettifyError(parsed.error)}`);
  const { roles, server } = parsed.data;
  if (!roles.some(({ id }) => id === server.id)) {
    throw new Error(
      'This is no Discord state: the role @everyone, which has the id of the server, is missing.',
    );
  }
  return parsed.data;
}
