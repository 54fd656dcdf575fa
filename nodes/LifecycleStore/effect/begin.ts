import { processEach } from '../../shared/process-items';
import { showOnlyFor, type Operation } from '../operation';
import { keyProperty, readKey } from './key';

const OUTPUT_OF = { new: 0, done: 1, unknown: 2 } as const;

export const begin: Operation = {
  properties: showOnlyFor('effect', 'begin', [keyProperty]),

  execute: (context, store) =>
    processEach(context, { service: 'Lifecycle Store', outputs: 3 }, async (index) => {
      const key = readKey(context, index);
      const { state, begunAt } = await store.effects.begin(key, context.getNode().name);
      return { json: { effect: { key, state, begunAt: begunAt.toISOString() } }, output: OUTPUT_OF[state] };
    }),
};
