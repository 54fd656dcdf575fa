import { requireChannel, requirePlace, requireServer } from './access';
import { readAuditReason } from './audit-reason';
import { channelChangeSchema, newChannelSchema, overwriteFieldsSchema } from './channel-request';
import { createChannel, deleteChannel, modifyChannel } from './channels';
import { unknown } from './errors';
import { jsonBodyOf, parseForm } from './form';
import { channelJson, directChannelJson } from './objects';
import { putOverwrites, refuseForeignRights, refuseUnknownTargets } from './overwrites';
import { NO_CONTENT, ok, type Routes } from './routes';
import type { Overwrite } from './schemas';
import type { World } from './world';

export function addChannelRoutes(routes: Routes, { state, changed }: World): void {
  routes
    .on('GET', '/guilds/:guild_id/channels', ({ params }) => {
      requireServer(state, params);
      return ok([...state.channels.values()].map((channel) => channelJson(channel, state)));
    })
    .on('POST', '/guilds/:guild_id/channels', ({ request, params }) => {
      requireServer(state, params);
      readAuditReason(request);
      const channel = createChannel(state, parseForm(newChannelSchema, jsonBodyOf(request)));
      changed();
      return ok(channelJson(channel, state), 201);
    })
    .on('GET', '/channels/:channel_id', ({ params }) => {
      const place = requirePlace(state, params);
      return ok(
        place.kind === 'server' ? channelJson(place.channel, state) : directChannelJson(place.channel, state),
      );
    })
    .on('PATCH', '/channels/:channel_id', ({ request, params }) => {
      const channel = requireChannel(state, params, 'MANAGE_CHANNELS');
      readAuditReason(request);
      const modified = modifyChannel(state, channel, parseForm(channelChangeSchema, jsonBodyOf(request)));
      changed();
      return ok(channelJson(modified, state));
    })
    .on('DELETE', '/channels/:channel_id', ({ request, params }) => {
      const channel = requireChannel(state, params, 'MANAGE_CHANNELS');
      readAuditReason(request);
      const told = channelJson(channel, state);
      deleteChannel(state, channel);
      changed();
      return ok(told);
    })
    .on('PUT', '/channels/:channel_id/permissions/:overwrite_id', ({ request, params }) => {
      const channel = requireChannel(state, params, 'MANAGE_ROLES');
      readAuditReason(request);
      const { overwrite_id: id = '' } = params;
      const overwrite: Overwrite = { id, ...parseForm(overwriteFieldsSchema, jsonBodyOf(request)) };
      refuseUnknownTargets(state, [overwrite]);
      refuseForeignRights(state, [overwrite], channel);
      putOverwrites(state, channel, [...channel.overwrites.filter((other) => other.id !== id), overwrite]);
      changed();
      return NO_CONTENT;
    })
    .on('DELETE', '/channels/:channel_id/permissions/:overwrite_id', ({ request, params }) => {
      const channel = requireChannel(state, params, 'MANAGE_ROLES');
      readAuditReason(request);
      const kept = channel.overwrites.filter(({ id }) => id !== params.overwrite_id);
      if (kept.length === channel.overwrites.length) throw unknown('Overwrite');
      putOverwrites(state, channel, kept);
      changed();
      return NO_CONTENT;
    });
}
