import type { SandboxRequest, SandboxResponse } from '../double';
import { badRequest, internalError } from './errors';
import { listedAttributesOf, recordJson, valueOf } from './record-json';
import { parseSearchParams, type SearchParams } from './search-params';
import type { CrmRecord, Entity, EspoCrmState } from './state';
import { parseWhere, type Predicate } from './where';

const NO_TOTAL_MORE = -1;
const NO_TOTAL_LAST = -2;
const TEXT_ATTRIBUTES = ['name', 'accountName', 'emailAddress'];
/** Loaded with every selection: access is decided by them. */
const ALWAYS_SELECTED = ['id', 'assignedUserId', 'createdById'];

/** `GET /{Entity}`: records that fit and that the user may read; the others are left out without a word. */
export function listRecords(state: EspoCrmState, entity: Entity, request: SandboxRequest): SandboxResponse {
  const params = parseSearchParams(request.query);
  const predicates = [
    parseWhere(state, entity, params.where),
    primaryFilter(state, entity, params.primaryFilter),
    textFilter(state, entity, params.text),
  ];
  const found = state
    .all(entity)
    .filter((record) => state.isReadable(record) && predicates.every((predicate) => predicate(record)));
  const { orderBy, order } = orderOf(state, entity, params);
  sortBy(found, (record) => valueOf(state, entity, record, orderBy), order);

  const page = found.slice(params.offset, params.offset + params.maxSize);
  const shown = params.select
    ? [...ALWAYS_SELECTED, ...params.select, orderBy]
    : listedAttributesOf(state, entity);
  return {
    status: 200,
    body: {
      total: totalOf(request, found.length, params),
      list: page.map((record) => recordJson(state, entity, record, shown)),
    },
  };
}

/** The number of records found; without a count, whether there are more than those on the page. */
function totalOf(request: SandboxRequest, found: number, { offset, maxSize }: SearchParams): number {
  const isCounted =
    String(request.headers['x-no-total'] ?? '').toLowerCase() !== 'true' && !request.query.get('q');
  if (isCounted) return found;
  return found > offset + maxSize ? NO_TOTAL_MORE : NO_TOTAL_LAST;
}

/** Newest first unless something else is asked for; an attribute alone means ascending. */
function orderOf(
  state: EspoCrmState,
  entity: Entity,
  params: SearchParams,
): { orderBy: string; order: 'ASC' | 'DESC' } {
  const { orderBy } = params;
  if (orderBy === undefined) return { orderBy: 'createdAt', order: params.order ?? 'DESC' };
  if (/[.:]/.test(orderBy)) throw badRequest("Complex expressions are forbidden in 'orderBy'.");
  if (state.forbiddenAttributesOf(entity).includes(orderBy)) {
    throw badRequest(`Not access to order by field '${orderBy}'.`);
  }
  // Nothing checks that the field exists before the database does.
  if (!state.attributesOf(entity).includes(orderBy)) throw internalError();
  return { orderBy, order: params.order ?? 'ASC' };
}

function sortBy(records: CrmRecord[], keyOf: (record: CrmRecord) => unknown, order: 'ASC' | 'DESC'): void {
  const sign = order === 'ASC' ? 1 : -1;
  const text = (record: CrmRecord): string => String(keyOf(record) ?? '');
  records.sort((left, right) => sign * (compare(text(left), text(right)) || compare(left.id, right.id)));
}

function compare(left: string, right: string): number {
  return left === right ? 0 : left < right ? -1 : 1;
}

function primaryFilter(state: EspoCrmState, entity: Entity, name: string | undefined): Predicate {
  if (name === undefined || name === 'all') return () => true;
  if (entity === 'Lead' && name === 'converted') {
    return ({ attributes }) => attributes.status === 'Converted';
  }
  if (entity === 'Lead' && name === 'actual') {
    const over = state.fields.Lead.status?.notActualOptions ?? [];
    return ({ attributes }) => !over.includes(String(attributes.status));
  }
  throw badRequest(`No primary filter '${name}' for '${entity}'.`);
}

/** Texts are searched for at the beginning, as in EspoCRM's search field. */
function textFilter(state: EspoCrmState, entity: Entity, text: string | undefined): Predicate {
  if (text === undefined) return () => true;
  const known = state.attributesOf(entity);
  const items = TEXT_ATTRIBUTES.filter((attribute) => known.includes(attribute)).map((attribute) => ({
    type: 'startsWith',
    attribute,
    value: text,
  }));
  return parseWhere(state, entity, [{ type: 'or', value: items }]);
}
