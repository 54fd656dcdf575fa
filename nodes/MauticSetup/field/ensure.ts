import type { IExecuteFunctions, INodeProperties, INodePropertyOptions } from 'n8n-workflow';
import type { MauticApi } from '../../../services/mautic';
import { ensureFields, type FieldDefinition } from '../../../services/mautic/setup';
import { pairUp, rowsOf, textOf } from '../definitions';
import type { Ensured } from '../report';

export const option: INodePropertyOptions = {
  name: 'Ensure',
  value: 'ensure',
  action: 'Ensure contact fields',
  description: 'Create the contact fields that Mautic lacks',
};

/** Mautic's own default. */
const USUAL_LENGTH = 64;

export const description: INodeProperties[] = [
  {
    displayName: 'Fields',
    name: 'fields',
    type: 'fixedCollection',
    typeOptions: { multipleValues: true, sortable: true },
    placeholder: 'Add Field',
    default: {},
    description: 'The contact fields that workflows set or read',
    displayOptions: { show: { resource: ['field'], operation: ['ensure'] } },
    options: [
      {
        displayName: 'Field',
        name: 'field',
        values: [
          {
            displayName: 'Alias',
            name: 'alias',
            type: 'string',
            default: '',
            placeholder: 'e.g. signup_date',
            description:
              'What workflows call it: small letters, digits and underscores, at most 25 characters',
          },
          {
            displayName: 'Decimals',
            name: 'decimals',
            type: 'number',
            typeOptions: { minValue: 0, maxValue: 8, numberPrecision: 0 },
            default: 0,
            description: 'How many decimal places it keeps',
            displayOptions: { show: { type: ['number'] } },
          },
          {
            displayName: 'Label',
            name: 'label',
            type: 'string',
            default: '',
            placeholder: 'e.g. Signup date',
            description: 'What marketers see in Mautic',
          },
          {
            displayName: 'Max Length',
            name: 'maxLength',
            type: 'number',
            typeOptions: { minValue: 1, maxValue: 191, numberPrecision: 0 },
            default: USUAL_LENGTH,
            description:
              'How many characters it holds; 191 for addresses. Long fields use up the room that the table has.',
            displayOptions: { show: { type: ['select', 'text', 'url'] } },
          },
          {
            displayName: 'Type',
            name: 'type',
            type: 'options',
            default: 'text',
            options: [
              { name: 'Boolean', value: 'boolean', description: 'Yes or no' },
              { name: 'Date', value: 'date' },
              { name: 'Date and Time', value: 'datetime' },
              { name: 'Number', value: 'number' },
              { name: 'Select', value: 'select', description: 'One of the values that are listed' },
              { name: 'Text', value: 'text' },
              { name: 'URL', value: 'url' },
            ],
            description: 'What it holds. The type of a field that exists cannot be changed.',
          },
          {
            displayName: 'Values',
            name: 'values',
            type: 'string',
            default: '',
            placeholder: 'e.g. free, pro, enterprise',
            description:
              'What can be chosen, separated by commas. Mautic empties the field for any other value.',
            displayOptions: { show: { type: ['select'] } },
          },
        ],
      },
    ],
  },
];

/** What became of each definition. The parameters that its type hides are left out by n8n. */
export async function execute(context: IExecuteFunctions, api: MauticApi): Promise<Ensured[]> {
  const definitions = rowsOf<Record<string, unknown>>(context, 'fields.field').map(
    (row): FieldDefinition => ({
      label: textOf(row.label),
      alias: textOf(row.alias),
      type: textOf(row.type) || 'text',
      values: textOf(row.values)
        .split(',')
        .map((value) => value.trim())
        .filter((value) => value !== ''),
      decimals: Number(row.decimals ?? 0),
      maxLength: Number(row.maxLength ?? USUAL_LENGTH),
    }),
  );
  const names = definitions.map(({ alias, label }) => alias || label);
  return pairUp('field', names, await ensureFields(api, definitions));
}
