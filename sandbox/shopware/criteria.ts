import { z } from 'zod/v4';
import { collationKey } from '../collation';
import type { EntityDefinition, FieldValue } from './entities';
import { ShopwareError, shopwareError, type ErrorEntry } from './errors';
import { FilterParser, type Predicate } from './filters';

const MAX_LIMIT = 500;

export type TotalCountMode = 0 | 1 | 2;
const TOTAL_COUNT_MODES: Readonly<Record<string, TotalCountMode>> = {
  '0': 0,
  '1': 1,
  '2': 2,
  none: 0,
  exact: 1,
  'next-pages': 2,
};

const includesSchema = z.record(z.string(), z.array(z.string()));
export type Includes = z.infer<typeof includesSchema>;

/** A search request, read and checked. */
export interface Criteria<Row> {
  filter: Predicate<Row>;
  /** Rows to look at when an index narrows them down. */
  candidates?: Row[];
  limit: number;
  page: number;
  totalCountMode: TotalCountMode;
  sort: { read: (row: Row) => FieldValue; descending: boolean }[];
  includes: Includes;
  /** Rights needed beyond reading the entity itself. */
  privileges: string[];
}

export interface SearchResult<Row> {
  rows: Row[];
  total: number;
}

/** Reads a criteria body, or the query of a list request. Throws {@link ShopwareError} 400. */
export function parseCriteria<Row>(
  definition: EntityDefinition<Row>,
  input: Record<string, unknown>,
): Criteria<Row> {
  const parser = new FilterParser(definition);
  const filter = input.filter === undefined ? () => true : parser.parseAll(input.filter);
  const limit = readLimit(input.limit, parser.problems);
  const page = readPage(input.page, parser.problems);
  const sort = readSort(definition, input.sort);
  if (parser.problems.length > 0) throw new ShopwareError(400, parser.problems);

  const includes = includesSchema.safeParse(input.includes ?? {});
  const ids = readIds(input.ids);
  const candidates = ids
    ? ids.flatMap((id) => definition.byIndex('id', id) ?? [])
    : indexCandidates(definition, input.filter);
  return {
    filter,
    candidates,
    limit,
    page,
    totalCountMode: TOTAL_COUNT_MODES[String(input['total-count-mode'] ?? 'none')] ?? 0,
    sort,
    includes: includes.success ? includes.data : {},
    privileges: [...parser.privileges],
  };
}

/** `total` depends on the mode: the rows answered, all rows, or those of up to five pages and one more. */
export function search<Row>(definition: EntityDefinition<Row>, criteria: Criteria<Row>): SearchResult<Row> {
  const matches = (criteria.candidates ?? definition.rows()).filter(criteria.filter);
  if (criteria.sort.length > 0) matches.sort((left, right) => compareRows(left, right, criteria.sort));
  const offset = criteria.limit * (criteria.page - 1);
  const rows = matches.slice(offset, offset + criteria.limit);
  const remaining = Math.max(matches.length - offset, 0);
  const totals = { 0: rows.length, 1: matches.length, 2: Math.min(remaining, criteria.limit * 5 + 1) };
  return { rows, total: totals[criteria.totalCountMode] };
}

/** An `equals` at the top level on an indexed field; all other filters still apply to what it finds. */
function indexCandidates<Row>(definition: EntityDefinition<Row>, filters: unknown): Row[] | undefined {
  if (!Array.isArray(filters)) return undefined;
  const equalsSchema = z.object({ type: z.literal('equals'), field: z.string(), value: z.string() });
  for (const filter of filters) {
    const equals = equalsSchema.safeParse(filter);
    const rows = equals.success ? definition.byIndex(equals.data.field, equals.data.value) : undefined;
    if (rows) return rows;
  }
  return undefined;
}

function readLimit(value: unknown, problems: ErrorEntry[]): number {
  if (value === undefined || value === null) return MAX_LIMIT;
  const limit = Number(value);
  if (value === '' || !Number.isInteger(limit) || limit <= 0) {
    const shown = value === '' ? '(empty)' : String(value);
    problems.push(
      problem(
        'FRAMEWORK__INVALID_LIMIT_QUERY',
        `The limit parameter must be a positive integer greater or equals than 1. Given: ${shown}`,
        '/limit',
      ),
    );
    return MAX_LIMIT;
  }
  if (limit > MAX_LIMIT) {
    const detail = `The limit must be lower than or equal to MAX_LIMIT(=${MAX_LIMIT}). Given: ${limit}`;
    problems.push(problem('FRAMEWORK__QUERY_LIMIT_EXCEEDED', detail, '/limit'));
  }
  return limit;
}

function readPage(value: unknown, problems: ErrorEntry[]): number {
  if (value === undefined || value === null) return 1;
  const page = Number(value);
  if (value !== '' && Number.isInteger(page) && page > 0) return page;
  const shown = value === '' ? '(empty)' : String(value);
  problems.push(
    problem(
      'FRAMEWORK__INVALID_PAGE_QUERY',
      `The page parameter must be a positive integer. Given: ${shown}`,
      '/page',
    ),
  );
  return 1;
}

function readIds(value: unknown): string[] | undefined {
  if (typeof value === 'string') return value.split('|').filter((id) => id !== '');
  return Array.isArray(value) ? value.map(String) : undefined;
}

function readSort<Row>(definition: EntityDefinition<Row>, value: unknown): Criteria<Row>['sort'] {
  if (value === undefined || value === null) return [];
  const parts =
    typeof value === 'string'
      ? value.split(',').map((part) => ({
          field: part.replace(/^-/, ''),
          order: part.startsWith('-') ? 'desc' : 'asc',
        }))
      : z
          .array(z.looseObject({ field: z.string(), order: z.string().default('asc') }))
          .catch([])
          .parse(value);
  return parts.map(({ field, order }) => {
    const known = definition.fields.get(field.replace(`${definition.name}.`, ''));
    if (!known) {
      const detail = `Field "${field}" in entity "${definition.name}" was not found.`;
      throw shopwareError(400, 'FRAMEWORK__UNMAPPED_FIELD', detail, { field, entity: definition.name });
    }
    return { read: known.read, descending: order.toLowerCase() === 'desc' };
  });
}

function problem(code: string, detail: string, pointer: string): ErrorEntry {
  return { status: '400', code, title: 'Bad Request', detail, meta: { parameters: [] }, source: { pointer } };
}

function compareRows<Row>(left: Row, right: Row, sort: Criteria<Row>['sort']): number {
  for (const { read, descending } of sort) {
    const order = compareValues(read(left), read(right));
    if (order !== 0) return descending ? -order : order;
  }
  return 0;
}

/** As MySQL orders: null first. */
function compareValues(left: FieldValue, right: FieldValue): number {
  const [first, second] = [sortKey(left), sortKey(right)];
  if (first === second) return 0;
  if (first === null) return -1;
  if (second === null) return 1;
  return first < second ? -1 : 1;
}

function sortKey(value: FieldValue): string | number | null {
  if (value === null || typeof value === 'number') return value;
  if (typeof value === 'boolean') return Number(value);
  return collationKey(typeof value === 'string' ? value : JSON.stringify(value));
}
