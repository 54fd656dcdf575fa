import type { SandboxResponse } from '../double';
import { badRequest, noSuchField } from './errors';
import { parseFilter } from './filter';
import { fieldOfKey, personJson, valueOf } from './person-json';
import type { Person, TwentyState } from './state';

export const MOST_RECORDS = 60;

type Order = (one: Person, other: Person) => number;

/** `GET /rest/people` */
export function listPeople(state: TwentyState, query: URLSearchParams): SandboxResponse {
  const limit = limitOf(query);
  const depth = depthOf(query);
  const { matches, withDeleted } = parseFilter(state, query.get('filter'));
  const found = state
    .all()
    .filter((person) => (withDeleted || person.deletedAt === null) && matches(person))
    .sort(orderOf(state, query.get('order_by')));
  const { page, pageInfo } = pageOf(found, limit, query);
  return {
    status: 200,
    body: {
      data: { people: page.map((person) => personJson(state, person, depth)) },
      totalCount: found.length,
      pageInfo,
    },
  };
}

/** 0, 1 or (before 1.10) 2; 1 by default. */
export function depthOf(query: URLSearchParams): number {
  const depth = Number(query.get('depth') ?? 1);
  if (![0, 1, 2].includes(depth)) {
    throw badRequest(`'depth=${query.get('depth')}' parameter invalid. Allowed values are 0, 1, 2`);
  }
  return depth;
}

/** A larger limit counts as the largest one. */
export function limitOf(query: URLSearchParams): number {
  const given = query.get('limit');
  if (!given) return MOST_RECORDS;
  const limit = Number(given);
  if (!(limit >= 0)) throw badRequest(`limit '${given}' is invalid. Should be an integer`);
  return Math.min(limit, MOST_RECORDS);
}

/** The page before or after a cursor, of whatever has an id. */
export function pageOf<Item extends { id: string }>(
  items: readonly Item[],
  limit: number,
  query: URLSearchParams,
): { page: Item[]; pageInfo: object } {
  const after = positionOf(items, query.get('starting_after'));
  const before = positionOf(items, query.get('ending_before'));
  const begin = before === undefined ? (after ?? -1) + 1 : Math.max(0, before - limit);
  const page = items.slice(begin, before ?? begin + limit);
  const [first, last] = [page[0], page.at(-1)];
  return {
    page,
    pageInfo: {
      hasNextPage: begin + page.length < items.length,
      hasPreviousPage: begin > 0,
      startCursor: first ? cursorOf(first) : null,
      endCursor: last ? cursorOf(last) : null,
    },
  };
}

function cursorOf({ id }: { id: string }): string {
  return Buffer.from(JSON.stringify({ id })).toString('base64');
}

function positionOf(items: readonly { id: string }[], cursor: string | null): number | undefined {
  if (cursor === null) return undefined;
  const position = items.findIndex((item) => cursorOf(item) === cursor);
  if (position < 0) throw badRequest(`Invalid cursor: ${cursor}`);
  return position;
}

/** `field[Direction]`, joined by commas; by id in the end. */
function orderOf(state: TwentyState, given: string | null): Order {
  const orders = (given ? given.split(',') : []).map((one): Order => {
    const [, path = '', direction = 'AscNullsFirst'] = /^([\w.]+)(?:\[(\w+)\])?$/.exec(one) ?? [];
    const [key = '', part] = path.split('.');
    if (!fieldOfKey(state, key)) throw noSuchField(key);
    if (!/^(Asc|Desc)Nulls(First|Last)$/.test(direction)) {
      throw badRequest(`'order_by' direction '${direction}' invalid`);
    }
    const sign = direction.startsWith('Asc') ? 1 : -1;
    const text = (person: Person): string => {
      const value = valueOf(state, person, key);
      return String((part === undefined ? value : Object(value)[part]) ?? '');
    };
    return (left, right) => sign * compare(text(left), text(right));
  });
  return (left, right) =>
    orders.reduce((decided, order) => decided || order(left, right), 0) || compare(left.id, right.id);
}

function compare(left: string, right: string): number {
  return left === right ? 0 : left < right ? -1 : 1;
}
