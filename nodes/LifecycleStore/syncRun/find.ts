import type { SyncRun, SyncRunState } from '../../../store';
import { limitProperty, listForEach } from '../listing';
import { showOnlyFor, type Operation } from '../operation';

export const find: Operation = {
  properties: showOnlyFor('syncRun', 'find', [
    {
      displayName: 'Sync Name or ID',
      name: 'syncName',
      type: 'options',
      typeOptions: { loadOptionsMethod: 'getSyncs' },
      default: '',
      description:
        'Which sync; empty means all. Choose from the list, or specify an ID using an <a href="https://docs.n8n.io/code/expressions/">expression</a>.',
    },
    {
      displayName: 'State',
      name: 'state',
      type: 'options',
      options: [
        { name: 'All', value: '' },
        { name: 'Done', value: 'done' },
        { name: 'Failed', value: 'failed', description: 'Gone on with by the next run' },
        { name: 'Running', value: 'running' },
      ],
      default: '',
      description: 'How they have ended, if they have',
    },
    limitProperty,
  ]),

  execute: (context, store) =>
    listForEach(context, async (index, limit) => {
      const name = String(context.getNodeParameter('syncName', index, ''));
      const state = context.getNodeParameter('state', index, '') as SyncRunState | '';
      return (await store.syncRuns.newest(name || undefined, limit, state || undefined)).map(syncRunRow);
    }),
};

function syncRunRow({ name, state, counts, startedAt, finishedAt, ...run }: SyncRun): object {
  const seconds = Math.round(((finishedAt ?? run.updatedAt).getTime() - startedAt.getTime()) / 1000);
  const did = Object.entries(counts).map(([what, count]) => `${count} ${what}`);
  return { name, state, did: did.join(', ') || '–', startedAt, finishedAt, seconds, counts, ...run };
}
