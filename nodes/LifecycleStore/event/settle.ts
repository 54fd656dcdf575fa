import { NodeOperationError, type IDataObject, type IExecuteFunctions } from 'n8n-workflow';
import { z } from 'zod/v4';
import type { SettledDelivery, Settlement } from '../../../store';
import { TEST_DELIVERY } from '../../shared/item';
import { operationError } from '../../shared/operation-error';
import { showOnlyFor, type Operation } from '../operation';

const failureSchema = z.looseObject({
  node: z.string(),
  service: z.string(),
  message: z.string(),
  retryable: z.boolean(),
});

const itemSchema = z.object({
  delivery: z.object({ id: z.string(), lease: z.string() }),
  outcomes: z.array(z.looseObject({})).default([]),
  failure: failureSchema.optional(),
});

type Item = z.infer<typeof itemSchema>;

export const settle: Operation = {
  properties: showOnlyFor('event', 'settle', [
    {
      displayName: 'Fail the Run When an Event Failed',
      name: 'failRun',
      type: 'boolean',
      default: true,
      description:
        'Whether the execution shows red and the error workflow speaks up. The events are recorded in either case.',
    },
  ]),

  async execute(context, store) {
    const items = context.getInputData().map(({ json }) => itemSchema.safeParse(json));
    const read = items.flatMap(({ data }) => (data ? [data] : []));
    const settlements = settlementsOf(read.filter(({ delivery }) => delivery.lease !== TEST_DELIVERY.lease));
    const settled = new Map((await store.deliveries.settle(settlements)).map((each) => [each.id, each]));

    if (read.length < items.length) {
      throw new NodeOperationError(
        context.getNode(),
        `${items.length - read.length} of ${items.length} items carry no delivery, so their events stay unsettled and are tried again.`,
        {
          description:
            'Keep the field "delivery" of each item from the Lifecycle Event Trigger up to this node.',
        },
      );
    }
    const tally = tallied(context, settlements, settled);
    if (tally.failed > 0 && context.getNodeParameter('failRun', 0, true) === true) {
      // Where several paths end here, n8n runs this node once for each: failing now would keep the others from it.
      const isLast = !(await store.deliveries.areOpen(settlements.map(({ lease }) => lease)));
      if (isLast) throw runFailure(context, tally);
    }
    return [read.map((item, index) => ({ json: report(item, settled), pairedItem: { item: index } }))];
  },
};

/** One settlement a delivery, though several items may have come of it: it failed when one of them did. */
function settlementsOf(items: readonly Item[]): Settlement[] {
  const byDelivery = new Map<string, Settlement>();
  for (const { delivery, outcomes, failure } of items) {
    const earlier = byDelivery.get(delivery.id);
    byDelivery.set(delivery.id, {
      ...delivery,
      outcomes: [...(earlier?.outcomes ?? []), ...outcomes],
      failure: earlier?.failure ?? failure,
    });
  }
  return [...byDelivery.values()];
}

function report({ delivery, failure }: Item, settled: ReadonlyMap<string, SettledDelivery>): IDataObject {
  const result = settled.get(delivery.id);
  const test = delivery.lease === TEST_DELIVERY.lease;
  return {
    delivery: delivery.id,
    state: result?.state ?? (test ? 'tried in the editor, not settled' : 'settled before'),
    attempts: result?.attempts ?? null,
    nextTryAt: result?.state === 'failed' ? result.dueAt.toISOString() : null,
    failure: failure ?? null,
  };
}

interface Tally {
  total: number;
  failed: number;
  dead: number;
  messages: string[];
}

/** What came of all events that this node has settled in this execution so far. */
function tallied(
  context: IExecuteFunctions,
  settlements: readonly Settlement[],
  settled: ReadonlyMap<string, SettledDelivery>,
): Tally {
  const failed = settlements.filter(({ failure }) => failure !== undefined);
  const memory = context.getContext('node') as { tally?: Tally };
  const earlier = memory.tally ?? { total: 0, failed: 0, dead: 0, messages: [] };
  const messages = failed.map(({ failure }) => String(failure?.message));
  memory.tally = {
    total: earlier.total + settlements.length,
    failed: earlier.failed + failed.length,
    dead: earlier.dead + failed.filter(({ id }) => settled.get(id)?.state === 'dead').length,
    messages: [...new Set([...earlier.messages, ...messages])],
  };
  return memory.tally;
}

function runFailure(
  context: IExecuteFunctions,
  { total, failed, dead, messages }: Tally,
): NodeOperationError {
  const retried = failed - dead;
  const next = [
    ...(retried > 0 ? [`${retried} will be tried again by itself`] : []),
    ...(dead > 0 ? [`${dead} will not be tried again until replayed`] : []),
  ].join(', ');
  return operationError(
    context.getNode(),
    `${failed} of ${total} events failed (${next}). ${messages.slice(0, 3).join(' ')}`,
    messages.length > 3 ? { description: `And ${messages.length - 3} other messages.` } : {},
  );
}
