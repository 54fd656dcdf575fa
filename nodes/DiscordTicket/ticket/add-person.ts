import { DISCORD, MEMBER, putOverwrite, takingPart } from '../../../services/discord';
import {
  atDesk,
  channelOf,
  clickOf,
  notice,
  reasonOf,
  refOf,
  refused,
  ticketJson,
  ticketProperty,
} from '../desk';
import { chosenIn, interactionProperty } from '../interaction';
import { staffRoleProperty } from '../locators';
import { showOnlyFor, type Operation } from '../operation';

export const addPerson: Operation = {
  option: {
    name: 'Add Person',
    value: 'addPerson',
    action: 'Add a person to a ticket',
    description: 'Let whoever was chosen read and write in the channel of the ticket',
  },
  outputs: ['Added', 'Refused'],
  properties: showOnlyFor('ticket', 'addPerson', [interactionProperty, ticketProperty, staffRoleProperty]),

  /** Adds `ticket`. */
  async prepare(context) {
    return await atDesk(context, async (desk, index) => {
      const { interaction, ticket, json, isStaff } = await clickOf(context, desk, index);
      if (!(await isStaff())) {
        return await refused(
          desk,
          'Only our team can let somebody in. Please ask here in the channel.',
          json,
        );
      }
      const person = chosenIn(interaction);
      if (ticket.state !== 'open' || !/^\d+$/.test(person)) {
        return await refused(desk, 'This ticket is not open.', json);
      }
      await putOverwrite(desk.client, channelOf(ticket), takingPart(person, MEMBER), reasonOf(ticket));
      const added = (await desk.store.tickets.add(ticket.number, person)) ?? ticket;
      await notice(desk, added, `<@${person}> can read and write here now.`, {
        ref: `add ${refOf(interaction)}`,
        mention: person,
      });
      await desk.reply(`<@${person}> is in.`);
      return {
        json: { ticket: ticketJson(added) },
        outcomes: [{ service: DISCORD, action: 'person let into the ticket', id: `${ticket.number}` }],
      };
    });
  },
};
