import {
  DISCORD,
  MEMBER,
  deleteChannel,
  deleteMessage,
  deleteOverwrite,
  editMessage,
  inCategory,
  moveChannel,
  readChannel,
  readServerChannels,
  type Place,
} from '../../../services/discord';
import type { Ticket } from '../../../store';
import {
  atDesk,
  channelName,
  letIn,
  reasonOf,
  ticketJson,
  ticketOf,
  ticketProperty,
  type Desk,
} from '../desk';
import { chosenCategory, locator } from '../locators';
import { showOnlyFor, type Operation } from '../operation';
import { topicOf } from './open';

const archiveProperty = locator({
  displayName: 'Archive Category',
  name: 'archiveCategory',
  kind: 'category',
  placeholder: 'e.g. Ticket archive',
  description:
    "Discord's category that channels of finished tickets stand in. When its 50 places are taken, the next one is used, or made.",
});

export const finish: Operation = {
  option: {
    name: 'Finish',
    value: 'finish',
    action: 'Finish a ticket',
    description: 'Archive or delete the channel of a ticket that was closed long enough ago',
  },
  properties: showOnlyFor('ticket', 'finish', [
    ticketProperty,
    {
      displayName: 'Channel',
      name: 'channelEnd',
      type: 'options',
      noDataExpression: true,
      default: 'delete',
      options: [
        {
          name: 'Archive',
          value: 'archive',
          description: 'Staff can still read it; a server holds 500 channels',
        },
        {
          name: 'Delete',
          value: 'delete',
          description: 'The transcript stays in the store and in the log channel',
        },
      ],
      description: 'What becomes of the channel. Those of people who were erased are always deleted.',
    },
    { ...archiveProperty, displayOptions: { show: { channelEnd: ['archive'] } } },
  ]),

  /** Adds `ticket`. */
  async prepare(context) {
    return await atDesk(context, async (desk, index) => {
      const { number } = await ticketOf(context, desk.store, index);
      const isArchived = context.getNodeParameter('channelEnd', index) === 'archive';
      const category = isArchived ? chosenCategory(context, archiveProperty, index) : undefined;
      const ticket = await desk.store.tickets.beginFinishing(number);
      if (!ticket) {
        const found = await ticketOf(context, desk.store, index);
        return { json: { ticket: ticketJson(found) } };
      }
      const place = await placeOf(desk, ticket);
      const isDeleted = category === undefined || ticket.erasedAt !== null;
      if (ticket.erasedAt !== null) await forgetEverything(desk, ticket);
      if (place && isDeleted) await deleteChannel(desk.client, place, reasonOf(ticket));
      else if (place && category !== undefined) await archive(desk, ticket, place, category);
      const finished = (await desk.store.tickets.finished(number)) ?? ticket;
      const action = isDeleted ? 'channel of the ticket deleted' : 'channel of the ticket archived';
      return {
        json: { ticket: ticketJson(finished) },
        outcomes: [{ service: DISCORD, action, id: `${number}` }],
      };
    });
  },
};

/** Of one that was erased while it was being opened, the channel may be known to Discord only. */
async function placeOf({ client }: Desk, ticket: Ticket): Promise<Place | undefined> {
  const name = channelName(ticket.number);
  if (ticket.channelId !== null) return { id: ticket.channelId, name };
  const channels = await readServerChannels(client);
  const found = channels.find(({ topic }) => topic === topicOf(ticket));
  return found && { id: found.id, name };
}

async function archive(
  { client, store }: Desk,
  ticket: Ticket,
  place: Place,
  category: string,
): Promise<void> {
  const channel = await readChannel(client, place);
  if (!channel) return;
  const reason = reasonOf(ticket);
  const { [`closed ${ticket.closings}`]: closing } = await store.tickets.messages(ticket.number);
  if (closing) await editMessage(client, place, closing.id, { content: 'This ticket was closed.' });
  for (const { id, type } of await letIn(client, channel.permission_overwrites ?? [])) {
    if (type === MEMBER) await deleteOverwrite(client, place, id, reason);
  }
  const channels = await readServerChannels(client);
  const parent = channels.find(({ id }) => id === channel.parent_id);
  // A try that broke off had moved it already.
  if (parent && (parent.id === category || parent.name?.toLowerCase().startsWith(category.toLowerCase())))
    return;
  await inCategory(client, { category, reason }, (parentId) =>
    moveChannel(client, place, { parentId, reason }),
  );
}

/** What was posted about somebody who was erased goes as well. */
async function forgetEverything({ client, store }: Desk, { number }: Ticket): Promise<void> {
  for (const { channelId, id } of Object.values(await store.tickets.messages(number))) {
    await deleteMessage(client, { id: channelId, name: channelId }, id);
  }
}
