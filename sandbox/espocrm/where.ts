import { z } from 'zod/v4';
import { collationKey } from '../collation';
import type { Json } from '../double';
import { badRequest, internalError } from './errors';
import { valueOf } from './record-json';
import type { CrmRecord, Entity, EspoCrmState } from './state';

export type Predicate = (record: CrmRecord) => boolean;

const itemSchema = z.record(z.string(), z.unknown());
const ITEM_KEYS = ['type', 'attribute', 'field', 'value', 'dateTime', 'date', 'timeZone'];
const SUBQUERY_TYPES = ['not', 'subQueryIn', 'subQueryNotIn'];

/** An attribute as the database compares it. */
interface Column {
  /** All that the record has there: several for e-mail addresses, none for no value. */
  values(record: CrmRecord): Json[];
  /** Key under which `equals` and the patterns take two texts for the same. */
  fold(text: string): string;
  /** The same for `in`. */
  foldListed(text: string): string;
}

type Comparison = (column: Column, value: unknown) => Predicate;

const COMPARISONS: Readonly<Record<string, Comparison>> = {
  equals,
  notEquals: (column, value) => unless(equals(column, value), column),
  in: (column, value) => {
    if (!Array.isArray(value)) throw badRequest("Bad where item 'in'.");
    return isListed(column, value);
  },
  notIn: (column, value) => {
    if (!Array.isArray(value)) throw badRequest("Bad where item 'notIn'.");
    return unless(isListed(column, value), column);
  },
  like: (column, value) => matches(column, textOf(value)),
  notLike: (column, value) => unless(matches(column, textOf(value)), column),
  contains: (column, value) => matches(column, `%${textOf(value)}%`),
  notContains: (column, value) => unless(matches(column, `%${textOf(value)}%`), column),
  startsWith: (column, value) => matches(column, `${textOf(value)}%`),
  endsWith: (column, value) => matches(column, `%${textOf(value)}`),
  isNull: (column) => (record) => column.values(record).length === 0,
  isNotNull: (column) => (record) => column.values(record).length > 0,
  isTrue: (column) => equals(column, true),
  isFalse: (column) => equals(column, false),
  greaterThan: (column, value) => ordered(column, (actual) => actual > textOf(value)),
  after: (column, value) => ordered(column, (actual) => actual > textOf(value)),
  greaterThanOrEquals: (column, value) => ordered(column, (actual) => actual >= textOf(value)),
  lessThan: (column, value) => ordered(column, (actual) => actual < textOf(value)),
  before: (column, value) => ordered(column, (actual) => actual < textOf(value)),
  lessThanOrEquals: (column, value) => ordered(column, (actual) => actual <= textOf(value)),
};

/** The records that pass all conditions of a search. Throws 400 for what EspoCRM does not take. */
export function parseWhere(state: EspoCrmState, entity: Entity, items: unknown): Predicate {
  return new WhereParser(state, entity).group('and', items);
}

class WhereParser {
  constructor(
    private readonly state: EspoCrmState,
    private readonly entity: Entity,
  ) {}

  /** Conditions that all, or of which one, has to hold; without any, everything passes. */
  group(type: 'and' | 'or', items: unknown): Predicate {
    if (!Array.isArray(items)) throw badRequest("Bad 'value'.");
    const predicates = items.map((item: unknown) => this.item(item));
    if (type === 'and') return (record) => predicates.every((predicate) => predicate(record));
    return (record) => predicates.length === 0 || predicates.some((predicate) => predicate(record));
  }

  private item(raw: unknown): Predicate {
    const parsed = itemSchema.safeParse(raw);
    if (!parsed.success) throw internalError();
    const item = parsed.data;
    const type = textOf(item.type);
    if (type === '') throw badRequest("No 'type' in where item.");
    const unknown = Object.keys(item).find((key) => !ITEM_KEYS.includes(key));
    if (unknown !== undefined) throw badRequest(`Unknown parameter '${unknown}'.`);
    if (type === 'and' || type === 'or') return this.group(type, item.value ?? []);
    if (SUBQUERY_TYPES.includes(type)) throw badRequest('Sub-queries are forbidden in where.');
    const attribute = textOf(item.attribute ?? item.field);
    if (attribute === '') throw badRequest("No 'attribute' in where item.");
    const column = this.column(attribute);
    const comparison = Object.hasOwn(COMPARISONS, type) ? COMPARISONS[type] : undefined;
    if (!comparison) throw badRequest(`Unknown where item type '${type}'.`);
    return comparison(column, item.value);
  }

  private column(attribute: string): Column {
    if (attribute.includes('#')) throw badRequest('Not allowed character in attribute.');
    if (/[:()]/.test(attribute)) throw badRequest('Complex expressions are forbidden in where.');
    if (!this.state.attributesOf(this.entity).includes(attribute)) {
      throw badRequest(`Not existing attribute '${attribute}' in where.`);
    }
    if (this.state.forbiddenAttributesOf(this.entity).includes(attribute)) {
      throw badRequest(`Forbidden attribute '${attribute}' in where.`);
    }
    if (attribute === 'emailAddress') return emailColumn;
    return {
      values: (record) => {
        const value = valueOf(this.state, this.entity, record, attribute);
        return value === null ? [] : [value];
      },
      fold: collationKey,
      foldListed: collationKey,
    };
  }
}

/** All addresses of a record, by their lower-case keys. Values of `in` are compared as they are sent. */
const emailColumn: Column = {
  values: ({ emailAddresses }) => emailAddresses.map(({ lower }) => lower),
  fold: (text) => text.toLowerCase(),
  foldListed: (text) => text,
};

function equals(column: Column, value: unknown): Predicate {
  if (Array.isArray(value)) return isListed(column, value);
  if (value === null || value === undefined) return (record) => column.values(record).length === 0;
  return (record) => column.values(record).some((actual) => isSame(actual, value, column.fold));
}

function isListed(column: Column, listed: readonly unknown[]): Predicate {
  return (record) =>
    column.values(record).some((actual) => listed.some((value) => isSame(actual, value, column.foldListed)));
}

/** The opposite of a condition. As in SQL, a column without a value passes neither; e-mails are looked up apart. */
function unless(predicate: Predicate, column: Column): Predicate {
  return (record) => (column === emailColumn || column.values(record).length > 0) && !predicate(record);
}

function isSame(actual: Json, wanted: unknown, fold: (text: string) => string): boolean {
  if (typeof actual === 'boolean') return actual === ['true', '1'].includes(textOf(wanted));
  return fold(textOf(actual)) === fold(textOf(wanted));
}

/** A pattern of SQL: `%` for any text, `_` for any character. */
function matches(column: Column, pattern: string): Predicate {
  const source = [...column.fold(pattern)].map(
    (character) => ({ '%': '.*', _: '.' })[character] ?? character.replace(/[\\^$.*+?()[\]{}|/-]/, '\\$&'),
  );
  const expression = new RegExp(`^${source.join('')}$`, 's');
  return (record) => column.values(record).some((actual) => expression.test(column.fold(textOf(actual))));
}

function ordered(column: Column, holds: (actual: string) => boolean): Predicate {
  return (record) => column.values(record).some((actual) => holds(textOf(actual)));
}

function textOf(value: unknown): string {
  return ['string', 'number', 'boolean'].includes(typeof value) ? String(value) : '';
}
