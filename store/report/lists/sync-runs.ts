import { readPage, type ReportList } from './list';

/** All there were, whatever the period. */
export const syncRuns: ReportList = {
  name: 'sync-runs',
  title: 'Syncs',
  filters: ['name'],
  columns: [
    { key: 'startedAt', title: 'Began', kind: 'time' },
    { key: 'name', title: 'Sync', kind: 'text' },
    { key: 'state', title: 'State', kind: 'text' },
    { key: 'finishedAt', title: 'Ended', kind: 'time' },
    { key: 'did', title: 'Did', kind: 'text' },
    { key: 'resumed', title: 'Gone on with', kind: 'number' },
    { key: 'lastFailure', title: 'Last failure', kind: 'text' },
  ],

  read: (database, _scope, filters, after, limit) =>
    readPage(
      database,
      {
        columns: `
          started_at as "startedAt", name, state, finished_at as "finishedAt", resumed, last_failure as "lastFailure",
          (select string_agg(value || ' ' || key, ', ') from jsonb_each_text(counts)) as did`,
        from: 'lifecycle.sync_run',
        conditions: ['($1::text is null or name = $1)'],
        values: [filters.name ?? null],
        at: 'started_at',
        id: 'id',
        idType: 'bigint',
      },
      after,
      limit,
    ),
};
