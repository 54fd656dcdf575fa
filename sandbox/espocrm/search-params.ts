import { z } from 'zod/v4';
import { parsePhpQuery } from '../php-query';
import { badRequest, forbidden, internalError } from './errors';

/** Configuration `recordListMaxSizeLimit`. */
const MOST_ROWS = 200;

/** What a list request asks for, before its conditions are understood. */
export interface SearchParams {
  where: readonly unknown[];
  select: readonly string[] | undefined;
  maxSize: number;
  offset: number;
  orderBy: string | undefined;
  order: 'ASC' | 'DESC' | undefined;
  primaryFilter: string | undefined;
  text: string | undefined;
}

/** Checked in this order; the message is what EspoCRM says. */
const rawSchema = z.object({
  select: z.array(z.string('select has non-string item.'), 'select should be array.').nullish(),
  orderBy: z.string('orderBy should be string.').nullish(),
  order: z.string('order should be string.').toUpperCase().nullish(),
  primaryFilter: z.string('primaryFilter should be string.').nullish(),
  textFilter: z.string('textFilter should be string.').nullish(),
  q: z.string('q must be string.').nullish(),
  where: z
    .union([z.array(z.unknown()), z.record(z.string(), z.unknown())], 'where should be array.')
    .nullish(),
  offset: z.int('offset should be int.').nullish(),
  maxSize: z.int('maxSize must be integer.').nullish(),
});

/** Throws 400 for what does not fit, 403 for a page that is too large. */
export function parseSearchParams(query: URLSearchParams): SearchParams {
  const json = query.get('searchParams');
  const parsed = rawSchema.safeParse(json === null ? fromQuery(query) : fromJson(json));
  if (!parsed.success) throw badRequest(parsed.error.issues[0]?.message ?? '');
  const { select, orderBy, order, primaryFilter, textFilter, q, where, offset, maxSize } = parsed.data;
  if ((maxSize ?? 0) > MOST_ROWS) {
    throw forbidden(`Max size should not exceed ${MOST_ROWS}. Use offset and limit.`);
  }
  if (order && order !== 'ASC' && order !== 'DESC') throw badRequest('order value is bad.');
  // A list in PHP is an array with the keys 0, 1, 2 …; any other array is refused as the value of the group.
  if (where && !Array.isArray(where)) throw badRequest("Bad 'value'.");
  return {
    where: where ?? [],
    select: select ?? undefined,
    maxSize: maxSize ?? MOST_ROWS,
    offset: offset ?? 0,
    orderBy: orderBy || undefined,
    order: order === 'ASC' || order === 'DESC' ? order : undefined,
    primaryFilter: primaryFilter || undefined,
    text: textFilter ?? q ?? undefined,
  };
}

/** Everything in one JSON text; whatever else the query has does not count. */
function fromJson(text: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw badRequest('Invalid search params JSON.');
  }
  const parsed = z.record(z.string(), z.unknown()).safeParse(value);
  if (!parsed.success) throw internalError();
  return parsed.data;
}

/** Parameters on their own, with PHP's brackets; what should be one text but is an array counts as not there. */
function fromQuery(query: URLSearchParams): Record<string, unknown> {
  const given = parsePhpQuery(query);
  const text = (name: string): string | undefined => {
    const value = given[name];
    return typeof value === 'string' && value !== '' ? value : undefined;
  };
  const number = (name: string): number | undefined => {
    const value = text(name);
    return value === undefined ? undefined : Number.parseInt(value, 10) || 0;
  };
  const where = given.whereGroup ?? given.where;
  return {
    // The trap of this interface: a text where conditions belong is dropped, and the list is not filtered.
    where: typeof where === 'string' ? undefined : where,
    select: (text('attributeSelect') ?? text('select'))?.split(','),
    maxSize: number('maxSize'),
    offset: number('offset'),
    orderBy: text('orderBy'),
    order: text('order'),
    primaryFilter: text('primaryFilter'),
    textFilter: text('textFilter'),
    q: text('q'),
  };
}
