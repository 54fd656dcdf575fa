import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import {
  CODE,
  DiscordRefusal,
  readMessages,
  readServerChannels,
  type DiscordClient,
} from '../../../services/discord';
import type { DueTicket, Store, Ticket, TicketDue } from '../../../store';
import { activityIn } from '../activity';
import { channelName, ticketJson } from '../desk';
import { showOnlyFor } from '../operation';

const MOST_OPEN = 500;

/** By the node's outputs. */
const DUE: readonly TicketDue[] = ['firstAnswer', 'idle', 'close', 'finish'];

export const FIND_DUE_OUTPUTS = ['First Answer Overdue', 'Idle', 'To Close', 'To Finish'] as const;

export const findDueOption = {
  name: 'Find Due',
  value: 'findDue',
  action: 'Find tickets that something is due for',
  description:
    'Give the tickets that nobody has answered, that have fallen silent, or that are to be finished',
};

export const findDueProperties = showOnlyFor('ticket', 'findDue', [
  {
    displayName: 'Minutes Until First Answer Is Overdue',
    name: 'firstAnswerMinutes',
    type: 'number',
    typeOptions: { minValue: 0 },
    default: 60,
    description: 'Without a message of staff; 0 for never',
  },
  {
    displayName: 'Hours Until Idle',
    name: 'idleHours',
    type: 'number',
    typeOptions: { minValue: 0 },
    default: 72,
    description: 'Without a message of anybody; 0 for never',
  },
  {
    displayName: 'Hours Until Closed',
    name: 'closeHours',
    type: 'number',
    typeOptions: { minValue: 0 },
    default: 48,
    description: 'Without a message after the reminder; 0 for never',
  },
  {
    displayName: 'Most Tickets',
    name: 'mostTickets',
    type: 'number',
    typeOptions: { minValue: 1, maxValue: 500 },
    default: 50,
    description: 'How many are given at a time, the oldest first',
  },
]);

/** One item for each ticket, with `ticket` and `due`, at the output of what is due. */
export async function findDue(
  context: IExecuteFunctions,
  client: DiscordClient,
  store: Store,
): Promise<INodeExecutionData[][]> {
  const number = (name: string) => Math.max(0, Number(context.getNodeParameter(name, 0)) || 0);
  const gone = await lookAround(client, store);
  const delays = {
    firstAnswerMinutes: number('firstAnswerMinutes'),
    idleHours: number('idleHours'),
    closeHours: number('closeHours'),
  };
  const isGone = new Set(gone.map((ticket) => ticket.number));
  const due: DueTicket[] = [
    ...gone.map((ticket): DueTicket => ({ due: 'close', ticket })),
    ...(await store.tickets.due(delays, number('mostTickets') || 1)).filter(
      ({ ticket }) => !isGone.has(ticket.number),
    ),
  ];
  return DUE.map((kind) =>
    due
      .filter((each) => each.due === kind)
      .map(({ ticket }) => ({
        json: { due: kind, ticket: ticketJson(ticket), channelDeleted: isGone.has(ticket.number) },
        pairedItem: { item: 0 },
      })),
  );
}

/** Of one channel that is closed to the bot, or goes at this moment; the other tickets are not forgotten for it. */
const UNREADABLE: readonly number[] = [CODE.missingAccess, CODE.missingPermission, CODE.unknownChannel];

/** Notes who has written since the last time. Gives the open tickets whose channels were deleted. */
async function lookAround(client: DiscordClient, store: Store): Promise<Ticket[]> {
  const open = await store.tickets.find({ states: ['open'] }, MOST_OPEN);
  if (open.length === 0) return [];
  const newest = new Map(
    (await readServerChannels(client)).map(({ id, last_message_id: last }) => [id, last ?? '0']),
  );
  await Promise.all(
    open.map(async (ticket) => {
      const { channelId, seenMessageId } = ticket;
      const last = channelId === null ? undefined : newest.get(channelId);
      if (channelId === null || last === undefined || last === seenMessageId) return;
      const place = { id: channelId, name: channelName(ticket.number) };
      const after = seenMessageId ?? '0';
      const messages = await readMessages(client, place, { after }).catch((error: unknown) => {
        if (error instanceof DiscordRefusal && UNREADABLE.includes(error.code)) return [];
        throw error;
      });
      const seen = activityIn(messages, ticket);
      if (seen) await store.tickets.notice(ticket.number, seen);
    }),
  );
  return open.filter(({ channelId }) => channelId !== null && !newest.has(channelId));
}
