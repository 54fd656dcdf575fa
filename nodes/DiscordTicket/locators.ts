import {
  NodeOperationError,
  type IExecuteFunctions,
  type ILoadOptionsFunctions,
  type INodeListSearchResult,
  type INodeParameterResourceLocator,
  type INodeProperties,
} from 'n8n-workflow';
import {
  findChannel,
  findRoles,
  listCategories,
  listChannels,
  listRoles,
  nameOfChannel,
  type DiscordClient,
  type Place,
  type Role,
} from '../../services/discord';
import { discordOf } from '../shared/discord';
import { requiredText } from '../shared/parameters';

const ID = /^\d{17,20}$/;

type Kind = 'channel' | 'category' | 'role';

const SEARCH: Readonly<Record<Kind, string>> = {
  channel: 'searchChannels',
  category: 'searchCategories',
  role: 'searchRoles',
};

interface LocatorOptions {
  displayName: string;
  name: string;
  kind: Kind;
  placeholder: string;
  description: string;
}

/** A parameter that names a channel, category or role: by its name, which is the same in every server, or its ID. */
export function locator({
  displayName,
  name,
  kind,
  placeholder,
  description,
}: LocatorOptions): INodeProperties {
  return {
    displayName,
    name,
    type: 'resourceLocator',
    required: true,
    default: { mode: 'name', value: '' },
    description,
    modes: [
      {
        displayName: 'From List',
        name: 'list',
        type: 'list',
        placeholder: `Select a ${kind}…`,
        typeOptions: { searchListMethod: SEARCH[kind], searchable: true },
      },
      { displayName: 'By Name', name: 'name', type: 'string', placeholder },
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
}

export const staffRoleProperty = locator({
  displayName: 'Staff Role',
  name: 'staffRole',
  kind: 'role',
  placeholder: 'e.g. Support',
  description: 'Who has it sees all tickets, and works on them',
});

export const staffChannelProperty = locator({
  displayName: 'Staff Channel',
  name: 'staffChannel',
  kind: 'channel',
  placeholder: 'e.g. support-desk',
  description:
    'Where staff is told. Only staff and the bot should see it: what is known of customers stands there.',
});

/** The value of a locator, and whether it is an ID. */
function located(context: IExecuteFunctions, { name, displayName }: INodeProperties, itemIndex: number) {
  const value = requiredText(context, name, displayName, itemIndex);
  const { mode } = context.getNodeParameter(name, itemIndex) as INodeParameterResourceLocator;
  // The list gives the ID of what has no name for itself alone.
  return {
    by: mode === 'id' || (mode === 'list' && ID.test(value)) ? ('id' as const) : ('name' as const),
    value,
  };
}

export async function chosenChannel(
  context: IExecuteFunctions,
  client: DiscordClient,
  property: INodeProperties,
  itemIndex: number,
): Promise<Place> {
  return await findChannel(client, located(context, property, itemIndex));
}

/** Its name or ID, to be looked up where it is needed. */
export function chosenCategory(
  context: IExecuteFunctions,
  property: INodeProperties,
  itemIndex: number,
): string {
  return located(context, property, itemIndex).value;
}

export async function chosenRole(
  context: IExecuteFunctions,
  client: DiscordClient,
  property: INodeProperties,
  itemIndex: number,
): Promise<Role> {
  const [role] = await findRoles(client, [located(context, property, itemIndex).value]);
  if (role) return role;
  throw new NodeOperationError(context.getNode(), `"${property.displayName}" is empty.`, { itemIndex });
}

/** Fills the list of channels, in Discord's order. */
export async function searchChannels(
  this: ILoadOptionsFunctions,
  filter = '',
): Promise<INodeListSearchResult> {
  const channels = await listChannels(await discordOf(this));
  const named = channels.map((channel) => ({
    name: channel.category === null ? channel.name : `${channel.category} / ${channel.name}`,
    value: nameOfChannel(channel, channels),
  }));
  return matching(named, filter);
}

export async function searchCategories(
  this: ILoadOptionsFunctions,
  filter = '',
): Promise<INodeListSearchResult> {
  return matching(byNameOrId(await listCategories(await discordOf(this))), filter);
}

export async function searchRoles(this: ILoadOptionsFunctions, filter = ''): Promise<INodeListSearchResult> {
  return matching(byNameOrId(await listRoles(await discordOf(this))), filter);
}

function byNameOrId(all: ReadonlyArray<{ id: string; name: string }>) {
  const isAlone = (name: string) => all.filter((each) => each.name === name).length === 1;
  return all.map(({ id, name }) => ({ name, value: isAlone(name) ? name : id }));
}

function matching(results: Array<{ name: string; value: string }>, filter: string): INodeListSearchResult {
  const wanted = filter.trim().toLowerCase();
  return { results: results.filter(({ name }) => name.toLowerCase().includes(wanted)) };
}
