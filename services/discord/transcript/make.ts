import type { DiscordClient } from '../client';
import type { UploadedFile } from '../multipart';
import { listRoles } from '../roles';
import type { MessageEntity } from '../schemas';
import { readServerChannels, type Place } from '../server-channels';
import { downloadAttachments, type Download } from './attachments';
import { collectMessages } from './collect';
import { linesOf } from './content';
import type { Heading } from './heading';
import { renderHtml } from './html';
import { renderText } from './text';

export interface MadeTranscript {
  /** How many messages. */
  messages: number;
  text: string;
  html: string;
  /** The attachments, under the names by which the transcript speaks of them. */
  files: UploadedFile[];
  /** The messages, the oldest first. */
  collected: MessageEntity[];
  /** How many attachments could not be kept. */
  filesLost: number;
}

/** The transcript of a channel: all messages in their order, with their attachments. */
export async function makeTranscript(
  client: DiscordClient,
  place: Place,
  { heading, download }: { heading: Heading; download: Download },
): Promise<MadeTranscript> {
  const { messages, isCut } = await collectMessages(client, place);
  const [roles, channels, { kept, files }] = await Promise.all([
    listRoles(client),
    readServerChannels(client),
    downloadAttachments(messages, download),
  ]);
  const lines = linesOf(
    messages,
    {
      roles: new Map(roles.map(({ id, name }) => [id, name])),
      channels: new Map(channels.map(({ id, name }) => [id, name ?? id])),
    },
    kept,
  );
  const notes = [
    ...heading.notes,
    ...(isCut ? [`Only the newest ${messages.length} messages are here.`] : []),
  ];
  const headed: Heading = {
    ...heading,
    facts: [...heading.facts, ['Messages', `${messages.length}`]],
    notes,
  };
  return {
    messages: messages.length,
    text: renderText(headed, lines),
    html: renderHtml(headed, lines),
    files,
    collected: messages,
    filesLost: [...kept.values()].filter(({ keptAs }) => keptAs === null).length,
  };
}
