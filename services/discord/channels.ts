import { Cache } from '../http';
import { byName, unknownName, type Named } from './by-name';
import type { DiscordClient } from './client';
import { channels as channelList } from './schemas';

const KIND = 'channel for invites';
const CATEGORY = 4;
/** Text, voice, announcement, stage, forum, media. */
const WITH_INVITES = [0, 2, 5, 13, 15, 16];

export interface Channel {
  id: string;
  name: string;
  /** Name of the category it stands in. */
  category: string | null;
}

export interface ChannelSelector {
  /** A name may be preceded by that of its category: `Community/welcome`. */
  by: 'name' | 'id';
  value: string;
}

const cache = new Cache<Channel[]>();

/** The server's channels that invites can be made for. Kept for five minutes. */
export async function listChannels(client: DiscordClient): Promise<Channel[]> {
  return await cache.get(client.key, () => readChannels(client));
}

/**
 * The one channel that is meant, read anew when it is not among those that are kept. Throws a `ServiceError`, not
 * retryable, when there is none, or more than one of this name.
 */
export async function findChannel(client: DiscordClient, selector: ChannelSelector): Promise<Channel> {
  const kept = pick(await listChannels(client), selector);
  if (kept) return kept;
  const channels = await forgetChannels(client);
  const found = pick(channels, selector);
  if (found) return found;
  throw unknownName(channels.map(namedChannel), selector.value, KIND);
}

/** Reads the channels anew, unless that was just done: what is kept turned out to be outdated. */
export async function forgetChannels(client: DiscordClient): Promise<Channel[]> {
  return await cache.refresh(client.key, () => readChannels(client));
}

/** How a channel can be called so that no other one is meant; by its ID when every name has a namesake. */
export function nameOfChannel(channel: Channel, channels: readonly Channel[]): string {
  const isAlone = (name: string) =>
    channels.filter((other) => namedChannel(other).names.includes(name)).length === 1;
  return namedChannel(channel).names.find(isAlone) ?? channel.id;
}

function pick(channels: readonly Channel[], { by, value }: ChannelSelector): Channel | undefined {
  if (by === 'id') return channels.find(({ id }) => id === value);
  return byName(channels.map(namedChannel), value.replace(/^#/, ''), KIND)?.channel;
}

function namedChannel(channel: Channel): Named & { channel: Channel } {
  const { id, name, category } = channel;
  return { id, names: category === null ? [name] : [name, `${category}/${name}`], channel };
}

async function readChannels(client: DiscordClient): Promise<Channel[]> {
  const call = {
    action: 'list the channels of the server',
    path: `/guilds/${encodeURIComponent(client.serverId)}/channels`,
    needs: { permission: '"View Channels"', place: 'the server' },
  };
  const entities = (await client.get(call, channelList)) ?? [];
  const categories = new Map(
    entities.filter(({ type }) => type === CATEGORY).map(({ id, name }) => [id, name]),
  );
  return entities
    .filter(({ type }) => WITH_INVITES.includes(type))
    .map(({ id, name, parent_id: parent }) => ({
      id,
      name: name ?? id,
      category: (parent && categories.get(parent)) || null,
    }));
}
