import {
  type IDataObject,
  type IDisplayOptions,
  type IExecuteFunctions,
  type INodeProperties,
  type INodePropertyOptions,
} from 'n8n-workflow';
import {
  emailMarks,
  ensureContacts,
  MAUTIC,
  type ContactDeclaration,
  type EnsuredContact,
  type MauticApi,
  type WhenEmpty,
} from '../../../services/mautic';
import type { ItemResult } from '../../shared/process-items';

export const option: INodePropertyOptions = {
  name: 'Ensure',
  value: 'ensure',
  action: 'Make a contact look as declared',
  description: 'Find a contact by e-mail, create it when missing, and write the fields that differ',
};

const showOnlyForEnsure: IDisplayOptions = { show: { resource: ['contact'], operation: ['ensure'] } };

export const description: INodeProperties[] = [
  {
    displayName: 'Email',
    name: 'email',
    type: 'string',
    required: true,
    default: '={{ $json.checkout.email }}',
    placeholder: 'name@email.com',
    description:
      'Address of the contact, upper and lower case alike. Preset for items of the Stripe Billing node. When several contacts share it, the newest counts.',
    displayOptions: showOnlyForEnsure,
  },
  {
    displayName: 'Create When Missing',
    name: 'createWhenMissing',
    type: 'boolean',
    default: true,
    description: 'Whether to create the contact when none has this address',
    displayOptions: showOnlyForEnsure,
  },
  {
    displayName: 'Name',
    name: 'fullName',
    type: 'string',
    default: '={{ $json.checkout.name }}',
    placeholder: 'e.g. Nathan Smith',
    description:
      'First and last name, only for a contact that has none yet. May be empty. Preset for items of the Stripe Billing node.',
    displayOptions: showOnlyForEnsure,
  },
  {
    displayName: 'Fields',
    name: 'fields',
    type: 'fixedCollection',
    typeOptions: { multipleValues: true },
    placeholder: 'Add Field',
    default: {},
    description: 'What should hold for the contact; all other fields stay as they are',
    options: [
      {
        displayName: 'Field',
        name: 'field',
        values: [
          {
            displayName: 'Field Name or ID',
            name: 'alias',
            type: 'options',
            typeOptions: { loadOptionsMethod: 'getContactFields' },
            default: '',
            description:
              'The contact field; an expression gives its alias. Choose from the list, or specify an ID using an <a href="https://docs.n8n.io/code/expressions/">expression</a>.',
          },
          {
            displayName: 'Value',
            name: 'value',
            type: 'string',
            default: '',
            description: 'Yes-or-no fields take true and false',
          },
        ],
      },
    ],
    displayOptions: showOnlyForEnsure,
  },
  {
    displayName: 'When a Value Is Empty',
    name: 'whenEmpty',
    type: 'options',
    default: 'stop',
    options: [
      {
        name: 'Clear the Field',
        value: 'clear',
        description: 'Remove what the contact has in this field',
      },
      {
        name: 'Leave the Field as It Is',
        value: 'leave',
        description: 'Write only the values that are there',
      },
      {
        name: 'Stop With an Error',
        value: 'stop',
        description: 'The contact is not touched, and no later step runs for this item',
      },
    ],
    description: 'What to do when an expression in Fields gives nothing',
    displayOptions: showOnlyForEnsure,
  },
  {
    displayName: 'Confirm by Re-Reading',
    name: 'confirm',
    type: 'boolean',
    default: true,
    description:
      'Whether to read the contact again after writing and compare. On a difference, no later step runs for this item and it is tried again.',
    displayOptions: showOnlyForEnsure,
  },
];

/** Adds `contact` to each item; all items are worked on together. */
export async function execute(
  context: IExecuteFunctions,
  api: MauticApi,
  indexes: readonly number[],
): Promise<Array<ItemResult | Error>> {
  const results = await ensureContacts(
    api,
    indexes.map((index) => declarationOf(context, index)),
  );
  return results.map((result) => (result instanceof Error ? result : itemOf(result)));
}

function declarationOf(context: IExecuteFunctions, index: number): ContactDeclaration {
  const fields = context.getNodeParameter('fields.field', index, []) as Array<{
    alias: string;
    value: unknown;
  }>;
  const name: unknown = context.getNodeParameter('fullName', index, '');
  return {
    email: context.getNodeParameter('email', index),
    createWhenMissing: context.getNodeParameter('createWhenMissing', index) === true,
    name: typeof name === 'string' ? name : null,
    fields: fields.map(({ alias, value }) => ({ alias, value })),
    whenEmpty: context.getNodeParameter('whenEmpty', index) as WhenEmpty,
    confirm: context.getNodeParameter('confirm', index) === true,
  };
}

function itemOf({ contact, created, changed, fields }: EnsuredContact): ItemResult {
  const { id, email } = contact;
  const doNotContact = emailMarks(contact).length > 0;
  const action = created ? 'contact created' : changed.length > 0 ? 'contact updated' : 'contact unchanged';
  return {
    json: { contact: { id, email, created, changed, doNotContact, fields: fields as IDataObject } },
    outcomes: [{ service: MAUTIC, action, id: String(id) }],
  };
}
