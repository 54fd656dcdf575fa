import { requireChannel } from './access';
import { readAuditReason } from './audit-reason';
import { missingAccess, missingPermissions, unknown } from './errors';
import { readInviteRequest } from './invite-request';
import { createInvite, revokeInvite } from './invites';
import { inviteJson, managedInviteJson } from './objects';
import { mayInChannel, mayInServer } from './permissions';
import { isTrue } from './query';
import { ok, type Routes } from './routes';
import type { Channel, Invite } from './schemas';
import type { DiscordState } from './state';
import type { World } from './world';

export function addInviteRoutes(routes: Routes, { state, changed }: World): void {
  routes
    .on('GET', '/channels/:channel_id/invites', ({ params }) => {
      const channel = requireChannel(state, params, 'MANAGE_CHANNELS');
      const invites = state.liveInvites().filter(({ channelId }) => channelId === channel.id);
      return ok(invites.map((invite) => managedInviteJson(invite, channel, state)));
    })
    .on(
      'POST',
      '/channels/:channel_id/invites',
      ({ request, params }) => {
        const channel = requireChannel(state, params, 'CREATE_INSTANT_INVITE');
        const reason = readAuditReason(request);
        const invite = createInvite(state, channel, readInviteRequest(request), reason);
        changed();
        return ok(managedInviteJson(invite, channel, state));
      },
      { kind: 'invite' },
    )
    .on(
      'GET',
      '/invites/:code',
      ({ request, params }) => {
        const { invite, channel } = requireInvite(state, params);
        return ok(inviteJson(invite, channel, state, isTrue(request.query.get('with_counts'))));
      },
      { token: 'any' },
    )
    .on('DELETE', '/invites/:code', ({ request, params }) => {
      const { invite, channel } = requireInvite(state, params);
      refuseRevoking(state, channel);
      revokeInvite(state, invite, readAuditReason(request));
      changed();
      return ok(inviteJson(invite, channel, state, false));
    });
}

function requireInvite(
  state: DiscordState,
  { code = '' }: Record<string, string>,
): { invite: Invite; channel: Channel } {
  const invite = state.liveInvite(code);
  const channel = invite && state.channels.get(invite.channelId);
  if (!channel) throw unknown('Invite');
  return { invite, channel };
}

function refuseRevoking(state: DiscordState, channel: Channel): void {
  if (!state.bot.inServer) throw missingAccess();
  const mayRevoke = mayInServer(state, 'MANAGE_GUILD') || mayInChannel(state, channel, 'MANAGE_CHANNELS');
  if (!mayRevoke) throw missingPermissions();
}
