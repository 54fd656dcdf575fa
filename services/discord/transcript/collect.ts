import { ServiceError } from '../../http';
import type { DiscordClient } from '../client';
import { PAGE, readMessages } from '../messages';
import { DISCORD } from '../refusal';
import type { MessageEntity } from '../schemas';
import { told, type Place } from '../server-channels';

/** What a transcript holds at most: n8n has to keep it in memory. */
export const MOST_MESSAGES = 20_000;

export interface CollectedMessages {
  /** The oldest first. */
  messages: MessageEntity[];
  /** Whether there are older ones, which are left out. */
  isCut: boolean;
}

/**
 * All messages of a channel: page by page backwards, where nothing can come in between, then those that were written
 * meanwhile. What is deleted while it is read may be there or not. Throws a `ServiceError`, not retryable, when Discord shows
 * none although there are some.
 */
export async function collectMessages(
  client: DiscordClient,
  place: Place,
  most = MOST_MESSAGES,
): Promise<CollectedMessages> {
  const byId = new Map<string, MessageEntity>();
  let isCut = false;
  for (let before: string | undefined; ;) {
    const page = await readMessages(client, place, before === undefined ? undefined : { before });
    for (const message of page) byId.set(message.id, message);
    before = lowest(page);
    if (page.length < PAGE || before === undefined) break;
    isCut = byId.size >= most;
    if (isCut) break;
  }
  if (byId.size === 0) throw unreadable(place);
  for (let after = highest(byId.values()); ;) {
    const page = await readMessages(client, place, { after });
    for (const message of page) byId.set(message.id, message);
    if (page.length < PAGE) break;
    after = highest(page);
  }
  const messages = [...byId.values()].sort((one, other) => compareIds(one.id, other.id));
  return { messages, isCut };
}

/** Snowflakes are in the order of time; they are too large for numbers. */
export function compareIds(one: string, other: string): number {
  return one.length - other.length || (one < other ? -1 : one > other ? 1 : 0);
}

function lowest(messages: readonly MessageEntity[]): string | undefined {
  return messages.map(({ id }) => id).sort(compareIds)[0];
}

function highest(messages: Iterable<MessageEntity>): string {
  return (
    [...messages]
      .map(({ id }) => id)
      .sort(compareIds)
      .at(-1) ?? '0'
  );
}

/** There is always our own opening message. */
function unreadable(place: Place): ServiceError {
  return new ServiceError(
    DISCORD,
    `${DISCORD} shows the bot no message in ${told(place)}. In Discord, allow the bot's role "Read Message History" there.`,
    false,
  );
}
