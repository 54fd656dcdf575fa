import { processEach } from '../../shared/process-items';
import { showOnlyFor, type Operation } from '../operation';
import { filterProperties, readFilter } from './filter';

export const replay: Operation = {
  properties: showOnlyFor('event', 'replay', filterProperties),

  execute: (context, store) =>
    processEach(context, { service: 'Lifecycle Store' }, async (index) => {
      const replayed = await store.deliveries.replay(readFilter(context, index));
      return { json: { replayed } };
    }),
};
