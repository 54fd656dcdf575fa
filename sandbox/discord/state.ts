import type { Json } from '../double';
import {
  parseContents,
  type AuditEntry,
  type Channel,
  type Contents,
  type DirectChannel,
  type Interaction,
  type Invite,
  type Member,
  type Message,
  type Role,
  type Settings,
} from './schemas';

/** One Discord server, what is in it, and the bot with its application and its private conversations. */
export class DiscordState {
  settings: Settings;
  server: Contents['server'];
  application: Contents['application'];
  bot: Contents['bot'];
  readonly channels = new Map<string, Channel>();
  readonly roles = new Map<string, Role>();
  readonly members = new Map<string, Member>();
  readonly directChannels = new Map<string, DirectChannel>();
  /** Oldest first. */
  readonly messages = new Map<string, Message>();
  readonly interactions = new Map<string, Interaction>();
  readonly auditLog: AuditEntry[] = [];
  private readonly invitesByCode = new Map<string, Invite>();
  /** Codes of the live invites: looked through at every request, while the others only pile up. */
  private readonly liveCodes = new Set<string>();

  constructor(json: Json) {
    const contents = parseContents(json);
    ({ settings: this.settings, server: this.server, bot: this.bot } = contents);
    this.application = contents.application;
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

  /** Oldest first, those that only one member sees included. */
  messagesIn(channelId: string): Message[] {
    return [...this.messages.values()].filter((message) => message.channelId === channelId);
  }

  deleteMessagesIn(channelId: string): void {
    for (const { id } of this.messagesIn(channelId)) this.messages.delete(id);
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
      application: this.application,
      bot: this.bot,
      roles: [...this.roles.values()],
      channels: [...this.channels.values()],
      invites: this.invites(),
      members: [...this.members.values()],
      directChannels: [...this.directChannels.values()],
      messages: [...this.messages.values()],
      interactions: [...this.interactions.values()],
      auditLog: this.auditLog,
    });
  }

  /** Replaces everything; throws a readable error, and changes nothing, when `json` does not fit. */
  load(json: Json): void {
    const contents = parseContents(json);
    ({ settings: this.settings, server: this.server, bot: this.bot } = contents);
    this.application = contents.application;
    for (const map of [this.roles, this.channels, this.members, this.invitesByCode]) map.clear();
    for (const map of [this.directChannels, this.messages, this.interactions]) map.clear();
    this.liveCodes.clear();
    this.auditLog.length = 0;
    this.fill(contents);
  }

  private fill(contents: Contents): void {
    for (const role of contents.roles) this.roles.set(role.id, role);
    for (const channel of contents.channels) this.channels.set(channel.id, channel);
    for (const member of contents.members) this.members.set(member.id, member);
    for (const invite of contents.invites) this.putInvite(invite);
    for (const direct of contents.directChannels) this.directChannels.set(direct.id, direct);
    for (const message of contents.messages) this.messages.set(message.id, message);
    for (const interaction of contents.interactions) this.interactions.set(interaction.id, interaction);
    this.auditLog.push(...contents.auditLog);
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
