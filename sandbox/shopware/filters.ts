import { z } from 'zod/v4';
import { collationKey } from '../collation';
import type { EntityDefinition, FieldValue } from './entities';
import { shopwareError, type ErrorEntry } from './errors';

export type Predicate<Row> = (row: Row) => boolean;

const filterSchema = z.looseObject({ type: z.string() });
type RawFilter = z.infer<typeof filterSchema>;

/** Filters of search requests, over one entity. Mistakes are collected: Shopware reports them all at once. */
export class FilterParser<Row> {
  readonly problems: ErrorEntry[] = [];
  /** Rights that the fields filtered by need. */
  readonly privileges = new Set<string>();

  constructor(private readonly definition: EntityDefinition<Row>) {}

  /** The rows that pass all of `filters`, which may be a list of filters or an object of field and value. */
  parseAll(filters: unknown): Predicate<Row> {
    if (Array.isArray(filters)) return every(this.parseList(filters, '/filter'));
    const simple = z.record(z.string(), z.unknown()).safeParse(filters);
    if (!simple.success) return this.reject('The filter parameter has to be a list of filters.', '/filter');
    return every(
      Object.entries(simple.data).map(([field, value]) => {
        if (value === '')
          return this.reject(`The value for filter "${field}" must not be blank.`, `/filter/${field}`);
        return this.equals(field, value, `/filter/${field}`);
      }),
    );
  }

  private parseList(filters: unknown, path: string): Predicate<Row>[] {
    if (!Array.isArray(filters)) return [];
    return filters.map((filter: unknown, index) => this.parse(filter, `${path}/${index}`));
  }

  private parse(filter: unknown, path: string): Predicate<Row> {
    const parsed = filterSchema.safeParse(filter);
    if (!parsed.success || parsed.data.type === '')
      return this.reject('Value for filter type is required.', path);
    const raw = parsed.data;
    switch (raw.type) {
      case 'equals':
        return this.withField(raw, path, (field) => {
          if (!('value' in raw) || raw.value === '') return this.missing('value', raw, path);
          return this.equals(field, raw.value, `${path}/value`);
        });
      case 'equalsAny':
        return this.withField(raw, path, (field) => {
          const values = listOf(raw.value);
          if (values.length === 0) return this.missing('value', raw, path);
          return some(values.map((value) => this.equals(field, value, `${path}/value`)));
        });
      case 'contains':
        return this.textual(raw, path, (text, value) => text.includes(value));
      case 'prefix':
        return this.textual(raw, path, (text, value) => text.startsWith(value));
      case 'suffix':
        return this.textual(raw, path, (text, value) => text.endsWith(value));
      case 'and':
        return every(this.parseList(raw.queries, `${path}/queries`));
      case 'or':
        return some(this.parseList(raw.queries, `${path}/queries`));
      case 'multi': {
        const queries = this.parseList(raw.queries, `${path}/queries`);
        return String(raw.operator).toUpperCase() === 'OR' ? some(queries) : every(queries);
      }
      case 'not': {
        const queries = this.parseList(raw.queries, `${path}/queries`);
        const inner = String(raw.operator).toUpperCase() === 'OR' ? some(queries) : every(queries);
        return (row) => !inner(row);
      }
      default:
        return this.reject(`Unsupported filter type: ${raw.type}`, `${path}/type`);
    }
  }

  private withField(raw: RawFilter, path: string, build: (field: string) => Predicate<Row>): Predicate<Row> {
    return typeof raw.field === 'string' && raw.field !== ''
      ? build(raw.field)
      : this.missing('field', raw, path);
  }

  private textual(
    raw: RawFilter,
    path: string,
    matches: (text: string, value: string) => boolean,
  ): Predicate<Row> {
    return this.withField(raw, path, (field) => {
      if (raw.value === undefined || raw.value === null || raw.value === '')
        return this.missing('value', raw, path);
      const read = this.reader(field).read;
      const wanted = collationKey(String(raw.value));
      return (row) => {
        const actual = read(row);
        return typeof actual === 'string' && matches(collationKey(actual), wanted);
      };
    });
  }

  private equals(field: string, value: unknown, path: string): Predicate<Row> {
    const { kind, read } = this.reader(field);
    if (value === null) return (row) => read(row) === null;
    if (typeof value === 'object' || value === undefined) {
      return this.reject('Parameter "value" for equals filter must be scalar or null.', path);
    }
    switch (kind) {
      case 'id': {
        const id = String(value);
        if (!/^[0-9a-f]{32}$/.test(id)) {
          throw shopwareError(400, 'FRAMEWORK__INVALID_UUID', `Value is not a valid UUID: ${id}`, {
            input: id,
          });
        }
        return (row) => read(row) === id;
      }
      case 'flag':
        // MySQL compares the 0 or 1 of the column with what the value is as a number.
        return (row) => Number(read(row)) === Number(value);
      case 'number':
        return (row) => read(row) === Number(value);
      case 'date':
        return (row) => sameInstant(read(row), String(value));
      default: {
        const wanted = collationKey(String(value));
        return (row) => {
          const actual = read(row);
          return typeof actual === 'string' && collationKey(actual) === wanted;
        };
      }
    }
  }

  private reader(field: string): { kind: string; read: (row: Row) => FieldValue } {
    const name = field.startsWith(`${this.definition.name}.`)
      ? field.slice(this.definition.name.length + 1)
      : field;
    const known = this.definition.fields.get(name);
    if (!known) {
      throw shopwareError(
        400,
        'FRAMEWORK__UNMAPPED_FIELD',
        `Field "${name}" in entity "${this.definition.name}" was not found.`,
        { field: name, entity: this.definition.name },
      );
    }
    if (known.privilege !== undefined) this.privileges.add(known.privilege);
    return known;
  }

  private missing(parameter: 'field' | 'value', raw: RawFilter, path: string): Predicate<Row> {
    return this.reject(`Parameter "${parameter}" for ${raw.type} filter is missing.`, `${path}/${parameter}`);
  }

  private reject(detail: string, pointer: string): Predicate<Row> {
    this.problems.push({
      status: '400',
      code: 'FRAMEWORK__INVALID_FILTER_QUERY',
      title: 'Bad Request',
      detail,
      source: { pointer },
      meta: { parameters: { path: pointer } },
    });
    return () => false;
  }
}

/** `equalsAny` takes a list, or its values in one text between `|`. */
function listOf(value: unknown): unknown[] {
  if (Array.isArray(value)) return value;
  if (typeof value === 'string') return value.split('|').filter((part) => part !== '');
  return value === undefined || value === null ? [] : [value];
}

function every<Row>(predicates: Predicate<Row>[]): Predicate<Row> {
  return (row) => predicates.every((predicate) => predicate(row));
}

/** As in Shopware, an empty list of conditions restricts nothing. */
function some<Row>(predicates: Predicate<Row>[]): Predicate<Row> {
  return (row) => predicates.length === 0 || predicates.some((predicate) => predicate(row));
}

function sameInstant(actual: FieldValue, wanted: string): boolean {
  return typeof actual === 'string' && Date.parse(actual) === Date.parse(wanted);
}
