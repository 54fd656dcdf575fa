import { DISCORD } from '../../../services/discord';
import { atDesk, clickOf, notice, refOf, refused, ticketJson, ticketProperty } from '../desk';
import { actorOf, interactionProperty } from '../interaction';
import { staffRoleProperty } from '../locators';
import { showOnlyFor, type Operation } from '../operation';

export const claim: Operation = {
  option: {
    name: 'Claim',
    value: 'claim',
    action: 'Claim a ticket',
    description: 'Note that whoever pressed the button takes care of the ticket',
  },
  outputs: ['Claimed', 'Refused'],
  properties: showOnlyFor('ticket', 'claim', [interactionProperty, ticketProperty, staffRoleProperty]),

  /** Adds `ticket`. */
  async prepare(context) {
    return await atDesk(context, async (desk, index) => {
      const { interaction, ticket, json, isStaff } = await clickOf(context, desk, index);
      if (!(await isStaff())) {
        return await refused(desk, 'Only our team can take care of a ticket.', json);
      }
      const by = actorOf(interaction);
      const claimed = await desk.store.tickets.claim(ticket.number, by);
      if (claimed?.kind !== 'claimed') {
        const why =
          claimed?.kind === 'other'
            ? `${claimed.ticket.assigneeName ?? 'Somebody else'} takes care of this ticket already.`
            : 'This ticket is not open.';
        return await refused(desk, why, json);
      }
      await notice(desk, claimed.ticket, `<@${by.id}> takes care of this ticket.`, {
        ref: `claim ${refOf(interaction)}`,
      });
      await desk.reply('The ticket is yours.');
      return {
        json: { ticket: ticketJson(claimed.ticket) },
        outcomes: [{ service: DISCORD, action: 'ticket claimed', id: `${ticket.number}` }],
      };
    });
  },
};
