import { execFile, execFileSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, beforeEach, expect, it, describe, jest } from '@jest/globals';
import { buildSync } from 'esbuild';
import { sqliteNode } from '../../support/sqlite-node';

/** The service, and of the node what reads the database for the editor. */
const CONTENTS = `
  import * as options from './nodes/TrialLeads/load-options';
  import { testTrialsDatabase } from './nodes/TrialLeads/trials-database';
  export * from './services/trial-leads';
  export const optionsOf = (method, path, table) =>
    options[method].call({ getCredentials: async () => ({ path }), getCurrentNodeParameter: () => table });
  export const credentialTest = (path) => testTrialsDatabase.call({}, { data: { path } });
`;
const READER = path.resolve(__dirname, '../../support/read-trials.mjs');
const QUIET = '--disable-warning=ExperimentalWarning';
const run = promisify(execFile);
const node = sqliteNode() ?? '';

jest.setTimeout(60_000);

let folder: string;
let bundle: string;
let database: string;

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'trial-leads-'));
  bundle = path.join(folder, 'trial-leads.cjs');
  buildSync({
    stdin: {
      contents: CONTENTS,
      resolveDir: path.resolve(__dirname, '../../..'),
    },
    bundle: true,
    platform: 'node',
    format: 'cjs',
    outfile: bundle,
  });
});
beforeEach(() => {
  database = path.join(mkdtempSync(path.join(folder, 'case-')), 'trials.db');
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Runs `script` with `database` open to write. */
function write(script: string): void {
  execFileSync(node, [
    QUIET,
    '-e',
    `const { DatabaseSync } = require('node:sqlite');
     const database = new DatabaseSync(${JSON.stringify(database)});
     ${script}`,
  ]);
}

const TABLE = `create table trials (id integer primary key autoincrement, email text, started_at text)`;

interface Answer {
  result?: unknown;
  error?: string;
}

async function call(name: string, ...args: unknown[]): Promise<Answer> {
  return await callWith({}, name, args);
}

async function callWith(env: object, name: string, args: unknown[]): Promise<Answer> {
  const command = [QUIET, READER, bundle, name, JSON.stringify(args)];
  const { stdout } = await run(node, command, { env: { ...process.env, ...env } });
  return JSON.parse(stdout) as Answer;
}

/** By a user who may read the files, but not write there. */
async function rowsForReader(): Promise<Answer> {
  const place = path.dirname(database);
  chmodSync(folder, 0o755);
  chmodSync(place, 0o555);
  try {
    return await callWith({ AS_NOBODY: '1' }, 'rowsAfter', [source(), '0', 10]);
  } finally {
    chmodSync(place, 0o755);
  }
}

const source = (columns: object = { email: 'email' }, given: object = {}) => ({
  path: database,
  table: 'trials',
  idColumn: 'id',
  columns,
  ...given,
});

/** While another program has the database open, having done `script`. */
async function whileOpen(script: string, act: () => Promise<Answer>): Promise<Answer> {
  const program = execFile(node, [
    QUIET,
    '-e',
    `const { DatabaseSync } = require('node:sqlite');
     const database = new DatabaseSync(${JSON.stringify(database)});
     ${script};
     console.log('ready');
     process.stdin.on('end', () => process.exit()).resume();`,
  ]);
  const ended = new Promise((resolve) => program.once('close', resolve));
  await new Promise((resolve) => program.stdout?.once('data', resolve));
  try {
    return await act();
  } finally {
    program.stdin?.end();
    await ended;
  }
}

const ONE_ROW = { result: [{ id: '1', values: { email: 'one@example.com' } }] };

(node ? describe : describe.skip)('a database in WAL mode', () => {
  const wal = (more = '') =>
    `database.exec("pragma journal_mode = wal; ${TABLE}; insert into trials (email) values ('one@example.com')"); ${more}`;

  it('is read while the other program writes, what is committed only, and stays as it is', async () => {
    const answer = await whileOpen(
      wal(`database.exec("begin immediate; insert into trials (email) values ('two@example.com')")`),
      async () => {
        const before = readFileSync(database);
        const read = await call('rowsAfter', source(), '0', 10);
        expect(readFileSync(database)).toEqual(before);
        return read;
      },
    );
    expect(answer).toEqual(ONE_ROW);
  });

  it('is read when nobody has it open, and nothing appears beside it', async () => {
    write(wal('database.close()'));
    expect(readdirSync(path.dirname(database))).toEqual(['trials.db']);
    expect(await call('rowsAfter', source(), '0', 10)).toEqual(ONE_ROW);
    expect(readdirSync(path.dirname(database))).toEqual(['trials.db']);
  });

  it('is read by a user who may not write, while another program has it open and when none has', async () => {
    expect(await whileOpen(wal(), rowsForReader)).toEqual(ONE_ROW);
    write(`database.exec('pragma wal_checkpoint'); database.close()`);
    expect(readdirSync(path.dirname(database))).toEqual(['trials.db']);
    expect(await rowsForReader()).toEqual(ONE_ROW);
  });

  it('that a crash has left cannot be put together by such a user, who is told so', async () => {
    await whileOpen(wal(), async () => ({}));
    rmSync(`${database}-shm`);
    expect((await rowsForReader()).error).toMatch(/the files "-wal" and "-shm" beside it/);
  });

  it('is read as a crash has left it: what stands in the WAL file counts', async () => {
    const crashed = path.join(path.dirname(database), 'crashed.db');
    await whileOpen(wal(), async () => {
      copyFileSync(database, crashed);
      copyFileSync(`${database}-wal`, `${crashed}-wal`);
      return {};
    });
    expect(await call('rowsAfter', source(undefined, { path: crashed }), '0', 10)).toEqual(ONE_ROW);
  });
});

(node ? describe : describe.skip)('rows', () => {
  it('come in pages behind an id, in full length, with values of all types', async () => {
    write(`database.exec(\`${TABLE};
      insert into trials values (7, 'seven@example.com', 1767268800), (3, null, 1.5), (9007199254740993, 'x', x'01')\`)`);
    const columns = { email: 'email', startedAt: 'started_at' };
    expect(await call('rowsAfter', source(columns), '0', 2)).toEqual({
      result: [
        { id: '3', values: { email: null, startedAt: '1.5' } },
        { id: '7', values: { email: 'seven@example.com', startedAt: '1767268800' } },
      ],
    });
    expect(await call('rowsAfter', source({ email: 'email' }), '7', 2)).toEqual({
      result: [{ id: '9007199254740993', values: { email: 'x' } }],
    });
    expect(await call('highestId', source())).toEqual({ result: '9007199254740993' });
  });

  it('that were deleted count for the highest id, as the database remembers it', async () => {
    write(`database.exec("${TABLE}; insert into trials (id) values (41); delete from trials")`);
    expect(await call('highestId', source())).toEqual({ result: '41' });
    write(`database.exec("drop table trials; create table trials (id integer primary key, email text)")`);
    expect(await call('highestId', source())).toEqual({ result: '0' });
  });

  it('of a view are read as well, and tables and columns are listed', async () => {
    write(
      `database.exec("${TABLE}; insert into trials (email) values ('one@example.com'); create view v as select id, email from trials")`,
    );
    expect(await call('rowsAfter', source(undefined, { table: 'v' }), '0', 10)).toEqual(ONE_ROW);
    expect(await call('tablesOf', database)).toEqual({ result: ['trials', 'v'] });
    expect(await call('columnsOf', database, 'trials')).toEqual({
      result: [
        { name: 'id', type: 'INTEGER' },
        { name: 'email', type: 'TEXT' },
        { name: 'started_at', type: 'TEXT' },
      ],
    });
  });
});

(node ? describe : describe.skip)('in the editor', () => {
  it('tables and columns are in drop-downs, and optional ones can be left open', async () => {
    write(`database.exec('create table trials (id integer primary key, mail); create table other (x)')`);
    const columns = [
      { name: 'id', value: 'id', description: 'INTEGER' },
      { name: 'mail', value: 'mail' },
    ];
    expect(await call('optionsOf', 'getTables', database)).toEqual({
      result: ['other', 'trials'].map((name) => ({ name, value: name })),
    });
    expect(await call('optionsOf', 'getColumns', database, 'trials')).toEqual({ result: columns });
    expect(await call('optionsOf', 'getOptionalColumns', database, 'trials')).toEqual({
      result: [{ name: 'None', value: '' }, ...columns],
    });
  });

  it('the credential is tested', async () => {
    write(`database.exec("${TABLE}")`);
    expect(await call('credentialTest', database)).toEqual({
      result: { status: 'OK', message: 'It can be read. Tables: trials.' },
    });
    writeFileSync(database, '');
    expect(await call('credentialTest', database)).toEqual({
      result: { status: 'Error', message: 'The database can be read, but has no tables yet.' },
    });
  });
});

(node ? describe : describe.skip)('what is wrong is told, with what to do', () => {
  const rows = (given?: object) => call('rowsAfter', source(undefined, given), '0', 10);

  it('no such file, and none is created', async () => {
    expect((await rows()).error).toMatch(/There is no trials database at .*trials\.db\. Check the path/);
    expect(readdirSync(path.dirname(database))).toEqual([]);
  });

  it('a folder, a relative path, another kind of file', async () => {
    mkdirSync(database);
    expect((await rows()).error).toMatch(/is a folder/);
    expect((await rows({ path: 'trials.db' })).error).toMatch(/has to be absolute/);
    rmSync(database, { recursive: true });
    writeFileSync(database, 'no database. '.repeat(1_000));
    expect((await rows()).error).toMatch(/is no SQLite database/);
  });

  it('no such table, no such column', async () => {
    write(`database.exec("${TABLE}")`);
    expect((await rows({ table: 'leads' })).error).toMatch(/has no table "leads"\. It has "trials"\./);
    expect((await rows({ columns: { email: 'mail' } })).error).toMatch(
      /"trials" has no column "mail"\. It has "id", "email", "started_at"/,
    );
    writeFileSync(database, '');
    expect((await rows()).error).toMatch(/It has no tables at all/);
  });

  it('ids that are no numbers, or stand in several rows', async () => {
    write(
      `database.exec("create table trials (id, email text); insert into trials values (1, 'a'), (1, 'b'), ('c3', 'd')")`,
    );
    expect((await rows()).error).toMatch(/"id" of "trials" holds something else than whole numbers/);
    write(`database.exec("delete from trials where id = 'c3'")`);
    const several = /Several rows of "trials" have the same value in the column "id"/;
    expect((await rows()).error).toMatch(several);
    // Also when a page ends between the two: the second would never be read.
    expect((await call('rowsAfter', source(), '0', 1)).error).toMatch(several);
  });

  it('locked for too long', async () => {
    write(`database.exec("${TABLE}")`);
    const { error } = await whileOpen(`database.exec('begin exclusive')`, async () => {
      const started = Date.now();
      const answer = await rows();
      expect(Date.now() - started).toBeGreaterThan(14_000);
      return answer;
    });
    expect(error).toMatch(/database is locked.*Another program has kept it locked for too long/);
  });

  it('a file that may not be read', async () => {
    write(`database.exec("${TABLE}")`);
    chmodSync(database, 0);
    expect((await rowsForReader()).error).toMatch(/n8n may not read the trials database/);
  });
});
