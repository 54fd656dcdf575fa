import type { SandboxRequest, SandboxResponse } from '../double';
import { Router } from '../router';
import { authenticate } from './auth';
import { EspoCrmError, badRequest, forbidden, notFound } from './errors';
import { readInput, type Input } from './input';
import { listRecords } from './listing';
import { readAppUser, readMetadata } from './metadata';
import { recordJson } from './record-json';
import { entitySchema, type CrmRecord, type Entity, type EspoCrmState, type Right } from './state';
import type { ApiUser } from './users';
import type { RecordWrites } from './writes';

const BASE_PATH = '/api/v1';

interface Call {
  request: SandboxRequest;
  params: Record<string, string>;
  user: ApiUser;
}
type Handler = (call: Call) => SandboxResponse | Promise<SandboxResponse>;

/** EspoCRM's REST API, as far as leads and contacts go. */
export class EspoCrmApi {
  private readonly routes = new Router<Handler>();

  constructor(
    private readonly state: EspoCrmState,
    private readonly writes: RecordWrites,
  ) {
    const { routes } = this;
    routes
      .on('GET', '/App/user', ({ user }) => readAppUser(state, user))
      .on('GET', '/Metadata', ({ request }) => readMetadata(state, request.query.get('key')))
      .on('GET', '/:entity', (call) => this.list(call))
      .on('POST', '/:entity', (call) => this.create(call))
      .on('GET', '/:entity/:id', (call) => this.read(call))
      .on('PUT', '/:entity/:id', (call) => this.update(call))
      .on('PATCH', '/:entity/:id', (call) => this.update(call))
      .on('DELETE', '/:entity/:id', (call) => this.delete(call));
  }

  async handle(request: SandboxRequest): Promise<SandboxResponse> {
    try {
      const path = request.path.startsWith(`${BASE_PATH}/`) ? request.path.slice(BASE_PATH.length) : '/';
      const route = this.routes.find(request.method, path);
      if (!route) throw new EspoCrmError(404);
      const user = authenticate(this.state, request, path);
      return await route.handler({ request, params: route.params, user });
    } catch (error) {
      return refusal(error);
    }
  }

  private list({ request, params }: Call): SandboxResponse {
    const entity = entityOf(params);
    this.require(entity, 'read');
    return listRecords(this.state, entity, request);
  }

  private async create({ request, params, user }: Call): Promise<SandboxResponse> {
    const entity = entityOf(params);
    const input = readInput(request);
    this.require(entity, 'create');
    const header = request.headers['x-skip-duplicate-check'];
    // The legacy way, in the body, counts only without the header.
    const skipDuplicateCheck =
      header === undefined ? input._skipDuplicateCheck === true : String(header).toLowerCase() === 'true';
    const created = await this.writes.create(entity, this.allowed(entity, input), {
      userId: user.id,
      skipDuplicateCheck,
    });
    return this.record(entity, created);
  }

  private read({ params }: Call): SandboxResponse {
    const entity = entityOf(params);
    this.require(entity, 'read');
    const record = this.state.get(entity, params.id ?? '');
    if (!record) throw notFound(`Record ${params.id} does not exist.`);
    if (!this.state.isReadable(record)) throw forbidden("No 'read' access.");
    return this.record(entity, record);
  }

  /** PUT and PATCH are the same: what is not sent stays. */
  private update({ request, params, user }: Call): SandboxResponse {
    const entity = entityOf(params);
    const input = readInput(request);
    const record = this.writable(entity, params.id ?? '', 'edit');
    return this.record(entity, this.writes.update(entity, record, this.allowed(entity, input), user.id));
  }

  private delete({ params }: Call): SandboxResponse {
    const entity = entityOf(params);
    this.writes.delete(entity, this.writable(entity, params.id ?? '', 'delete'));
    return { status: 200, body: true };
  }

  private record(entity: Entity, record: CrmRecord): SandboxResponse {
    return { status: 200, body: recordJson(this.state, entity, record) };
  }

  private writable(entity: Entity, id: string, right: Right): CrmRecord {
    this.require(entity, right);
    if (id === '') throw badRequest('ID is empty.');
    const record = this.state.get(entity, id);
    if (!record) throw notFound(`Record ${id} not found.`);
    if (!this.state.isReadable(record)) throw forbidden(`No ${right} access.`);
    return record;
  }

  private require(entity: Entity, right: Right): void {
    if (!this.state.may(entity, right)) throw forbidden(`No ${right} access.`);
  }

  /** Attributes that the role hides are dropped without a word. */
  private allowed(entity: Entity, input: Input): Input {
    const hidden = this.state.forbiddenAttributesOf(entity);
    return Object.fromEntries(Object.entries(input).filter(([attribute]) => !hidden.includes(attribute)));
  }
}

/** The entity that a path names; its first letter may be small. */
function entityOf({ entity = '' }: Record<string, string>): Entity {
  const name = entity.charAt(0).toUpperCase() + entity.slice(1);
  const parsed = entitySchema.safeParse(name);
  if (!parsed.success) throw notFound(`Controller '${name}' does not exist.`);
  return parsed.data;
}

/** The answer for a refusal of EspoCRM's; anything else is a mistake of this double, and goes on. */
function refusal(error: unknown): SandboxResponse {
  if (error instanceof EspoCrmError) return error.toResponse();
  throw error;
}
