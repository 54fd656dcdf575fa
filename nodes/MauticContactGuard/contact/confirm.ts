import {
  type IDisplayOptions,
  type IExecuteFunctions,
  type INodeProperties,
  type INodePropertyOptions,
} from 'n8n-workflow';
import {
  confirmValues,
  MAUTIC,
  type Confirmation,
  type MauticApi,
  type WrittenValue,
} from '../../../services/mautic';
import { orError, requiredId, requiredText } from '../../shared/parameters';
import type { ItemResult } from '../../shared/process-items';

export const option: INodePropertyOptions = {
  name: 'Confirm',
  value: 'confirm',
  action: 'Confirm what was written to a contact',
  description: 'Read a contact again after a write, and tell whether it still holds what was written',
};

export const OUTPUT_NAMES = ['Confirmed', 'Superseded'];

const showOnlyForConfirm: IDisplayOptions = { show: { resource: ['contact'], operation: ['confirm'] } };

export const description: INodeProperties[] = [
  {
    displayName: 'Contact ID',
    name: 'contactId',
    type: 'string',
    required: true,
    default: '={{ $json.contact.id }}',
    placeholder: 'e.g. 47',
    description: 'ID of the contact in Mautic. Preset for items of the operation Check.',
    displayOptions: showOnlyForConfirm,
  },
  {
    displayName: 'Field',
    name: 'field',
    type: 'string',
    required: true,
    default: '={{ $json.guard.field }}',
    placeholder: 'e.g. discord_invite_vip',
    description: 'Alias of the text or URL field that was written. Preset for items of the operation Check.',
    displayOptions: showOnlyForConfirm,
  },
  {
    displayName: 'Expected Value',
    name: 'expected',
    type: 'string',
    required: true,
    default: '={{ $json.invite.url }}',
    description: 'What the field should hold. Preset for items of the Discord Invite Issuer node.',
    displayOptions: showOnlyForConfirm,
  },
];

/** Adds `confirmation` to each item; all items are read together. */
export async function execute(
  context: IExecuteFunctions,
  api: MauticApi,
  indexes: readonly number[],
): Promise<Array<ItemResult | Error>> {
  const written = indexes.map((index) => orError(() => writtenOf(context, index)));
  const confirmations = await confirmValues(api, written);
  return written.map((one, position) => {
    const confirmation = confirmations[position] ?? new Error('the contact was left out');
    if (one instanceof Error) return one;
    return confirmation instanceof Error ? confirmation : itemOf(one, confirmation);
  });
}

function writtenOf(context: IExecuteFunctions, index: number): WrittenValue {
  return {
    contactId: requiredId(context, 'contactId', 'Contact ID', index),
    field: requiredText(context, 'field', 'Field', index),
    expected: requiredText(context, 'expected', 'Expected Value', index),
  };
}

function itemOf({ contactId, field }: WrittenValue, confirmation: Confirmation): ItemResult {
  const { confirmed, reason } = confirmation;
  return {
    json: { confirmation: { ...confirmation } },
    output: confirmed ? 0 : 1,
    outcomes: [
      {
        service: MAUTIC,
        action: confirmed ? `"${field}" confirmed` : `"${field}" superseded: ${reason}`,
        id: String(contactId),
      },
    ],
  };
}
