import { describe, expect, it } from '@jest/globals';
import { trialOf, type TrialRow } from '../../../services/trial-leads';
import { selectSql } from '../../../services/trial-leads/rows';
import { loadSqlite } from '../../../services/trial-leads/sqlite';
import { textOf, timeOf } from '../../../services/trial-leads/values';

const read = (values: TrialRow['values']) => trialOf({ id: '1', values });

describe('timeOf', () => {
  it.each([
    ['2026-01-01T12:00:00.000Z', '2026-01-01T12:00:00.000Z'],
    ['2026-01-01T14:00:00+02:00', '2026-01-01T12:00:00.000Z'],
    ['2026-01-01 14:00:00 +0200', '2026-01-01T12:00:00.000Z'],
    ["SQLite's own", '2026-01-01 12:00:00', '2026-01-01T12:00:00.000Z'],
    ['2026-01-01', '2026-01-01T00:00:00.000Z'],
    [1_767_268_800n, '2026-01-01T12:00:00.000Z'],
    [1_767_268_800.5, '2026-01-01T12:00:00.500Z'],
    [1_767_268_800_000n, '2026-01-01T12:00:00.000Z'],
    ['1767268800', '2026-01-01T12:00:00.000Z'],
    [' 1767268800000 ', '2026-01-01T12:00:00.000Z'],
  ])('reads %s', (...[given, ...rest]) => {
    const [value, expected] = rest.length === 2 ? [rest[0] ?? null, rest[1]] : [given, rest[0]];
    expect(timeOf(value)).toEqual(new Date(String(expected)));
  });

  it.each([null, '', '  '])('takes %j as none', (value) => {
    expect(timeOf(value)).toBeUndefined();
  });

  it.each(['soon', '01.02.2026', '2026-13-01', 'NaN', 0n, 10n ** 20n, new Uint8Array([1])])(
    'takes %s for what it is: not a time',
    (value) => {
      expect(timeOf(value)).toBeInstanceOf(Error);
    },
  );
});

describe('textOf', () => {
  it('trims, takes numbers as text, and blanks as absent', () => {
    expect([' Ada ', 47n, 4.5, '', ' ', null, new Uint8Array([65])].map(textOf)).toEqual([
      'Ada',
      '47',
      '4.5',
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
  });
});

describe('trialOf', () => {
  it('reads all that a row says', () => {
    expect(
      read({
        email: ' Ada@Example.com ',
        name: '田中 有希',
        company: '',
        plan: 'pro',
        startedAt: 1_767_268_800n,
        endsAt: '2026-01-15',
      }),
    ).toEqual({
      trial: {
        email: 'Ada@Example.com',
        name: '田中 有希',
        company: undefined,
        plan: 'pro',
        startedAt: new Date('2026-01-01T12:00:00Z'),
        endsAt: new Date('2026-01-15T00:00:00Z'),
      },
      problems: [],
    });
  });

  it('leaves a time out that cannot be read, and says so', () => {
    const { trial, problems } = read({ email: 'ada@example.com', startedAt: 'yesterday', endsAt: 'x' });
    expect(trial).toMatchObject({ email: 'ada@example.com', startedAt: undefined });
    expect(problems).toEqual(['the time of its start cannot be read', 'the time of its end cannot be read']);
  });

  it.each([
    null,
    '',
    ' ',
    'nobody',
    'ada@',
    '@example.com',
    'ada@localhost',
    'ada@example..com',
    'a da@example.com',
    'ada@example.com, bob@example.com',
    'Ada <ada@example.com>',
    `${'a'.repeat(250)}@example.com`,
    47n,
  ])('finds no use for a row with the address %j', (email) => {
    const { trial, problems } = read({ email });
    expect(trial).toBeUndefined();
    expect(problems).toHaveLength(1);
    expect(problems.join()).not.toContain('ada');
  });
});

describe('selectSql', () => {
  it('reads only the columns that are chosen, with names quoted whatever is in them', () => {
    const source = {
      path: '/trials.db',
      table: 'my "trials"; drop table x',
      idColumn: 'id',
      columns: { email: 'e-mail', startedAt: 'started at' },
    };
    expect(selectSql(source)).toBe(
      'select "id" as id, "e-mail" as "email", "started at" as "startedAt" from "my ""trials""; drop table x" where "id" > ? order by 1 limit ?',
    );
  });
});

const hasSqlite = process.getBuiltinModule('node:sqlite') !== undefined;
(hasSqlite ? it.skip : it)('says which Node.js it takes on one that is too old', () => {
  expect(loadSqlite).toThrow(/Node.js v20.*22.13 or later/);
});
