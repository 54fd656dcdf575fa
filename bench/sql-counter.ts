import { Client } from 'pg';

/** Statements by what they are for; each is one round trip to PostgreSQL. */
export interface Statements {
  all: number;
  /** `begin`, `commit` and `rollback`. */
  transaction: number;
  subscriptionUpsert: number;
  /** Customers locked for one transaction alone, and made when missing. */
  customerLock: number;
  customerUpdate: number;
}

type Kind = Exclude<keyof Statements, 'all'>;

const KINDS: ReadonlyArray<[Kind, RegExp]> = [
  ['transaction', /^\s*(begin|commit|rollback)\b/i],
  ['subscriptionUpsert', /\binsert into lifecycle\.subscription\s/i],
  ['customerUpdate', /\bupdate lifecycle\.customer\s/i],
  ['customerLock', /\binsert into lifecycle\.customer\s|\bfrom lifecycle\.customer\s[^;]*\bfor update\b/i],
];

/** What a statement is for, if it is one of those that are counted by themselves. */
export function kindOf(text: string): Kind | undefined {
  return KINDS.find(([, pattern]) => pattern.test(text))?.[0];
}

export const NO_STATEMENTS: Readonly<Statements> = {
  all: 0,
  transaction: 0,
  subscriptionUpsert: 0,
  customerLock: 0,
  customerUpdate: 0,
};

/** Those in `after` that were not in `before`. */
export function difference(after: Statements, before: Statements): Statements {
  return mapped((name) => after[name] - before[name]);
}

export function sum(all: readonly Statements[]): Statements {
  return mapped((name) => all.reduce((total, statements) => total + statements[name], 0));
}

function mapped(valueOf: (name: keyof Statements) => number): Statements {
  const names = Object.keys(NO_STATEMENTS) as Array<keyof Statements>;
  return Object.fromEntries(names.map((name) => [name, valueOf(name)])) as unknown as Statements;
}

/** Counts what all of pg's clients in this process send from now on; gives the count so far whenever asked. */
export function countStatements(): () => Statements {
  const counted: Statements = { ...NO_STATEMENTS };
  const prototype = Client.prototype as unknown as { query: (...given: unknown[]) => unknown };
  const { query } = prototype;
  prototype.query = function (this: unknown, ...given) {
    const text = textOf(given[0]);
    if (text !== undefined) {
      counted.all += 1;
      const kind = kindOf(text);
      if (kind) counted[kind] += 1;
    }
    return Reflect.apply(query, this, given) as unknown;
  };
  return () => ({ ...counted });
}

function textOf(query: unknown): string | undefined {
  if (typeof query === 'string') return query;
  return typeof query === 'object' && query !== null && 'text' in query && typeof query.text === 'string'
    ? query.text
    : undefined;
}
