import { z } from 'zod/v4';
import { TrialsDatabaseError } from './failure';
import { readDatabase } from './read';
import type { SqliteDatabase } from './sqlite';

export interface Column {
  name: string;
  /** As declared, e.g. `TEXT`; SQLite holds nobody to it. */
  type: string;
}

const namedSchema = z.array(z.object({ name: z.string() }));
const columnsSchema = z.array(z.object({ name: z.string(), type: z.string() }));

/** Names of the tables and views, for a drop-down. */
export async function tablesOf(path: string): Promise<string[]> {
  return await readDatabase(path, tablesIn);
}

/** The columns of a table, for a drop-down. */
export async function columnsOf(path: string, table: string): Promise<Column[]> {
  return await readDatabase(path, (database) => columnsIn(database, table));
}

/** Throws a `TrialsDatabaseError` that names those there are when the table, or one of the columns, is not there. */
export function checkColumns(database: SqliteDatabase, table: string, columns: readonly string[]): void {
  const names = columnsIn(database, table).map(({ name }) => name);
  const missing = columns.filter((column) => !names.includes(column));
  if (missing.length === 0) return;
  throw new TrialsDatabaseError(
    `The table "${table}" has no column ${listed(missing)}. It has ${listed(names)}: choose one of these.`,
  );
}

/** The name as SQL takes it, whatever is in it. */
export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

function columnsIn(database: SqliteDatabase, table: string): Column[] {
  const columns = columnsSchema.parse(database.prepare(`pragma table_info(${quoted(table)})`).all());
  if (columns.length > 0) return columns;
  const tables = tablesIn(database);
  const there = tables.length === 0 ? 'It has no tables at all' : `It has ${listed(tables)}`;
  throw new TrialsDatabaseError(`The trials database has no table "${table}". ${there}.`);
}

function tablesIn(database: SqliteDatabase): string[] {
  const rows = database
    .prepare(
      `select name from sqlite_master where type in ('table', 'view') and name not like 'sqlite\\_%' escape '\\' order by name`,
    )
    .all();
  return namedSchema.parse(rows).map(({ name }) => name);
}

function listed(names: readonly string[]): string {
  return names.map((name) => `"${name}"`).join(', ');
}
