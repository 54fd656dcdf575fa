import {
  DISCORD,
  buttons,
  editMessage,
  findOwn,
  requireMessageContent,
  sendMessage,
} from '../../../services/discord';
import { requiredText } from '../../shared/parameters';
import { discordForItems } from '../../shared/discord';
import { chosenChannel, locator } from '../locators';
import { showOnlyFor, type Operation } from '../operation';

const MARK = 'ticket:new';

const channelProperty = locator({
  displayName: 'Channel',
  name: 'panelChannel',
  kind: 'channel',
  placeholder: 'e.g. support',
  description: 'Where members find the button',
});

export const publish: Operation = {
  option: {
    name: 'Publish',
    value: 'publish',
    action: 'Publish the panel',
    description: 'Put the message with the button into a channel, or bring the one that is there up to date',
  },
  properties: showOnlyFor('panel', 'publish', [
    channelProperty,
    {
      displayName: 'Title',
      name: 'title',
      type: 'string',
      required: true,
      default: 'How can we help?',
      description: 'Up to 256 characters',
    },
    {
      displayName: 'Text',
      name: 'text',
      type: 'string',
      typeOptions: { rows: 4 },
      required: true,
      default:
        'Press the button to write to us. You get a channel of your own that only you and our team can see.',
      description: "In Discord's Markdown",
    },
    {
      displayName: 'Button',
      name: 'button',
      type: 'string',
      required: true,
      default: 'Open a ticket',
      description: 'Up to 80 characters',
    },
  ]),

  /** Adds `panel`. */
  async prepare(context) {
    const clientFor = await discordForItems(context);
    return async (index) => {
      const client = clientFor(index);
      const text = (name: string, displayName: string) => requiredText(context, name, displayName, index);
      const message = {
        content: '',
        embeds: [
          { title: text('title', 'Title').slice(0, 256), description: text('text', 'Text').slice(0, 4_000) },
        ],
        components: [buttons({ id: MARK, label: text('button', 'Button'), style: 'primary' })],
      };
      await requireMessageContent(client);
      const place = await chosenChannel(context, client, channelProperty, index);
      const found = await findOwn(client, place, MARK);
      if (found && (await editMessage(client, place, found.id, message))) {
        return {
          json: { panel: { channelId: place.id, messageId: found.id, published: false } },
          outcomes: [{ service: DISCORD, action: 'panel brought up to date', id: found.id }],
        };
      }
      const { id } = await sendMessage(client, place, {
        ...message,
        nonce: `panel:${place.id}`.slice(0, 25),
      });
      return {
        json: { panel: { channelId: place.id, messageId: id, published: true } },
        outcomes: [{ service: DISCORD, action: 'panel published', id }],
      };
    };
  },
};
