import {
  NodeOperationError,
  type IBinaryKeyData,
  type IDataObject,
  type IExecuteFunctions,
  type INodeExecutionData,
  type INodeProperties,
} from 'n8n-workflow';
import { z } from 'zod/v4';
import { ServiceError } from '../../../services/http';
import {
  PersonErased,
  type PlannedMessage,
  type SequenceDefinition,
  type SequenceStart,
  type StartedSequence,
  type Store,
} from '../../../store';
import { causeOf } from '../../shared/cause';
import { withIsoTimes } from '../../shared/iso-times';
import { itemParameter } from '../../shared/item-parameter';
import { TEST_DELIVERY } from '../../shared/item';
import { orError } from '../../shared/parameters';
import { processBatch, type ItemResult } from '../../shared/process-items';
import { definitionOf } from './definition';
import { definitionProperties } from './definition-properties';
import { previewOf } from './preview';

const SERVICE = 'Email Sequence';
export const STARTED = 0;
export const NOT_STARTED = 1;

export const properties: INodeProperties[] = [
  {
    displayName: 'Email',
    name: 'email',
    type: 'string',
    required: true,
    default: '={{ $json.customer.email }}',
    placeholder: 'name@email.com',
    description: 'Address of the customer',
  },
  ...definitionProperties,
  {
    displayName: 'Cause',
    name: 'cause',
    type: 'string',
    required: true,
    default: '={{ $json.event.source }}:{{ $json.event.externalId }}',
    placeholder: 'e.g. stripe:in_1MtHbELkdIwHu7ixl4OzzPMv',
    description:
      'Why the customer enters it. For the same cause they do so once, however often the workflow runs. Preset: the event.',
  },
  {
    displayName: 'Counted From',
    name: 'startsAt',
    type: 'dateTime',
    default: '={{ $json.event.occurredAt }}',
    description: 'The moment that the delays count from. Preset: when the event happened.',
  },
  {
    displayName: 'Data for the Templates',
    name: 'data',
    type: 'fixedCollection',
    typeOptions: { multipleValues: true },
    placeholder: 'Add Value',
    default: {},
    description: 'What the mails can name beside the customer, as {{ data.name }}',
    options: [
      {
        displayName: 'Value',
        name: 'value',
        values: [
          {
            displayName: 'Name',
            name: 'name',
            type: 'string',
            default: '',
            placeholder: 'e.g. amount',
            description: 'Letters, digits and underscores',
          },
          { displayName: 'Value', name: 'value', type: 'string', default: '' },
        ],
      },
    ],
  },
  {
    displayName: 'Preview With',
    name: 'previewWith',
    type: 'options',
    noDataExpression: true,
    default: 'item',
    options: [
      {
        name: 'Customer of the Item',
        value: 'item',
        description: 'A sample in their place when they are not known',
      },
      { name: 'Sample Customer', value: 'sample' },
    ],
    description:
      'Whom the mails are shown for when you execute this step in the editor. Nothing is planned or sent by that.',
  },
];

/** Lets the customers of the items enter the sequence; in the editor it shows the mails instead. */
export async function execute(context: IExecuteFunctions, store: Store): Promise<INodeExecutionData[][]> {
  const definition = definitionOf(context);
  const items = context.getInputData();
  const previews = new Map<number, IBinaryKeyData>();
  const outputs = await processBatch(context, { service: SERVICE, outputs: 2 }, async (indexes) => {
    const starts = indexes.map((index) => orError(() => startOf(context, index)));
    const tried = indexes.map((index) => isTried(context, items[index]?.json ?? {}));
    const real = starts.filter(
      (start, position) => !(start instanceof Error) && !tried[position],
    ) as SequenceStart[];
    const started = await store.sequences.start(definition, real);
    const resultOf = new Map(real.map((start, position) => [start, started[position]]));
    return await Promise.all(
      starts.map(async (start, position) => {
        if (start instanceof Error) return start;
        if (!tried[position]) return resultFor(definition, resultOf.get(start));
        const { json, binary } = await previewOf(context, store, definition, start);
        previews.set(indexes[position] ?? 0, binary);
        return { json };
      }),
    );
  });
  return outputs.map((output) =>
    output.map((item) => {
      const source =
        typeof item.pairedItem === 'object' && 'item' in item.pairedItem ? item.pairedItem.item : -1;
      const binary = previews.get(source);
      return binary ? { ...item, binary } : item;
    }),
  );
}

