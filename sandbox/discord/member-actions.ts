import { z } from 'zod/v4';
import type { Double, Json } from '../double';
import type { ComponentUse } from './component-use';
import { endpointAnswersRightly } from './endpoint-check';
import { setIntent, type Intent } from './intents';
import { channelsFor, messagesFor, messageView, viewOf } from './member-view';
import { mentionsIn } from './mentions';
import { directChannelWith } from './message-routes';
import type { Place } from './messages';
import { channelNamed, memberNamed, nameOf, roleNamed } from './people';
import { everybodyIn, mayInChannel } from './permissions';
import type { Member, Message, StoredFile } from './schemas';
import { newSnowflake } from './snowflake';
import type { DiscordState } from './state';
import type { World } from './world';

const INTENTS = ['presence', 'guildMembers', 'messageContent'] as const satisfies readonly Intent[];
const LONGEST_CONTENT = 2000;

/** By id or name. */
const member = z.string().min(1);
const channel = z.string().min(1);
const memberSchema = z.strictObject({ member });
const clickSchema = z.strictObject({ member, customId: z.string(), messageId: z.string().optional() });
const chooseSchema = clickSchema.extend({ values: z.array(z.string()) });
const submitSchema = z.strictObject({
  member,
  /** Text or what was chosen, by the field's custom id. */
  values: z.record(z.string(), z.union([z.string(), z.array(z.string())])).default({}),
  customId: z.string().optional(),
});
const writeSchema = z.strictObject({
  member,
  /** Left out: to the bot alone. */
  channel: channel.optional(),
  content: z.string().max(LONGEST_CONTENT).default(''),
  files: z
    .array(
      z.strictObject({
        name: z.string().min(1),
        type: z.string().default('text/plain'),
        /** What is in it: text, or bytes as base64. */
        text: z.string().optional(),
        base64: z.base64().optional(),
      }),
    )
    .max(10)
    .default([]),
});
const joinSchema = z.strictObject({
  name: z.string().min(1).max(32),
  displayName: z.string().min(1).max(32).nullable().default(null),
  /** By id or name. */
  roles: z.array(z.string()).default([]),
});
const closeSchema = z.strictObject({ member, closed: z.boolean().default(true) });
const intentSchema = z.strictObject({ intent: z.enum(INTENTS).default('messageContent'), on: z.boolean() });
const channelSchema = z.strictObject({ channel });
const readSchema = z.strictObject({ member, channel: channel.optional() });

