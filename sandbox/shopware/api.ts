import { z } from 'zod/v4';
import type { SandboxRequest, SandboxResponse } from '../double';
import { parsePhpQuery } from '../php-query';
import { Router, type RouteMethod } from '../router';
import { ShopwareAuth } from './auth';
import { CodeWrites, type WriteIntent } from './code-writes';
import { parseCriteria, search } from './criteria';
import { individualCodeDefinition, promotionDefinition, type EntityDefinition } from './entities';
import { ShopwareError, foreignError, notFound, shopwareError } from './errors';
import { responseFormat } from './responses';
import type { IndividualCode, ShopwareState } from './state';
import { Sync } from './sync';

const VERSION = '6.6.7.1';
const METHODS: readonly RouteMethod[] = ['GET', 'POST', 'PATCH', 'DELETE'];

interface Call {
  request: SandboxRequest;
  params: Record<string, string>;
}
type Handler = (call: Call) => SandboxResponse | Promise<SandboxResponse>;

/** Shopware's Admin API, as far as promotions and their individual codes go. */
export class ShopwareApi {
  readonly auth: ShopwareAuth;
  private readonly routes = new Router<Handler>();
  private readonly codes: EntityDefinition<IndividualCode>;
  private readonly writes: CodeWrites;

  /** @param apiUrl address of the API, ending in `/api`, for `Location` and links. */
  constructor(
    private readonly state: ShopwareState,
    private readonly apiUrl: string,
    private readonly changed: () => void,
  ) {
    this.auth = new ShopwareAuth(state);
    this.codes = individualCodeDefinition(state);
    this.writes = new CodeWrites(state);
    const sync = new Sync(state, this.auth, this.writes, this.codes);

    this.routes.on('POST', '/api/oauth/token', ({ request }) => this.auth.issueToken(request));
    this.protected('GET', '/api/_info/version', () => ({ status: 200, body: { version: VERSION } }));
    this.protected('POST', '/api/_action/sync', async ({ request }) => {
      const answer = await sync.run(readJson(request));
      this.changed();
      return answer;
    });
    this.readable(promotionDefinition(state));
    this.readable(this.codes);
    const { path } = this.codes;
    this.protected('POST', `/api/${path}`, (call) => this.write(call, 'create'));
    this.protected('PATCH', `/api/${path}/:id`, (call) => this.write(call, 'update'));
    this.protected('DELETE', `/api/${path}/:id`, (call) => this.delete(call));
  }

  async handle(request: SandboxRequest): Promise<SandboxResponse> {
    try {
      const route = this.routes.find(request.method, request.path);
      if (!route) throw this.noRoute(request);
      return await route.handler({ request, params: route.params });
    } catch (error) {
      return refusal(error);
    }
  }

  private protected(method: RouteMethod, path: string, handler: Handler): void {
    this.routes.on(method, path, (call) => {
      this.auth.authenticate(call.request);
      return handler(call);
    });
  }

  private readable<Row>(definition: EntityDefinition<Row>): void {
    const { name, path } = definition;
    const find = ({ request }: Call, input: Record<string, unknown>) => {
      const criteria = parseCriteria(definition, input);
      this.auth.require(`${name}:read`, ...criteria.privileges);
      return { criteria, result: search(definition, criteria), request };
    };
    this.protected('POST', `/api/search/${path}`, (call) => {
      const format = responseFormat(call.request, this.apiUrl);
      const { criteria, result } = find(call, readObject(call.request));
      return format.listing(definition, criteria, result);
    });
    this.protected('POST', `/api/search-ids/${path}`, (call) => {
      const { result } = find(call, readObject(call.request));
      return {
        status: 200,
        body: { total: result.total, data: result.rows.map((row) => definition.idOf(row)) },
      };
    });
    this.protected('GET', `/api/${path}`, (call) => {
      const format = responseFormat(call.request, this.apiUrl);
      const { criteria, result } = find(call, parsePhpQuery(call.request.query));
      return format.listing(definition, criteria, result);
    });
    this.protected('GET', `/api/${path}/:id`, ({ request, params }) => {
      const format = responseFormat(request, this.apiUrl);
      this.auth.require(`${name}:read`);
      const id = params.id ?? '';
      const row = definition.byId(id);
      if (row === undefined) throw notFound(name, id);
      return format.detail(definition, row, parseCriteria(definition, parsePhpQuery(request.query)).includes);
    });
  }

  /** Answers 204 with `Location`, or with the row when the query has `_response`. */
  private async write({ request, params }: Call, intent: WriteIntent): Promise<SandboxResponse> {
    const format = responseFormat(request, this.apiUrl);
    const body = readJson(request);
    if (Array.isArray(body)) {
      throw shopwareError(
        400,
        'FRAMEWORK__BAD_REQUEST',
        'Only single write operations are supported. Please send the entities one by one or use the /sync api endpoint.',
      );
    }
    const payload = params.id === undefined ? body : { ...readObject(request), id: params.id };
    const [write] = this.writes.prepare([{ payload, path: '/0' }], intent);
    if (!write) throw new Error('A single write was prepared as none.');
    this.auth.require(...this.writes.privilegesFor([write]));
    await this.writes.commit([write]);
    this.changed();

    const row = this.state.codeById(write.id);
    if (row && request.query.has('_response')) return format.detail(this.codes, row, {});
    return this.noContent(write.id);
  }

  private delete({ request, params }: Call): SandboxResponse {
    responseFormat(request, this.apiUrl);
    const id = params.id ?? '';
    if (!this.state.codeById(id)) throw notFound(this.codes.name, id);
    this.auth.require(`${this.codes.name}:delete`);
    this.state.removeCode(id);
    this.changed();
    return this.noContent(id);
  }

  private noContent(id: string): SandboxResponse {
    return { status: 204, headers: { location: `${this.apiUrl}/${this.codes.path}/${id}` } };
  }

  private noRoute({ method, path }: SandboxRequest): ShopwareError {
    const url = `${this.apiUrl.replace(/\/api$/, '')}${path}`;
    const allowed = METHODS.filter((other) => this.routes.find(other, path));
    if (allowed.length === 0) return foreignError(404, '0', `No route found for "${method} ${url}"`);
    const detail = `No route found for "${method} ${url}": Method Not Allowed (Allow: ${allowed.join(', ')})`;
    return foreignError(405, '0', detail);
  }
}

/** The answer for a refusal of Shopware's; anything else is a mistake of this double, and goes on. */
function refusal(error: unknown): SandboxResponse {
  if (error instanceof ShopwareError) return error.toResponse();
  throw error;
}

function readObject(request: SandboxRequest): Record<string, unknown> {
  const parsed = z.record(z.string(), z.unknown()).safeParse(readJson(request));
  return parsed.success ? parsed.data : {};
}

function readJson(request: SandboxRequest): unknown {
  const text = request.rawBody.toString('utf8');
  if (text === '') return {};
  const type = request.headers['content-type'] ?? '';
  if (!type.includes('json')) throw foreignError(415, '0', `The Content-Type "${type}" is unsupported.`);
  try {
    return JSON.parse(text);
  } catch {
    throw foreignError(400, '0', 'The JSON payload is malformed.');
  }
}
