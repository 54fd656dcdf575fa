import { ANSWERS, applyAnswer, putReply } from './answers';
import { alreadyAcknowledged, unknown } from './errors';
import { parseForm } from './form';
import { answeredInteraction, unansweredInteraction, type Interactions } from './interactions';
import { messageJson } from './message-json';
import { MESSAGE_FLAGS, messageFieldsSchema, newMessage, readMessageChange } from './message-request';
import { changeMessage, placeOf, type Place } from './messages';
import { isTrue } from './query';
import { NO_CONTENT, ok, type Routes } from './routes';
import type { Interaction, Message } from './schemas';
import type { DiscordState } from './state';
import { readUpload } from './upload';
import type { World } from './world';

/** All by the interaction's token, which is in the path: no other is needed. */
const OPTIONS = { kind: 'interaction', token: 'none' } as const;
const MESSAGE = '/webhooks/:webhook_id/:token/messages/:message';

export function addInteractionRoutes(routes: Routes, world: World, interactions: Interactions): void {
  const { state, changed } = world;
  routes
    .on(
      'POST',
      '/interactions/:interaction_id/:token/callback',
      async ({ request, params: { interaction_id: id = '', token = '' } }) => {
        const upload = await readUpload(request);
        const interaction = unansweredInteraction(state, id, token);
        if (interaction.status === 'answered') throw alreadyAcknowledged();
        const answered = applyAnswer(world, interaction, upload);
        interactions.acknowledged(answered);
        changed();
        return isTrue(request.query.get('with_response')) ? ok(callbackJson(answered, world)) : NO_CONTENT;
      },
      OPTIONS,
    )
    .on(
      'POST',
      '/webhooks/:webhook_id/:token',
      async ({ request, params }) => {
        const upload = await readUpload(request);
        const interaction = interactionOf(state, params);
        const message = followUp(world, interaction, upload);
        changed();
        return ok(messageJson(message, world));
      },
      OPTIONS,
    )
    .on('GET', MESSAGE, ({ params }) => ok(messageJson(replyOf(state, params).message, world)), OPTIONS)
    .on(
      'PATCH',
      MESSAGE,
      async ({ request, params }) => {
        const upload = await readUpload(request);
        const { place, message } = replyOf(state, params);
        const edited = changeMessage(state, place, message, readMessageChange(upload, message));
        changed();
        return ok(messageJson(edited, world));
      },
      OPTIONS,
    )
    .on(
      'DELETE',
      MESSAGE,
      ({ params }) => {
        state.messages.delete(replyOf(state, params).message.id);
        changed();
        return NO_CONTENT;
      },
      OPTIONS,
    );
}

function interactionOf(
  state: DiscordState,
  { webhook_id: id = '', token = '' }: Record<string, string>,
): Interaction {
  return answeredInteraction(state, id, token);
}

/** `@original`, or another message of the same interaction. */
function replyOf(state: DiscordState, params: Record<string, string>): { place: Place; message: Message } {
  const interaction = interactionOf(state, params);
  const id = params.message === '@original' ? interaction.responseId : params.message;
  const message = state.messages.get(id ?? '');
  const isOwn =
    message && (message.interactionId === interaction.id || message.id === interaction.responseId);
  const place = placeOf(state, interaction.channelId);
  if (!isOwn || !place) throw unknown('Message');
  return { place, message };
}

/** Another message; while the first one is still awaited, that one. */
function followUp(
  world: World,
  interaction: Interaction,
  upload: Awaited<ReturnType<typeof readUpload>>,
): Message {
  const { state } = world;
  const place = placeOf(state, interaction.channelId);
  if (!place) throw unknown('Channel');
  const awaited = state.messages.get(interaction.responseId ?? '');
  if (
    interaction.answerType === ANSWERS.deferred &&
    awaited &&
    (awaited.flags & MESSAGE_FLAGS.loading) !== 0
  ) {
    return changeMessage(state, place, awaited, readMessageChange(upload, awaited));
  }
  return putReply(
    state,
    place,
    interaction,
    newMessage(parseForm(messageFieldsSchema, upload.fields), upload.files),
  );
}

function callbackJson({ id, kind, answerType, responseId }: Interaction, world: World): object {
  const message = world.state.messages.get(responseId ?? '');
  const isShown =
    answerType === ANSWERS.message || answerType === ANSWERS.deferred || answerType === ANSWERS.update;
  const flags = message?.flags ?? 0;
  return {
    interaction: {
      id,
      type: kind === 'component' ? 3 : 5,
      ...(message && {
        response_message_id: message.id,
        response_message_loading: (flags & MESSAGE_FLAGS.loading) !== 0,
        response_message_ephemeral: (flags & MESSAGE_FLAGS.ephemeral) !== 0,
      }),
    },
    ...(message &&
      isShown && {
        resource: {
          type: answerType === ANSWERS.deferred ? ANSWERS.message : answerType,
          message: messageJson(message, world),
        },
      }),
  };
}
