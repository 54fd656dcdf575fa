import { parseAnswer } from '../http';
import type { DiscordClient, DiscordCall } from './client';
import type { Overwrite } from './permissions';
import { CODE, DISCORD, DiscordRefusal } from './refusal';
import { channel as channelSchema, channels as channelList, type ChannelEntity } from './schemas';

const TEXT = 0;
const CATEGORY = 4;

/** Where something is done, by a name that people know. */
export interface Place {
  id: string;
  /** For errors. */
  name: string;
}

export interface ChannelToCreate {
  name: string;
  /** `null` for one that stands by itself. */
  parentId: string | null;
  topic: string;
  overwrites: readonly Overwrite[];
  reason: string;
}

/** All channels and categories of the server as they are now, without threads. */
export async function readServerChannels(client: DiscordClient): Promise<ChannelEntity[]> {
  const call = {
    action: 'list the channels of the server',
    path: `${serverPath(client)}/channels`,
    needs: { permission: '"View Channels"', place: 'the server' },
  };
  return (await client.get(call, channelList)) ?? [];
}

export function isCategory({ type }: ChannelEntity): boolean {
  return type === CATEGORY;
}

/** The channel as it is now; `undefined` when it was deleted. */
export async function readChannel(client: DiscordClient, place: Place): Promise<ChannelEntity | undefined> {
  const call = { action: `read ${told(place)}`, path: channelPath(place), needs: seeing(place) };
  return await client.get(call, channelSchema).catch(undefinedWhen(CODE.unknownChannel));
}

export async function createChannel(
  client: DiscordClient,
  { name, parentId, topic, overwrites, reason }: ChannelToCreate,
): Promise<ChannelEntity> {
  return await create(client, `create the channel "${name}"`, reason, {
    name,
    type: TEXT,
    topic,
    permission_overwrites: overwrites,
    ...(parentId !== null && { parent_id: parentId }),
  });
}

export async function createCategory(
  client: DiscordClient,
  { name, overwrites, reason }: Pick<ChannelToCreate, 'name' | 'overwrites' | 'reason'>,
): Promise<ChannelEntity> {
  return await create(client, `create the category "${name}"`, reason, {
    name,
    type: CATEGORY,
    permission_overwrites: overwrites,
  });
}

async function create(
  client: DiscordClient,
  action: string,
  reason: string,
  body: object,
): Promise<ChannelEntity> {
  const answer = await client.call({
    action,
    method: 'POST',
    path: `${serverPath(client)}/channels`,
    body,
    needs: {
      permission:
        '"Manage Channels", and what the channel is to allow others: "View Channel", "Send Messages", "Embed Links", ' +
        '"Attach Files" and "Read Message History"',
      place: 'the server',
    },
    reason,
  });
  return parseAnswer({ service: DISCORD, action }, channelSchema, answer.body);
}

/** Moves the channel to a category. */
export async function moveChannel(
  client: DiscordClient,
  place: Place,
  { parentId, reason }: { parentId: string; reason: string },
): Promise<void> {
  await client.call({
    ...toManage(place, `move ${told(place)}`),
    method: 'PATCH',
    path: channelPath(place),
    body: { parent_id: parentId },
    repeatable: true,
    reason,
  });
}

/** Deletes the channel with all that was written in it; one that is gone counts as deleted. */
export async function deleteChannel(client: DiscordClient, place: Place, reason: string): Promise<void> {
  await client
    .call({
      ...toManage(place, `delete ${told(place)}`),
      method: 'DELETE',
      path: channelPath(place),
      repeatable: true,
      reason,
    })
    .catch(undefinedWhen(CODE.unknownChannel));
}

/** Says what one role or member may do in the channel; others keep what they may. */
export async function putOverwrite(
  client: DiscordClient,
  place: Place,
  { id, type, allow, deny }: Overwrite,
  reason: string,
): Promise<void> {
  await client.call({
    ...toLetIn(place),
    method: 'PUT',
    path: `${channelPath(place)}/permissions/${encodeURIComponent(id)}`,
    body: { type, allow, deny },
    repeatable: true,
    reason,
  });
}

/** One role or member has no say of its own in the channel any more. */
export async function deleteOverwrite(
  client: DiscordClient,
  place: Place,
  id: string,
  reason: string,
): Promise<void> {
  await client
    .call({
      ...toLetIn(place),
      method: 'DELETE',
      path: `${channelPath(place)}/permissions/${encodeURIComponent(id)}`,
      repeatable: true,
      reason,
    })
    .catch(undefinedWhen(CODE.unknownOverwrite));
}

export function channelPath({ id }: Pick<Place, 'id'>): string {
  return `/channels/${encodeURIComponent(id)}`;
}

function serverPath({ serverId }: DiscordClient): string {
  return `/guilds/${encodeURIComponent(serverId)}`;
}

/** As errors name it. */
export function told({ name }: Place): string {
  return `the channel "${name}"`;
}

export function seeing(place: Place): DiscordCall['needs'] {
  return { permission: `"View Channel" on ${told(place)}`, place: told(place) };
}

function toManage(place: Place, action: string): Pick<DiscordCall, 'action' | 'needs'> {
  return {
    action,
    needs: { permission: `"Manage Channels" on ${told(place)}`, place: told(place) },
  };
}

function toLetIn(place: Place): Pick<DiscordCall, 'action' | 'needs'> {
  return {
    action: `change who may write in ${told(place)}`,
    needs: {
      permission: `"Manage Roles" (there called "Manage Permissions") on ${told(place)}`,
      place: told(place),
    },
  };
}

/** For what counts as done when Discord does not know it any more. */
export function undefinedWhen(...codes: readonly number[]): (error: unknown) => undefined {
  return (error) => {
    if (error instanceof DiscordRefusal && codes.includes(error.code)) return undefined;
    throw error;
  };
}
