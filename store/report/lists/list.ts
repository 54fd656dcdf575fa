import type { Queryable } from '../../database';
import type { ReportScope } from '../scope';

export interface ListColumn {
  /** Of the value in a row. */
  key: string;
  /** For people. */
  title: string;
  /**
   * `money`: minor units, with a sibling key `currency`. `customer`: the e-mail address, with a sibling key `customerId`.
   * `delivery`: an id that can be replayed; `null` when it cannot.
   */
  kind: 'text' | 'time' | 'number' | 'money' | 'customer' | 'delivery';
}

export type ListRow = Record<string, string | number | Date | null>;

/** Rows behind a figure, as the page shows them. */
export interface ListReport {
  kind: 'list';
  scope: ReportScope;
  list: string;
  title: string;
  /** Those that the list knows. */
  filters: Record<string, string>;
  columns: ListColumn[];
  rows: ListRow[];
  /** Where the next page begins; `null` on the last one. */
  after: string | null;
}

export type ListPage = Pick<ListReport, 'rows' | 'after'>;

/** One kind of list. */
export interface ReportList {
  name: string;
  /** For people. */
  title: string;
  /** What it can be narrowed by; all are optional, and one whose value makes no sense is as good as none. */
  filters: readonly string[];
  columns: readonly ListColumn[];
  /** A page, the newest rows first; `after` is what the page before gave. */
  read(
    database: Queryable,
    scope: ReportScope,
    filters: Readonly<Partial<Record<string, string>>>,
    after: string | null,
    limit: number,
  ): Promise<ListPage>;
}

/** A page of a list, with all that a page of the dashboard needs to show it. */
export async function readList(
  list: ReportList,
  database: Queryable,
  scope: ReportScope,
  filters: Readonly<Partial<Record<string, string>>>,
  after: string | null,
  limit: number,
): Promise<ListReport> {
  const known = Object.fromEntries(
    list.filters.flatMap((name) => {
      const value = filters[name];
      return value === undefined ? [] : [[name, value] as const];
    }),
  );
  const page = await list.read(database, scope, known, after, limit);
  const { name, title, columns } = list;
  return { kind: 'list', scope, list: name, title, filters: known, columns: [...columns], ...page };
}

/** What a list reads, in SQL: rows that are told apart by `id` and ordered by `at`, then `id`, both downwards. */
export interface ListQuery {
  /** The selected columns, named as the keys of the rows. */
  columns: string;
  /** All from `from` up to the conditions. */
  from: string;
  /** All of them have to hold; they speak of `values` as $1, $2 and so on. */
  conditions: readonly string[];
  values: readonly unknown[];
  /** A `timestamptz` that is never null. With `id` it should be what an index is sorted by. */
  at: string;
  id: string;
  idType: 'bigint' | 'text';
}

/** PostgreSQL's times have microseconds, which a `Date` would lose, and rows of one millisecond with them. */
const EXACT = (at: string): string => `to_char(${at} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`;

/** Reads a page by where the one before ended: that costs as much for the last page as for the first. */
export async function readPage(
  database: Queryable,
  { columns, from, conditions, values, at, id, idType }: ListQuery,
  after: string | null,
  limit: number,
): Promise<ListPage> {
  const place = placeOf(after, idType);
  const next = values.length + 1;
  const all = [
    ...conditions,
    ...(place === undefined ? [] : [`(${at}, ${id}) < ($${next + 1}::timestamptz, $${next + 2}::${idType})`]),
  ];
  const { rows } = await database.query<ListRow & { placeAt: string; placeId: string }>(
    `select ${columns}, ${EXACT(at)} as "placeAt", (${id})::text as "placeId"
     from ${from} ${all.length > 0 ? `where ${all.join(' and ')}` : ''}
     order by ${at} desc, ${id} desc limit $${next}`,
    // One more than is wanted tells whether there is another page.
    [...values, limit + 1, ...(place ?? [])],
  );
  const placed = rows.map(({ placeAt, placeId, ...row }) => ({ row, place: `${placeAt}_${placeId}` }));
  return {
    rows: placed.slice(0, limit).map(({ row }) => row),
    after: placed.length > limit ? (placed[limit - 1]?.place ?? null) : null,
  };
}

/** A place comes back from a link, where it may have become anything; that is then the beginning. */
export function placeOf(after: string | null, idType: ListQuery['idType']): [string, string] | undefined {
  const [, at, id] = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z)_(.{1,200})$/.exec(after ?? '') ?? [];
  if (at === undefined || id === undefined || Number.isNaN(Date.parse(at)) || id.includes('\0'))
    return undefined;
  return idType === 'text' || /^\d{1,18}$/.test(id) ? [at, id] : undefined;
}
