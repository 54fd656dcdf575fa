import { processEach } from '../../shared/process-items';
import { showOnlyFor, type Operation } from '../operation';

export const expirePayloads: Operation = {
  properties: showOnlyFor('event', 'expirePayloads', [
    {
      displayName: 'Older Than (Days)',
      name: 'olderThanDays',
      type: 'number',
      typeOptions: { minValue: 1 },
      default: 90,
      description: 'How long what came in is kept; events that are still to be worked on keep theirs',
    },
  ]),

  execute: (context, store) =>
    processEach(context, { service: 'Lifecycle Store' }, async (index) => {
      const olderThanDays = context.getNodeParameter('olderThanDays', index) as number;
      const { removed, kept } = await store.privacy.expirePayloads({ olderThanDays });
      return { json: { expired: { olderThanDays, removed, keptForWork: kept } } };
    }),
};
