import type { Json } from '../double';
import { messageJson } from './message-json';
import type { Place } from './messages';
import { channelJson, directChannelJson, memberJson, personJson } from './objects';
import { EVERYTHING, channelRights } from './permissions';
import type { Interaction, Member, Message } from './schemas';
import { newSnowflake } from './snowflake';
import type { DiscordState } from './state';
import type { World } from './world';

type Fields = Record<string, unknown>;

const LARGEST_FILE_BYTES = 10 * 1024 * 1024;
const LOCALE = 'en-US';

/** What is sent to the endpoint (docs: interactions/receiving-and-responding, "Interaction Object"). */
export function interactionPayload(
  interaction: Interaction,
  {
    member,
    place,
    message,
    data,
  }: { member: Member; place: Place; message: Message | undefined; data: Json },
  world: World,
): Fields {
  const { state } = world;
  return {
    id: interaction.id,
    application_id: state.application.id,
    type: interaction.kind === 'component' ? 3 : 5,
    token: interaction.token,
    version: 1,
    data,
    channel_id: place.channel.id,
    ...(message && { message: messageJson(message, world) }),
    ...(place.kind === 'server'
      ? inServer(member, place.channel, state)
      : inPrivate(member, place.channel, state)),
    locale: LOCALE,
    entitlements: [],
    entitlement_sku_ids: [],
    attachment_size_limit: LARGEST_FILE_BYTES,
  };
}

/** The question whether an endpoint is one. */
export function pingPayload({ application, bot, members, server }: DiscordState): Fields {
  const owner = members.get(server.ownerId);
  return {
    id: newSnowflake(),
    application_id: application.id,
    type: 1,
    token: `ping-${newSnowflake()}`,
    version: 1,
    user: { id: server.ownerId, username: owner?.name ?? bot.username },
    app_permissions: '0',
    authorizing_integration_owners: {},
    entitlements: [],
    attachment_size_limit: LARGEST_FILE_BYTES,
  };
}

/** Somebody in the server, with what they may do in the channel. */
export function memberWithRights(member: Member, place: Place, state: DiscordState): Fields {
  const rights = place.kind === 'server' ? channelRights(state, member, place.channel) : EVERYTHING;
  return { ...memberJson(member, state), permissions: rights.toString() };
}

function inServer(member: Member, channel: Parameters<typeof channelJson>[0], state: DiscordState): Fields {
  const place: Place = { kind: 'server', channel };
  return {
    guild_id: state.server.id,
    guild: { id: state.server.id, locale: LOCALE, features: ['COMMUNITY', 'NEWS'] },
    guild_locale: LOCALE,
    channel: {
      ...channelJson(channel, state),
      permissions: channelRights(state, member, channel).toString(),
    },
    member: memberWithRights(member, place, state),
    app_permissions: channelRights(state, state.bot, channel).toString(),
    authorizing_integration_owners: { 0: state.server.id },
    context: 0,
  };
}

function inPrivate(
  member: Member,
  channel: Parameters<typeof directChannelJson>[0],
  state: DiscordState,
): Fields {
  return {
    channel: directChannelJson(channel, state),
    user: personJson(member.id, state),
    app_permissions: EVERYTHING.toString(),
    authorizing_integration_owners: { 0: '0' },
    context: 1,
  };
}
