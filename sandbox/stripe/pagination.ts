import type { Json } from '../double';
import { StripeError, missing } from './errors';
import { integerOf, textOf, type FormFields } from './form';
import type { Table } from './table';

const DEFAULT_LIMIT = 10;
const MOST = 100;

export const PAGE_PARAMETERS = ['limit', 'starting_after', 'ending_before'] as const;

/** What a list goes over: everything there is, in the list's order. */
export interface Source<Entry> {
  has(id: string): boolean;
  /** What comes after the entry with this id; all of it without one. */
  after(id: string | undefined): Iterable<Entry>;
  /** What comes before it, the nearest first. */
  before(id: string): Iterable<Entry>;
}

/** The list of a whole {@link Table}, newest first as Stripe's lists are. */
export function newestFirst<Entry extends { id: string }>(table: Table<Entry>): Source<Entry> {
  return {
    has: (id) => table.get(id) !== undefined,
    after: (id) => table.newestFirst(id),
    before: (id) => table.newerThan(id),
  };
}

/** A list in the order of `entries`. */
export function inOrder<Entry extends { id: string }>(entries: readonly Entry[]): Source<Entry> {
  const indexOf = (id: string): number => entries.findIndex((entry) => entry.id === id);
  return {
    has: (id) => indexOf(id) >= 0,
    after: (id) => entries.slice(id === undefined ? 0 : indexOf(id) + 1),
    before: (id) => entries.slice(0, indexOf(id)).reverse(),
  };
}

interface List<Entry> {
  url: string;
  kind: string;
  toObject: (entry: Entry) => Json;
  /** Which entries are in the list; default all. The one that a page begins after need not be (any more). */
  isWanted?: (entry: Entry) => boolean;
}

/**
 * One page in Stripe's envelope with an honest `has_more`. Looks no further than the page goes, so that reading a
 * long list page by page takes no longer per page.
 */
export function page<Entry>(
  source: Source<Entry>,
  fields: FormFields,
  list: List<Entry>,
): { object: 'list'; data: Json[]; has_more: boolean; url: string } {
  const limit = limitOf(fields);
  const after = textOf(fields, 'starting_after');
  const before = textOf(fields, 'ending_before');
  if (after !== undefined && before !== undefined) {
    throw new StripeError(400, 'You cannot parameterize both starting_after and ending_before.');
  }
  for (const [param, id] of Object.entries({ starting_after: after, ending_before: before })) {
    if (id !== undefined && !source.has(id)) throw missing(list.kind, id, param);
  }
  // One more than a page has tells whether there is more, in the direction of travel.
  const found = first(limit + 1, before === undefined ? source.after(after) : source.before(before), list);
  const shown = found.slice(0, limit);
  if (before !== undefined) shown.reverse();
  return {
    object: 'list',
    data: shown.map(list.toObject),
    has_more: found.length > limit,
    url: list.url,
  };
}

function first<Entry>(
  count: number,
  entries: Iterable<Entry>,
  { isWanted = () => true }: List<Entry>,
): Entry[] {
  const found: Entry[] = [];
  for (const entry of entries) {
    if (isWanted(entry)) found.push(entry);
    if (found.length === count) break;
  }
  return found;
}

function limitOf(fields: FormFields): number {
  const limit = integerOf(fields, 'limit') ?? DEFAULT_LIMIT;
  if (limit >= 1 && limit <= MOST) return limit;
  const bound = limit < 1 ? 'greater than or equal to 1' : `less than or equal to ${MOST}`;
  throw new StripeError(400, `This value must be ${bound}.`, {
    code: 'parameter_invalid_integer',
    param: 'limit',
  });
}
