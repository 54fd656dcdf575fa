import { limitProperty, listForEach } from '../listing';
import { showOnlyFor, type Operation } from '../operation';

export const find: Operation = {
  properties: showOnlyFor('sequence', 'find', [limitProperty]),

  execute: (context, store) =>
    listForEach(context, async (_index, limit) => (await store.sequences.find()).slice(0, limit)),
};
