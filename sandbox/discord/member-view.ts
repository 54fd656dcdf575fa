import type { Json } from '../double';
import { plain, rowsOf } from './components';
import { MESSAGE_FLAGS } from './message-request';
import { modalSchema, type Modal } from './modal';
import { mayInChannel } from './permissions';
import {
  CHANNEL_TYPES,
  type Channel,
  type DirectChannel,
  type Interaction,
  type Member,
  type Message,
} from './schemas';
import type { DiscordState } from './state';

/** What Discord's own client says when an interaction has failed. */
const FAILURE = { component: 'This interaction failed', modal: 'Something went wrong. Try again.' } as const;

/** The channels that somebody sees, with categories that have nothing for them left out. */
export function channelsFor(state: DiscordState, member: Member): Channel[] {
  return [...state.channels.values()].filter(
    (channel) =>
      channel.type !== CHANNEL_TYPES.category && mayInChannel(state, channel, 'VIEW_CHANNEL', member),
  );
}

/** Oldest first; without the right to read the history nothing that was there before. */
export function messagesFor(
  state: DiscordState,
  member: Member,
  channel: Channel | DirectChannel,
): Message[] {
  const isOwn = ({ seenBy }: Message): boolean => seenBy === member.id;
  const all = state.messagesIn(channel.id);
  if ('userId' in channel) return channel.userId === member.id ? all : [];
  if (!mayInChannel(state, channel, 'VIEW_CHANNEL', member)) return [];
  const reads = mayInChannel(state, channel, 'READ_MESSAGE_HISTORY', member);
  return all.filter((message) => isOwn(message) || (reads && message.seenBy === null));
}

/** Everything that somebody sees, oldest first: channels, replies for them alone, and private messages. */
export function allMessagesFor(state: DiscordState, member: Member): Message[] {
  const places = [...channelsFor(state, member), ...directChannelsOf(state, member)];
  const shown = places.flatMap((place) => messagesFor(state, member, place));
  return shown.sort((one, other) => (BigInt(one.id) < BigInt(other.id) ? -1 : 1));
}

export function directChannelsOf(state: DiscordState, { id }: Member): DirectChannel[] {
  return [...state.directChannels.values()].filter(({ userId }) => userId === id);
}

/** The forms that are open before somebody, newest last. */
export function openModals(
  state: DiscordState,
  { id }: Member,
): Array<{ interaction: Interaction; modal: Modal }> {
  const open = [...state.interactions.values()].filter(
    ({ memberId, isModalOpen }) => memberId === id && isModalOpen,
  );
  return open.map((interaction) => ({ interaction, modal: modalSchema.parse(interaction.modal) }));
}

/** What an interaction looks like to who caused it. */
export function outcome(state: DiscordState, interaction: Interaction): Json {
  const response = state.messages.get(interaction.responseId ?? '');
  return {
    interactionId: interaction.id,
    status: interaction.status,
    answerType: interaction.answerType,
    said: interaction.status === 'failed' ? FAILURE[interaction.kind] : null,
    problem: interaction.problem,
    modal: interaction.isModalOpen ? interaction.modal : null,
    reply: response ? messageView(state, response) : null,
  };
}

export function messageView(state: DiscordState, message: Message): Json {
  const { id, channelId, authorId, content, embeds, components, files, mentions, flags } = message;
  return {
    id,
    channelId,
    authorId,
    isBots: authorId === state.bot.id,
    content,
    embeds,
    components,
    customIds: rowsOf(components).flatMap((row) => row.components.map((child) => child.custom_id ?? null)),
    files: files.map((file) => ({ id: file.id, name: file.name, type: file.type })),
    mentions,
    isEphemeral: message.seenBy !== null,
    isLoading: (flags & MESSAGE_FLAGS.loading) !== 0,
    createdAt: message.createdAt,
    editedAt: message.editedAt,
  };
}

/** All that somebody has before them. */
export function viewOf(state: DiscordState, member: Member): Json {
  const failed = [...state.interactions.values()].filter(
    ({ memberId, status }) => memberId === member.id && status === 'failed',
  );
  const view = {
    member: { id: member.id, name: member.name, displayName: member.displayName, roleIds: member.roleIds },
    channels: channelsFor(state, member).map((channel) => ({
      id: channel.id,
      name: channel.name,
      category: state.channels.get(channel.parentId ?? '')?.name ?? '',
      mayWrite: mayInChannel(state, channel, 'SEND_MESSAGES', member),
    })),
    ephemeral: allMessagesFor(state, member)
      .filter(({ seenBy }) => seenBy === member.id)
      .map((message) => messageView(state, message)),
    modals: openModals(state, member).map(({ interaction, modal }) => ({
      interactionId: interaction.id,
      ...modal,
    })),
    direct: directChannelsOf(state, member)
      .flatMap((direct) => messagesFor(state, member, direct))
      .map((message) => messageView(state, message)),
    failures: failed.map((interaction) => outcome(state, interaction)),
  };
  return plain(view);
}
