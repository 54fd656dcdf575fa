import { NodeOperationError, type IDataObject } from 'n8n-workflow';
import type { SettledDelivery } from '../../../store';
import { TEST_DELIVERY } from '../../shared/item';
import { showOnlyFor, type Operation } from '../operation';
import { asOne, failuresOf, itemSchema, resultsOf, settlementOf, type Item } from './result';
import { runFailure, tallied } from './tally';

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
    const results = resultsOf(read.filter(({ delivery }) => delivery.lease !== TEST_DELIVERY.lease));
    const settlements = results.map(settlementOf);
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
    const tally = tallied(context, results, settled);
    if (tally.failed > 0 && context.getNodeParameter('failRun', 0, true) === true) {
      // Where several paths end here, n8n runs this node once for each: failing now would keep the others from it.
      const isLast = !(await store.deliveries.areOpen(settlements.map(({ lease }) => lease)));
      if (isLast) throw runFailure(context, tally);
    }
    return [read.map((item, index) => ({ json: report(item, settled), pairedItem: { item: index } }))];
  },
};

function report(item: Item, settled: ReadonlyMap<string, SettledDelivery>): IDataObject {
  const { delivery } = item;
  const result = settled.get(delivery.id);
  const test = delivery.lease === TEST_DELIVERY.lease;
  return {
    delivery: delivery.id,
    state: result?.state ?? (test ? 'tried in the editor, not settled' : 'settled before'),
    attempts: result?.attempts ?? null,
    nextTryAt: result?.state === 'failed' ? result.dueAt.toISOString() : null,
    failure: (asOne(failuresOf([item])) as IDataObject | undefined) ?? null,
  };
}
