import { z } from 'zod/v4';
import { TrialsDatabaseError } from './failure';
import { readDatabase } from './read';
import type { SqliteDatabase } from './sqlite';
import { checkColumns, quoted } from './tables';
import { FIELDS, type Field, type TrialRow } from './trial';

/** Where the rows stand, and which column means what. */
export interface TrialsTable {
  /** Absolute path of the file. */
  path: string;
  table: string;
  /** A whole number that grows with each new row. */
  idColumn: string;
  columns: Readonly<Partial<Record<Field, string>>>;
}

const valueSchema = z.union([z.null(), z.bigint(), z.number(), z.string(), z.instanceof(Uint8Array)]);
const rowSchema = z.looseObject({ id: valueSchema }).catchall(valueSchema);
const highestSchema = z.array(z.object({ id: valueSchema }));

/**
 * The rows with an id above `after`, at most `limit`, in the order of their ids.
 *
 * An id is enough to know what is new: SQLite has one writer at a time, from the start of a transaction that writes to
 * its end, so rows become visible in the order in which their ids were given. No lower id can turn up later, as it can
 * in databases whose transactions run side by side.
 * @throws TrialsDatabaseError with what to do
 */
export async function rowsAfter(source: TrialsTable, after: string, limit: number): Promise<TrialRow[]> {
  const fields = FIELDS.filter((field) => source.columns[field] !== undefined);
  return await readDatabase(source.path, (database) => {
    checkColumns(database, source.table, usedColumns(source));
    const statement = database.prepare(selectSql(source, fields));
    statement.setReadBigInts(true);
    // One more, to see whether its id is that of the last.
    const rows = z.array(rowSchema).parse(statement.all(BigInt(after), BigInt(limit + 1)));
    return distinct(
      source,
      rows.map(({ id, ...values }) => ({ id: idOf(source, id), values })),
    ).slice(0, limit);
  });
}

/** The highest id that was ever given, as far as the database tells; '0' in an empty table. */
export async function highestId(source: TrialsTable): Promise<string> {
  return await readDatabase(source.path, (database) => {
    checkColumns(database, source.table, usedColumns(source));
    const id = quoted(source.idColumn);
    const present = highest(database, `select max(${id}) as id from ${quoted(source.table)}`);
    const numbers = present.map((value) => BigInt(idOf(source, value)));
    return numbers.concat(givenIds(database, source)).reduce((one, other) => (one > other ? one : other), 0n);
  }).then(String);
}

export function selectSql(
  { table, idColumn, columns }: TrialsTable,
  fields: readonly Field[] = FIELDS.filter((field) => columns[field] !== undefined),
): string {
  const id = quoted(idColumn);
  const selected = fields.map((field) => `${quoted(columns[field] ?? '')} as ${quoted(field)}`);
  return `select ${[`${id} as id`, ...selected].join(', ')} from ${quoted(table)} where ${id} > ? order by 1 limit ?`;
}

/** Of a table whose ids are never given twice (AUTOINCREMENT), SQLite remembers the last one, also when it was deleted. */
function givenIds(database: SqliteDatabase, { table }: TrialsTable): bigint[] {
  const remembers = database.prepare(`select 1 from sqlite_master where name = 'sqlite_sequence'`).all();
  if (remembers.length === 0) return [];
  return highest(database, `select seq as id from sqlite_sequence where name = ?`, table).filter(
    (id) => typeof id === 'bigint',
  );
}

function highest(database: SqliteDatabase, sql: string, ...values: string[]) {
  const statement = database.prepare(sql);
  statement.setReadBigInts(true);
  return highestSchema
    .parse(statement.all(...values))
    .map(({ id }) => id)
    .filter((id) => id !== null);
}

function usedColumns({ idColumn, columns }: TrialsTable): string[] {
  return [idColumn, ...Object.values(columns)];
}

function idOf({ table, idColumn }: TrialsTable, id: unknown): string {
  if (typeof id === 'bigint') return id.toString();
  throw new TrialsDatabaseError(
    `The column "${idColumn}" of "${table}" holds something else than whole numbers, so nobody can tell by it which rows are new. Choose the column of the primary key.`,
  );
}

/** A page may end between two rows of one id, and the second would be skipped. */
function distinct({ table, idColumn }: TrialsTable, rows: TrialRow[]): TrialRow[] {
  if (new Set(rows.map(({ id }) => id)).size === rows.length) return rows;
  throw new TrialsDatabaseError(
    `Several rows of "${table}" have the same value in the column "${idColumn}". Choose the column of the primary key.`,
  );
}
