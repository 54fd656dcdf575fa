import { randomUUID } from 'node:crypto';
import { z } from 'zod/v4';
import type { SandboxRequest, SandboxResponse } from '../double';
import { Router } from '../router';
import { argumentsIn } from './arguments';
import { authenticate, type Access, type Token } from './auth';
import { badRequest, notFound, WindmillError } from './errors';
import { jobJson, runnableJson } from './json';
import type { Job, Kind, WindmillState } from './state';

const MOST_PER_PAGE = 100;
const reasonSchema = z.object({ reason: z.string().default('') });

interface Call {
  request: SandboxRequest;
  /** `workspace`, what the route names, and `*` for a path with its slashes. */
  params: Record<string, string>;
  token: Token;
}

interface Route {
  access: (params: Record<string, string>) => Access;
  answer: (call: Call) => SandboxResponse;
}

/** Windmill's REST API, as far as running something by its path and looking at the job goes. */
export class WindmillApi {
  private readonly routes = new Router<Route>();

  constructor(
    private readonly state: WindmillState,
    private readonly changed: () => void,
  ) {
    const workspace = '/api/w/:workspace';
    const readJob = (): Access => ({ scope: 'readJob' });
    const other = (name: string) => (): Access => ({ scope: 'other', name });
    const run = (kind: Kind): Route => ({
      access: (params) => ({ scope: 'run', kind, path: params['*'] ?? '' }),
      answer: (call) => this.run(kind, call),
    });
    const list = (kind: Kind): Route => ({
      access: other(`${kind}s:read`),
      answer: ({ request: { query } }) => this.list(kind, query),
    });
    this.routes
      .on('POST', `${workspace}/jobs/run/p/*`, run('script'))
      .on('POST', `${workspace}/jobs/run/f/*`, run('flow'))
      .on('GET', `${workspace}/jobs_u/get/:id`, {
        access: readJob,
        answer: (call) => json(jobJson(this.job(call), call.params.workspace ?? '')),
      })
      .on('GET', `${workspace}/jobs_u/completed/get_result/:id`, {
        access: readJob,
        answer: (call) => this.result(call),
      })
      .on('GET', `${workspace}/jobs_u/completed/get_result_maybe/:id`, {
        access: readJob,
        answer: (call) => this.resultMaybe(call),
      })
      .on('POST', `${workspace}/jobs_u/queue/cancel/:id`, {
        access: other('jobs:write'),
        answer: (call) => this.cancel(call),
      })
      .on('GET', `${workspace}/scripts/list`, list('script'))
      .on('GET', `${workspace}/flows/list`, list('flow'))
      .on('GET', `${workspace}/users/whoami`, {
        access: other('users:read'),
        answer: ({ token }) =>
          json({ username: token.user, email: `${token.user}@example.com`, is_admin: false }),
      });
  }

  async handle(request: SandboxRequest): Promise<SandboxResponse> {
    try {
      return this.answer(request);
    } catch (error) {
      if (error instanceof WindmillError) return error.toResponse();
      throw error;
    }
  }

  private answer(request: SandboxRequest): SandboxResponse {
    if (request.method === 'GET' && request.path === '/api/version') return text(200, 'CE v1.818.0');
    // Those who check whether a webhook is there get 200 without a look at the token.
    if (request.method === 'HEAD' && this.routes.find('POST', request.path)) return { status: 200 };
    const found = this.routes.find(request.method, request.path);
    if (!found) throw new WindmillError(404, '');
    const { handler: route, params } = found;
    const token = authenticate(this.state, request, params.workspace ?? '', route.access(params));
    return route.answer({ request, params, token });
  }

  private run(kind: Kind, { request, params, token }: Call): SandboxResponse {
    const path = params['*'] ?? '';
    if (!this.state.runnable(kind, path)) throw notFound(`${kind} not found at name ${path}`);
    const args = argumentsIn(request);
    const id = this.newId(request.query.get('job_id'));
    const now = new Date().toISOString();
    this.state.putJob({
      id,
      kind,
      path,
      args,
      createdBy: token.user,
      createdAt: now,
      startedAt: this.state.settings.workersPaused ? null : now,
      end: null,
    });
    this.changed();
    return text(201, id);
  }

  /** The caller's own id, or a new one. Throws 400 for one that is no UUID, or that a job ever had. */
  private newId(own: string | null): string {
    if (own === null) return randomUUID();
    const id = z.guid().safeParse(own);
    if (!id.success) throw badRequest('Failed to deserialize query string: job_id: UUID parsing failed');
    if (this.state.job(id.data.toLowerCase())) throw badRequest(`Job with id ${own} already exists`);
    return id.data.toLowerCase();
  }

  private job({ params: { id = '' } }: Call): Job {
    const job = this.state.job(id.toLowerCase());
    if (!job) throw notFound(`Job not found at name ${id}`);
    return job;
  }

  private result(call: Call): SandboxResponse {
    const { id, end } = this.job(call);
    if (!end) throw notFound(`Completed job not found at name ${id}`);
    return json(end.result);
  }

  /** A job that is not there has not ended either, as far as this answer goes. */
  private resultMaybe({ request, params: { id = '' } }: Call): SandboxResponse {
    const job = this.state.job(id.toLowerCase());
    if (job?.end) return json({ completed: true, success: job.end.as === 'success', result: job.end.result });
    const started = request.query.get('get_started') === 'true' && { started: !!job?.startedAt };
    return json({ completed: false, result: null, ...started });
  }

  private cancel(call: Call): SandboxResponse {
    const job = this.job(call);
    if (job.end) return text(200, `queued job id ${job.id} is already completed`);
    const body: unknown = argumentsIn(call.request);
    cancelJob(this.state, job, call.token.user, reasonSchema.safeParse(body).data?.reason ?? '');
    this.changed();
    return text(200, job.id);
  }

  private list(kind: Kind, query: URLSearchParams): SandboxResponse {
    const page = Math.max(1, Number(query.get('page') ?? 1) || 1);
    const perPage = Math.min(MOST_PER_PAGE, Number(query.get('per_page') ?? 30) || 30);
    const start = query.get('path_start') ?? '';
    const listed = this.state.all(kind).filter(({ path }) => path.startsWith(start));
    return json(listed.slice((page - 1) * perPage, page * perPage).map(runnableJson));
  }
}

/** Ends a job in the words that Windmill has for it. */
export function cancelJob(state: WindmillState, job: Job, by: string, reason: string): Job {
  const error = { name: 'Canceled', message: `Job canceled: ${reason} by ${by}`, reason, canceler: by };
  return state.endJob(job, 'canceled', { error });
}

function json(body: unknown): SandboxResponse {
  // As JSON also what would be sent as text, or not at all.
  return { status: 200, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
}

function text(status: number, body: string): SandboxResponse {
  return { status, headers: { 'content-type': 'text/plain; charset=utf-8' }, body };
}
