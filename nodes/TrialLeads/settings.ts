import type { IExecuteFunctions, INodeProperties } from 'n8n-workflow';
import { FIELDS, type Field, type TrialsTable } from '../../services/trial-leads';
import { requiredText } from '../shared/parameters';
import type { SyncSettings } from './sync-trials';
import { pathOf } from './trials-database';

/** The parameter in which the column of a field is chosen. */
const PARAMETER: Readonly<Record<Field, string>> = {
  email: 'emailColumn',
  name: 'nameColumn',
  company: 'companyColumn',
  plan: 'planColumn',
  startedAt: 'startedAtColumn',
  endsAt: 'endsAtColumn',
};

export const properties: INodeProperties[] = [
  {
    displayName:
      'Goes on behind the last row it has stored. The database is only read, and may be written to meanwhile.',
    name: 'notice',
    type: 'notice',
    default: '',
  },
  {
    displayName: 'Name of the Database',
    name: 'database',
    type: 'string',
    noDataExpression: true,
    required: true,
    default: 'trials',
    description:
      'Tells its rows from those of other databases, wherever the file lies. Under another name all rows count as new.',
  },
  {
    displayName: 'Table Name or ID',
    name: 'table',
    type: 'options',
    noDataExpression: true,
    required: true,
    typeOptions: { loadOptionsMethod: 'getTables' },
    default: 'trials',
    description:
      'Where the trials stand. Choose from the list, or specify an ID using an <a href="https://docs.n8n.io/code/expressions/">expression</a>.',
  },
  {
    displayName: 'ID Column Name or ID',
    name: 'idColumn',
    type: 'options',
    noDataExpression: true,
    required: true,
    typeOptions: { loadOptionsMethod: 'getColumns', loadOptionsDependsOn: ['table'] },
    default: 'id',
    description:
      'A whole number that is higher in each new row, such as an AUTOINCREMENT primary key. Choose from the list, or specify an ID using an <a href="https://docs.n8n.io/code/expressions/">expression</a>.',
  },
  {
    displayName: 'Email Column Name or ID',
    name: PARAMETER.email,
    type: 'options',
    noDataExpression: true,
    required: true,
    typeOptions: { loadOptionsMethod: 'getColumns', loadOptionsDependsOn: ['table'] },
    default: 'email',
    description:
      'Rows without an address are left out, and told. Choose from the list, or specify an ID using an <a href="https://docs.n8n.io/code/expressions/">expression</a>.',
  },
  {
    displayName: 'Name Column Name or ID',
    name: PARAMETER.name,
    type: 'options',
    noDataExpression: true,
    typeOptions: { loadOptionsMethod: 'getOptionalColumns', loadOptionsDependsOn: ['table'] },
    default: 'name',
    description:
      'Full name of the person. Choose from the list, or specify an ID using an <a href="https://docs.n8n.io/code/expressions/">expression</a>.',
  },
  {
    displayName: 'Company Column Name or ID',
    name: PARAMETER.company,
    type: 'options',
    noDataExpression: true,
    typeOptions: { loadOptionsMethod: 'getOptionalColumns', loadOptionsDependsOn: ['table'] },
    default: 'company',
    description:
      'Name of the company. Choose from the list, or specify an ID using an <a href="https://docs.n8n.io/code/expressions/">expression</a>.',
  },
  {
    displayName: 'Plan Column Name or ID',
    name: PARAMETER.plan,
    type: 'options',
    noDataExpression: true,
    typeOptions: { loadOptionsMethod: 'getOptionalColumns', loadOptionsDependsOn: ['table'] },
    default: 'plan',
    description:
      'Of what the trial is. Choose from the list, or specify an ID using an <a href="https://docs.n8n.io/code/expressions/">expression</a>.',
  },
  {
    displayName: 'Started At Column Name or ID',
    name: PARAMETER.startedAt,
    type: 'options',
    noDataExpression: true,
    typeOptions: { loadOptionsMethod: 'getOptionalColumns', loadOptionsDependsOn: ['table'] },
    default: 'started_at',
    description:
      'ISO 8601, or seconds or milliseconds since 1970; UTC where no zone is given. Without one, the time of the run counts. Choose from the list, or specify an ID using an <a href="https://docs.n8n.io/code/expressions/">expression</a>.',
  },
  {
    displayName: 'Ends At Column Name or ID',
    name: PARAMETER.endsAt,
    type: 'options',
    noDataExpression: true,
    typeOptions: { loadOptionsMethod: 'getOptionalColumns', loadOptionsDependsOn: ['table'] },
    default: 'ends_at',
    description:
      'As the start. Choose from the list, or specify an ID using an <a href="https://docs.n8n.io/code/expressions/">expression</a>.',
  },
  {
    displayName: 'Batch Size',
    name: 'batchSize',
    type: 'number',
    noDataExpression: true,
    typeOptions: { minValue: 1, maxValue: 5000, numberPrecision: 0 },
    default: 500,
    description: 'How many rows are read and stored at a time',
  },
  {
    displayName: 'Start Over',
    name: 'startOver',
    type: 'boolean',
    noDataExpression: true,
    default: false,
    description:
      'Whether to read the whole table again, as after the database was replaced. What is known is left alone; switch it off after one run.',
  },
];

/** What the admin has chosen. Throws a `NodeOperationError` when something is missing. */
export async function settingsOf(
  context: IExecuteFunctions,
): Promise<SyncSettings & { source: TrialsTable }> {
  const text = (name: string): string => String(context.getNodeParameter(name, 0) ?? '').trim();
  const chosen = FIELDS.map((field) => [field, text(PARAMETER[field])] as const);
  requiredText(context, PARAMETER.email, 'Email Column', 0);
  const table = requiredText(context, 'table', 'Table', 0);
  return {
    database: requiredText(context, 'database', 'Name of the Database', 0),
    table,
    batchSize: context.getNodeParameter('batchSize', 0) as number,
    startOver: context.getNodeParameter('startOver', 0) === true,
    source: {
      path: await pathOf(context),
      table,
      idColumn: requiredText(context, 'idColumn', 'ID Column', 0),
      columns: Object.fromEntries(chosen.filter(([, column]) => column !== '')),
    },
  };
}
