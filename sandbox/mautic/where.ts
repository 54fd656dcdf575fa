import { z } from 'zod/v4';
import { collationKey } from '../collation';
import type { PhpValue } from '../php-query';
import { decodeEntities, parseCsvLine, sanitizeSpecialChars } from './php';

export type Cell = string | number | null;
/** What a row has in a column; `undefined` when there is no such column. */
export type CellReader<Row> = (row: Row, column: string) => Cell | undefined;
export type Condition =
  { expr: string; col: string; val: PhpValue } | { all: boolean; conditions: Condition[] };

/** A column that the table does not have: how that comes out differs from one controller to the next. */
export class UnknownColumn extends Error {
  constructor(readonly column: string) {
    super(`Unknown column '${column}' in 'where clause'`);
  }
}

const clauseSchema = z.object({
  expr: z.string(),
  col: z.string().default(''),
  val: z.unknown().optional(),
  internal: z.unknown().optional(),
});

/**
 * Reads `where[]`. All values pass `FILTER_SANITIZE_SPECIAL_CHARS` first, so that an address with an apostrophe is
 * found by `in` (which decodes again), but never by `eq`.
 */
export function parseWhere(where: PhpValue | undefined): Condition[] {
  return listOf(where).flatMap((clause): Condition[] => {
    const parsed = clauseSchema.safeParse(clause);
    if (!parsed.success || parsed.data.internal !== undefined) return [];
    const { expr, col } = parsed.data;
    const val = toPhpValue(parsed.data.val);
    if (expr === 'andX' || expr === 'orX') return [{ all: expr === 'andX', conditions: parseWhere(val) }];
    return [{ expr, col, val: sanitize(val) }];
  });
}

export function matchesAll<Row>(row: Row, conditions: readonly Condition[], read: CellReader<Row>): boolean {
  return conditions.every((condition) => matches(row, condition, read));
}

function matches<Row>(row: Row, condition: Condition, read: CellReader<Row>): boolean {
  if ('all' in condition) {
    const test = (inner: Condition): boolean => matches(row, inner, read);
    return condition.all ? condition.conditions.every(test) : condition.conditions.some(test);
  }
  const column = condition.col.slice(condition.col.lastIndexOf('.') + 1);
  const cell = read(row, column);
  if (cell === undefined) throw new UnknownColumn(condition.col);
  return compare(cell, condition.expr, condition.val);
}

/** SQL's comparisons: with null, everything but the null tests is false. An unknown expression restricts nothing. */
function compare(cell: Cell, expr: string, value: PhpValue): boolean {
  const text = typeof value === 'string' ? value : '';
  switch (expr) {
    case 'isNull':
      return cell === null;
    case 'isNotNull':
      return cell !== null;
    case 'isEmpty':
      return cell === null || cell === '';
    case 'isNotEmpty':
      return cell !== null && cell !== '';
    case 'in':
    case 'notIn': {
      const found = parseCsvLine(decodeEntities(text)).some((one) => order(cell, one) === 0);
      return cell !== null && found === (expr === 'in');
    }
    case 'between':
    case 'notBetween': {
      const [low = '', high = ''] = Array.isArray(value) ? value.map(String) : [];
      const inside = (order(cell, low) ?? -1) >= 0 && (order(cell, high) ?? 1) <= 0;
      return cell !== null && inside === (expr === 'between');
    }
    case 'like':
    case 'notLike':
      return cell !== null && isLike(String(cell), text) === (expr === 'like');
    default:
      return compareOrder(order(cell, text), expr);
  }
}

function compareOrder(difference: number | undefined, expr: string): boolean {
  const tests: Readonly<Record<string, (difference: number) => boolean>> = {
    eq: (sign) => sign === 0,
    neq: (sign) => sign !== 0,
    lt: (sign) => sign < 0,
    lte: (sign) => sign <= 0,
    gt: (sign) => sign > 0,
    gte: (sign) => sign >= 0,
  };
  const test = tests[expr];
  if (!test) return true;
  return difference !== undefined && test(difference);
}

/** The sign of the comparison; `undefined` for null. */
function order(cell: Cell, value: string): number | undefined {
  if (cell === null) return undefined;
  if (typeof cell === 'number') return Math.sign(cell - (Number.parseFloat(value) || 0));
  const [left, right] = [collationKey(cell), collationKey(value)];
  return left === right ? 0 : left < right ? -1 : 1;
}

/** SQL's LIKE: `%` is any text, `_` any character. */
export function isLike(text: string, pattern: string): boolean {
  const source = collationKey(pattern)
    .replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
    .replaceAll('%', '.*')
    .replaceAll('_', '.');
  return new RegExp(`^${source}$`, 's').test(collationKey(text));
}

export function listOf(value: PhpValue | undefined): PhpValue[] {
  if (value === undefined || typeof value === 'string') return [];
  return Object.values(value);
}

function toPhpValue(value: unknown): PhpValue {
  if (Array.isArray(value)) return value.map(toPhpValue);
  if (typeof value !== 'object' || value === null)
    return value === undefined || value === null ? '' : String(value);
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, toPhpValue(item)]));
}

function sanitize(value: PhpValue): PhpValue {
  if (typeof value === 'string') return sanitizeSpecialChars(value);
  return Array.isArray(value) ? value.map(sanitize) : value;
}
