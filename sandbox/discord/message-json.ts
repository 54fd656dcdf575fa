import { hasIntent } from './intents';
import { personJson } from './objects';
import type { Interaction, Message } from './schemas';
import type { World } from './world';

type Fields = Record<string, unknown>;

/**
 * A message as the bot sees it: without the intent for messages' contents, those of others' messages are left out,
 * unless the message is private or names the bot (docs: events/gateway, "Message Content Intent").
 */
export function messageJson(message: Message, world: World): Fields {
  const { state, files } = world;
  const { authorId, mentions, interactionId } = message;
  const isShown =
    hasIntent(state, 'messageContent') ||
    authorId === state.bot.id ||
    state.directChannels.has(message.channelId) ||
    mentions.userIds.includes(state.bot.id);
  const interaction = interactionId === null ? undefined : state.interactions.get(interactionId);
  return {
    id: message.id,
    type: 0,
    channel_id: message.channelId,
    author: personJson(authorId, state),
    content: isShown ? message.content : '',
    embeds: isShown ? message.embeds : [],
    components: isShown ? message.components : [],
    attachments: isShown
      ? message.files.map((file) => ({
          id: file.id,
          filename: file.name,
          size: Buffer.byteLength(file.content, 'base64'),
          url: files.addressOf(message, file),
          proxy_url: files.addressOf(message, file),
          content_type: file.type,
          ...(file.description !== null && { description: file.description }),
          ...(message.seenBy !== null && { ephemeral: true }),
        }))
      : [],
    mentions: mentions.userIds.map((id) => personJson(id, state)),
    mention_roles: mentions.roleIds,
    mention_everyone: mentions.everyone,
    flags: message.flags,
    timestamp: message.createdAt,
    edited_timestamp: message.editedAt,
    pinned: false,
    tts: false,
    ...(message.nonce !== null && { nonce: message.nonce }),
    ...(interactionId !== null && {
      webhook_id: state.application.id,
      application_id: state.application.id,
      ...(interaction && { interaction_metadata: metadataJson(interaction, world) }),
    }),
  };
}

function metadataJson(interaction: Interaction, world: World): Fields {
  const { state } = world;
  const { id, kind, memberId, messageId, openedBy } = interaction;
  const opener = openedBy === null ? undefined : state.interactions.get(openedBy);
  return {
    id,
    type: kind === 'component' ? 3 : 5,
    user: personJson(memberId, state),
    authorizing_integration_owners: { 0: state.server.id },
    ...(kind === 'component' && { interacted_message_id: messageId }),
    ...(opener && { triggering_interaction_metadata: metadataJson(opener, world) }),
  };
}
