import { DISCORD, editMessage } from '../../../services/discord';
import { requiredText } from '../../shared/parameters';
import { categoriesOf, categoriesProperty, categoryName } from '../categories';
import { atDesk, clickOf, channelOf, notice, refOf, refused, ticketJson, ticketProperty } from '../desk';
import { chosenIn, interactionProperty } from '../interaction';
import { staffRoleProperty } from '../locators';
import { openingMessage } from '../messages';
import { showOnlyFor, type Operation } from '../operation';

export const move: Operation = {
  option: {
    name: 'Move',
    value: 'move',
    action: 'Move a ticket to another category',
    description: 'Note what the ticket is really about; whoever took care of it does so no longer',
  },
  outputs: ['Moved', 'Refused'],
  properties: showOnlyFor('ticket', 'move', [
    interactionProperty,
    ticketProperty,
    staffRoleProperty,
    categoriesProperty,
    {
      displayName: 'Welcome',
      name: 'welcome',
      type: 'string',
      required: true,
      default: 'Thank you, we will answer here. Add whatever may help us, such as pictures.',
      description: 'As in the operation Open: the first message is brought up to date',
    },
  ]),

  /** Adds `ticket`. */
  async prepare(context) {
    return await atDesk(context, async (desk, index) => {
      const { interaction, ticket, json, isStaff } = await clickOf(context, desk, index);
      const categories = categoriesOf(context, index);
      const welcome = requiredText(context, 'welcome', 'Welcome', index);
      if (!(await isStaff())) {
        return await refused(desk, 'Only our team can move a ticket.', json);
      }
      const category = chosenIn(interaction);
      const moved = await desk.store.tickets.move(ticket.number, category);
      if (!moved) return await refused(desk, 'This ticket is not open.', json);
      const { opening } = await desk.store.tickets.messages(ticket.number);
      if (opening) {
        const place = channelOf(moved);
        await editMessage(desk.client, place, opening.id, openingMessage(moved, categories, welcome));
      }
      const name = categoryName(categories, category);
      await notice(desk, moved, `This ticket is about: ${name}.`, { ref: `move ${refOf(interaction)}` });
      await desk.reply(`Moved to ${name}.`);
      return {
        json: { ticket: ticketJson(moved) },
        outcomes: [{ service: DISCORD, action: `ticket moved to ${category}`, id: `${ticket.number}` }],
      };
    });
  },
};
