import type { IDisplayOptions, IExecuteFunctions, INodeProperties, INodePropertyOptions } from 'n8n-workflow';
import { inviteCode } from '../../../services/discord';
import { requiredText } from '../../shared/parameters';
import type { ItemResult } from '../../shared/process-items';
import { storeOf } from '../../shared/store';
import type { Operation } from '../operation';
import { inviteJson } from './invite-json';
import { causeProperty, contactIdProperty, optionalText, recipientOf } from './parameters';

const OUTPUT = { resume: 0, nothingToDo: 1 };

const option: INodePropertyOptions = {
  name: 'Resume',
  value: 'resume',
  action: 'Resume with an invite',
  description: 'Tell whether a link was issued for this very cause in an earlier try that broke off',
};

const showOnlyForResume: IDisplayOptions = { show: { resource: ['invite'], operation: ['resume'] } };

const description: INodeProperties[] = [
  {
    displayName: 'Link',
    name: 'link',
    type: 'string',
    default: '={{ $json.guard.link }}',
    placeholder: 'e.g. https://discord.gg/a1b2c3',
    description: 'The link that the contact holds. Preset for items of the Mautic Contact Guard node.',
    displayOptions: showOnlyForResume,
  },
  { ...contactIdProperty, displayOptions: showOnlyForResume },
  { ...causeProperty, displayOptions: showOnlyForResume },
];

/** Adds `invite` to an item that goes on where an earlier try ended. Asks the store only. */
async function prepare(context: IExecuteFunctions): Promise<(index: number) => Promise<ItemResult>> {
  const { invites } = await storeOf(context);
  return async (index) => {
    const { subject } = recipientOf(context, index);
    const cause = requiredText(context, causeProperty.name, causeProperty.displayName, index);
    const code = inviteCode(optionalText(context, 'link', index));
    const now = Date.now();
    const live = code === undefined ? [] : await invites.live(subject);
    const invite = live.find(
      (candidate) =>
        candidate.code === code &&
        candidate.cause === cause &&
        (candidate.expiresAt === null || candidate.expiresAt.getTime() > now),
    );
    if (!invite) return { json: {}, output: OUTPUT.nothingToDo };
    const channel = { id: invite.channelId, name: null };
    return {
      json: { invite: inviteJson({ ...invite, channel, issued: false }) },
      output: OUTPUT.resume,
    };
  };
}

export const resume: Operation = { option, description, prepare };
