import type { IExecuteFunctions, INodeProperties, INodePropertyOptions } from 'n8n-workflow';
import type { MauticApi } from '../../../services/mautic';
import { ensureSegments } from '../../../services/mautic/setup';
import { pairUp, rowsOf, textOf } from '../definitions';
import type { Ensured } from '../report';

export const option: INodePropertyOptions = {
  name: 'Ensure',
  value: 'ensure',
  action: 'Ensure segments',
  description: 'Create the segments that Mautic lacks',
};

export const description: INodeProperties[] = [
  {
    displayName: 'Segments',
    name: 'segments',
    type: 'fixedCollection',
    typeOptions: { multipleValues: true, sortable: true },
    placeholder: 'Add Segment',
    default: {},
    description: 'The segments that workflows put contacts into, and that campaigns take them from',
    displayOptions: { show: { resource: ['segment'], operation: ['ensure'] } },
    options: [
      {
        displayName: 'Segment',
        name: 'segment',
        values: [
          {
            displayName: 'Name',
            name: 'name',
            type: 'string',
            default: '',
            placeholder: 'e.g. New Users',
            description: 'What marketers see in Mautic',
          },
          {
            displayName: 'Alias',
            name: 'alias',
            type: 'string',
            default: '',
            placeholder: 'e.g. new-users',
            description: 'What workflows call it; small letters, digits and hyphens',
          },
          {
            displayName: 'Description',
            name: 'description',
            type: 'string',
            default: '',
            description: 'What marketers should know about it',
          },
        ],
      },
    ],
  },
];

/** What became of each definition. */
export async function execute(context: IExecuteFunctions, api: MauticApi): Promise<Ensured[]> {
  const definitions = rowsOf<Record<string, unknown>>(context, 'segments.segment').map((row) => ({
    name: textOf(row.name),
    alias: textOf(row.alias),
    description: textOf(row.description),
  }));
  const names = definitions.map(({ alias, name }) => alias || name);
  return pairUp('segment', names, await ensureSegments(api, definitions));
}
