import {
  type IDisplayOptions,
  type IExecuteFunctions,
  type INodeProperties,
  type INodePropertyOptions,
} from 'n8n-workflow';
import {
  checkContacts,
  MAUTIC,
  type ContactCheck,
  type Decision,
  type MauticApi,
  type Verdict,
} from '../../../services/mautic';
import { orError, requiredId, requiredText } from '../../shared/parameters';
import type { ItemResult } from '../../shared/process-items';
import { waitProperties, waitRange } from './wait';

export const option: INodePropertyOptions = {
  name: 'Check',
  value: 'check',
  action: 'Check who gets an invite',
  description: 'Read a contact as it is now, twice, and decide whether it is to get an invite',
};

export const OUTPUT_NAMES = ['VIP', 'Basic', 'Has link', 'Not opted in'];

const OUTPUT_OF: Readonly<Record<Verdict, number>> = { vip: 0, basic: 1, hasLink: 2, notOptedIn: 3 };

const showOnlyForCheck: IDisplayOptions = { show: { resource: ['contact'], operation: ['check'] } };

export const description: INodeProperties[] = [
  {
    displayName: 'Contact ID',
    name: 'contactId',
    type: 'string',
    required: true,
    default: '={{ $json.event.payload.contact.id }}',
    placeholder: 'e.g. 47',
    description: 'ID of the contact in Mautic. Preset for contact events of Mautic.',
    displayOptions: showOnlyForCheck,
  },
  {
    displayName: 'Opt-In Field Name or ID',
    name: 'optInField',
    type: 'options',
    typeOptions: { loadOptionsMethod: 'getYesNoFields' },
    default: 'opt_in_confirmed',
    description:
      'Yes-or-no field that must be true; an expression gives its alias. Choose from the list, or specify an ID using an <a href="https://docs.n8n.io/code/expressions/">expression</a>.',
    displayOptions: showOnlyForCheck,
  },
  {
    displayName: 'VIP Field Name or ID',
    name: 'vipField',
    type: 'options',
    typeOptions: { loadOptionsMethod: 'getYesNoFields' },
    default: 'vip_status',
    description:
      'Yes-or-no field that is true for VIPs; an expression gives its alias. Choose from the list, or specify an ID using an <a href="https://docs.n8n.io/code/expressions/">expression</a>.',
    displayOptions: showOnlyForCheck,
  },
  {
    displayName: 'VIP Link Field Name or ID',
    name: 'vipLinkField',
    type: 'options',
    typeOptions: { loadOptionsMethod: 'getLinkFields' },
    default: 'discord_invite_vip',
    description:
      'Field that holds the VIP link; an expression gives its alias. A VIP link counts for other contacts, too. Choose from the list, or specify an ID using an <a href="https://docs.n8n.io/code/expressions/">expression</a>.',
    displayOptions: showOnlyForCheck,
  },
  {
    displayName: 'Basic Link Field Name or ID',
    name: 'basicLinkField',
    type: 'options',
    typeOptions: { loadOptionsMethod: 'getLinkFields' },
    default: 'discord_invite_basic',
    description:
      'Field that holds the link of all others; an expression gives its alias. Choose from the list, or specify an ID using an <a href="https://docs.n8n.io/code/expressions/">expression</a>.',
    displayOptions: showOnlyForCheck,
  },
  ...waitProperties(showOnlyForCheck),
];

/** Adds `contact` and `guard` to each item; all items are waited for and read together. */
export async function execute(
  context: IExecuteFunctions,
  api: MauticApi,
  indexes: readonly number[],
): Promise<Array<ItemResult | Error>> {
  const [first = 0] = indexes;
  const waits = {
    jitter: waitRange(context, 'jitter', first),
    recheck: waitRange(context, 'recheck', first),
  };
  const checks = indexes.map((index) => orError(() => checkOf(context, index)));
  const decisions = await checkContacts(api, checks, waits);
  return decisions.map((decision) => (decision instanceof Error ? decision : itemOf(decision)));
}

function checkOf(context: IExecuteFunctions, index: number): ContactCheck {
  return {
    contactId: requiredId(context, 'contactId', 'Contact ID', index),
    fields: {
      optIn: requiredText(context, 'optInField', 'Opt-In Field', index),
      vip: requiredText(context, 'vipField', 'VIP Field', index),
      vipLink: requiredText(context, 'vipLinkField', 'VIP Link Field', index),
      basicLink: requiredText(context, 'basicLinkField', 'Basic Link Field', index),
    },
  };
}

function itemOf({ verdict, contact, guard }: Decision): ItemResult {
  const said = {
    vip: 'VIP invite due',
    basic: 'basic invite due',
    hasLink: 'contact has its invite link',
    notOptedIn: `no invite: ${guard.reason}`,
  }[verdict];
  return {
    json: { contact: { ...contact }, guard: { ...guard } },
    output: OUTPUT_OF[verdict],
    outcomes: [{ service: MAUTIC, action: said, id: String(contact.id) }],
  };
}
