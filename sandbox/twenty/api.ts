import { z } from 'zod/v4';
import type { SandboxRequest, SandboxResponse } from '../double';
import { Router } from '../router';
import { authenticate } from './auth';
import { badRequest, notFound, TwentyError } from './errors';
import { depthOf, listPeople } from './listing';
import { createField, listObjects } from './metadata';
import { duplicatesOf, type Input, type People } from './people';
import { personJson } from './person-json';
import type { RateLimit } from './rate-limit';
import type { Person, TwentyState } from './state';

interface Call {
  request: SandboxRequest;
  params: Record<string, string>;
  body: unknown;
}
type Handler = (call: Call) => SandboxResponse | Promise<SandboxResponse>;

const uuid = z.uuid();
const inputSchema = z.record(z.string(), z.unknown());
const duplicatesSchema = z.object({
  data: z.array(z.record(z.string(), z.json())).optional(),
  ids: z.array(z.string()).optional(),
});

/** Twenty's REST API, as far as people and their fields go. */
export class TwentyApi {
  private readonly records = new Router<Handler>();
  private readonly metadata = new Router<Handler>();

  constructor(
    private readonly state: TwentyState,
    private readonly people: People,
    private readonly rateLimit: RateLimit,
  ) {
    this.records
      .on('GET', '/rest/people', ({ request }) => listPeople(state, request.query))
      .on('POST', '/rest/people', (call) => this.create(call))
      .on('POST', '/rest/batch/people', (call) => this.createMany(call))
      .on('POST', '/rest/people/duplicates', (call) => this.findDuplicates(call))
      .on('GET', '/rest/people/:id', (call) => this.read(call))
      .on('PATCH', '/rest/people/:id', (call) => this.update(call))
      .on('PUT', '/rest/people/:id', (call) => this.update(call))
      .on('DELETE', '/rest/people/:id', (call) => this.delete(call))
      .on('PATCH', '/rest/restore/people/:id', (call) => this.restore(call, '1.10'))
      .on('PATCH', '/rest/people/:id/restore', (call) => this.restore(call, '2.42'));
    this.metadata
      .on('GET', '/rest/metadata/objects', ({ request }) => listObjects(state, request.query))
      .on('POST', '/rest/metadata/fields', ({ body }) => createField(state, body));
  }

  async handle(request: SandboxRequest): Promise<SandboxResponse> {
    try {
      const { method, path } = request;
      const metadata = this.metadata.find(method, path);
      const route = metadata ?? this.records.find(method, path);
      if (!path.startsWith('/rest/') || !route) throw noSuchPath(path);
      authenticate(this.state, request);
      const call = { request, params: route.params, body: bodyOf(request) };
      if (!metadata) this.rateLimit.take();
      return await route.handler(call);
    } catch (error) {
      return refusal(error);
    }
  }

  private async create({ request, body }: Call): Promise<SandboxResponse> {
    const [person] = await this.people.create([inputOf(body)]);
    return person ? this.answer(201, 'createPerson', person, request) : { status: 201, body: { data: {} } };
  }

  private async createMany({ request, body }: Call): Promise<SandboxResponse> {
    if (!Array.isArray(body)) throw badRequest('Body must be an array');
    const created = await this.people.create(body.map(inputOf));
    const depth = depthOf(request.query);
    const createPeople = created.map((person) => personJson(this.state, person, depth));
    return { status: 201, body: { data: { createPeople } } };
  }

  private read({ request, params }: Call): SandboxResponse {
    return this.answer(200, 'person', this.people.live(idOf(params)), request);
  }

  private update({ request, params, body }: Call): SandboxResponse {
    return this.answer(200, 'updatePerson', this.people.update(idOf(params), inputOf(body)), request);
  }

  /** For good, unless `soft_delete=true`, which the oldest does not know. */
  private delete({ request, params }: Call): SandboxResponse {
    const id = idOf(params);
    const isSoft = request.query.get('soft_delete') === 'true' && this.state.settings.version !== '1.0';
    if (isSoft) this.people.softDelete(id);
    else this.people.destroy(id);
    return { status: 200, body: { data: { deletePerson: { id } } } };
  }

  private restore({ request, params }: Call, since: '1.10' | '2.42'): SandboxResponse {
    if (this.state.settings.version !== since) throw noSuchPath(request.path);
    return this.answer(200, 'restorePerson', this.people.restore(idOf(params)), request);
  }

  private findDuplicates({ request, body }: Call): SandboxResponse {
    const parsed = duplicatesSchema.safeParse(body);
    if (!parsed.success) throw badRequest(z.prettifyError(parsed.error));
    const { data, ids } = parsed.data;
    if (data && ids) throw badRequest('You cannot provide both "data" and "ids" arguments.');
    if (!ids && !data?.length) {
      throw badRequest('The "data" condition can not be empty when "ids" input not provided');
    }
    const asked = ids
      ? ids.map((id) => this.people.live(id))
      : (data ?? []).map((values) => ({ id: '', values }));
    const depth = depthOf(request.query);
    return {
      status: 200,
      body: {
        data: asked.map((person) => {
          const duplicates = duplicatesOf(this.state, person);
          return {
            personDuplicates: duplicates.map((one) => personJson(this.state, one, depth)),
            totalCount: duplicates.length,
            pageInfo: { hasNextPage: false, startCursor: null, endCursor: null },
          };
        }),
      },
    };
  }

  private answer(status: number, name: string, person: Person, { query }: SandboxRequest): SandboxResponse {
    return { status, body: { data: { [name]: personJson(this.state, person, depthOf(query)) } } };
  }
}

function idOf({ id = '' }: Record<string, string>): string {
  if (!uuid.safeParse(id).success) throw badRequest(`'${id}' is not a valid UUID`);
  return id;
}

function inputOf(body: unknown): Input {
  const parsed = inputSchema.safeParse(body);
  if (!parsed.success) throw badRequest('Body must be an object');
  return parsed.data;
}

function bodyOf({ rawBody }: SandboxRequest): unknown {
  const text = rawBody.toString('utf8');
  try {
    return text === '' ? {} : JSON.parse(text);
  } catch {
    throw badRequest('Body is not valid JSON');
  }
}

function noSuchPath(path: string): TwentyError {
  if (!path.startsWith('/rest/')) return notFound(`Cannot find ${path}`);
  if (/^\/rest\/person(\/|$)/.test(path))
    return badRequest("object 'person' not found. Did you mean 'people'?");
  return badRequest(
    `Query path '${path}' invalid. Valid examples: /rest/companies/id or /rest/companies or /rest/batch/companies`,
  );
}

/** The answer for a refusal of Twenty's; anything else is a mistake of this double, and goes on. */
function refusal(error: unknown): SandboxResponse {
  if (error instanceof TwentyError) return error.toResponse();
  throw error;
}
