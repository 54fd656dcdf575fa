import { NodeOperationError, type IExecuteFunctions } from 'n8n-workflow';
import { ServiceError, asError } from '../../../services/http';
import {
  CODE,
  DISCORD,
  DiscordRefusal,
  buttons,
  directChannel,
  fileName,
  makeTranscript,
  plain,
  putOverwrite,
  readChannel,
  reading,
  renderHtml,
  renderText,
  requireMessageContent,
  takingPart,
  timeText,
  type Heading,
  type MadeTranscript,
  type Overwrite,
  type Place,
  type UploadedFile,
} from '../../../services/discord';
import type { Ticket } from '../../../store';
import { itemParameter } from '../../shared/item-parameter';
import type { ItemResult } from '../../shared/process-items';
import {
  atDesk,
  channelName,
  letIn,
  post,
  reasonOf,
  refused,
  ticketJson,
  ticketOf,
  ticketProperty,
  type Desk,
} from '../desk';
import { activityIn } from '../activity';
import { downloadOf } from '../download';
import { actorOf, enteredIn, interactionProperty, isStaff } from '../interaction';
import { chosenChannel, chosenRole, locator, staffRoleProperty } from '../locators';
import { titleOf } from '../messages';
import { showOnlyFor, type Operation } from '../operation';

/** Discord's limits of one message's files, with some room for the rest of it. */
const MOST_FILES = 10;
const MOST_BYTES = 24 * 1024 * 1024;

const logChannelProperty = locator({
  displayName: 'Log Channel',
  name: 'logChannel',
  kind: 'channel',
  placeholder: 'e.g. ticket-log',
  description: 'Where transcripts are kept, with all attachments. Only staff and the bot should see it.',
});

export const close: Operation = {
  option: {
    name: 'Close',
    value: 'close',
    action: 'Close a ticket',
    description:
      'Keep what was written, post it to the log and to the opener, and make the channel read-only',
  },
  outputs: ['Closed', 'Refused'],
  properties: showOnlyFor('ticket', 'close', [
    interactionProperty,
    ticketProperty,
    staffRoleProperty,
    logChannelProperty,
    {
      displayName: 'Reason',
      name: 'reason',
      type: 'string',
      default: '',
      placeholder: 'e.g. Nobody has written for some days',
      description: 'Why it is closed. Empty: what was entered in the form.',
    },
    {
      displayName: 'Send Transcript to Opener',
      name: 'sendToOpener',
      type: 'boolean',
      default: true,
      description: 'Whether the opener gets the transcript as a direct message',
    },
    {
      displayName: 'Hours Until It Is Finished',
      name: 'finishAfterHours',
      type: 'number',
      typeOptions: { minValue: 0 },
      default: 24,
      description: 'How long the ticket can be reopened before its channel is archived or deleted',
    },
  ]),

  /** Adds `ticket` and `transcript`. */
  async prepare(context) {
    return await atDesk(context, (desk, index) => closeTicket(context, desk, index));
  },
};

async function closeTicket(context: IExecuteFunctions, desk: Desk, index: number): Promise<ItemResult> {
  const { client, interaction, store } = desk;
  const { number, ...found } = await ticketOf(context, store, index);
  const json = { ticket: ticketJson({ number, ...found }) };
  const [staff, log] = await Promise.all([
    chosenRole(context, client, staffRoleProperty, index),
    chosenChannel(context, client, logChannelProperty, index),
  ]);
  if (interaction && !isStaff(interaction, staff) && actorOf(interaction).id !== found.openerId) {
    return await refused(desk, 'Only our team and whoever opened the ticket can close it.', json);
  }
  await requireMessageContent(client);
  const key = interaction?.id ?? 'reminders';
  const begun = await store.tickets.beginClosing(number, {
    key,
    by: interaction ? actorOf(interaction) : null,
    reason: reasonFor(context, desk, index),
  });
  if (begun?.kind === 'closed') {
    await desk.reply('The ticket is closed.');
    return { json: { ticket: ticketJson(begun.ticket) } };
  }
  if (begun?.kind !== 'begun' && begun?.kind !== 'again') {
    return await refused(desk, whyNot(begun?.ticket), json);
  }
  const { ticket } = begun;
  const settings = {
    log,
    key,
    sendToOpener: context.getNodeParameter('sendToOpener', index) === true,
    finishAfterHours: Math.max(0, Number(context.getNodeParameter('finishAfterHours', index)) || 0),
  };
  return await closeBegun(context, desk, ticket, settings).catch(async (error: unknown) => {
    if (isHopeless(error)) await undo(desk, ticket, key);
    throw error;
  });
}

/** Somebody has to change something first; until then the ticket is open as before, and can be closed once more. */
function isHopeless(error: unknown): boolean {
  return error instanceof ServiceError ? !error.retryable : error instanceof NodeOperationError;
}

