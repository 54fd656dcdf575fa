import { badRequest, noSuchField } from './errors';
import { partsOf } from './fields';
import { storedAddress } from './email-addresses';
import { fieldOfKey, valueOf } from './person-json';
import type { Person, TwentyState } from './state';

export type Predicate = (person: Person) => boolean;

const COMPARATORS = [
  ...['eq', 'neq', 'in', 'containsAny', 'is', 'gt', 'gte', 'lt', 'lte'],
  ...['startsWith', 'endsWith', 'like', 'ilike'],
];

/** A filter as it came, and whether the trash is searched, too: it is once `deletedAt` is asked for anywhere. */
export interface Filter {
  matches: Predicate;
  withDeleted: boolean;
}

/**
 * Reads `field[comparator]:value`, joined by commas or nested in `and(…)`, `or(…)`, `not(…)`. Quotes protect commas, but
 * each kind is counted by itself: an apostrophe inside double quotes opens a quotation all the same.
 */
export function parseFilter(state: TwentyState, text: string | null): Filter {
  if (text === null || text === '') return { matches: () => true, withDeleted: false };
  const open = countOf(text, '(') - countOf(text, ')');
  if (open !== 0) {
    const hint = `${Math.abs(open)} ${open > 0 ? 'close' : 'open'} bracket${Math.abs(open) > 1 ? 's are' : ' is'}`;
    throw badRequest(`'filter' invalid. ${hint} missing in the query`);
  }
  const whole = /^(and|or|not)\(.+\)$/.test(text) ? text : `and(${text})`;
  const asked = { deletedAt: false };
  return { matches: parse(state, whole, asked), withDeleted: asked.deletedAt };
}

function parse(state: TwentyState, text: string, asked: { deletedAt: boolean }): Predicate {
  const conjunction = /^(and|or|not)\(.+\)$/.exec(text)?.[1];
  if (conjunction === undefined) return parseComparison(state, text, asked);
  const parts = partsIn(text).map((part) => parse(state, part, asked));
  if (conjunction === 'or') return (person) => parts.some((part) => part(person));
  if (conjunction === 'and') return (person) => parts.every((part) => part(person));
  const [only, ...others] = parts;
  if (!only || others.length > 0) {
    throw badRequest(
      "'filter' invalid. 'not' conjunction should contain only 1 condition. eg: not(field[eq]:1)",
    );
  }
  return (person) => !only(person);
}

/** What is inside the outermost brackets, split at its commas. */
function partsIn(text: string): string[] {
  const parts: string[] = [];
  const inside = { brackets: false, double: false, single: false };
  let depth = 0;
  let part = '';
  for (const character of text) {
    const wasInside = depth >= 1;
    if (character === '(') depth += 1;
    if (character === ')') depth -= 1;
    if (character === '[' || character === ']') inside.brackets = !inside.brackets;
    if (character === '"') inside.double = !inside.double;
    if (character === "'") inside.single = !inside.single;
    if (character === ',' && depth === 1 && !Object.values(inside).includes(true)) {
      parts.push(part);
      part = '';
    } else if (character === ')' ? depth >= 1 : wasInside) {
      part += character;
    }
  }
  return [...parts, part];
}

function parseComparison(state: TwentyState, text: string, asked: { deletedAt: boolean }): Predicate {
  const [, path = '', comparator = '', given = ''] = /^([^[]+)\[([^\]]+)\]:(.+)$/s.exec(text) ?? [];
  if (path === '') throw badRequest(`'filter' invalid for '${text}'. eg: price[gte]:10`);
  if (!COMPARATORS.includes(comparator)) {
    throw badRequest(
      `'filter' invalid for '${text}', comparator ${comparator} not in ${COMPARATORS.join(', ')}`,
    );
  }
  const [key = '', part] = path.split('.');
  const field = fieldOfKey(state, key);
  if (!field) throw noSuchField(key);
  const parts = partsOf(field);
  if (part === undefined ? parts.length > 0 : !parts.includes(part)) {
    throw badRequest(`Invalid filter : field "${path}" can not be filtered`);
  }
  if (key === 'deletedAt') asked.deletedAt = true;
  const compare = comparison(comparator, given, (value) =>
    path === 'emails.primaryEmail' && state.settings.version === '2.42'
      ? storedAddress('2.42', value)
      : value,
  );
  return (person) => {
    const value = valueOf(state, person, key);
    return compare(part === undefined ? value : Object.getOwnPropertyDescriptor(Object(value), part)?.value);
  };
}

/** @param stored what is made of a value that is compared as a whole */
function comparison(
  comparator: string,
  given: string,
  stored: (value: string) => string,
): (value: unknown) => boolean {
  if (comparator === 'is') return (value) => (value === null || value === '') === (given === 'NULL');
  if (comparator === 'in' || comparator === 'containsAny') {
    if (!given.startsWith('[') || !given.endsWith(']')) {
      throw badRequest(
        `'filter' invalid for '${comparator}' operator. Received '${given}' but array value expected eg: 'field[${comparator}]:[value_1,value_2]'`,
      );
    }
    const wanted = given.slice(1, -1).split(',').map(unquoted);
    if (comparator === 'in') return (value) => wanted.map(stored).includes(textOf(value));
    return (value) => Array.isArray(value) && wanted.some((one) => value.includes(one));
  }
  const wanted = unquoted(given);
  switch (comparator) {
    case 'eq':
      return (value) => textOf(value) === stored(wanted);
    case 'neq':
      return (value) => textOf(value) !== stored(wanted);
    case 'gt':
      return (value) => textOf(value) > wanted;
    case 'gte':
      return (value) => textOf(value) >= wanted;
    case 'lt':
      return (value) => textOf(value) < wanted;
    case 'lte':
      return (value) => textOf(value) <= wanted;
    case 'startsWith':
      return (value) => textOf(value).startsWith(wanted);
    case 'endsWith':
      return (value) => textOf(value).endsWith(wanted);
    default: {
      const pattern = likePattern(wanted, comparator === 'ilike');
      return (value) => value !== null && pattern.test(textOf(value));
    }
  }
}

/** PostgreSQL's LIKE: `%` is any text, `_` one character, a backslash takes the next one as it is. */
function likePattern(wanted: string, ignoreCase: boolean): RegExp {
  const source = wanted.replace(/\\(.)|([%_])|([.*+?^${}()|[\]\\])/gsu, (_, escaped, wildcard, special) => {
    if (wildcard !== undefined) return wildcard === '%' ? '.*' : '.';
    return String(escaped ?? special).replace(/[.*+?^${}()|[\]\\]/, '\\$&');
  });
  return new RegExp(`^${source}$`, ignoreCase ? 'isu' : 'su');
}

/** A value as PostgreSQL casts it to text; JSON has a blank after each comma. */
function textOf(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map((one) => JSON.stringify(one)).join(', ')}]`;
  return value === null || value === undefined ? '' : String(value);
}

function unquoted(value: string): string {
  return /^["'].*["']$/s.test(value) && value.length > 1 ? value.slice(1, -1) : value;
}

function countOf(text: string, character: string): number {
  return text.split(character).length - 1;
}
