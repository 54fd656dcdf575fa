import { closeSync, existsSync, openSync, readSync, statSync } from 'node:fs';
import { isAbsolute } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { explained, isBusy, TrialsDatabaseError } from './failure';
import { loadSqlite, type Sqlite, type SqliteDatabase } from './sqlite';

/** SQLite waits for so long by itself, in which n8n stands still; then n8n goes on, and it is tried again. */
const BUSY_TIMEOUT_MS = 50;
const RETRY_AFTER_MS = 200;
const LONGEST_WAIT_MS = 15_000;

/** Bytes 18 and 19 of the file say how it is written; 2 is WAL (sqlite.org/fileformat.html). */
const VERSIONS_OFFSET = 18;
const WAL_VERSION = 2;

/**
 * Reads from an SQLite file that another program may be writing to, and leaves it as it is: opened read-only, for no
 * longer than `act` takes, so that no checkpoint of the other program waits for us. What is not committed is not
 * seen. Waits for a lock to end, but not for ever. Each try is synchronous, the looks at the file included: a process that
 * closes a file loses all locks it has on it (POSIX), so a look may not end while SQLite reads for somebody else.
 * @throws TrialsDatabaseError with what to do
 */
export async function readDatabase<Result>(
  path: string,
  act: (database: SqliteDatabase) => Result,
  longestWaitMs = LONGEST_WAIT_MS,
): Promise<Result> {
  const sqlite = loadSqlite();
  const deadline = Date.now() + longestWaitMs;
  for (;;) {
    const before = lookAt(path);
    const read = attempt(sqlite, locationOf(path, before), act);
    // What was read under SQLite's own locks is whole, whatever has changed meanwhile.
    const isSure = 'result' in read && !before.isAtRest;
    const hasChanged = !isSure && lookAt(path).state !== before.state;
    if (!hasChanged && 'result' in read) return read.result;
    const error = hasChanged
      ? new TrialsDatabaseError(`The trials database ${path} keeps changing.`)
      : read.error;
    if (Date.now() >= deadline || !(hasChanged || isBusy(error))) throw explained(error, path);
    await pause(RETRY_AFTER_MS);
  }
}

function attempt<Result>(
  { DatabaseSync }: Sqlite,
  location: string,
  act: (database: SqliteDatabase) => Result,
): { result: Result; error?: undefined } | { error: unknown } {
  try {
    const database = new DatabaseSync(location, { readOnly: true, timeout: BUSY_TIMEOUT_MS });
    try {
      return { result: act(database) };
    } finally {
      database.close();
    }
  } catch (error) {
    return { error };
  }
}

interface Look {
  /** A database in WAL mode that no program has open: all of it stands in the file itself. */
  isAtRest: boolean;
  /** Differs after every change to the file, and once somebody has opened it to write. */
  state: string;
}

/**
 * A database at rest is read as one that cannot change: SQLite would otherwise create the files "-wal" and "-shm"
 * beside it, which it may not be allowed to, and which would then belong to n8n's user and not to the writer's. Whoever
 * writes creates "-wal" first, so that a look afterwards tells whether it did change.
 */
function locationOf(path: string, { isAtRest }: Look): string {
  return `${pathToFileURL(path).href}${isAtRest ? '?immutable=1' : ''}`;
}

function lookAt(path: string): Look {
  if (!isAbsolute(path)) {
    throw new TrialsDatabaseError(
      `The path of the trials database has to be absolute, like /data/trials.db; it is "${path}".`,
    );
  }
  const file = orNotThere(path, () => statSync(path, { bigint: true }));
  if (!file.isFile()) throw new TrialsDatabaseError(`${path} is a folder, not a trials database.`);
  const hasWal = existsSync(`${path}-wal`);
  const isAtRest = !hasWal && isWalDatabase(path);
  return { isAtRest, state: [hasWal, file.ino, file.size, file.mtimeNs].join() };
}

function isWalDatabase(path: string): boolean {
  const file = orNotThere(path, () => openSync(path, 'r'));
  try {
    const versions = Buffer.alloc(2);
    const bytesRead = readSync(file, versions, 0, 2, VERSIONS_OFFSET);
    return bytesRead === 2 && versions.every((version) => version === WAL_VERSION);
  } finally {
    closeSync(file);
  }
}

function orNotThere<Result>(path: string, look: () => Result): Result {
  try {
    return look();
  } catch (error) {
    throw notThere(path, error);
  }
}

function notThere(path: string, error: unknown): TrialsDatabaseError {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'EACCES' || code === 'EPERM') {
    return new TrialsDatabaseError(
      `n8n may not read the trials database ${path}. Give the user that n8n runs as read access to it and to its folder.`,
      { cause: error },
    );
  }
  return new TrialsDatabaseError(
    `There is no trials database at ${path}. Check the path in the credential: it counts on the machine, or in the container, that n8n runs in.`,
    { cause: error },
  );
}
