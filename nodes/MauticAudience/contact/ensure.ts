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
  type ContactReference,
  type EnsuredContact,
  type MauticApi,
  type WhenEmpty,
} from '../../../services/mautic';
import { itemParameter } from '../../shared/item-parameter';
import { orError, requiredId } from '../../shared/parameters';
import type { ItemResult } from '../../shared/process-items';
import { whenItFails } from '../../shared/when-it-fails';
import { audienceJson, audienceOutcomes, declaredMemberships, membershipProperties } from './memberships';

export const option: INodePropertyOptions = {
  name: 'Ensure',
  value: 'ensure',
  action: 'Make a contact look as declared',
  description:
    'Find a contact, create it when missing, write the fields that differ, and see to its segments and campaigns',
};

const showOnlyForEnsure: IDisplayOptions = { show: { resource: ['contact'], operation: ['ensure'] } };

const showOnlyByEmail: IDisplayOptions = { show: { ...showOnlyForEnsure.show, findBy: ['email'] } };

export const description: INodeProperties[] = [
  {
    displayName: 'Find Contact By',
    name: 'findBy',
    type: 'options',
    noDataExpression: true,
    default: 'email',
    options: [
      { name: 'E-Mail', value: 'email', description: 'By address; it can be created when there is none' },
      {
        name: 'ID',
        value: 'id',
        description: "By Mautic's own ID; a contact that was deleted or merged is an error",
      },
    ],
    description: 'What the contact is known by',
    displayOptions: showOnlyForEnsure,
  },
  {
    displayName: 'Contact ID',
    name: 'contactId',
    type: 'string',
    required: true,
    default: '={{ $json.contact.id }}',
    placeholder: 'e.g. 47',
    description: 'ID of the contact in Mautic. Preset for items of the Mautic Contact Guard node.',
    displayOptions: { show: { ...showOnlyForEnsure.show, findBy: ['id'] } },
  },
  {
    displayName: 'Email',
    name: 'email',
    type: 'string',
    required: true,
    default: '={{ $json.checkout.email }}',
    placeholder: 'name@email.com',
    description:
      'Address of the contact, upper and lower case alike. Preset for items of the Stripe Billing node. When several contacts share it, the newest counts.',
    displayOptions: showOnlyByEmail,
  },
  {
    displayName: 'Create When Missing',
    name: 'createWhenMissing',
    type: 'boolean',
    default: true,
    description: 'Whether to create the contact when none has this address',
    displayOptions: showOnlyByEmail,
  },
  {
    displayName: 'Name',
    name: 'fullName',
    type: 'string',
    default: '={{ $json.checkout.name }}',
    placeholder: 'e.g. Nathan Smith',
    description:
      'First and last name, only for a contact that has none yet. May be empty. Preset for items of the Stripe Billing node.',
    displayOptions: showOnlyByEmail,
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
            displayName: 'What to Do',
            name: 'change',
            type: 'options',
            default: 'set',
            options: [
              { name: 'Set to a Value', value: 'set', description: 'The field holds this value' },
              { name: 'Clear', value: 'clear', description: 'The field is empty' },
            ],
            description: 'What should hold for the field',
          },
          {
            displayName: 'Value',
            name: 'value',
            type: 'string',
            default: '',
            description:
              'Yes-or-no fields take true and false. A number field that is to hold 0 is emptied: Mautic takes no 0.',
            displayOptions: { show: { change: ['set'] } },
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
    description: 'What to do when an expression in Fields gives nothing where there should be a value',
    displayOptions: showOnlyForEnsure,
  },
  ...membershipProperties(showOnlyForEnsure),
  {
    displayName: 'Confirm by Re-Reading',
    name: 'confirm',
    type: 'boolean',
    default: true,
    description:
      'Whether to read the contact again after writing and compare. On a difference that stays, no later step runs for this item and it is tried again. A contact that was created is always read again.',
    displayOptions: showOnlyForEnsure,
  },
  { ...whenItFails, displayOptions: showOnlyForEnsure },
];

interface FieldParameter {
  alias: string;
  /** Left out in workflows from before there was a choice. */
  change?: 'set' | 'clear';
  value?: unknown;
}

/** Adds `contact` to each item, and `audience` where one is declared; all items are worked on together. */
export async function execute(
  context: IExecuteFunctions,
  api: MauticApi,
  indexes: readonly number[],
): Promise<Array<ItemResult | Error>> {
  const declarations = indexes.map((index) => orError(() => declarationOf(context, index)));
  const results = await ensureContacts(api, declarations);
  const items = context.getInputData();
  return indexes.map((index, position) => {
    const result = results[position] ?? new Error('the contact was left out');
    if (result instanceof Error) return result;
    return itemOf(result, knownFields(items[index]?.json.contact, result));
  });
}

function declarationOf(context: IExecuteFunctions, index: number): ContactDeclaration {
  const fields = itemParameter(context, 'fields.field', index, []) as FieldParameter[];
  const name = itemParameter(context, 'fullName', index, '');
  return {
    contact: referenceOf(context, index),
    name: typeof name === 'string' ? name : null,
    fields: fields.map(({ alias, change, value }) =>
      change === 'clear' ? { alias, clear: true } : { alias, value },
    ),
    whenEmpty: context.getNodeParameter('whenEmpty', index) as WhenEmpty,
    confirm: context.getNodeParameter('confirm', index) === true,
    ...declaredMemberships(context, index),
  };
}

function referenceOf(context: IExecuteFunctions, index: number): ContactReference {
  return context.getNodeParameter('findBy', index) === 'id'
    ? { id: requiredId(context, 'contactId', 'Contact ID', index) }
    : {
        email: itemParameter(context, 'email', index),
        createWhenMissing: context.getNodeParameter('createWhenMissing', index) === true,
      };
}

/** What an earlier node read of the same contact, its name for instance, stays known to later ones. */
function knownFields(known: unknown, { contact }: EnsuredContact): IDataObject {
  if (typeof known !== 'object' || known === null) return {};
  const { id, fields } = known as IDataObject;
  return id === contact.id && typeof fields === 'object' ? (fields as IDataObject) : {};
}

function itemOf(result: EnsuredContact, known: IDataObject): ItemResult {
  const { contact, created, changed, fields } = result;
  const { id, email } = contact;
  const doNotContact = emailMarks(contact).length > 0;
  const action = created ? 'contact created' : changed.length > 0 ? 'contact updated' : 'contact unchanged';
  return {
    json: {
      contact: { id, email, created, changed, doNotContact, fields: { ...known, ...fields } },
      ...audienceJson(result),
    },
    outcomes: [{ service: MAUTIC, action, id: String(id) }, ...audienceOutcomes(result)],
  };
}
