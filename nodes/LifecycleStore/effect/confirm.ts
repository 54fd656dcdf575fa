import { processEach } from '../../shared/process-items';
import { showOnlyFor, type Operation } from '../operation';
import { keyProperty, readKey } from './key';

export const confirm: Operation = {
  properties: showOnlyFor('effect', 'confirm', [keyProperty]),

  execute: (context, store) =>
    processEach(context, { service: 'Lifecycle Store' }, async (index) => {
      const key = readKey(context, index);
      await store.effects.confirm(key);
      return { json: { effect: { key, state: 'done' } } };
    }),
};
