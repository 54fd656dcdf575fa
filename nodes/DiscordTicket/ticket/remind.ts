import { DISCORD } from '../../../services/discord';
import { requiredText } from '../../shared/parameters';
import { atDesk, notice, post, ticketJson, ticketOf, ticketProperty } from '../desk';
import { chosenChannel, chosenRole, staffChannelProperty, staffRoleProperty } from '../locators';
import { titleOf } from '../messages';
import { showOnlyFor, type Operation } from '../operation';

const whom = (value: 'opener' | 'staff') => ({ show: { whom: [value] } });

export const remind: Operation = {
  option: {
    name: 'Remind',
    value: 'remind',
    action: 'Remind of a ticket',
    description: 'Ask the opener whether there is anything else, or tell staff that nobody has answered',
  },
  properties: showOnlyFor('ticket', 'remind', [
    ticketProperty,
    {
      displayName: 'Whom',
      name: 'whom',
      type: 'options',
      noDataExpression: true,
      default: 'opener',
      options: [
        { name: 'Opener', value: 'opener', description: 'In the channel of the ticket' },
        {
          name: 'Staff',
          value: 'staff',
          description: 'In the staff channel: whoever the ticket is assigned to, else the role',
        },
      ],
    },
    {
      displayName: 'Text',
      name: 'openerText',
      type: 'string',
      typeOptions: { rows: 3 },
      required: true,
      default:
        'Can we do anything else for you? If not, you need not do anything: this ticket is closed by itself.',
      displayOptions: whom('opener'),
    },
    { ...staffChannelProperty, displayOptions: whom('staff') },
    { ...staffRoleProperty, displayOptions: whom('staff') },
    {
      displayName: 'Text',
      name: 'staffText',
      type: 'string',
      typeOptions: { rows: 3 },
      required: true,
      default: 'Nobody has answered yet.',
      displayOptions: whom('staff'),
    },
  ]),

  /** Adds `ticket`. */
  async prepare(context) {
    return await atDesk(context, async (desk, index) => {
      const { client, store } = desk;
      const ticket = await ticketOf(context, store, index);
      const json = { ticket: ticketJson(ticket) };
      if (ticket.state !== 'open') return { json };
      const outcome = (action: string) => [{ service: DISCORD, action, id: `${ticket.number}` }];
      // Once for each time that it fell silent.
      const ref = `${ticket.lastActivityAt.getTime()}`.slice(0, -3);
      if (context.getNodeParameter('whom', index) === 'opener') {
        const text = requiredText(context, 'openerText', 'Text', index);
        await notice(desk, ticket, text, {
          ref: `reminder ${ref}`,
          ...(ticket.openerId !== null && { mention: ticket.openerId }),
        });
        await store.tickets.reminded(ticket.number, 'idle');
        return { json, outcomes: outcome('opener reminded') };
      }
      const [place, role] = await Promise.all([
        chosenChannel(context, client, staffChannelProperty, index),
        chosenRole(context, client, staffRoleProperty, index),
      ]);
      const { assigneeId } = ticket;
      const mark = `Ticket ${ticket.number} · first answer`;
      await post(desk, ticket, place, {
        purpose: 'first answer',
        mark,
        content: `${assigneeId === null ? `<@&${role.id}>` : `<@${assigneeId}>`} <#${ticket.channelId ?? ''}>`,
        embeds: [
          {
            title: titleOf(ticket).slice(0, 256),
            description: requiredText(context, 'staffText', 'Text', index),
            footer: { text: mark },
          },
        ],
        mentions: assigneeId === null ? { roles: [role.id] } : { users: [assigneeId] },
      });
      await store.tickets.reminded(ticket.number, 'firstAnswer');
      return { json, outcomes: outcome('staff reminded') };
    });
  },
};
