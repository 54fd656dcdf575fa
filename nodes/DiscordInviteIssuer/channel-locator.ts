import type {
  IExecuteFunctions,
  ILoadOptionsFunctions,
  INodeListSearchResult,
  INodeParameterResourceLocator,
  INodeProperties,
} from 'n8n-workflow';
import { listChannels, nameOfChannel, type ChannelSelector } from '../../services/discord';
import { requiredText } from '../shared/parameters';
import { discordOf } from '../shared/discord';

const ID = /^\d{17,20}$/;

export const channelLocator: INodeProperties = {
  displayName: 'Channel',
  name: 'channel',
  type: 'resourceLocator',
  required: true,
  default: { mode: 'name', value: '' },
  description:
    'Where the invite leads. Chosen from the list it is kept by its name too, so that the workflow works unchanged in another server.',
  modes: [
    {
      displayName: 'From List',
      name: 'list',
      type: 'list',
      placeholder: 'Select a channel…',
      typeOptions: { searchListMethod: 'searchChannels', searchable: true },
    },
    {
      displayName: 'By Name',
      name: 'name',
      type: 'string',
      placeholder: 'e.g. welcome, or Community/welcome',
    },
    {
      displayName: 'By ID',
      name: 'id',
      type: 'string',
      placeholder: 'e.g. 1100000000000000021',
      validation: [
        {
          type: 'regex',
          properties: { regex: ID.source, errorMessage: 'An ID is a number of 17 to 20 digits' },
        },
      ],
    },
  ],
};

/** The channel that is chosen in the node for an item. */
export function channelSelector(context: IExecuteFunctions, itemIndex: number): ChannelSelector {
  const value = requiredText(context, channelLocator.name, channelLocator.displayName, itemIndex);
  const { mode } = context.getNodeParameter(channelLocator.name, itemIndex) as INodeParameterResourceLocator;
  // The list gives the ID of a channel that has no name for itself alone.
  return { by: mode === 'id' || (mode === 'list' && ID.test(value)) ? 'id' : 'name', value };
}

/** Fills the list of channels, in Discord's order. */
export async function searchChannels(
  this: ILoadOptionsFunctions,
  filter = '',
): Promise<INodeListSearchResult> {
  const channels = await listChannels(await discordOf(this));
  const wanted = filter.trim().toLowerCase();
  return {
    results: channels
      .map((channel) => {
        const { name, category } = channel;
        return {
          name: category === null ? name : `${category} / ${name}`,
          value: nameOfChannel(channel, channels),
        };
      })
      .filter(({ name }) => name.toLowerCase().includes(wanted)),
  };
}
