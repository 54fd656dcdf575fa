import type { DiscordClient } from './client';
import { botId } from './invites';
import { PAGE, readMessages, sendMessage, type MessageToSend } from './messages';
import { DiscordRefusal } from './refusal';
import type { ComponentEntity, MessageEntity } from './schemas';
import type { Place } from './server-channels';

/** A message whose sending broke off is among so many pages of the newest ones, or was never sent. */
const PAGES_TO_LOOK_AT = 3;

/** What sending once needs of the store. */
export interface MessageKeeper {
  /** `begun`: by an earlier try that broke off. */
  begin(
    purpose: string,
  ): Promise<{ state: 'new' | 'begun' } | { state: 'sent'; channelId: string; id: string }>;
  record(purpose: string, message: { channelId: string; id: string }): Promise<void>;
  /** Begun, but certainly not sent. */
  forget(purpose: string): Promise<void>;
}

export interface MessageOrder extends MessageToSend {
  /** There is one message for it. */
  purpose: string;
  /** What a `custom_id`, a footer or the name of a file of this message is, and that of no other one in the channel. */
  mark: string;
}

export interface SentMessage {
  channelId: string;
  id: string;
  /** False when an earlier try had sent it. */
  sent: boolean;
}

/**
 * Sends a message once: begun in the store, sent, recorded. What was cut off is looked for in the channel by its mark; a
 * second try within a few minutes is recognised by Discord itself, by the nonce.
 */
export async function sendOnce(
  client: DiscordClient,
  keeper: MessageKeeper,
  place: Place,
  { purpose, mark, ...message }: MessageOrder,
): Promise<SentMessage> {
  const begun = await keeper.begin(purpose);
  if (begun.state === 'sent') return { channelId: begun.channelId, id: begun.id, sent: false };
  const earlier = begun.state === 'begun' ? await findOwn(client, place, mark) : undefined;
  if (earlier) {
    await keeper.record(purpose, { channelId: place.id, id: earlier.id });
    return { channelId: place.id, id: earlier.id, sent: false };
  }
  const sent = await sendMessage(client, place, message).catch(async (error: unknown) => {
    if (error instanceof DiscordRefusal) await keeper.forget(purpose);
    throw error;
  });
  await keeper.record(purpose, { channelId: place.id, id: sent.id });
  return { channelId: place.id, id: sent.id, sent: true };
}

/** The newest message of our bot with this mark, if it is among the last ones of the channel. */
export async function findOwn(
  client: DiscordClient,
  place: Place,
  mark: string,
): Promise<MessageEntity | undefined> {
  const bot = await botId(client);
  let before: string | undefined;
  for (let page = 0; page < PAGES_TO_LOOK_AT; page += 1) {
    const messages = await readMessages(client, place, before === undefined ? undefined : { before });
    const found = messages.find((message) => message.author.id === bot && marksOf(message).includes(mark));
    before = messages.at(-1)?.id;
    if (found !== undefined || messages.length < PAGE) return found;
  }
  return undefined;
}

function marksOf({ embeds, components, attachments }: MessageEntity): string[] {
  return [
    ...(components ?? []).flatMap(customIds),
    ...embeds.flatMap(({ footer }) => footer?.text ?? []),
    ...attachments.map(({ filename }) => filename),
  ];
}

function customIds({ custom_id: id, components }: ComponentEntity): string[] {
  return [...(id == null ? [] : [id]), ...(components ?? []).flatMap(customIds)];
}
