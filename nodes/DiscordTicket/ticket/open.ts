import type { IExecuteFunctions } from 'n8n-workflow';
import {
  DISCORD,
  DiscordRefusal,
  MEMBER,
  ROLE,
  botId,
  createChannel,
  deleteChannel,
  hidden,
  inCategory,
  readServerChannels,
  takingPart,
  timeOfId,
} from '../../../services/discord';
import type { Ticket } from '../../../store';
import { requiredText } from '../../shared/parameters';
import type { ItemResult } from '../../shared/process-items';
import { categoriesOf, categoriesProperty } from '../categories';
import { atDesk, channelName, channelOf, post, reasonOf, refused, ticketJson, type Desk } from '../desk';
import { actorOf, chosenIn, enteredIn, interactionProperty, requiredInteraction } from '../interaction';
import { limitProperties, limitsOf, refusalText } from '../limits';
import { chosenCategory, chosenRole, locator, staffRoleProperty } from '../locators';
import { openingMark, openingMessage } from '../messages';
import { showOnlyFor, type Operation } from '../operation';

const channelCategoryProperty = locator({
  displayName: 'Channel Category',
  name: 'channelCategory',
  kind: 'category',
  placeholder: 'e.g. Tickets',
  description:
    "Discord's category that the channels of tickets stand in. When its 50 places are taken, the next one is used, or made: Tickets 2.",
});

export const open: Operation = {
  option: {
    name: 'Open',
    value: 'open',
    action: 'Open a ticket',
    description: 'Make a private channel for whoever has sent the form, once for each form',
  },
  outputs: ['Opened', 'Refused'],
  properties: showOnlyFor('ticket', 'open', [
    interactionProperty,
    channelCategoryProperty,
    staffRoleProperty,
    categoriesProperty,
    {
      displayName: 'Welcome',
      name: 'welcome',
      type: 'string',
      typeOptions: { rows: 3 },
      required: true,
      default: 'Thank you, we will answer here. Add whatever may help us, such as pictures.',
      description: 'Behind the name of the member, above what they wrote',
    },
    ...limitProperties,
  ]),

  /** Adds `ticket`. */
  async prepare(context) {
    return await atDesk(context, (desk, index) => openTicket(context, desk, index));
  },
};

async function openTicket(context: IExecuteFunctions, desk: Desk, index: number): Promise<ItemResult> {
  const interaction = requiredInteraction(context, index);
  const { tickets } = desk.store;
  const categories = categoriesOf(context, index);
  const welcome = requiredText(context, 'welcome', 'Welcome', index);
  const staff = await chosenRole(context, desk.client, staffRoleProperty, index);
  const begun = await tickets.begin({
    interactionId: interaction.id,
    at: timeOfId(interaction.id),
    serverId: desk.client.serverId,
    opener: actorOf(interaction),
    category: chosenIn(interaction),
    subject: enteredIn(interaction, 'subject'),
    description: enteredIn(interaction, 'description'),
    email: enteredIn(interaction, 'email'),
    limits: limitsOf(context, index),
  });
  if (begun.kind === 'erased') return await refused(desk, 'This person was erased in the meantime.', {});
  if (begun.kind === 'tooMany' || begun.kind === 'tooSoon') {
    return await refused(desk, refusalText(begun), {});
  }
  const { number } = begun.ticket;
  const isNew = begun.ticket.channelId === null;
  if (isNew) {
    const category = chosenCategory(context, channelCategoryProperty, index);
    await makeChannel(desk, begun, { category, staffRoleId: staff.id });
  }
  const ticket = (await tickets.get(number)) ?? begun.ticket;
  await post(desk, ticket, channelOf(ticket), {
    purpose: 'opening',
    mark: openingMark(ticket),
    ...openingMessage(ticket, categories, welcome),
  });
  await desk.reply(`Your ticket is ready: <#${ticket.channelId}>`);
  return {
    json: { ticket: ticketJson(ticket) },
    outcomes: [
      { service: DISCORD, action: isNew ? 'ticket opened' : 'ticket was already open', id: `${number}` },
    ],
  };
}

/** A try that broke off left its channel with the ticket's topic. What Discord certainly refused leaves no ticket. */
async function makeChannel(
  { client, store }: Desk,
  { kind, ticket }: { kind: 'new' | 'known'; ticket: Ticket },
  { category, staffRoleId }: { category: string; staffRoleId: string },
): Promise<void> {
  const { number, interactionId, openerId } = ticket;
  const topic = topicOf(ticket);
  const found =
    kind === 'known'
      ? (await readServerChannels(client)).find((channel) => channel.topic === topic)
      : undefined;
  const bot = await botId(client);
  const reason = reasonOf(ticket);
  const overwrites = [
    hidden(client.serverId),
    ...(openerId === null ? [] : [takingPart(openerId, MEMBER)]),
    takingPart(staffRoleId, ROLE),
    takingPart(bot, MEMBER),
  ];
  const channel =
    found ??
    (await inCategory(client, { category, reason }, (parentId) =>
      createChannel(client, { name: channelName(number), parentId, topic, overwrites, reason }),
    ).catch(async (error: unknown) => {
      if (error instanceof DiscordRefusal && !error.retryable) await store.tickets.abandon(number);
      throw error;
    }));
  if (await store.tickets.opened(number, channel.id)) return;
  // Another run was faster, or its event was worked on once more: one channel to an interaction.
  await deleteChannel(
    client,
    { id: channel.id, name: channelName(number) },
    `Second channel of ${interactionId}`,
  );
}

/** By which the channel of a ticket is found again. */
export function topicOf({ number, interactionId }: Ticket): string {
  return `Ticket ${number} · ${interactionId}`;
}
