import {
  channelName,
  overwriteOf,
  type ChannelChange,
  type NewChannelRequest,
  type OverwriteRequest,
} from './channel-request';
import { invalidForm, missingPermissions, tooManyChannels } from './errors';
import { putOverwrites, refuseForeignRights, refuseUnknownTargets } from './overwrites';
import { mayInChannel, mayInServer } from './permissions';
import { CHANNEL_TYPES, type Channel, type Overwrite } from './schemas';
import { newSnowflake } from './snowflake';
import type { DiscordState } from './state';

/** Makes a channel, with the category's overwrites when it says nothing of its own. Throws Discord's refusal. */
export function createChannel(state: DiscordState, request: NewChannelRequest): Channel {
  const type = request.type ?? CHANNEL_TYPES.text;
  const parentId = request.parent_id ?? null;
  const parent = parentId === null ? undefined : state.channels.get(parentId);
  const mayCreate = parent
    ? mayInChannel(state, parent, 'MANAGE_CHANNELS')
    : mayInServer(state, 'MANAGE_CHANNELS');
  if (!mayCreate) throw missingPermissions();
  if (parentId !== null) refuseParent(state, parentId, type);
  const { mostChannels } = state.settings;
  if (state.channels.size >= mostChannels) throw tooManyChannels(mostChannels);

  const said = request.permission_overwrites;
  const overwrites = said ? overwritesOf(state, said) : (parent?.overwrites ?? []);
  if (said) {
    refuseUnknownTargets(state, overwrites);
    refuseForeignRights(state, overwrites, { parentId: null, overwrites: [] });
  }
  const siblings = [...state.channels.values()].filter((channel) => channel.parentId === parentId);
  const last = Math.max(-1, ...siblings.map(({ position }) => position));
  const channel: Channel = {
    id: newSnowflake(),
    name: channelName(request.name, type),
    type,
    parentId,
    position: request.position ?? last + 1,
    topic: request.topic ?? null,
    overwrites,
  };
  state.channels.set(channel.id, channel);
  return channel;
}

/** Changes what is named of a channel; overwrites are replaced as a whole. Throws Discord's refusal. */
export function modifyChannel(state: DiscordState, channel: Channel, change: ChannelChange): Channel {
  const parentId = change.parent_id === undefined ? channel.parentId : change.parent_id;
  if (parentId !== channel.parentId) refuseMoving(state, channel, parentId);
  const said = change.permission_overwrites;
  const overwrites = said ? overwritesOf(state, said) : channel.overwrites;
  if (said) {
    if (!mayInChannel(state, channel, 'MANAGE_ROLES')) throw missingPermissions();
    refuseUnknownTargets(state, overwrites);
    refuseForeignRights(state, overwrites, channel);
  }
  const changed: Channel = {
    ...channel,
    name: change.name === undefined ? channel.name : channelName(change.name, channel.type),
    topic: change.topic === undefined ? channel.topic : change.topic || null,
    position: change.position ?? channel.position,
    parentId,
  };
  return putOverwrites(state, changed, overwrites);
}

/** Deletes a channel with its messages and invites; channels of a category stay, without one. */
export function deleteChannel(state: DiscordState, { id }: Channel): { invitesGone: number } {
  const invites = state.liveInvites().filter(({ channelId }) => channelId === id);
  for (const invite of invites) state.endInvite(invite, 'revoked');
  state.channels.delete(id);
  state.deleteMessagesIn(id);
  for (const child of state.channels.values()) {
    if (child.parentId === id) state.channels.set(child.id, { ...child, parentId: null });
  }
  return { invitesGone: invites.length };
}

function refuseMoving(state: DiscordState, channel: Channel, parentId: string | null): void {
  if (parentId === null) {
    if (!mayInServer(state, 'MANAGE_CHANNELS')) throw missingPermissions();
    return;
  }
  const parent = refuseParent(state, parentId, channel.type);
  if (!mayInChannel(state, parent, 'MANAGE_CHANNELS')) throw missingPermissions();
}

function refuseParent(state: DiscordState, parentId: string, type: number): Channel {
  const refusal = (code: string, message: string): Error =>
    invalidForm([{ path: ['parent_id'], code, message }]);
  const parent = state.channels.get(parentId);
  if (!parent) throw refusal('CHANNEL_PARENT_INVALID', 'Category does not exist');
  if (parent.type !== CHANNEL_TYPES.category) throw refusal('CHANNEL_PARENT_INVALID_TYPE', 'Not a category');
  if (type === CHANNEL_TYPES.category) {
    throw refusal('CHANNEL_PARENT_INVALID_PARENT', 'Categories cannot have subcategories');
  }
  const most = state.settings.mostChannelsInCategory;
  const children = [...state.channels.values()].filter((channel) => channel.parentId === parentId);
  if (children.length >= most) {
    throw refusal('CHANNEL_PARENT_MAX_CHANNELS', `Maximum number of channels in category reached (${most})`);
  }
  return parent;
}

function overwritesOf(state: DiscordState, requests: readonly OverwriteRequest[]): Overwrite[] {
  return requests.map((request) => overwriteOf(request, state.roles.has(request.id)));
}