function whyNot(ticket: Ticket | undefined): string {
  if (ticket?.state === 'opening') return 'This ticket is just being opened. Please try again in a minute.';
  const by = ticket?.closedByName == null ? '' : ` by ${plain(ticket.closedByName)}`;
  return ticket?.state === 'closing'
    ? `This ticket is being closed${by} already.`
    : `This ticket was closed${by}.`;
}

function reasonFor(context: IExecuteFunctions, { interaction }: Desk, index: number): string {
  const given = itemParameter(context, 'reason', index, '');
  const text = typeof given === 'string' ? given.trim() : '';
  return text !== '' || !interaction ? text : enteredIn(interaction, 'reason');
}

interface Settings {
  log: Place;
  key: string;
  sendToOpener: boolean;
  finishAfterHours: number;
}

async function closeBegun(
  context: IExecuteFunctions,
  desk: Desk,
  ticket: Ticket,
  { log, key, sendToOpener, finishAfterHours }: Settings,
): Promise<ItemResult> {
  const { client, store } = desk;
  const { number, closings } = ticket;
  const place = { id: ticket.channelId ?? '', name: channelName(number) };
  const channel = ticket.channelId === null ? undefined : await readChannel(client, place);
  // First, so that nothing is written behind the transcript.
  if (channel) await setAccess(desk, ticket, place, channel.permission_overwrites ?? [], reading);
  const transcript = channel
    ? await makeTranscript(client, place, { heading: headingOf(ticket), download: await downloadOf(context) })
    : await lostTranscript(desk, ticket);
  await store.tickets.keepTranscript(number, transcript);
  const seen = activityIn(transcript.collected, ticket);
  if (seen) await store.tickets.notice(number, seen);

  const texts = textFiles(ticket, transcript);
  const isTold = sendToOpener ? await sendToTheOpener(desk, ticket, texts) : null;
  await postToLog(desk, ticket, log, [...texts, ...transcript.files], isTold, transcript);
  if (channel) {
    const mark = `Ticket ${number} · closed ${closings}`;
    await post(desk, ticket, place, {
      purpose: `closed ${closings}`,
      mark,
      content: '',
      embeds: [
        {
          description:
            `${closedText(ticket)}\n\nIf something is still open, the button opens the ticket again` +
            `${finishAfterHours > 0 ? `; this channel is kept for ${hoursText(finishAfterHours)}.` : '.'}`,
          footer: { text: mark },
        },
      ],
      components: [buttons({ id: `ticket:reopen:${number}`, label: 'Open it again', style: 'secondary' })],
    });
  }
  const closed = await store.tickets.closed(number, key, finishAfterHours);
  await desk.reply(
    isTold === false
      ? 'The ticket is closed. The transcript could not be sent to its opener.'
      : 'The ticket is closed.',
  );
  const { messages, filesLost, files } = transcript;
  return {
    json: {
      ticket: ticketJson(closed ?? ticket),
      transcript: { messages, files: files.length, filesLost, sentToOpener: isTold, logChannelId: log.id },
    },
    outcomes: [
      { service: DISCORD, action: `ticket closed, ${messages} messages kept`, id: `${number}` },
      ...(isTold === false
        ? [
            {
              service: DISCORD,
              action: 'transcript not sent to the opener, who accepts no direct messages',
              id: `${number}`,
            },
          ]
        : []),
    ],
  };
}

/** Sets what those may do who were let in: opener, people and staff. */
async function setAccess(
  { client }: Desk,
  ticket: Ticket,
  place: Place,
  overwrites: ReadonlyArray<{ id: string; type: number }>,
  access: (id: string, type: Overwrite['type']) => Overwrite,
): Promise<void> {
  for (const { id, type } of await letIn(client, overwrites)) {
    await putOverwrite(client, place, access(id, type), reasonOf(ticket)).catch((error: unknown) => {
      // Who has left the server, or a role that was deleted, writes nothing any more.
      if (!(error instanceof DiscordRefusal) || !GONE.includes(error.code)) throw error;
    });
  }
}

const GONE: readonly number[] = [
  CODE.unknownUser,
  CODE.unknownRole,
  CODE.unknownOverwrite,
  CODE.unknownMember,
];

/** As it was before the closing. What fails here matters less than what has failed before. */
async function undo(desk: Desk, ticket: Ticket, key: string): Promise<void> {
  const place = { id: ticket.channelId ?? '', name: channelName(ticket.number) };
  const restore = async (): Promise<void> => {
    const channel = ticket.channelId === null ? undefined : await readChannel(desk.client, place);
    if (channel) await setAccess(desk, ticket, place, channel.permission_overwrites ?? [], takingPart);
  };
  await restore().catch(asError);
  await desk.store.tickets.releaseClosing(ticket.number, key);
}

