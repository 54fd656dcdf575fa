import { asError } from '../../services/http';
import { TrialsDatabaseError, trialOf, type TrialRow } from '../../services/trial-leads';
import type { BegunRun, Store } from '../../store';
import { trialEvent } from './trial-event';

/** A table of trials. */
export interface TrialsReader {
  /** In the order of their ids. */
  rowsAfter(after: string, limit: number): Promise<TrialRow[]>;
  /** The highest id that was ever given. */
  highestId(): Promise<string>;
}

export interface SyncSettings {
  /** What the admin calls the database; names the cursor and the rows. */
  database: string;
  table: string;
  /** How many rows are read and stored at a time. */
  batchSize: number;
  startOver: boolean;
}

type Counts = { read: number; added: number; known: number; unusable: number };

/** A row with something wrong, for people. */
export interface ToldRow {
  id: string;
  problem: string;
}

export type SyncedTrials =
  /** `told` are the first of the rows with a problem; all of those that were left out are in `unusable`. */
  (Counts & { lastId: string; told: ToldRow[] }) | { underWaySince: string };

/** The run of the first database bears the plain name. */
const RUN = 'trial-leads';
const FIRST_DATABASE = 'trials';
const FROM_THE_START = '0';
const MOST_TOLD = 20;

/**
 * Stores an event for each row that is new since the last run. The cursor moves only when the events of a batch are
 * committed; a batch that is read again after a crash is recognised. One run at a time.
 */
export async function syncTrials(
  store: Store,
  reader: TrialsReader,
  settings: SyncSettings,
): Promise<SyncedTrials> {
  const { database } = settings;
  const run = await store.syncRuns.begin(database === FIRST_DATABASE ? RUN : `${RUN}:${database}`);
  if (!('lease' in run)) return { underWaySince: run.startedAt.toISOString() };
  const { read = 0, added = 0, known = 0, unusable = 0 } = run.counts;
  const counts: Counts = { read, added, known, unusable };
  const outcome = await readOn(store, reader, settings, run, counts).catch(asError);
  if (outcome instanceof Error) {
    // When the store is what failed, it is told by the first error.
    await store.syncRuns.fail(run, counts, outcome.message).catch(asError);
    throw outcome;
  }
  await store.syncRuns.finish(run, counts);
  return { ...counts, ...outcome };
}

async function readOn(
  store: Store,
  reader: TrialsReader,
  settings: SyncSettings,
  run: BegunRun,
  counts: Counts,
): Promise<{ lastId: string; told: ToldRow[] }> {
  const { database, table, batchSize, startOver } = settings;
  const cursor = `trial-leads:${database}:${table}`;
  const told: ToldRow[] = [];
  const kept = await store.cursors.get(cursor);
  let lastId = startOver || kept === undefined ? FROM_THE_START : kept;
  if (lastId !== FROM_THE_START) await refuseReplaced(reader, lastId);
  for (;;) {
    const rows = await reader.rowsAfter(lastId, batchSize);
    const last = rows.at(-1);
    if (last === undefined) return { lastId, told };
    const batch = await storeRows(store, rows, settings);
    told.push(...batch.told.slice(0, MOST_TOLD - told.length));
    counts.read += rows.length;
    counts.added += batch.added;
    counts.known += batch.known;
    counts.unusable += batch.unusable;
    lastId = last.id;
    await store.cursors.set(cursor, lastId);
    if (!(await store.syncRuns.progress(run, { lastId }, counts))) {
      throw new Error('Another run has taken over, since this one was without progress for too long.');
    }
    if (rows.length < batchSize) return { lastId, told };
  }
}

async function storeRows(
  store: Store,
  rows: readonly TrialRow[],
  { database, table }: SyncSettings,
): Promise<Omit<Counts, 'read'> & { told: ToldRow[] }> {
  const now = new Date();
  const results = rows.map((row) => ({ id: row.id, ...trialOf(row) }));
  const events = results.flatMap(({ id, trial }) =>
    trial ? [trialEvent({ database, table, id }, trial, now)] : [],
  );
  const accepted = await store.events.acceptAll(events);
  const known = accepted.filter(({ duplicate }) => duplicate).length;
  return {
    added: accepted.length - known,
    known,
    unusable: rows.length - events.length,
    told: results.flatMap(({ id, problems }) =>
      problems.length > 0 ? [{ id, problem: problems.join(', ') }] : [],
    ),
  };
}

/** Ids that were given before would be given again, and their rows never be read. */
async function refuseReplaced(reader: TrialsReader, lastId: string): Promise<void> {
  const highest = await reader.highestId();
  if (BigInt(highest) >= BigInt(lastId)) return;
  throw new TrialsDatabaseError(
    `The highest ID in the trials database is ${highest}, but the last run got to ${lastId}: the database was replaced, or its last rows were deleted. Nothing was read. Switch on "Start Over" for one run; rows that are known are left alone.`,
  );
}
