import type { IDisplayOptions, IExecuteFunctions, INodeProperties, INodePropertyOptions } from 'n8n-workflow';
import {
  DISCORD,
  inviteCode,
  ownershipOf,
  revokeInvite,
  type DiscordClient,
} from '../../../services/discord';
import type { Invites, LiveInvite } from '../../../store';
import type { Outcome } from '../../shared/item';
import type { ItemResult } from '../../shared/process-items';
import { storeOf } from '../../shared/store';
import { discordForItems } from '../../shared/discord';
import type { Operation } from '../operation';
import { contactIdProperty, optionalText, recipientOf, type Recipient } from './parameters';

const option: INodePropertyOptions = {
  name: 'Revoke',
  value: 'revoke',
  action: 'Revoke invites',
  description: 'Take back this invite, what the contact was given before, or all of it',
};

const showOnlyForRevoke: IDisplayOptions = { show: { resource: ['invite'], operation: ['revoke'] } };

const description: INodeProperties[] = [
  {
    displayName: 'Which Invites',
    name: 'which',
    type: 'options',
    noDataExpression: true,
    default: 'earlier',
    options: [
      {
        name: 'All Invites of the Contact',
        value: 'all',
        description: 'All that the contact was given; those that were used stay used',
      },
      {
        name: 'Earlier Invites of the Contact',
        value: 'earlier',
        description: 'All that the contact was given before this one',
      },
      { name: 'This Invite', value: 'this' },
    ],
    description: 'Which invites are to be revoked. The bot needs the permission "Manage Channels" for it.',
    displayOptions: showOnlyForRevoke,
  },
  {
    displayName: 'This Invite',
    name: 'inviteCode',
    type: 'string',
    default: '={{ $json.invite.code }}',
    placeholder: 'e.g. a1b2c3',
    description:
      'Code or link of the invite. Preset for items of this node; when it is empty, nothing is revoked.',
    displayOptions: { show: { ...showOnlyForRevoke.show, which: ['earlier', 'this'] } },
  },
  { ...contactIdProperty, displayOptions: showOnlyForRevoke },
];

type RevokeOutcome = Omit<Outcome, 'at'>;

interface Revoker {
  client: DiscordClient;
  invites: Invites;
  recipient: Recipient;
}

/** Adds outcomes only. */
async function prepare(context: IExecuteFunctions): Promise<(index: number) => Promise<ItemResult>> {
  const [clientFor, { invites }] = await Promise.all([discordForItems(context), storeOf(context)]);
  return async (index) => {
    const recipient = recipientOf(context, index);
    const revoker = { client: clientFor(index), invites, recipient };
    const which = context.getNodeParameter('which', index);
    if (which === 'all') return { json: {}, outcomes: await revokeAll(revoker) };
    const code = inviteCode(optionalText(context, 'inviteCode', index));
    if (code === undefined) return { json: {} };
    const outcomes =
      which === 'this' ? [await revokeThis(revoker, code)] : await revokeEarlier(revoker, code);
    return { json: {}, outcomes };
  };
}

export const revoke: Operation = { option, description, prepare };

async function revokeThis(revoker: Revoker, code: string): Promise<RevokeOutcome> {
  const recorded = (await revoker.invites.live(revoker.recipient.subject)).find((one) => one.code === code);
  return await take(revoker, recorded ?? { code, cause: null, channelId: null }, 'invite');
}

async function revokeAll(revoker: Revoker): Promise<RevokeOutcome[]> {
  return await takeEach(revoker, await revoker.invites.live(revoker.recipient.subject), 'invite');
}

async function revokeEarlier(revoker: Revoker, code: string): Promise<RevokeOutcome[]> {
  const live = await revoker.invites.live(revoker.recipient.subject);
  const earlier = live.slice(
    0,
    Math.max(
      0,
      live.findIndex((one) => one.code === code),
    ),
  );
  return await takeEach(revoker, earlier, 'earlier invite');
}

/** One after the other, each recorded at once: a try that breaks off leaves less to do. */
async function takeEach(
  revoker: Revoker,
  live: readonly LiveInvite[],
  what: 'invite' | 'earlier invite',
): Promise<RevokeOutcome[]> {
  const outcomes: RevokeOutcome[] = [];
  for (const invite of live) outcomes.push(await take(revoker, invite, what));
  return outcomes;
}

async function take(
  { client, invites, recipient }: Revoker,
  { code, cause, channelId }: Pick<LiveInvite, 'code' | 'cause' | 'channelId'>,
  what: 'invite' | 'earlier invite',
): Promise<RevokeOutcome> {
  const { whom } = recipient;
  // A link that was not issued here may be anything, even the server's public one.
  const ownership = cause === null ? await ownershipOf(client, { code, whom }) : 'ours';
  const end =
    ownership === 'ours'
      ? await revokeInvite(client, { code, channelId, whom, reason: `Void invite of ${recipient.reason}` })
      : ownership;
  const id = end === 'revoked' ? await invites.revoked(code) : (await invites.vanished([code]))[0]?.id;
  return { service: DISCORD, action: `${what} ${ENDINGS[end]}`, ...(id !== undefined && { id }) };
}

const ENDINGS = {
  revoked: 'revoked',
  gone: 'was already used or expired',
  theirs: 'kept: the bot had not made it',
};
