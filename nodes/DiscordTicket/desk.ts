import {
  NodeOperationError,
  type IDataObject,
  type IExecuteFunctions,
  type INodeProperties,
} from 'n8n-workflow';
import { ServiceError, asError } from '../../services/http';
import {
  DISCORD,
  botId,
  replyTo,
  sendOnce,
  type DiscordClient,
  type MessageContent,
  type MessageOrder,
  type Place,
  type SentMessage,
} from '../../services/discord';
import type { Store, Ticket } from '../../store';
import { discordForItems } from '../shared/discord';
import { withIsoTimes } from '../shared/iso-times';
import { itemParameter } from '../shared/item-parameter';
import type { ItemResult } from '../shared/process-items';
import { storeOf } from '../shared/store';
import { interactionOf, isStaff, requiredInteraction, type Interaction } from './interaction';
import { chosenRole, staffRoleProperty } from './locators';

export const ticketProperty: INodeProperties = {
  displayName: 'Ticket',
  name: 'ticketNumber',
  type: 'string',
  required: true,
  default: '={{ $json.ticket?.number ?? $json.event?.payload?.data?.custom_id?.split(":").pop() }}',
  placeholder: 'e.g. 12',
  description:
    'Number of the ticket. Preset: the one that an earlier step has added, or whose button was pressed.',
};

/** What the steps of one item work with. */
export interface Desk {
  client: DiscordClient;
  store: Store;
  interaction: Interaction | undefined;
  /** Puts a text in place of what the member sees since they have clicked; false when nobody is there, or it is too late. */
  reply(content: string | MessageContent): Promise<boolean>;
}

/** How an operation works on one item. */
export type Work = (desk: Desk, index: number) => Promise<ItemResult>;

/**
 * Gets ready for a run. Whatever fails, who has clicked is told so, as long as Discord takes replies: nobody is left with
 * "is thinking…".
 */
export async function atDesk(
  context: IExecuteFunctions,
  work: Work,
): Promise<(index: number) => Promise<ItemResult>> {
  const [clientFor, store] = await Promise.all([discordForItems(context), storeOf(context)]);
  return async (index) => {
    const client = clientFor(index);
    const interaction = interactionOf(context, index);
    const desk: Desk = {
      client,
      store,
      interaction,
      reply: (content) => reply(client, store, interaction, content),
    };
    return await work(desk, index).catch(async (error: unknown) => {
      // What is wrong with the reply itself says less than what was wrong before.
      await desk.reply(apology(error)).catch(asError);
      throw error;
    });
  };
}

async function reply(
  client: DiscordClient,
  store: Store,
  interaction: Interaction | undefined,
  content: string | MessageContent,
): Promise<boolean> {
  if (!interaction) return false;
  const address = await store.interactions.reply(interaction.id);
  if (!address) return false;
  return await replyTo(client, address, typeof content === 'string' ? { content } : content);
}

/** Without the error itself: it is for admins, and may name what members are not to know. */
function apology(error: unknown): string {
  const isTriedAgain =
    error instanceof ServiceError ? error.retryable : !(error instanceof NodeOperationError);
  return isTriedAgain
    ? 'Sorry, this takes longer than usual. It is tried again by itself; you need not do anything.'
    : 'Sorry, this did not work, and those who run this server can see why. Please tell them, or try again later.';
}

/** The ticket that an item is about. Throws a `NodeOperationError` when there is none. */
export async function ticketOf(context: IExecuteFunctions, store: Store, itemIndex: number): Promise<Ticket> {
  const number = numberOf(context, itemIndex);
  const ticket = await store.tickets.get(number);
  if (ticket) return ticket;
  throw new NodeOperationError(context.getNode(), `There is no ticket ${number} in the store.`, {
    itemIndex,
  });
}

function numberOf(context: IExecuteFunctions, itemIndex: number): number {
  const given = Number(itemParameter(context, ticketProperty.name, itemIndex, ''));
  if (Number.isInteger(given) && given > 0 && given < 2 ** 31) return given;
  throw new NodeOperationError(context.getNode(), '"Ticket" must be the number of a ticket, like 12.', {
    itemIndex,
  });
}

