import type { INodeProperties, IWebhookFunctions, IHookFunctions } from 'n8n-workflow';
import { z } from 'zod/v4';
import type { FirstAnswerRow } from '../../services/intake';

const LONGEST_VALUE = 4000;
/** A form field's, when nothing else is said: as long as the text of a message. */
const USUAL_LENGTH = 1000;

const onlyForForms = { show: { answer: ['form'] } };

const fieldProperties: INodeProperties[] = [
  {
    displayName: 'Key',
    name: 'key',
    type: 'string',
    noDataExpression: true,
    default: '',
    placeholder: 'e.g. subject',
    description: 'Under which name what is entered comes back',
  },
  {
    displayName: 'Label',
    name: 'label',
    type: 'string',
    noDataExpression: true,
    default: '',
    placeholder: 'e.g. What is it about?',
    description: 'Up to 45 characters',
  },
  {
    displayName: 'Description',
    name: 'description',
    type: 'string',
    noDataExpression: true,
    default: '',
    description: 'Shown below the label; up to 100 characters',
  },
  {
    displayName: 'Style',
    name: 'style',
    type: 'options',
    noDataExpression: true,
    default: 'short',
    options: [
      { name: 'One Line', value: 'short' },
      { name: 'Several Lines', value: 'paragraph' },
    ],
  },
  {
    displayName: 'Required',
    name: 'required',
    type: 'boolean',
    noDataExpression: true,
    default: true,
    description: 'Whether something has to be entered',
  },
  {
    displayName: 'Shortest Length',
    name: 'minLength',
    type: 'number',
    noDataExpression: true,
    typeOptions: { minValue: 0, maxValue: LONGEST_VALUE, numberPrecision: 0 },
    default: 0,
    description: 'In characters; 0: any',
  },
  {
    displayName: 'Longest Length',
    name: 'maxLength',
    type: 'number',
    noDataExpression: true,
    typeOptions: { minValue: 1, maxValue: LONGEST_VALUE, numberPrecision: 0 },
    default: USUAL_LENGTH,
    description: 'In characters, 4000 at most',
  },
];

/** The table of first answers. Nothing in it is an expression: evaluating one costs n8n more than the whole answer. */
export const firstAnswersProperty: INodeProperties = {
  displayName: 'First Answers',
  name: 'firstAnswers',
  type: 'fixedCollection',
  noDataExpression: true,
  typeOptions: { multipleValues: true, sortable: true },
  placeholder: 'Add First Answer',
  default: {},
  displayOptions: { show: { provider: ['discord'] } },
  description:
    'What Discord shows at once, within its three seconds, for the buttons, selects and forms whose custom ID begins so. Of several that fit, the longest counts. All others are told that they are not in use any more.',
  options: [
    {
      displayName: 'First Answer',
      name: 'rows',
      values: [
        {
          displayName: 'Custom ID Begins With',
          name: 'prefix',
          type: 'string',
          noDataExpression: true,
          default: '',
          placeholder: 'e.g. ticket:close',
          description: 'Up to one of its colons, or all of it. For a command: "/" and its name.',
        },
        {
          displayName: 'First Answer',
          name: 'answer',
          type: 'options',
          noDataExpression: true,
          default: 'wait',
          options: [
            {
              name: 'Ask in a Form',
              value: 'form',
              description: 'A dialog opens; only what is sent with it becomes an event',
            },
            {
              name: 'Wait, Seen by Them Only',
              value: 'wait',
              description: 'A note that it is being worked on, which a workflow replaces by its reply',
            },
            {
              name: 'Wait, Silently',
              value: 'waitSilently',
              description: 'Nothing is shown until a workflow does something',
            },
          ],
        },
        {
          displayName: 'Form Custom ID',
          name: 'customId',
          type: 'string',
          noDataExpression: true,
          default: '',
          placeholder: 'e.g. ticket:closing',
          displayOptions: onlyForForms,
          description:
            'What follows the beginning, or else the value that was chosen, is appended behind a colon: "ticket:close:12" with "ticket:closing" gives "ticket:closing:12"',
        },
        {
          displayName: 'Form Fields',
          name: 'fields',
          type: 'fixedCollection',
          noDataExpression: true,
          typeOptions: { multipleValues: true, sortable: true },
          placeholder: 'Add Field',
          default: {},
          displayOptions: onlyForForms,
          description: 'Up to five',
          options: [{ displayName: 'Field', name: 'rows', values: fieldProperties }],
        },
        {
          displayName: 'Form Title',
          name: 'title',
          type: 'string',
          noDataExpression: true,
          default: '',
          placeholder: 'e.g. Close the ticket',
          displayOptions: onlyForForms,
          description: 'Up to 45 characters',
        },
      ],
    },
  ],
};

const text = z
  .string()
  .default('')
  .transform((value) => value.trim());

const fieldSchema = z.object({
  key: text,
  label: text,
  description: text,
  style: z.enum(['short', 'paragraph']).default('short'),
  required: z.boolean().default(true),
  minLength: z.number().default(0),
  maxLength: z.number().default(USUAL_LENGTH),
});

const rowSchema = z.object({
  /** A colon at its end is meant, but not part of it. */
  prefix: text.transform((prefix) => prefix.replace(/:+$/, '')),
  answer: z.enum(['wait', 'waitSilently', 'form']).default('wait'),
  title: text,
  customId: text.transform((customId) => customId.replace(/:+$/, '')),
  fields: z
    .object({ rows: z.array(fieldSchema).default([]) })
    .default({ rows: [] })
    .transform(({ rows }) => rows),
});

const tableSchema = z.object({ rows: z.array(rowSchema).default([]) });

/** The table as it stands in the node. */
export function firstAnswersOf(context: IWebhookFunctions | IHookFunctions): FirstAnswerRow[] {
  return tableSchema.parse(context.getNodeParameter('firstAnswers', {})).rows;
}
