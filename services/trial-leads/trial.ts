import type { SqliteValue } from './sqlite';
import { textOf, timeOf } from './values';

/** What a column can be read as. */
export const FIELDS = ['email', 'name', 'company', 'plan', 'startedAt', 'endsAt'] as const;
export type Field = (typeof FIELDS)[number];

/** A row with the values of the columns that are read; those that are not are absent. */
export interface TrialRow {
  /** In full length. */
  id: string;
  values: Readonly<Partial<Record<Field, SqliteValue>>>;
}

export interface Trial {
  email: string;
  name?: string | undefined;
  company?: string | undefined;
  plan?: string | undefined;
  startedAt?: Date | undefined;
  endsAt?: Date | undefined;
}

export interface ReadTrial {
  /** Absent when the row cannot be used. */
  trial?: Trial;
  /** What is wrong with the row, for people; names nobody. */
  problems: string[];
}

/** One @ with something on both sides and a domain of at least two parts, without spaces, brackets and lists. */
const ADDRESS = /^[^\s@<>,;:"()[\]\\]+@[^\s@<>,;:"()[\]\\.]+(\.[^\s@<>,;:"()[\]\\.]+)+$/u;
const LONGEST_ADDRESS = 254;

/** What a row says. A time that cannot be read is left out and told; without a usable address there is no trial. */
export function trialOf({ values }: TrialRow): ReadTrial {
  const problems: string[] = [];
  const time = (field: 'startedAt' | 'endsAt', title: string): Date | undefined => {
    const read = timeOf(values[field] ?? null);
    if (!(read instanceof Error)) return read;
    problems.push(`${title} cannot be read`);
    return undefined;
  };
  const email = textOf(values.email ?? null);
  if (email === undefined) return { problems: ['no e-mail address'] };
  if (email.length > LONGEST_ADDRESS || !ADDRESS.test(email)) {
    return { problems: ['the e-mail address is not one'] };
  }
  const trial: Trial = {
    email,
    name: textOf(values.name ?? null),
    company: textOf(values.company ?? null),
    plan: textOf(values.plan ?? null),
    startedAt: time('startedAt', 'the time of its start'),
    endsAt: time('endsAt', 'the time of its end'),
  };
  return { trial, problems };
}
