import type { SandboxRequest } from '../double';
import { page, parseListQuery, searchByName } from './listing';
import { sqlDate } from './php';
import type { Campaign, Segment } from './state';
import type { Cell } from './where';

/** What every entity says of who made it and when. */
export const PUBLISH_DETAILS = {
  dateModified: null,
  createdBy: 1,
  createdByUser: 'Marketing Team',
  modifiedBy: null,
  modifiedByUser: null,
};

/** A list of segments or campaigns as a request asks for it; `minimal` leaves out all but their names and state. */
export function listNamed<Row extends Segment | Campaign>(
  rows: readonly Row[],
  request: SandboxRequest,
  toJson: (row: Row, minimal: boolean) => Record<string, unknown>,
): { total: number; items: unknown } {
  const query = parseListQuery(request);
  const published = rows.filter(({ isPublished }) => isPublished || !query.publishedOnly);
  const found = page(searchByName(published, query.search), query, (row, column) => {
    const cells: Readonly<Record<string, Cell>> = {
      id: row.id,
      name: row.name,
      description: row.description,
      isPublished: Number(row.isPublished),
      dateAdded: sqlDate(row.dateAdded),
      ...('alias' in row && { alias: row.alias }),
    };
    return cells[column];
  });
  return {
    total: found.total,
    items: keyed(found.rows.map((row) => [row.id, toJson(row, query.minimal)] as const)),
  };
}

/** An object by id, but an empty list when there is nothing. */
export function keyed<T>(entries: readonly (readonly [number, T])[]): unknown {
  return entries.length === 0 ? [] : Object.fromEntries(entries);
}
