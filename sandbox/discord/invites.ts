import { randomLetters } from '../letters';
import {
  invalidForm,
  invalidRole,
  missingPermissions,
  tooManyInvites,
  unknown,
  wrongChannelType,
} from './errors';
import type { InviteRequest } from './invite-request';
import { mayInServer } from './permissions';
import { CHANNEL_TYPES, type AuditEntry, type Channel, type Invite } from './schemas';
import { newSnowflake } from './snowflake';
import type { DiscordState } from './state';

const CODE_LENGTH = 8;

/** Makes an invite, or gives back one that is like it when it need not be unique. Throws Discord's refusal. */
export function createInvite(
  state: DiscordState,
  channel: Channel,
  request: InviteRequest,
  reason: string | null,
): Invite {
  if (channel.type === CHANNEL_TYPES.category) throw wrongChannelType();
  refuseTarget(request);
  checkRoles(state, request.roleIds);
  const live = state.liveInvites();
  const similar = request.unique ? undefined : live.find((invite) => isSimilar(invite, channel, request));
  if (similar) return similar;
  if (live.length >= state.settings.mostInvites) throw tooManyInvites(state.settings.mostInvites);

  const { maxAge, maxUses, temporary, roleIds } = request;
  const invite = state.putInvite({
    code: randomLetters(CODE_LENGTH),
    channelId: channel.id,
    status: 'live',
    maxAge,
    maxUses,
    uses: 0,
    temporary,
    roleIds,
    createdAt: new Date().toISOString(),
    endedAt: null,
    reason,
  });
  audit(state, 'invite created', invite, reason);
  return invite;
}

/** Ends an invite and puts that into the audit log. */
export function revokeInvite(state: DiscordState, invite: Invite, reason: string | null): void {
  state.endInvite(invite, 'revoked');
  audit(state, 'invite deleted', invite, reason);
}

/** In this server nobody streams and no activity runs, so there is never anything to invite to. */
function refuseTarget({ hasTarget }: InviteRequest): void {
  if (!hasTarget) return;
  const message = 'There is no such stream or activity in this channel.';
  throw invalidForm([{ path: ['target_type'], code: 'GUILD_INVITE_INVALID_TARGET_TYPE', message }]);
}

/** Only roles below the bot's own can be given away, and only by who may manage roles. */
function checkRoles(state: DiscordState, roleIds: readonly string[]): void {
  if (roleIds.length === 0) return;
  if (!mayInServer(state, 'MANAGE_ROLES')) throw missingPermissions();
  const highest = Math.max(0, ...state.botRoles().map(({ position }) => position));
  for (const id of roleIds) {
    const role = state.roles.get(id);
    if (!role) throw unknown('Role');
    if (role.managed || role.id === state.everyone.id) throw invalidRole();
    if (role.position >= highest) throw missingPermissions();
  }
}

function isSimilar(invite: Invite, channel: Channel, request: InviteRequest): boolean {
  return (
    invite.channelId === channel.id &&
    invite.maxAge === request.maxAge &&
    invite.maxUses === request.maxUses &&
    invite.temporary === request.temporary &&
    [...invite.roleIds].sort().join() === [...request.roleIds].sort().join()
  );
}

function audit(
  state: DiscordState,
  action: AuditEntry['action'],
  { code }: Invite,
  reason: string | null,
): void {
  state.auditLog.push({
    id: newSnowflake(),
    action,
    inviteCode: code,
    reason,
    at: new Date().toISOString(),
  });
}
