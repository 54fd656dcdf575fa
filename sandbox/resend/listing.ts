import type { SandboxResponse } from '../double';
import { invalid } from './errors';

const LARGEST_PAGE = 100;
const USUAL_PAGE = 20;

/**
 * A page of a list, newest first: `limit` entries before or after the one with a given id.
 * @throws ResendError for a limit or an id that there is not
 */
export function listed<Entry extends { id: string }>(
  query: URLSearchParams,
  entries: readonly Entry[],
  toJson: (entry: Entry) => object,
): SandboxResponse {
  const limit = Number(query.get('limit') ?? USUAL_PAGE);
  if (!Number.isInteger(limit) || limit < 1 || limit > LARGEST_PAGE) {
    throw invalid(`The \`limit\` must be a number between 1 and ${LARGEST_PAGE}.`);
  }
  const after = query.get('after');
  const before = query.get('before');
  if (after !== null && before !== null) throw invalid('Use either `after` or `before`, not both.');
  const start = after === null ? 0 : indexOf(entries, after) + 1;
  const end = before === null ? entries.length : indexOf(entries, before);
  const rest = entries.slice(start, end);
  const page = before === null ? rest.slice(0, limit) : rest.slice(-limit);
  return {
    status: 200,
    body: { object: 'list', has_more: rest.length > page.length, data: page.map(toJson) },
  };
}

function indexOf(entries: readonly { id: string }[], id: string): number {
  const index = entries.findIndex((entry) => entry.id === id);
  if (index < 0) throw invalid(`There is no entry with the id "${id}" to go on from.`);
  return index;
}
