import type { SyncedTrials } from './sync-trials';

const MOST_NAMED = 5;

/** What a run did, in a sentence or two. */
export function summaryOf(synced: SyncedTrials): string {
  if ('underWaySince' in synced) {
    return `Another run has been at it since ${synced.underWaySince.slice(0, 19)}Z; this one did nothing. One that was cut off is gone on with two minutes after its last progress.`;
  }
  const { read, added, known, told } = synced;
  if (read === 0) return 'No new rows.';
  const knownBefore = known > 0 ? `, ${known} known before` : '';
  const counted = `${read} new row${read === 1 ? '' : 's'} read: ${added} stored${knownBefore}${leftOut(synced)}.`;
  const named = told.slice(0, MOST_NAMED).map(({ id, problem }) => `row ${id}: ${problem}`);
  if (named.length === 0) return counted;
  const more = told.length > MOST_NAMED ? '; and more' : '';
  return `${counted} Look at ${named.join('; ')}${more}.`;
}

function leftOut({ unusable }: { unusable: number }): string {
  return unusable > 0 ? `, ${unusable} left out` : '';
}
