import {
  NodeOperationError,
  type IDisplayOptions,
  type IExecuteFunctions,
  type INodeProperties,
  type INodePropertyOptions,
} from 'n8n-workflow';
import {
  DISCORD,
  LONGEST_MAX_AGE,
  findChannel,
  findRoles,
  inviteCode,
  issueOnce,
  type Channel,
  type IssuedInvite,
} from '../../../services/discord';
import { requiredText } from '../../shared/parameters';
import type { ItemResult } from '../../shared/process-items';
import { storeOf } from '../../shared/store';
import { channelLocator, channelSelector } from '../channel-locator';
import { discordForItems } from '../../shared/discord';
import type { Operation } from '../operation';
import { inviteJson } from './invite-json';
import { causeProperty, contactIdProperty, optionalText, recipientOf } from './parameters';

const option: INodePropertyOptions = {
  name: 'Issue',
  value: 'issue',
  action: 'Issue an invite',
  description: 'Make an invite for one person and one use, once for each cause',
};

const showOnlyForIssue: IDisplayOptions = { show: { resource: ['invite'], operation: ['issue'] } };

const description: INodeProperties[] = [
  { ...channelLocator, displayOptions: showOnlyForIssue },
  { ...contactIdProperty, displayOptions: showOnlyForIssue },
  { ...causeProperty, displayOptions: showOnlyForIssue },
  {
    displayName: 'Replaces',
    name: 'replaces',
    type: 'string',
    default: '={{ $json.guard.replaced }}',
    placeholder: 'e.g. https://discord.gg/a1b2c3',
    description:
      'Link or code of an invite that the new one makes void. It is remembered; the operation Revoke takes it back. Preset for items of the Mautic Contact Guard node; may be empty.',
    displayOptions: showOnlyForIssue,
  },
  {
    displayName: 'Expires After',
    name: 'expiresAfter',
    type: 'options',
    default: 604800,
    options: [
      { name: '1 Hour', value: 3600 },
      { name: '1 Day', value: 86400 },
      { name: '3 Days', value: 259200 },
      { name: '7 Days', value: 604800 },
      {
        name: 'Never',
        value: 0,
        description: 'Counts among the 1,000 invites a server can have until it is used or revoked',
      },
    ],
    description: 'How long the invite is valid when nobody uses it',
    displayOptions: showOnlyForIssue,
  },
  {
    displayName: 'Options',
    name: 'options',
    type: 'collection',
    placeholder: 'Add option',
    default: {},
    options: [
      {
        displayName: 'Role Names or IDs',
        name: 'roles',
        type: 'multiOptions',
        typeOptions: { loadOptionsMethod: 'getRoles' },
        default: [],
        description:
          'Roles that come with the invite: who joins with it has them. The bot needs the permission "Manage Roles", and its own role has to stand above these. Choose from the list, or specify IDs using an <a href="https://docs.n8n.io/code/expressions/">expression</a>.',
      },
    ],
    displayOptions: showOnlyForIssue,
  },
];

/** Adds `invite` to each item. */
async function prepare(context: IExecuteFunctions): Promise<(index: number) => Promise<ItemResult>> {
  const [clientFor, { invites }] = await Promise.all([discordForItems(context), storeOf(context)]);
  return async (index) => {
    const client = clientFor(index);
    const { subject, whom, reason } = recipientOf(context, index);
    const cause = requiredText(context, causeProperty.name, causeProperty.displayName, index);
    const maxAge = maxAgeOf(context, index);
    const replaced = inviteCode(optionalText(context, 'replaces', index));
    const channel = await findChannel(client, channelSelector(context, index));
    const roles = await findRoles(client, roleNames(context, index));
    // First, so that a try that breaks off leaves it known.
    if (replaced !== undefined) await invites.noteEarlier(subject, replaced);
    const order = { subject, cause, channel, maxAge, roles, whom, reason: `Invite for ${reason}` };
    return itemOf(channel, await issueOnce(client, invites, order));
  };
}

export const issue: Operation = { option, description, prepare };

/** The outcome names the store's record: the code lets in whoever reads it. */
function itemOf(channel: Channel, { id, issued, ...invite }: IssuedInvite): ItemResult {
  return {
    json: { invite: inviteJson({ ...invite, channel: { id: channel.id, name: channel.name }, issued }) },
    outcomes: [
      { service: DISCORD, action: issued ? 'invite issued' : 'invite of an earlier try taken up again', id },
    ],
  };
}

function maxAgeOf(context: IExecuteFunctions, itemIndex: number): number {
  // An expression that found nothing must not mean "never".
  const seconds = Number(optionalText(context, 'expiresAfter', itemIndex) || Number.NaN);
  if (Number.isInteger(seconds) && seconds >= 0 && seconds <= LONGEST_MAX_AGE) return seconds;
  throw new NodeOperationError(
    context.getNode(),
    `"Expires After" must be a number of seconds up to ${LONGEST_MAX_AGE} (seven days), or 0 for never.`,
    { itemIndex },
  );
}

function roleNames(context: IExecuteFunctions, index: number): string[] {
  const { roles } = context.getNodeParameter('options', index, {}) as { roles?: unknown };
  return [...new Set([roles ?? []].flat().map(String))].filter((name) => name !== '');
}