/** What members do, and what they see. */
export function memberActions(world: World, use: ComponentUse): Double['actions'] {
  const { state, changed } = world;
  const done = (result: Json): Json => {
    changed();
    return result;
  };
  return {
    click: async (input) => {
      const { member: name, customId, messageId } = clickSchema.parse(input);
      return done(await use.click(memberNamed(state, name), customId, messageId));
    },
    choose: async (input) => {
      const { member: name, customId, values, messageId } = chooseSchema.parse(input);
      return done(await use.choose(memberNamed(state, name), customId, values, messageId));
    },
    submit: async (input) => {
      const { member: name, values, customId } = submitSchema.parse(input);
      return done(await use.submit(memberNamed(state, name), values, customId));
    },
    dismiss: async (input) => {
      const { id } = memberNamed(state, memberSchema.parse(input).member);
      for (const open of state.interactions.values()) {
        if (open.memberId === id) state.interactions.set(open.id, { ...open, isModalOpen: false });
      }
      return done({ dismissed: true });
    },
    write: async (input) => {
      const { member: name, channel: where, content, files } = writeSchema.parse(input);
      const author = memberNamed(state, name);
      const stored = files.map(({ name: fileName, type, text = '', base64 }): StoredFile => {
        const bytes = base64 ?? Buffer.from(text).toString('base64');
        return { id: newSnowflake(), name: fileName, type, description: null, content: bytes };
      });
      if (content.trim() === '' && stored.length === 0) throw new Error('There is nothing to send.');
      return done({ messageId: write(state, author, placeFor(state, author, where), content, stored).id });
    },
    /** Somebody new, or other roles for somebody who is there. */
    join: async (input) => {
      const { name, displayName, roles } = joinSchema.parse(input);
      const known = [...state.members.values()].find((other) => other.name === name);
      const joined: Member = {
        id: known?.id ?? newSnowflake(),
        name,
        displayName: displayName ?? known?.displayName ?? null,
        roleIds: roles.map((role) => roleNamed(state, role).id),
        joinedAt: known?.joinedAt ?? new Date().toISOString(),
        inviteCode: known?.inviteCode ?? null,
        takesDirectMessages: known?.takesDirectMessages ?? true,
      };
      state.members.set(joined.id, joined);
      return done({ memberId: joined.id });
    },
    leave: async (input) => {
      const { id } = memberNamed(state, memberSchema.parse(input).member);
      state.members.delete(id);
      return done({ memberId: id });
    },
    closeDirectMessages: async (input) => {
      const { member: name, closed } = closeSchema.parse(input);
      const found = memberNamed(state, name);
      state.members.set(found.id, { ...found, takesDirectMessages: !closed });
      return done({ memberId: found.id, closed });
    },
    setIntent: async (input) => {
      const { intent, on } = intentSchema.parse(input);
      setIntent(state, intent, on);
      return done({ flags: state.application.flags });
    },
    /** Discord's own check of the endpoint: one that does not answer rightly is removed. */
    probeEndpoint: async () => {
      const { interactionsEndpointUrl: url } = state.application;
      const isRight = url !== null && (await endpointAnswersRightly(world, url));
      if (!isRight) state.application = { ...state.application, interactionsEndpointUrl: null };
      return done({ isRight });
    },
    /** What somebody sees: channels, replies for them alone, forms, private messages, and what failed. */
    see: async (input) => viewOf(state, memberNamed(state, memberSchema.parse(input).member)),
    /** The messages of a channel, or of the conversation with the bot, oldest first, as somebody sees them. */
    read: async (input) => {
      const { member: name, channel: where } = readSchema.parse(input);
      const reader = memberNamed(state, name);
      const place = placeFor(state, reader, where);
      return messagesFor(state, reader, place.channel).map((message) => messageView(state, message));
    },
    /** Everybody in the server, and what each of them may do in a channel. */
    rights: async (input) => {
      const found = channelNamed(state, channelSchema.parse(input).channel);
      return everybodyIn(state).map(({ id, name, roleIds }) => ({
        id,
        name: id === state.bot.id ? name : nameOf(state, id),
        mayRead: mayInChannel(state, found, 'VIEW_CHANNEL', { id, roleIds }),
        mayWrite: mayInChannel(state, found, 'SEND_MESSAGES', { id, roleIds }),
        mayReadHistory: mayInChannel(state, found, 'READ_MESSAGE_HISTORY', { id, roleIds }),
      }));
    },
  };
}

/** A channel that somebody sees, or the private conversation with the bot. */
function placeFor(state: DiscordState, who: Member, where: string | undefined): Place {
  if (where === undefined) return { kind: 'direct', channel: directChannelWith(state, who.id) };
  const found = channelNamed(state, where);
  if (!channelsFor(state, who).includes(found))
    throw new Error(`${who.name} does not see the channel "${where}".`);
  return { kind: 'server', channel: found };
}

function write(
  state: DiscordState,
  author: Member,
  place: Place,
  content: string,
  files: StoredFile[],
): Message {
  const where = place.kind === 'server' ? place.channel : undefined;
  if (where && !mayInChannel(state, where, 'SEND_MESSAGES', author)) {
    throw new Error(`${author.name} may not write in "${where.name}".`);
  }
  if (where && files.length > 0 && !mayInChannel(state, where, 'ATTACH_FILES', author)) {
    throw new Error(`${author.name} may not send files in "${where.name}".`);
  }
  const message: Message = {
    id: newSnowflake(),
    channelId: place.channel.id,
    authorId: author.id,
    content,
    embeds: [],
    components: [],
    files,
    mentions: mentionsIn(state, content, author, where, undefined),
    flags: 0,
    nonce: null,
    seenBy: null,
    interactionId: null,
    createdAt: new Date().toISOString(),
    editedAt: null,
  };
  state.messages.set(message.id, message);
  return message;
}
