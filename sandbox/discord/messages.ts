import { cannotWriteTo, foreignMessage, missingPermissions, noTextChannel, unknown } from './errors';
import {
  MESSAGE_FLAGS,
  type MessageChange,
  type MessageRequest,
  type NewMessageRequest,
} from './message-request';
import { mentionsIn } from './mentions';
import { mayInChannel } from './permissions';
import { CHANNEL_TYPES, type Channel, type DirectChannel, type Message } from './schemas';
import { newSnowflake } from './snowflake';
import type { DiscordState } from './state';

/** For how long a nonce is looked for: "the past few minutes". */
const NONCE_MS = 5 * 60 * 1000;

/** Where messages are. */
export type Place = { kind: 'server'; channel: Channel } | { kind: 'direct'; channel: DirectChannel };

/** Puts a message of the bot into a channel, or gives the one with the same enforced nonce. Throws Discord's refusal. */
export function sendMessage(state: DiscordState, place: Place, request: NewMessageRequest): Message {
  refuseSending(state, place, request);
  const { nonce, enforceNonce } = request;
  const since = Date.now() - NONCE_MS;
  const same = state
    .messagesIn(place.channel.id)
    .find(
      (message) =>
        nonce !== null &&
        String(message.nonce) === String(nonce) &&
        message.authorId === state.bot.id &&
        Date.parse(message.createdAt) >= since,
    );
  if (enforceNonce && same) return same;
  return putMessage(state, place, request, { nonce });
}

/** The message as it is then, without asking whether the bot may: replies to interactions need no rights. */
export function putMessage(
  state: DiscordState,
  place: Place,
  request: MessageRequest,
  extra: Partial<Pick<Message, 'nonce' | 'seenBy' | 'interactionId'>> = {},
): Message {
  const message: Message = {
    id: newSnowflake(),
    channelId: place.channel.id,
    authorId: state.bot.id,
    content: request.content,
    embeds: request.embeds,
    components: request.components,
    files: request.files,
    mentions: mentionsIn(state, request.content, state.bot, channelOf(place), request.allowedMentions),
    flags: request.flags,
    nonce: null,
    seenBy: null,
    interactionId: null,
    createdAt: new Date().toISOString(),
    editedAt: null,
    ...extra,
  };
  state.messages.set(message.id, message);
  return message;
}

/** Changes a message of the bot's own. Throws 403 for anybody else's. */
export function editMessage(
  state: DiscordState,
  place: Place,
  message: Message,
  change: MessageChange,
): Message {
  if (message.authorId !== state.bot.id) throw foreignMessage();
  return changeMessage(state, place, message, change);
}

export function changeMessage(
  state: DiscordState,
  place: Place,
  message: Message,
  { allowedMentions, ...change }: MessageChange,
): Message {
  const content = change.content ?? message.content;
  const isLoading = (message.flags & MESSAGE_FLAGS.loading) !== 0;
  const changed: Message = {
    ...message,
    ...change,
    flags: (change.flags ?? message.flags) & ~MESSAGE_FLAGS.loading,
    mentions:
      change.content === undefined
        ? message.mentions
        : mentionsIn(state, content, state.bot, channelOf(place), allowedMentions),
    editedAt: isLoading ? null : new Date().toISOString(),
  };
  state.messages.set(message.id, changed);
  return changed;
}

/** Others' messages can be deleted by who may manage them. Nobody can delete what the other wrote in private. */
export function deleteMessage(state: DiscordState, place: Place, message: Message): void {
  const isOwn = message.authorId === state.bot.id;
  const mayDelete = place.kind === 'server' && mayInChannel(state, place.channel, 'MANAGE_MESSAGES');
  if (!isOwn && !mayDelete) throw missingPermissions();
  state.messages.delete(message.id);
}

/** What the bot can read of a channel, oldest first; nothing at all without the right to read the history. */
export function readableMessages(state: DiscordState, place: Place): Message[] {
  if (place.kind === 'server' && !mayInChannel(state, place.channel, 'READ_MESSAGE_HISTORY')) return [];
  return state.messagesIn(place.channel.id).filter(({ seenBy }) => seenBy === null);
}

/** One of them by its id. Throws Discord's refusal: of those who may not, and of what is not there. */
export function readableMessage(state: DiscordState, place: Place, id: string): Message {
  if (place.kind === 'server' && !mayInChannel(state, place.channel, 'READ_MESSAGE_HISTORY')) {
    throw missingPermissions();
  }
  return ownOrReadable(state, place, id);
}

/** The bot finds its own messages also where it may not read the history. */
export function ownOrReadable(state: DiscordState, place: Place, id: string): Message {
  const message = state.messages.get(id);
  if (message?.channelId !== place.channel.id || message.seenBy !== null) throw unknown('Message');
  return message;
}

/** The place that a message is in, when it is still there. */
export function placeOf(state: DiscordState, channelId: string): Place | undefined {
  const channel = state.channels.get(channelId);
  if (channel) return { kind: 'server', channel };
  const direct = state.directChannels.get(channelId);
  return direct && { kind: 'direct', channel: direct };
}

function channelOf(place: Place): Channel | undefined {
  return place.kind === 'server' ? place.channel : undefined;
}

function refuseSending(state: DiscordState, place: Place, request: MessageRequest): void {
  if (place.kind === 'direct') {
    const member = state.members.get(place.channel.userId);
    if (!state.bot.inServer || !member?.takesDirectMessages) throw cannotWriteTo();
    return;
  }
  const { channel } = place;
  if (channel.type === CHANNEL_TYPES.category) throw noTextChannel();
  const may = (name: Parameters<typeof mayInChannel>[2]): boolean => mayInChannel(state, channel, name);
  if (!may('SEND_MESSAGES')) throw missingPermissions();
  if (request.files.length > 0 && !may('ATTACH_FILES')) throw missingPermissions();
  if (request.embeds.length > 0 && !may('EMBED_LINKS')) throw missingPermissions();
}
