import { DISCORD, select } from '../../../services/discord';
import { requiredText } from '../../shared/parameters';
import { categoriesOf, categoriesProperty } from '../categories';
import { atDesk, refused } from '../desk';
import { actorOf, interactionProperty, requiredInteraction } from '../interaction';
import { limitProperties, limitsOf, refusalText } from '../limits';
import { showOnlyFor, type Operation } from '../operation';

export const askForCategory: Operation = {
  option: {
    name: 'Ask for Category',
    value: 'askForCategory',
    action: 'Ask for the category of a ticket',
    description: 'Show who has pressed the button what a ticket may be about',
  },
  outputs: ['Asked', 'Refused'],
  properties: showOnlyFor('ticket', 'askForCategory', [
    interactionProperty,
    categoriesProperty,
    {
      displayName: 'Question',
      name: 'question',
      type: 'string',
      required: true,
      default: 'What is it about?',
      description: 'Above the choice',
    },
    ...limitProperties,
  ]),

  /** Adds outcomes only. */
  async prepare(context) {
    return await atDesk(context, async (desk, index) => {
      const interaction = requiredInteraction(context, index);
      const { id } = actorOf(interaction);
      const refusal = await desk.store.tickets.refusal(desk.client.serverId, id, limitsOf(context, index));
      if (refusal) return await refused(desk, refusalText(refusal), {});
      const categories = categoriesOf(context, index);
      const question = requiredText(context, 'question', 'Question', index);
      const wasAsked = await desk.reply({
        content: question,
        components: [
          select(
            'ticket:category',
            question,
            categories.map(({ key, name, description }) => ({ value: key, label: name, description })),
          ),
        ],
      });
      const action = wasAsked ? 'category asked for' : 'category not asked for: it was too late to reply';
      return { json: {}, outcomes: [{ service: DISCORD, action }] };
    });
  },
};