/** Of a channel that was deleted there is what an earlier try has kept, else what the form said. */
async function lostTranscript({ store }: Desk, ticket: Ticket): Promise<MadeTranscript> {
  const kept = await store.tickets.transcript(ticket.number);
  if (kept) return { ...kept, collected: [], files: [], filesLost: 0 };
  const heading = headingOf(ticket);
  const headed: Heading = {
    ...heading,
    facts: [...heading.facts, ['Description', ticket.description ?? '']],
    notes: ['The channel was deleted in Discord before the ticket was closed: its messages are lost.'],
  };
  return {
    messages: 0,
    text: renderText(headed, []),
    html: renderHtml(headed, []),
    collected: [],
    files: [],
    filesLost: 0,
  };
}

function headingOf(ticket: Ticket): Heading {
  const { number, subject, category, openerName, openedAt, assigneeName, closedByName, closeReason } = ticket;
  return {
    title: subject === null || subject === '' ? `Ticket ${number}` : `Ticket ${number}: ${subject}`,
    facts: [
      ['Category', category],
      ['Opened by', openerName ?? 'unknown'],
      ['Opened', timeText(openedAt)],
      ...(assigneeName === null ? [] : [['Taken care of by', assigneeName] as const]),
      ['Closed by', closedByName ?? 'nobody, after a time without messages'],
      ['Reason', closeReason ?? 'none given'],
    ],
    notes: [],
  };
}

function textFiles({ number, closings }: Ticket, { text, html }: MadeTranscript): UploadedFile[] {
  const name = fileName(`ticket-${number}${closings > 1 ? `-${closings}` : ''}`);
  return [
    { name: `${name}.txt`, type: 'text/plain; charset=utf-8', content: Buffer.from(text) },
    { name: `${name}.html`, type: 'text/html; charset=utf-8', content: Buffer.from(html) },
  ];
}

/** False when they accept no direct messages, or are gone. */
async function sendToTheOpener(desk: Desk, ticket: Ticket, files: readonly UploadedFile[]): Promise<boolean> {
  const { number, closings, openerId, openerName } = ticket;
  if (openerId === null) return false;
  const place = await directChannel(desk.client, { id: openerId, name: openerName ?? 'the opener' });
  if (!place) return false;
  const mark = `Ticket ${number} · transcript ${closings}`;
  const sent = await post(desk, ticket, place, {
    purpose: `direct ${closings}`,
    mark,
    content: '',
    embeds: [
      { title: titleOf(ticket).slice(0, 256), description: closedText(ticket), footer: { text: mark } },
    ],
    files,
  }).catch((error: unknown) => {
    if (error instanceof DiscordRefusal && UNREACHABLE.includes(error.code)) return undefined;
    throw error;
  });
  return sent !== undefined;
}

const UNREACHABLE: readonly number[] = [
  CODE.cannotWriteTo,
  CODE.unknownUser,
  CODE.unknownChannel,
  CODE.missingAccess,
  CODE.noMutualServer,
];

async function postToLog(
  desk: Desk,
  ticket: Ticket,
  log: Place,
  files: readonly UploadedFile[],
  isTold: boolean | null,
  { messages, filesLost }: MadeTranscript,
): Promise<void> {
  const { number, closings } = ticket;
  const batches = inBatches(files);
  for (const [index, batch] of batches.entries()) {
    const mark = `Ticket ${number} · log ${closings}.${index + 1} of ${batches.length}`;
    const description =
      index > 0
        ? 'More attachments'
        : [
            closedText(ticket),
            `Opened by ${plain(ticket.openerName ?? 'unknown')}, ${messages} messages.`,
            ...(filesLost > 0
              ? [`${filesLost} attachments could not be kept; the transcript says which.`]
              : []),
            ...(isTold === false
              ? ['The opener accepts no direct messages: the transcript could not be sent.']
              : []),
          ].join('\n');
    await post(desk, ticket, log, {
      purpose: `log ${closings}.${index + 1}`,
      mark,
      content: '',
      embeds: [{ title: titleOf(ticket).slice(0, 256), description, footer: { text: mark } }],
      files: batch,
    });
  }
}

/** As many of them together as one message takes. */
function inBatches(files: readonly UploadedFile[]): UploadedFile[][] {
  const batches: UploadedFile[][] = [[]];
  for (const file of files) {
    const last = batches.at(-1) ?? [];
    const bytes = last.reduce((sum, { content }) => sum + content.length, file.content.length);
    if (last.length < MOST_FILES && bytes <= MOST_BYTES) last.push(file);
    else batches.push([file]);
  }
  return batches;
}

function closedText({ closedById, closedByName, closeReason }: Ticket): string {
  const by = closedById === null ? '' : ` by ${plain(closedByName ?? 'somebody')}`;
  return `Closed${by}.${closeReason === null ? '' : ` Reason: ${plain(closeReason).slice(0, 1_000)}`}`;
}

function hoursText(hours: number): string {
  return hours >= 48 ? `${Math.round(hours / 24)} days` : hours === 1 ? 'an hour' : `${hours} hours`;
}
