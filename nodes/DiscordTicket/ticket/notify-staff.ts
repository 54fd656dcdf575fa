import type { IExecuteFunctions } from 'n8n-workflow';
import { DISCORD, cut, findMember, plain, type Embed } from '../../../services/discord';
import type { Store, Ticket } from '../../../store';
import { timelineRow } from '../../LifecycleStore/customer/timeline-row';
import { atDesk, post, refOf, ticketJson, ticketOf, ticketProperty } from '../desk';
import { interactionProperty } from '../interaction';
import { chosenChannel, chosenRole, staffChannelProperty, staffRoleProperty } from '../locators';
import { titleOf } from '../messages';
import { showOnlyFor, type Operation } from '../operation';

/** How many of a customer's newest events are shown. */
const EVENTS = 8;
const LONGEST_FIELD = 1_024;

export const notifyStaff: Operation = {
  option: {
    name: 'Notify Staff',
    value: 'notifyStaff',
    action: 'Notify staff of a ticket',
    description: 'Tell staff of a ticket and its customer, and assign it to somebody on duty',
  },
  properties: showOnlyFor('ticket', 'notifyStaff', [
    interactionProperty,
    ticketProperty,
    staffChannelProperty,
    staffRoleProperty,
    {
      displayName: 'On Duty Names or IDs',
      name: 'onDuty',
      type: 'multiOptions',
      typeOptions: { loadOptionsMethod: 'getMembers' },
      default: [],
      description:
        'Who gets tickets: whoever has the fewest open ones, then who waited longest. When nobody is on duty, the role is told. Choose from the list, or specify IDs using an <a href="https://docs.n8n.io/code/expressions/">expression</a>.',
    },
  ]),

  /** Adds `ticket`. */
  async prepare(context) {
    return await atDesk(context, async (desk, index) => {
      const ticket = await ticketOf(context, desk.store, index);
      const [place, role, onDuty] = await Promise.all([
        chosenChannel(context, desk.client, staffChannelProperty, index),
        chosenRole(context, desk.client, staffRoleProperty, index),
        Promise.all(onDutyOf(context, index).map((name) => findMember(desk.client, name))),
      ]);
      const assigned = (await desk.store.tickets.assign(ticket.number, onDuty)) ?? ticket;
      const { assigneeId } = assigned;
      // Once for what was pressed: a ticket may come back to a category that it was in before.
      const cause = desk.interaction ? refOf(desk.interaction) : ticket.category;
      const mark = `Ticket ${ticket.number} · ${cause}`;
      const { sent } = await post(desk, assigned, place, {
        purpose: `staff ${cause}`,
        mark,
        content: `${assigneeId === null ? `<@&${role.id}>` : `<@${assigneeId}>`} <#${assigned.channelId ?? ''}>`,
        embeds: [await summary(desk.store, assigned, mark)],
        mentions: assigneeId === null ? { roles: [role.id] } : { users: [assigneeId] },
      });
      return {
        json: { ticket: ticketJson(assigned) },
        outcomes: sent
          ? [{ service: DISCORD, action: 'staff told of the ticket', id: `${ticket.number}` }]
          : [],
      };
    });
  },
};

function onDutyOf(context: IExecuteFunctions, index: number): string[] {
  const given: unknown = context.getNodeParameter('onDuty', index, []);
  const names = typeof given === 'string' ? given.split(',') : [given ?? []].flat().map(String);
  return [...new Set(names.map((name) => name.trim()))].filter((name) => name !== '');
}

type Fact = readonly [name: string, value: string];

/** What is known of the customer stands here and nowhere else: the opener may have entered anybody's address. */
async function summary(store: Store, ticket: Ticket, mark: string): Promise<Embed> {
  const { openerName, openerId, category, description, email, customerEmail } = ticket;
  const facts: Fact[] = [
    ['From', `${plain(openerName ?? 'unknown')}${openerId === null ? '' : ` (<@${openerId}>)`}`],
    ['Category', plain(category)],
    ['E-mail as entered', email === null ? 'none' : plain(email)],
    ...(customerEmail === null
      ? [['Customer', 'not known by this address or member'] as const]
      : await customerFacts(store, customerEmail)),
  ];
  return {
    title: cut(titleOf(ticket), 256),
    description: cut(plain(description ?? ''), 1_500),
    fields: facts.map(([name, value]) => ({ name, value: cut(value, LONGEST_FIELD) })),
    footer: { text: mark },
  };
}

async function customerFacts(store: Store, email: string): Promise<Fact[]> {
  const [customer, timeline] = await Promise.all([
    store.customers.get(email),
    store.customers.timeline(email, EVENTS),
  ]);
  if (!customer) return [];
  const { tier, status, stage, signedUpAt, lifetimeValue, currency } = customer;
  const events = timeline.map(timelineRow).map(({ at, what, detail }) => {
    const moment = Math.floor(Date.parse(at) / 1000);
    return cut(`<t:${moment}:d> ${plain(what)}${detail === '–' ? '' : `: ${plain(detail)}`}`, 120);
  });
  return [
    ['Customer', plain(customer.name === null ? email : `${customer.name}, ${email}`)],
    ['Plan', `${tier ?? 'none'}${status === null ? '' : ` (${status})`}`],
    ['Stage', stage ?? 'unknown'],
    ...(signedUpAt ? [['Signed up', `<t:${Math.floor(signedUpAt.getTime() / 1000)}:D>`] as const] : []),
    ...(currency === null ? [] : [['Paid so far', `${lifetimeValue} ${currency.toUpperCase()}`] as const]),
    ['What happened last', events.length === 0 ? 'nothing yet' : events.join('\n')],
  ];
}
