import type { SandboxRequest } from '../double';
import { parsePhpQuery, type PhpValue } from '../php-query';
import { isLike, listOf, matchesAll, parseWhere, type Cell, type CellReader, type Condition } from './where';

const DEFAULT_LIMIT = 30;

/** The parameters that every list of the REST API takes. */
export interface ListQuery {
  start: number;
  /** 0: no limit. */
  limit: number;
  search: string;
  where: Condition[];
  /** Columns and directions, first one first. */
  order: { column: string; descending: boolean }[];
  publishedOnly: boolean;
  minimal: boolean;
}

export function parseListQuery(request: SandboxRequest): ListQuery {
  const query = parsePhpQuery(request.query);
  const order = listOf(query.order).flatMap((clause) => {
    const entry = new Map<string, PhpValue>(typeof clause === 'object' ? Object.entries(clause) : []);
    const column = entry.get('col');
    if (typeof column !== 'string') return [];
    return [{ column, descending: String(entry.get('dir') ?? 'ASC').toUpperCase() === 'DESC' }];
  });
  const orderBy = textOf(query.orderBy);
  const descending = textOf(query.orderByDir).toUpperCase() === 'DESC';
  const columns =
    orderBy === '' ? [] : orderBy.split(',').map((column) => ({ column: column.trim(), descending }));
  return {
    start: Number.parseInt(textOf(query.start) || '0', 10) || 0,
    limit: 'limit' in query ? Number.parseInt(textOf(query.limit), 10) || 0 : DEFAULT_LIMIT,
    search: textOf(query.search),
    where: parseWhere(query.where),
    order: order.length > 0 ? order : columns,
    publishedOnly: isOn(query.published),
    minimal: isOn(query.minimal),
  };
}

/** The rows of one page, and how many there are in all. */
export function page<Row>(
  rows: readonly Row[],
  query: ListQuery,
  read: CellReader<Row>,
): { rows: Row[]; total: number } {
  const matching = rows.filter((row) => matchesAll(row, query.where, read));
  if (query.order.length > 0) matching.sort((left, right) => compareRows(left, right, query.order, read));
  const end = query.limit === 0 ? undefined : query.start + query.limit;
  // Without a limit, Mautic ignores the start as well.
  return { rows: matching.slice(query.limit === 0 ? 0 : query.start, end), total: matching.length };
}

/** Rows whose name or alias the search text names; `%` around it is Mautic's doing. */
export function searchByName<Row extends { name: string }>(rows: readonly Row[], search: string): Row[] {
  const text = search.replace(/^(name:)?["+]*|"$/g, '').trim();
  return text === '' ? [...rows] : rows.filter(({ name }) => isLike(name, `%${text}%`));
}

function compareRows<Row>(left: Row, right: Row, order: ListQuery['order'], read: CellReader<Row>): number {
  for (const { column, descending } of order) {
    const name = column.slice(column.lastIndexOf('.') + 1);
    const sign = compareCells(read(left, name) ?? null, read(right, name) ?? null);
    if (sign !== 0) return descending ? -sign : sign;
  }
  return 0;
}

function compareCells(left: Cell, right: Cell): number {
  if (left === right) return 0;
  if (left === null) return -1;
  if (right === null) return 1;
  return left < right ? -1 : 1;
}

function textOf(value: PhpValue | undefined): string {
  return typeof value === 'string' ? value : '';
}

function isOn(value: PhpValue | undefined): boolean {
  return value !== undefined && value !== '' && value !== '0';
}
