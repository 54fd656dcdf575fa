// The other program, which trials come from: keeps an SQLite database open in WAL mode and writes to it. Takes one JSON
// command per line on its input and answers each with one JSON line, which has `error` when it was not carried out; ends
// with its input. When it cannot begin, its only line has `fatal`. It needs a Node.js with
// node:sqlite (22.13 or later): node writer.mjs <path of the database>
import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { createInterface } from 'node:readline';

/** How many of the newest rows each answer has. */
const SHOWN = 20;
const COLUMNS = ['email', 'name', 'company', 'plan', 'started_at', 'ends_at'];

const say = (answer) => process.stdout.write(`${JSON.stringify(answer)}\n`);

function open(path) {
  const sqlite = process.getBuiltinModule?.('node:sqlite');
  if (!sqlite)
    throw new Error(`this Node.js (${process.version}) has no node:sqlite, it takes 22.13 or later`);
  mkdirSync(dirname(path), { recursive: true });
  const database = new sqlite.DatabaseSync(path);
  // Ids are never given twice, also not after the table was emptied.
  database.exec(`
    PRAGMA journal_mode = WAL;
    PRAGMA busy_timeout = 5000;
    CREATE TABLE IF NOT EXISTS trials (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      email TEXT, name TEXT, company TEXT, plan TEXT, started_at TEXT, ends_at TEXT
    );
  `);
  return database;
}

function commandsOf(database) {
  const columns = ['id', ...COLUMNS];
  const insert = database.prepare(
    `INSERT INTO trials (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')}) RETURNING id`,
  );
  const add = (rows) => rows.map((row) => insert.get(...columns.map((name) => row[name] ?? null)).id);
  /** All or nothing, within the transaction that was begun, if one was. */
  const together = (act) => {
    database.exec('SAVEPOINT one');
    try {
      const result = act();
      database.exec('RELEASE one');
      return result;
    } catch (error) {
      database.exec('ROLLBACK TO one; RELEASE one');
      throw error;
    }
  };
  return {
    add: ({ rows }) => ({ ids: together(() => add(rows)) }),
    replace: ({ rows }) => ({
      ids: together(() => {
        database.exec('DELETE FROM trials');
        return add(rows);
      }),
    }),
    begin: () => database.exec('BEGIN IMMEDIATE'),
    commit: () => database.exec('COMMIT'),
    rollback: () => database.exec('ROLLBACK'),
    /** Moves what stands in the WAL file into the database itself. */
    checkpoint: () => ({ checkpoint: database.prepare('PRAGMA wal_checkpoint(TRUNCATE)').get() }),
    look: () => undefined,
  };
}

function main() {
  const database = open(process.argv[2]);
  const commands = commandsOf(database);
  const count = database.prepare('SELECT count(*) AS count FROM trials');
  const newest = database.prepare(
    'SELECT * FROM (SELECT * FROM trials ORDER BY id DESC LIMIT ?) ORDER BY id',
  );
  const lines = createInterface({ input: process.stdin });
  lines.on('line', (line) => {
    try {
      const command = JSON.parse(line);
      if (!Object.hasOwn(commands, command.do)) throw new Error(`there is no command "${command.do}"`);
      const result = commands[command.do](command);
      say({ ...result, ...count.get(), rows: newest.all(SHOWN) });
    } catch (error) {
      say({ error: error.message });
    }
  });
  lines.on('close', () => database.close());
}

try {
  main();
} catch (error) {
  say({ fatal: error.message });
  process.exitCode = 1;
}
