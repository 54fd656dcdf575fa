import { z } from 'zod/v4';
import { plain } from './components';
import { invalidForm, unknown } from './errors';
import { parseForm } from './form';
import {
  MESSAGE_FLAGS,
  messageChange,
  messageFieldsSchema,
  newMessage,
  type MessageRequest,
} from './message-request';
import { changeMessage, placeOf, putMessage, type Place } from './messages';
import { modalSchema } from './modal';
import type { Interaction, Message } from './schemas';
import type { Upload } from './upload';
import type { World } from './world';

/** How an interaction can be answered first. */
export const ANSWERS = { pong: 1, message: 4, deferred: 5, deferredUpdate: 6, update: 7, modal: 9 } as const;

const answerSchema = z.object({ type: z.enum(ANSWERS), data: z.unknown() });
const deferredSchema = z.object({ flags: z.int().nullish() }).nullish();
const LOADING: MessageRequest = {
  content: '',
  embeds: [],
  components: [],
  files: [],
  flags: MESSAGE_FLAGS.loading,
  allowedMentions: undefined,
};

/** Does what the first answer to an interaction says. Throws Discord's 400, and does nothing, when it does not fit. */
export function applyAnswer(
  { state }: World,
  interaction: Interaction,
  { fields, files }: Upload,
): Interaction {
  const { type, data } = parseForm(answerSchema, fields);
  const place = placeOf(state, interaction.channelId);
  if (!place) throw unknown('Channel');
  const answered = (changes: Partial<Interaction>): Interaction => {
    const changed: Interaction = { ...interaction, status: 'answered', answerType: type, ...changes };
    state.interactions.set(changed.id, changed);
    return changed;
  };
  switch (type) {
    case ANSWERS.message: {
      const request = newMessage(parseForm(messageFieldsSchema, data ?? {}), files);
      return answered({ responseId: putReply(state, place, interaction, request).id });
    }
    case ANSWERS.deferred: {
      const { flags } = parseForm(deferredSchema, data) ?? {};
      const request = { ...LOADING, flags: LOADING.flags | ((flags ?? 0) & MESSAGE_FLAGS.ephemeral) };
      return answered({ responseId: putReply(state, place, interaction, request).id });
    }
    case ANSWERS.deferredUpdate:
      return answered({ responseId: sourceOf(state, interaction).id });
    case ANSWERS.update: {
      const source = sourceOf(state, interaction);
      const change = messageChange(parseForm(messageFieldsSchema, data ?? {}), files, source);
      changeMessage(state, place, source, change);
      return answered({ responseId: source.id });
    }
    case ANSWERS.modal: {
      if (interaction.kind === 'modal') throw wrongType('A modal cannot be answered with a modal.');
      return answered({ modal: plain(parseForm(modalSchema, data)), isModalOpen: true });
    }
    case ANSWERS.pong:
      throw wrongType('Only a PING is answered with a PONG.');
  }
}

/** A reply; an ephemeral one is seen only by who caused it. */
export function putReply(
  state: World['state'],
  place: Place,
  { id, memberId }: Interaction,
  request: MessageRequest,
): Message {
  const isEphemeral = (request.flags & MESSAGE_FLAGS.ephemeral) !== 0;
  return putMessage(state, place, request, { interactionId: id, seenBy: isEphemeral ? memberId : null });
}

/** The message that the interaction came from. */
function sourceOf({ messages }: World['state'], { messageId }: Interaction): Message {
  const message = messageId === null ? undefined : messages.get(messageId);
  if (!message) throw unknown('Message');
  return message;
}

function wrongType(message: string): Error {
  return invalidForm([{ path: ['type'], code: 'INTERACTION_TYPE_INVALID', message }]);
}
