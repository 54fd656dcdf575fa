import type {
  IBinaryKeyData,
  IDataObject,
  IExecuteFunctions,
  INodeExecutionData,
  INodeProperties,
} from 'n8n-workflow';
import { asError, ServiceError } from '../../../services/http';
import {
  PersonErased,
  type PlannedMessage,
  type SequenceDefinition,
  type SequenceStart,
  type StartedSequence,
  type Store,
} from '../../../store';
import { emailProperty } from '../../shared/customer-email';
import { withIsoTimes } from '../../shared/iso-times';
import { isOfTestDelivery } from '../../shared/item';
import { orError } from '../../shared/parameters';
import { processBatch, type ItemResult } from '../../shared/process-items';
import { definitionOf } from './definition';
import { definitionProperties } from './definition-properties';
import { previewedStartOf, startOf } from './item-start';
import { previewOf } from './preview';
import { previewProperties } from './preview-properties';

const SERVICE = 'Email Sequence';
const STARTED = 0;
const NOT_STARTED = 1;

export const properties: INodeProperties[] = [
  emailProperty,
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
  ...previewProperties,
];

/** Lets the customers of the items enter the sequence; in the editor it shows the mails instead. */
export async function execute(context: IExecuteFunctions, store: Store): Promise<INodeExecutionData[][]> {
  const definition = definitionOf(context);
  const items = context.getInputData();
  const previews = new Map<number, IBinaryKeyData>();
  const outputs = await processBatch(context, { service: SERVICE, outputs: 2 }, async (indexes) => {
    const tried = indexes.map((index) => isTried(context, items[index]?.json ?? {}));
    const starts = indexes.map((index, position) =>
      orError(() => (tried[position] ? previewedStartOf(context, index) : startOf(context, index))),
    );
    const real = starts.filter(
      (start, position) => !(start instanceof Error) && !tried[position],
    ) as SequenceStart[];
    const started = await store.sequences.start(definition, real);
    const resultOf = new Map(real.map((start, position) => [start, started[position]]));
    return await Promise.all(
      starts.map(async (start, position) => {
        if (start instanceof Error) return start;
        if (!tried[position]) return resultFor(definition, resultOf.get(start));
        const preview = await previewOf(context, store, definition, start).catch(asError);
        if (preview instanceof Error) return preview;
        previews.set(indexes[position] ?? 0, preview.binary);
        return { json: preview.json };
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
function isTried(context: IExecuteFunctions, json: IDataObject): boolean {
  return isOfTestDelivery(json) || (json.delivery === undefined && context.getMode() === 'manual');
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
  const planned = plan.filter(({ state }) => state !== 'dropped').length;
  return {
    json: {
      sequence: { name: definition.name, started: true, id: entryId, mails: mailsOf(definition, plan) },
    },
    output: STARTED,
    outcomes: [
      { service: SERVICE, action: `${definition.name} started: ${planned} mails planned`, id: entryId },
    ],
  };
}

/** The mails that were planned, for people. */
function mailsOf(definition: SequenceDefinition, plan: readonly PlannedMessage[]): IDataObject[] {
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
