import { TrialsDatabaseError } from './failure';

/** A value as SQLite gives it, whatever a column's type says; whole numbers in full length. */
export type SqliteValue = null | bigint | number | string | Uint8Array;

export interface SqliteStatement {
  setReadBigInts(enabled: boolean): void;
  all(...values: ReadonlyArray<bigint | string>): unknown[];
}

export interface SqliteDatabase {
  prepare(sql: string): SqliteStatement;
  close(): void;
}

/** What is used of `node:sqlite`, which the types of Node.js 20 do not have. */
export interface Sqlite {
  DatabaseSync: new (location: string, options: { readOnly: true; timeout: number }) => SqliteDatabase;
}

/** Node's own SQLite. Asked for only when it is needed: everything else works on a Node.js without it. */
export function loadSqlite(): Sqlite {
  const sqlite = process.getBuiltinModule('node:sqlite');
  if (isSqlite(sqlite)) return sqlite;
  throw new TrialsDatabaseError(
    `This n8n runs on Node.js ${process.version}, which cannot read SQLite files. Run n8n on Node.js 22.13 or later; its official images do.`,
  );
}

function isSqlite(loaded: object | undefined): loaded is Sqlite {
  return loaded !== undefined && 'DatabaseSync' in loaded && typeof loaded.DatabaseSync === 'function';
}
