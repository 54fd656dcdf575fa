import {
  type IDisplayOptions,
  type IExecuteFunctions,
  type INodeProperties,
  type INodePropertyOptions,
} from 'n8n-workflow';
import {
  markDoNotContact,
  MAUTIC,
  type DoNotContact,
  type DoNotContactReason,
  type MarkedContact,
  type MauticApi,
} from '../../../services/mautic';
import { itemParameter } from '../../shared/item-parameter';
import { orError, requiredText } from '../../shared/parameters';
import type { ItemResult } from '../../shared/process-items';
import { whenItFails } from '../../shared/when-it-fails';

export const option: INodePropertyOptions = {
  name: 'Do Not Contact',
  value: 'doNotContact',
  action: 'Put a contact on do not contact',
  description:
    'Have Mautic send no e-mail to an address any more; where it knows nobody by it, nothing happens',
};

const showOnlyForDoNotContact: IDisplayOptions = {
  show: { resource: ['contact'], operation: ['doNotContact'] },
};

export const description: INodeProperties[] = [
  {
    displayName: 'Email Addresses',
    name: 'emails',
    type: 'string',
    required: true,
    default: '={{ $json.event.payload.data.to }}',
    placeholder: 'name@email.com',
    description:
      'One address, or several separated by commas. Every contact that has one of them is marked; none is created. Preset: those that an event of Resend is about.',
    displayOptions: showOnlyForDoNotContact,
  },
  {
    displayName: 'Reason',
    name: 'reason',
    type: 'options',
    default: 'bounced',
    options: [
      {
        name: 'Blocked by Hand',
        value: 'manual',
        description: 'Nothing is sent any more, not even what somebody bought. Also for who reported spam.',
      },
      {
        name: 'Bounced',
        value: 'bounced',
        description: 'The address does not work: nothing is sent any more, not even what somebody bought',
      },
      {
        name: 'Unsubscribed',
        value: 'unsubscribed',
        description: 'No marketing any more; e-mails about something that was bought may still be sent',
      },
    ],
    description: 'What Mautic shows as the reason. A contact that is marked already keeps the reason it has.',
    displayOptions: showOnlyForDoNotContact,
  },
  {
    displayName: 'Comment',
    name: 'comment',
    type: 'string',
    default: '={{ $json.event.source }}: {{ $json.event.type }}',
    placeholder: 'e.g. reported as spam',
    description: 'Shown beside the mark in Mautic',
    displayOptions: showOnlyForDoNotContact,
  },
  { ...whenItFails, displayOptions: showOnlyForDoNotContact },
];

/** Adds `doNotContact` to each item; the contacts of all items are looked for together. */
export async function execute(
  context: IExecuteFunctions,
  api: MauticApi,
  indexes: readonly number[],
): Promise<Array<ItemResult | Error>> {
  const declarations = indexes.map((index) => orError(() => declarationOf(context, index)));
  const results = await markDoNotContact(api, declarations);
  return results.map((contacts, position) => {
    const declaration = declarations[position];
    if (contacts instanceof Error) return contacts;
    return itemOf(contacts, declaration instanceof Error ? undefined : declaration);
  });
}

function declarationOf(context: IExecuteFunctions, index: number): DoNotContact {
  const given = itemParameter(context, 'emails', index, '');
  return {
    emails: Array.isArray(given)
      ? given
      : requiredText(context, 'emails', 'Email Addresses', index)
          .split(/[,;\n]+/)
          .filter((email) => email.trim() !== ''),
    reason: context.getNodeParameter('reason', index) as DoNotContactReason,
    comment: String(context.getNodeParameter('comment', index, '') ?? ''),
  };
}

function itemOf(contacts: readonly MarkedContact[], declaration: DoNotContact | undefined): ItemResult {
  const reason = declaration?.reason ?? null;
  const outcomes = contacts.map(({ id, changed }) => ({
    service: MAUTIC,
    action: changed ? `put on do-not-contact: ${reason}` : 'was on do-not-contact already',
    id: String(id),
  }));
  const nobody = { service: MAUTIC, action: 'nobody has this address: nothing to mark' };
  return {
    json: { doNotContact: { reason, contacts: contacts.map((contact) => ({ ...contact })) } },
    outcomes: outcomes.length > 0 ? outcomes : [nobody],
  };
}
