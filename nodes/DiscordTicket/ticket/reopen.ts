import { DISCORD, editMessage, putOverwrite, readChannel, takingPart } from '../../../services/discord';
import {
  atDesk,
  channelOf,
  clickOf,
  letIn,
  notice,
  reasonOf,
  refOf,
  refused,
  ticketJson,
  ticketProperty,
} from '../desk';
import { actorOf, interactionProperty } from '../interaction';
import { staffRoleProperty } from '../locators';
import { showOnlyFor, type Operation } from '../operation';

export const reopen: Operation = {
  option: {
    name: 'Reopen',
    value: 'reopen',
    action: 'Reopen a ticket',
    description: 'Go on with a ticket that was closed, as long as its channel is there',
  },
  outputs: ['Reopened', 'Refused'],
  properties: showOnlyFor('ticket', 'reopen', [interactionProperty, ticketProperty, staffRoleProperty]),

  /** Adds `ticket`. */
  async prepare(context) {
    return await atDesk(context, async (desk, index) => {
      const { client, store } = desk;
      const { interaction, ticket, json, isStaff } = await clickOf(context, desk, index);
      const by = actorOf(interaction);
      const isTheirs = by.id === ticket.openerId;
      if (!isTheirs && !(await isStaff())) {
        return await refused(desk, 'Only our team and whoever opened the ticket can open it again.', json);
      }
      const place = channelOf(ticket);
      const channel = await readChannel(client, place);
      const reopened = channel && (await store.tickets.reopen(ticket.number, interaction.id));
      if (reopened?.kind !== 'reopened') {
        const why =
          reopened?.ticket.state === 'open'
            ? 'This ticket is open already.'
            : 'This ticket cannot be opened again. Please open a new one.';
        return await refused(desk, why, json);
      }
      for (const { id, type } of await letIn(client, channel?.permission_overwrites ?? [])) {
        await putOverwrite(client, place, takingPart(id, type), reasonOf(ticket));
      }
      const closing = (await store.tickets.messages(ticket.number))[`closed ${ticket.closings}`];
      if (closing) await editMessage(client, place, closing.id, { content: 'This ticket was closed.' });
      await notice(desk, reopened.ticket, `<@${by.id}> has opened this ticket again.`, {
        ref: `reopen ${refOf(interaction)}`,
      });
      await desk.reply('The ticket is open again.');
      return {
        json: { ticket: ticketJson(reopened.ticket) },
        outcomes: [{ service: DISCORD, action: 'ticket reopened', id: `${ticket.number}` }],
      };
    });
  },
};
