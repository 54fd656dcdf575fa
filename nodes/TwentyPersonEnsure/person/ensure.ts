import type { IDisplayOptions, IExecuteFunctions, INodeProperties, INodePropertyOptions } from 'n8n-workflow';
import { splitName } from '../../../services/names';
import {
  ensurePeople,
  TWENTY,
  type EnsuredPerson,
  type PersonRequest,
  type TwentyClient,
} from '../../../services/twenty';
import { itemParameter } from '../../shared/item-parameter';
import { orError, requiredText } from '../../shared/parameters';
import type { ItemResult } from '../../shared/process-items';
import { whenItFails } from '../../shared/when-it-fails';

export const option: INodePropertyOptions = {
  name: 'Ensure',
  value: 'ensure',
  action: 'Ensure a person',
  description: 'Find a person by e-mail, and create one when there is none',
};

const showOnlyForEnsure: IDisplayOptions = { show: { resource: ['person'], operation: ['ensure'] } };

export const description: INodeProperties[] = [
  {
    displayName: 'Email',
    name: 'email',
    type: 'string',
    required: true,
    default: '={{ $json.event.payload.data.email }}',
    placeholder: 'name@email.com',
    description:
      'Address to look for, upper and lower case alike, among all addresses of a person. Preset for app events.',
    displayOptions: showOnlyForEnsure,
  },
  {
    displayName: 'Full Name',
    name: 'fullName',
    type: 'string',
    default: '={{ $json.event.payload.data.name }}',
    placeholder: 'e.g. Nathan Smith',
    description:
      'Split into first and last name when neither is given below; may be empty. Preset for app events.',
    displayOptions: showOnlyForEnsure,
  },
  {
    displayName: 'First Name',
    name: 'firstName',
    type: 'string',
    default: '',
    placeholder: 'e.g. Nathan',
    displayOptions: showOnlyForEnsure,
  },
  {
    displayName: 'Last Name',
    name: 'lastName',
    type: 'string',
    default: '',
    placeholder: 'e.g. Smith',
    displayOptions: showOnlyForEnsure,
  },
  {
    displayName: 'Fields',
    name: 'fields',
    type: 'fixedCollection',
    typeOptions: { multipleValues: true },
    placeholder: 'Add Field',
    default: {},
    description: 'What a new person gets besides',
    options: [
      {
        displayName: 'Field',
        name: 'field',
        values: [
          {
            displayName: 'Field Name or ID',
            name: 'name',
            type: 'options',
            typeOptions: { loadOptionsMethod: 'getPersonFields' },
            default: '',
            description:
              'The field of a person as Twenty\'s API names it. Choose from the list, or specify an ID using an <a href="https://docs.n8n.io/code/expressions/">expression</a>.',
          },
          {
            displayName: 'Value',
            name: 'value',
            type: 'string',
            default: '',
            description:
              'Left out when empty. Of a list the value that the API takes, e.g. PRO; numbers, yes-or-no values and lists come from an expression, e.g. {{ true }}.',
          },
        ],
      },
    ],
    displayOptions: showOnlyForEnsure,
  },
  {
    displayName: 'Update Existing',
    name: 'existing',
    type: 'options',
    noDataExpression: true,
    default: 'leave',
    options: [
      {
        name: 'Fill Empty Fields Only',
        value: 'fillEmpty',
        description: 'Name and fields are written where Twenty has nothing',
      },
      { name: 'Leave as It Is', value: 'leave', description: 'Nothing is written' },
    ],
    description: 'What becomes of a person who is there already. Nothing is ever overwritten.',
    displayOptions: showOnlyForEnsure,
  },
  { ...whenItFails, displayOptions: showOnlyForEnsure },
];

/** Adds `person` to each item; all items are worked on together. */
export async function execute(
  context: IExecuteFunctions,
  client: TwentyClient,
  indexes: readonly number[],
): Promise<Array<ItemResult | Error>> {
  const results = await ensurePeople(
    client,
    indexes.map((index) => orError(() => requestOf(context, index))),
    { existing: context.getNodeParameter('existing', 0) === 'fillEmpty' ? 'fillEmpty' : 'leave' },
  );
  return results.map((result) => (result instanceof Error ? result : itemOf(result)));
}

function requestOf(context: IExecuteFunctions, index: number): PersonRequest {
  const email = requiredText(context, 'email', 'Email', index);
  const fields = itemParameter(context, 'fields.field', index, []) as Array<{
    name: string;
    value: unknown;
  }>;
  const mapped = fields.map(({ name, value }) => [name, value] as const);
  return { email, values: { ...nameOf(context, index), ...Object.fromEntries(mapped) } };
}

function nameOf(context: IExecuteFunctions, index: number): PersonRequest['values'] {
  const [fullName = '', firstName = '', lastName = ''] = ['fullName', 'firstName', 'lastName'].map((name) => {
    const value = itemParameter(context, name, index, '');
    return typeof value === 'string' ? value.trim() : '';
  });
  const split = firstName || lastName ? undefined : splitName(fullName);
  return {
    'name.firstName': split?.first ?? firstName,
    'name.lastName': split?.last ?? lastName,
  };
}

function itemOf({ id, created, outcome }: EnsuredPerson): ItemResult {
  return {
    json: { person: { id, created } },
    outcomes: [{ service: TWENTY, action: `person ${outcome}`, id }],
  };
}
