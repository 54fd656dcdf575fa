/** Why nothing can be read, and what to do about it. */
export class TrialsDatabaseError extends Error {
  override readonly name = 'TrialsDatabaseError';
}

/** SQLite's result codes (sqlite.org/rescode.html); the lower eight bits are the kind, the rest says more. */
const BUSY = 5;
const LOCKED = 6;
const READ_ONLY = 8;
const IO_ERROR = 10;
const CORRUPT = 11;
const CANNOT_OPEN = 14;
const NO_DATABASE = 26;
const KIND = 0xff;
/** `SQLITE_READONLY_ROLLBACK`: half a transaction stands in the file, and to undo it takes writing. */
const HALF_WRITTEN = 776;

const NO_INDEX =
  'Another program writes to the database in WAL mode, and n8n may not read the files "-wal" and "-shm" beside it, or not create a missing "-shm". Let the user that n8n runs as read all three files, and mount their folder as a whole into a container, not the database alone.';

const ADVICE: Readonly<Record<number, string>> = {
  [HALF_WRITTEN]:
    'Its own program was cut off while it was writing. Start that program once: it puts the database in order when it opens it.',
  [READ_ONLY]: NO_INDEX,
  [CANNOT_OPEN]: `n8n may not read the file, or one of those beside it. ${NO_INDEX}`,
  [IO_ERROR]:
    'The file could not be read. If it lies on a network drive, let n8n run on the machine that has the disk.',
  [CORRUPT]: 'The database is damaged. Its own program has to repair it; "PRAGMA integrity_check" says more.',
  [NO_DATABASE]: 'The file is no SQLite database, or it is encrypted. Check the path in the credential.',
};

/** Whether the other program has the database for itself at the moment. */
export function isBusy(error: unknown): boolean {
  return [BUSY, LOCKED].includes((codeOf(error) ?? 0) & KIND);
}

/** An error of SQLite in words that help; others are left as they are. */
export function explained(error: unknown, path: string): unknown {
  const code = codeOf(error);
  if (code === undefined || !(error instanceof Error)) return error;
  const advice = isBusy(error)
    ? 'Another program has kept it locked for too long. Run this again when that has ended; in WAL mode ("PRAGMA journal_mode = WAL") its writing would not be in the way.'
    : (ADVICE[code] ?? ADVICE[code & KIND] ?? 'SQLite says what is wrong.');
  return new TrialsDatabaseError(`The trials database ${path} cannot be read (${error.message}). ${advice}`, {
    cause: error,
  });
}

function codeOf(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('errcode' in error)) return undefined;
  return typeof error.errcode === 'number' ? error.errcode : undefined;
}
