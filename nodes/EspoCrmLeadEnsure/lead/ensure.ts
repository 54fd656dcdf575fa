import type { IDisplayOptions, IExecuteFunctions, INodeProperties, INodePropertyOptions } from 'n8n-workflow';
import {
  ensureLeads,
  ESPOCRM,
  type EnsuredLead,
  type EspoCrmClient,
  type LeadRequest,
} from '../../../services/espocrm';
import { orError, requiredText } from '../../shared/parameters';
import type { ItemResult } from '../../shared/process-items';
import { whenItFails } from '../../shared/when-it-fails';

export const option: INodePropertyOptions = {
  name: 'Ensure',
  value: 'ensure',
  action: 'Ensure a lead',
  description: 'Find a person by e-mail, and create a lead when there is none',
};

const showOnlyForEnsure: IDisplayOptions = { show: { resource: ['lead'], operation: ['ensure'] } };

export const description: INodeProperties[] = [
  {
    displayName: 'Email',
    name: 'email',
    type: 'string',
    required: true,
    default: '={{ $json.contact.email }}',
    placeholder: 'name@email.com',
    description:
      'Address to look for, upper and lower case alike, among all addresses of a lead. Preset for items of the Mautic nodes.',
    displayOptions: showOnlyForEnsure,
  },
  {
    displayName: 'Also Look in Contacts',
    name: 'alsoContacts',
    type: 'boolean',
    noDataExpression: true,
    default: true,
    description: 'Whether no lead is created for somebody who is a contact already',
    displayOptions: showOnlyForEnsure,
  },
  {
    displayName: 'First Name',
    name: 'firstName',
    type: 'string',
    default: '={{ $json.contact.fields.firstname }}',
    placeholder: 'e.g. Nathan',
    description: 'For a new lead; may be empty. Preset for items of the Mautic nodes.',
    displayOptions: showOnlyForEnsure,
  },
  {
    displayName: 'Last Name',
    name: 'lastName',
    type: 'string',
    default: '={{ $json.contact.fields.lastname }}',
    placeholder: 'e.g. Smith',
    description: 'For a new lead; may be empty. Preset for items of the Mautic nodes.',
    displayOptions: showOnlyForEnsure,
  },
  {
    displayName: 'Status Name or ID',
    name: 'status',
    type: 'options',
    typeOptions: { loadOptionsMethod: 'getLeadStatuses' },
    default: '',
    description:
      'Of a new lead; empty for EspoCRM\'s default. Choose from the list, or specify an ID using an <a href="https://docs.n8n.io/code/expressions/">expression</a>.',
    displayOptions: showOnlyForEnsure,
  },
  {
    displayName: 'Source Name or ID',
    name: 'source',
    type: 'options',
    typeOptions: { loadOptionsMethod: 'getLeadSources' },
    default: '',
    description:
      'Where a new lead comes from; empty for EspoCRM\'s default. Choose from the list, or specify an ID using an <a href="https://docs.n8n.io/code/expressions/">expression</a>.',
    displayOptions: showOnlyForEnsure,
  },
  {
    displayName: 'Fields',
    name: 'fields',
    type: 'fixedCollection',
    typeOptions: { multipleValues: true },
    placeholder: 'Add Field',
    default: {},
    description: 'What a new lead gets besides. A lead that is there already stays as it is.',
    options: [
      {
        displayName: 'Field',
        name: 'field',
        values: [
          {
            displayName: 'Field Name or ID',
            name: 'name',
            type: 'options',
            typeOptions: { loadOptionsMethod: 'getLeadFields' },
            default: '',
            description:
              'The field of a lead as EspoCRM\'s API names it. Choose from the list, or specify an ID using an <a href="https://docs.n8n.io/code/expressions/">expression</a>.',
          },
          {
            displayName: 'Value',
            name: 'value',
            type: 'string',
            default: '',
            description:
              'Left out when empty. Numbers, yes-or-no values and lists come from an expression, e.g. {{ true }}; phone numbers are international, e.g. +49301234567.',
          },
        ],
      },
    ],
    displayOptions: showOnlyForEnsure,
  },
  { ...whenItFails, displayOptions: showOnlyForEnsure },
];

/** Adds `lead` to each item; all items are worked on together. */
export async function execute(
  context: IExecuteFunctions,
  client: EspoCrmClient,
  indexes: readonly number[],
): Promise<Array<ItemResult | Error>> {
  const results = await ensureLeads(
    client,
    indexes.map((index) => orError(() => requestOf(context, index))),
    { alsoContacts: context.getNodeParameter('alsoContacts', 0) === true },
  );
  return results.map((result) => (result instanceof Error ? result : itemOf(result)));
}

function requestOf(context: IExecuteFunctions, index: number): LeadRequest {
  const email = requiredText(context, 'email', 'Email', index);
  const fields = context.getNodeParameter('fields.field', index, []) as Array<{
    name: string;
    value: unknown;
  }>;
  const own = ['firstName', 'lastName', 'status', 'source'].map(
    (name) => [name, context.getNodeParameter(name, index, '')] as const,
  );
  const mapped = fields.map(({ name, value }) => [name, value] as const);
  return { email, attributes: Object.fromEntries([...own, ...mapped]) };
}

function itemOf({ id, entity, status, created }: EnsuredLead): ItemResult {
  const action = created ? 'lead created' : entity === 'Contact' ? 'contact found' : 'lead found';
  return {
    json: { lead: { id, entity, status, created } },
    outcomes: [{ service: ESPOCRM, action, id }],
  };
}