/** What somebody has pressed in a ticket, and whether they are staff. */
export interface Click {
  interaction: Interaction;
  ticket: Ticket;
  /** The ticket as items carry it. */
  json: IDataObject;
  isStaff(): Promise<boolean>;
}

/** Throws a `NodeOperationError` when nobody has pressed anything, or there is no such ticket. */
export async function clickOf(context: IExecuteFunctions, desk: Desk, itemIndex: number): Promise<Click> {
  const interaction = requiredInteraction(context, itemIndex);
  const ticket = await ticketOf(context, desk.store, itemIndex);
  return {
    interaction,
    ticket,
    json: { ticket: ticketJson(ticket) },
    isStaff: async () =>
      isStaff(interaction, await chosenRole(context, desk.client, staffRoleProperty, itemIndex)),
  };
}

/** The ticket's channel, or what is wrong without one. */
export function channelOf({ number, channelId }: Ticket): Place {
  if (channelId !== null) return { id: channelId, name: channelName(number) };
  throw new ServiceError(
    DISCORD,
    `Ticket ${number} has no channel yet. It is made when the event that opens it is worked on; this is tried again later.`,
    true,
  );
}

/** As the channel of a ticket is called. */
export function channelName(number: number): string {
  return `ticket-${String(number).padStart(4, '0')}`;
}

/** What the server's audit log says. */
export function reasonOf({ number }: Pick<Ticket, 'number'>): string {
  return `Ticket ${number}`;
}

/** As items carry a ticket: times as ISO 8601. */
export function ticketJson(ticket: Ticket): IDataObject {
  return withIsoTimes(ticket);
}

/** Sends a message of a ticket, once for its purpose. */
export async function post(
  { client, store }: Desk,
  { number }: Pick<Ticket, 'number'>,
  place: Place,
  order: MessageOrder,
): Promise<SentMessage> {
  const { tickets } = store;
  const keeper = {
    begin: (purpose: string) => tickets.beginMessage(number, purpose),
    record: (purpose: string, message: { channelId: string; id: string }) =>
      tickets.recordMessage(number, purpose, message),
    forget: (purpose: string) => tickets.forgetMessage(number, purpose),
  };
  return await sendOnce(client, keeper, place, { nonce: nonceOf(number, order.purpose), ...order });
}

/** Says something in a ticket's channel, once for what has happened (`ref`). */
export async function notice(
  desk: Desk,
  ticket: Ticket,
  text: string,
  { ref, mention }: { ref: string; mention?: string },
): Promise<SentMessage> {
  const mark = `Ticket ${ticket.number} · ${ref}`;
  return await post(desk, ticket, channelOf(ticket), {
    purpose: ref,
    mark,
    content: mention === undefined ? '' : `<@${mention}>`,
    embeds: [{ description: text, footer: { text: mark } }],
    ...(mention !== undefined && { mentions: { users: [mention] } }),
  });
}

/** What is left of an interaction's id for people to look at. */
export function refOf({ id }: Interaction): string {
  return id.slice(-8);
}

function nonceOf(number: number, purpose: string): string {
  return `${number}:${purpose}`.slice(-25);
}

/** Everybody who may see the channel by what is said for them: members and roles, without @everyone and the bot. */
export async function letIn(
  client: DiscordClient,
  overwrites: ReadonlyArray<{ id: string; type: number }>,
): Promise<Array<{ id: string; type: 0 | 1 }>> {
  const bot = await botId(client);
  return overwrites
    .filter(({ id }) => id !== client.serverId && id !== bot)
    .map(({ id, type }) => ({ id, type: type === 1 ? 1 : 0 }));
}

/** Nothing was done; the member was told why. */
export async function refused(desk: Desk, text: string, json: IDataObject): Promise<ItemResult> {
  await desk.reply(text);
  return { json: { ...json, refused: text }, output: 1, outcomes: [{ service: DISCORD, action: text }] };
}
