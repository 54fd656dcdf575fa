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
  /** Every other route, per channel or server. */
  otherLimit: countSchema,
  otherWindowMs: durationSchema,
  /** Requests per second over all routes. */
  globalLimit: countSchema,
  /** Answers of 401, 403 and 429 within ten minutes before nothing else is answered any more. */
  banThreshold: durationSchema,
  /** Invites that a server can have at a time. */
  mostInvites: countSchema,
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
  name: z.string().min(1),
  roleIds: z.array(snowflakeSchema),
  joinedAt: dateSchema,
  inviteCode: z.string(),
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
  auditLog: z.array(auditEntrySchema),
});

type Contents = z.infer<typeof stateSchema>;
export type Settings = z.infer<typeof settingsSchema>;
export type Role = z.infer<typeof roleSchema>;
export type Overwrite = z.infer<typeof overwriteSchema>;
export type Channel = z.infer<typeof channelSchema>;
export type Invite = z.infer<typeof inviteSchema>;
export type Member = z.infer<typeof memberSchema>;
export type AuditEntry = z.infer<typeof auditEntrySchema>;

/** One Discord server, what is in it, and the bot. */
export class DiscordState {
  settings: Settings;
  server: Contents['server'];
  bot: Contents['bot'];
  readonly channels = new Map<string, Channel>();
  readonly roles = new Map<string, Role>();
  readonly members = new Map<string, Member>();
  readonly auditLog: AuditEntry[] = [];
  private readonly invitesByCode = new Map<string, Invite>();
  /** Codes of the live invites: looked through at every request, while the others only pile up. */
  private readonly liveCodes = new Set<string>();

  constructor(json: Json) {
    const contents = parse(json);
    ({ settings: this.settings, server: this.server, bot: this.bot } = contents);
    this.fill(contents);
  }

  /** The role that everybody has; its id is the server's. */
  get everyone(): Role {
    const role = this.roles.get(this.server.id);
    if (!role) throw new Error('The server has lost its role @everyone.');
    return role;
  }

  botRoles(): Role[] {
    return this.bot.roleIds.flatMap((id) => this.roles.get(id) ?? []);
  }

  /** Oldest first, those that have ended included. */
  invites(): Invite[] {
    this.expireInvites(Date.now());
    return [...this.invitesByCode.values()];
  }

  /** Oldest first. */
  liveInvites(): Invite[] {
    this.expireInvites(Date.now());
    return [...this.liveCodes].flatMap((code) => this.invitesByCode.get(code) ?? []);
  }

  liveInvite(code: string): Invite | undefined {
    this.expireInvites(Date.now());
    return this.liveCodes.has(code) ? this.invitesByCode.get(code) : undefined;
  }

  /** Inserts or replaces by code. */
  putInvite(invite: Invite): Invite {
    this.invitesByCode.set(invite.code, invite);
    if (invite.status === 'live') this.liveCodes.add(invite.code);
    else this.liveCodes.delete(invite.code);
    return invite;
  }

  endInvite(invite: Invite, status: Exclude<Invite['status'], 'live'>): Invite {
    return this.putInvite({ ...invite, status, endedAt: new Date().toISOString() });
  }

  toJson(): Json {
    return structuredClone({
      settings: this.settings,
      server: this.server,
      bot: this.bot,
      roles: [...this.roles.values()],
      channels: [...this.channels.values()],
      invites: this.invites(),
      members: [...this.members.values()],
      auditLog: this.auditLog,
    });
  }

  /** Replaces everything; throws a readable error, and changes nothing, when `json` does not fit. */
  load(json: Json): void {
    const contents = parse(json);
    ({ settings: this.settings, server: this.server, bot: this.bot } = contents);
    for (const map of [this.roles, this.channels, this.members, this.invitesByCode]) map.clear();
    this.liveCodes.clear();
    this.auditLog.length = 0;
    this.fill(contents);
  }

  private fill({ roles, channels, members, invites, auditLog }: Contents): void {
    for (const role of roles) this.roles.set(role.id, role);
    for (const channel of channels) this.channels.set(channel.id, channel);
    for (const member of members) this.members.set(member.id, member);
    for (const invite of invites) this.putInvite(invite);
    this.auditLog.push(...auditLog);
  }

  private expireInvites(now: number): void {
    for (const code of this.liveCodes) {
      const invite = this.invitesByCode.get(code);
      const expiresAt = invite && expiryOf(invite);
      if (!invite || !expiresAt || expiresAt.getTime() > now) continue;
      this.putInvite({ ...invite, status: 'expired', endedAt: expiresAt.toISOString() });
    }
  }
}

/** When an invite ends by itself, if it does. */
export function expiryOf({ createdAt, maxAge }: Invite): Date | null {
  return maxAge === 0 ? null : new Date(Date.parse(createdAt) + maxAge * 1000);
}

function parse(json: Json): Contents {
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
