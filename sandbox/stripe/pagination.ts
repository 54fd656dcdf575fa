import type { Json } from '../double';
import { StripeError, missing } from './errors';
import { integerOf, textOf, type FormFields } from './form';

const DEFAULT_LIMIT = 10;
const MOST = 100;

export const PAGE_PARAMETERS = ['limit', 'starting_after', 'ending_before'] as const;

/** One page of `entries`, which are in the list's order, in Stripe's envelope with an honest `has_more`. */
export function page<Entry extends { id: string }>(
  entries: readonly Entry[],
  fields: FormFields,
  list: { url: string; kind: string; toObject: (entry: Entry) => Json },
): { object: 'list'; data: Json[]; has_more: boolean; url: string } {
  const limit = limitOf(fields);
  const after = textOf(fields, 'starting_after');
  const before = textOf(fields, 'ending_before');
  if (after !== undefined && before !== undefined) {
    throw new StripeError(400, 'You cannot parameterize both starting_after and ending_before.');
  }
  const end = before === undefined ? entries.length : indexOf(entries, before, list.kind, 'ending_before');
  const start =
    after === undefined
      ? Math.max(0, before === undefined ? 0 : end - limit)
      : indexOf(entries, after, list.kind, 'starting_after') + 1;
  const shown = entries.slice(start, Math.min(end, start + limit));
  // `has_more` looks in the direction of travel.
  const hasMore = before === undefined ? start + shown.length < entries.length : start > 0;
  return { object: 'list', data: shown.map(list.toObject), has_more: hasMore, url: list.url };
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

function indexOf(entries: readonly { id: string }[], id: string, kind: string, param: string): number {
  const index = entries.findIndex((entry) => entry.id === id);
  if (index < 0) throw missing(kind, id, param);
  return index;
}
