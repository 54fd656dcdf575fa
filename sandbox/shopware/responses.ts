import type { SandboxRequest, SandboxResponse } from '../double';
import type { Criteria, Includes, SearchResult } from './criteria';
import type { EntityDefinition } from './entities';
import { foreignError } from './errors';

/** Writes entities the way the caller asked for in `Accept`. */
export interface ResponseFormat {
  detail<Row>(definition: EntityDefinition<Row>, row: Row, includes: Includes): SandboxResponse;
  listing<Row>(
    definition: EntityDefinition<Row>,
    criteria: Criteria<Row>,
    result: SearchResult<Row>,
  ): SandboxResponse;
}

const JSON_TYPE = 'application/json';
const JSON_API_TYPE = 'application/vnd.api+json';

/**
 * Plain JSON when `Accept` names it; for anything ("*\/*") JSON:API; 415 when it names neither, or is missing.
 *
 * @param apiUrl the API's address, for links.
 */
export function responseFormat(request: SandboxRequest, apiUrl: string): ResponseFormat {
  const accepted = (request.headers.accept ?? '')
    .split(',')
    .map((part) => (part.split(';')[0] ?? '').trim().toLowerCase())
    .filter((part) => part !== '');
  if (accepted.includes('*/*')) accepted.push(JSON_API_TYPE);
  for (const type of accepted) {
    if (type === JSON_TYPE) return plainJson;
    if (type === JSON_API_TYPE) return jsonApi(apiUrl, `${apiUrl}${request.path.replace(/^\/api/, '')}`);
  }
  throw foreignError(415, '0', `All provided media types are unsupported. (${accepted.join(', ')})`);
}

const plainJson: ResponseFormat = {
  detail: (definition, row, includes) => json(200, { data: plainEntity(definition, row, includes) }),
  listing: (definition, criteria, { rows, total }) =>
    json(200, {
      total,
      data: rows.map((row) => plainEntity(definition, row, criteria.includes)),
      aggregations: [],
    }),
};

function plainEntity<Row>(
  definition: EntityDefinition<Row>,
  row: Row,
  includes: Includes,
): Record<string, unknown> {
  const id = definition.idOf(row);
  const all = { ...definition.attributes(row), _uniqueIdentifier: id };
  return { ...included(definition.name, all, includes), apiAlias: definition.name };
}

function jsonApi(apiUrl: string, self: string): ResponseFormat {
  const resource = <Row>(definition: EntityDefinition<Row>, row: Row, includes: Includes): object => {
    const id = definition.idOf(row);
    return {
      id,
      type: definition.name,
      attributes: included(definition.name, attributesBesideId(definition.attributes(row)), includes),
      links: { self: `${apiUrl}/${definition.path}/${id}` },
      relationships: {},
      meta: null,
    };
  };
  return {
    detail: (definition, row, includes) =>
      json(200, { links: { self }, data: resource(definition, row, includes), included: [] }, JSON_API_TYPE),
    listing: (definition, criteria, { rows, total }) =>
      json(
        200,
        {
          links: { self },
          meta: { totalCountMode: criteria.totalCountMode, total },
          aggregations: [],
          data: rows.map((row) => resource(definition, row, criteria.includes)),
          included: [],
        },
        JSON_API_TYPE,
      ),
  };
}

/** JSON:API keeps the id apart from the attributes. */
function attributesBesideId(properties: Record<string, unknown>): Record<string, unknown> {
  return {
    ...Object.fromEntries(Object.entries(properties).filter(([property]) => property !== 'id')),
    apiAlias: null,
  };
}

function included(
  name: string,
  properties: Record<string, unknown>,
  includes: Includes,
): Record<string, unknown> {
  const wanted = includes[name];
  if (!wanted) return properties;
  return Object.fromEntries(Object.entries(properties).filter(([property]) => wanted.includes(property)));
}

function json(status: number, body: unknown, type = JSON_TYPE): SandboxResponse {
  return { status, headers: { 'content-type': type }, body };
}