/** Whether the step is executed in the editor: nothing is planned then. */
function isTried(context: IExecuteFunctions, { delivery }: IDataObject): boolean {
  const lease =
    typeof delivery === 'object' && delivery !== null ? (delivery as IDataObject).lease : undefined;
  return lease === TEST_DELIVERY.lease || (lease === undefined && context.getMode() === 'manual');
}

const moment = z
  .union([z.date(), z.string().transform((given) => new Date(given))])
  .refine((given) => !Number.isNaN(given.getTime()));

/** '' for somebody whose address is not known: nothing is sent to them, and nothing has failed. */
function emailIn(context: IExecuteFunctions, index: number): string {
  const email = itemParameter(context, 'email', index, '');
  return typeof email === 'string' ? email.trim() : '';
}

/** A sample in the editor has no number. */
const eventSchema = z.object({ id: z.string().regex(/^\d+$/), occurredAt: moment });

function startOf(context: IExecuteFunctions, index: number): SequenceStart {
  const startedAt = moment.safeParse(plainTime(itemParameter(context, 'startsAt', index, ''))).data;
  if (startedAt === undefined) {
    throw new NodeOperationError(
      context.getNode(),
      '"Counted From" is no time. Use one like 2026-01-31T10:00:00Z, or check that the expression in it fits the incoming item.',
      { itemIndex: index },
    );
  }
  const { data: event } = eventSchema.safeParse(context.getInputData()[index]?.json.event);
  return {
    email: emailIn(context, index),
    cause: causeOf(context, index),
    startedAt,
    data: dataOf(context, index),
    eventId: event?.id,
    enteredAt: event?.occurredAt,
  };
}

/** Expressions may give a moment of Luxon, as `$now` is one. */
function plainTime(value: unknown): unknown {
  return typeof value === 'object' && value !== null && 'toISO' in value ? String(value) : value;
}

function dataOf(context: IExecuteFunctions, index: number): SequenceStart['data'] {
  const values = z
    .array(z.object({ name: z.string().trim(), value: z.unknown() }))
    .parse(context.getNodeParameter('data.value', index, []));
  const wrong = values.find(({ name }) => !/^\w+$/.test(name));
  if (wrong) {
    throw new NodeOperationError(
      context.getNode(),
      `"Data for the Templates": "${wrong.name}" cannot be a name. Use letters, digits and underscores.`,
      { itemIndex: index },
    );
  }
  return Object.fromEntries(values.map(({ name, value }) => [name, value ?? null]));
}

function resultFor(
  definition: SequenceDefinition,
  started: StartedSequence | PersonErased | undefined,
): ItemResult | Error {
  if (started === undefined) return new Error('the customer was left out');
  if (started instanceof PersonErased) {
    return new ServiceError(SERVICE, 'Nothing was started: this person was erased after the event.', false);
  }
  const { entryId, reason, plan } = started;
  if (entryId === undefined) {
    return {
      json: { sequence: { name: definition.name, started: false, reason: reason ?? null } },
      output: NOT_STARTED,
      outcomes: [{ service: SERVICE, action: `${definition.name} not started: ${reason ?? ''}` }],
    };
  }
  return {
    json: {
      sequence: { name: definition.name, started: true, id: entryId, mails: mailsOf(definition, plan) },
    },
    output: STARTED,
    outcomes: [
      { service: SERVICE, action: `${definition.name} started: ${plan.length} mails planned`, id: entryId },
    ],
  };
}

/** The mails that were planned, for people. */
export function mailsOf(definition: SequenceDefinition, plan: readonly PlannedMessage[]): IDataObject[] {
  return plan.map(({ step, variant, state, dueAt, reason }) => {
    const { name, variants } = definition.steps[step] ?? { name: String(step), variants: [] };
    const text = variants[variant];
    return withIsoTimes({
      mail: name,
      state,
      dueAt,
      subject: text?.subject ?? null,
      ...(variants.length > 1 && { text: text?.name ?? null }),
      ...(reason !== null && { reason }),
    });
  });
}
