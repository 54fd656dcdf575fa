import { NodeOperationError, type IExecuteFunctions } from 'n8n-workflow';
import { z } from 'zod/v4';
import type { SequenceStart } from '../../../store';
import { causeOf } from '../../shared/cause';
import { itemParameter } from '../../shared/item-parameter';
import { momentIn } from '../../shared/moment';
import { previewedEmail } from './preview-properties';

/** A sample in the editor has no number. */
const eventSchema = z.object({ id: z.string().regex(/^\d+$/), occurredAt: z.string() });

/** Who enters because of an item, and from when on. Throws a `NodeOperationError` that names what is wrong. */
export function startOf(context: IExecuteFunctions, index: number): SequenceStart {
  const { data: event } = eventSchema.safeParse(context.getInputData()[index]?.json.event);
  const startedAt = countedFrom(context, index);
  if (startedAt === undefined) throw noTime(context, index);
  return {
    email: emailIn(context, index),
    cause: causeOf(context, index),
    startedAt,
    data: dataOf(context, index),
    eventId: event?.id,
    enteredAt: momentIn(event?.occurredAt, 'utc'),
  };
}

/**
 * As {@link startOf}, for a preview. One for somebody else than the item's customer needs nothing of the item: what its
 * expressions do not find there is made up for.
 */
export function previewedStartOf(context: IExecuteFunctions, index: number): SequenceStart {
  const email = previewedEmail(context, index);
  if (email === undefined) return startOf(context, index);
  const isOpen = [undefined, null, ''].includes(itemParameter(context, 'startsAt', index, '') as string);
  const startedAt = isOpen ? new Date() : countedFrom(context, index);
  if (startedAt === undefined) throw noTime(context, index);
  return { email, cause: 'preview', startedAt, data: dataOf(context, index) };
}

/** '' for somebody whose address is not known: nothing is sent to them, and nothing has failed. */
function emailIn(context: IExecuteFunctions, index: number): string {
  const email = itemParameter(context, 'email', index, '');
  return typeof email === 'string' ? email.trim() : '';
}

function countedFrom(context: IExecuteFunctions, index: number): Date | undefined {
  return momentIn(itemParameter(context, 'startsAt', index, ''), context.getTimezone());
}

function noTime(context: IExecuteFunctions, itemIndex: number): NodeOperationError {
  return new NodeOperationError(
    context.getNode(),
    '"Counted From" is no time. Use one like 2026-01-31T10:00:00Z, or check that the expression in it fits the incoming item.',
    { itemIndex },
  );
}

function dataOf(context: IExecuteFunctions, itemIndex: number): SequenceStart['data'] {
  const values = z
    .array(z.object({ name: z.string().trim(), value: z.unknown() }))
    .parse(context.getNodeParameter('data.value', itemIndex, []));
  const wrong = values.find(({ name }) => !/^\w+$/.test(name));
  if (wrong) {
    throw new NodeOperationError(
      context.getNode(),
      `"Data for the Templates": "${wrong.name}" cannot be a name. Use letters, digits and underscores.`,
      { itemIndex },
    );
  }
  return Object.fromEntries(values.map(({ name, value }) => [name, value ?? null]));
}
