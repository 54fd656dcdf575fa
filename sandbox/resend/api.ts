import type { SandboxRequest, SandboxResponse } from '../double';
import { Router, type RouteMethod } from '../router';
import { EDGE_REFUSAL, authenticate, passesEdge } from './auth';
import { Emails } from './emails';
import { ResendError } from './errors';
import { IdempotencyKeys } from './idempotency';
import { listed } from './listing';
import type { Postman } from './postman';
import type { Quota } from './quota';
import { RateLimit } from './rate-limit';
import type { Domain, ResendState } from './state';
import { Templates } from './templates';
import { resendTime } from './times';
import { Webhooks } from './webhooks';

interface Call {
  id: string;
  query: URLSearchParams;
  headers: SandboxRequest['headers'];
  body: () => unknown;
  /** What the call's `Idempotency-Key` says. */
  key: string | undefined;
}
type Handler = (call: Call) => SandboxResponse | Promise<SandboxResponse>;

const METHODS: readonly RouteMethod[] = ['GET', 'POST', 'PATCH', 'PUT', 'DELETE'];
/** What the sending key may do. */
const SENDING_PATHS = ['/emails', '/emails/batch'];

/** Resend's API, as far as mails, templates, domains and webhooks go. */
export class ResendApi {
  readonly keys = new IdempotencyKeys();
  readonly rateLimit: RateLimit;
  private readonly routes = new Router<Handler>();

  constructor(
    private readonly state: ResendState,
    postman: Postman,
    private readonly quota: Quota,
    private readonly changed: () => void,
  ) {
    this.rateLimit = new RateLimit(() => state.settings.requestsPerSecond);
    this.addEmails(new Emails(state, postman, quota));
    this.addTemplates(new Templates(state));
    this.addWebhooks(new Webhooks(state));
    this.routes.on('GET', '/domains', ({ query }) =>
      listed(query, state.domains.all().reverse(), domainJson),
    );
  }

  async handle(request: SandboxRequest): Promise<SandboxResponse> {
    if (!passesEdge(request)) return EDGE_REFUSAL;
    let headers: Record<string, string> = {};
    try {
      const sends = request.method === 'POST' && SENDING_PATHS.includes(request.path);
      authenticate(request, sends);
      headers = this.rateLimit.take();
      const response = await this.answer(request, sends);
      if (request.method !== 'GET') this.changed();
      return { ...response, headers: { ...headers, ...this.quotaHeaders(), ...response.headers } };
    } catch (error) {
      if (!(error instanceof ResendError)) throw error;
      const response = error.toResponse();
      return { ...response, headers: { ...headers, ...response.headers } };
    }
  }

  private async answer(request: SandboxRequest, sends: boolean): Promise<SandboxResponse> {
    const { method, path, query, headers, rawBody } = request;
    const route = this.routes.find(method, path);
    if (!route) throw this.noRoute(path);
    const key = sends ? [headers['idempotency-key']].flat()[0] : undefined;
    const call = { id: route.params.id ?? '', query, headers, body: () => readBody(rawBody), key };
    return await this.keys.run(key, request, async () => await route.handler(call));
  }

  /** What was used up so far; the daily count is for plans that have such a quota. */
  private quotaHeaders(): Record<string, string> {
    const { daily, monthly } = this.quota.used();
    return {
      ...(this.state.settings.dailyQuota !== null && { 'x-resend-daily-quota': String(daily) }),
      'x-resend-monthly-quota': String(monthly),
    };
  }

  private noRoute(path: string): ResendError {
    return METHODS.some((method) => this.routes.find(method, path))
      ? new ResendError(405, 'method_not_allowed', 'Method is not allowed for the requested path.')
      : new ResendError(404, 'not_found', 'The requested endpoint does not exist.');
  }

  private addEmails(emails: Emails): void {
    this.routes
      .on('POST', '/emails', ({ body, key }) => emails.send(body(), key))
      .on('POST', '/emails/batch', ({ body, key, headers }) =>
        emails.sendBatch(body(), { permissive: isPermissive(headers), idempotencyKey: key }),
      )
      .on('GET', '/emails/:id', ({ id }) => emails.get(id))
      .on('PATCH', '/emails/:id', ({ id, body }) => emails.reschedule(id, body()))
      .on('POST', '/emails/:id/cancel', ({ id }) => emails.cancel(id));
  }

  private addTemplates(templates: Templates): void {
    this.routes
      .on('POST', '/templates', ({ body }) => templates.create(body()))
      .on('GET', '/templates', ({ query }) => templates.list(query))
      .on('GET', '/templates/:id', ({ id }) => templates.get(id))
      .on('PATCH', '/templates/:id', ({ id, body }) => templates.update(id, body()))
      .on('DELETE', '/templates/:id', ({ id }) => templates.remove(id))
      .on('POST', '/templates/:id/publish', ({ id }) => templates.publish(id))
      .on('POST', '/templates/:id/duplicate', ({ id }) => templates.duplicate(id));
  }

  private addWebhooks(webhooks: Webhooks): void {
    this.routes
      .on('POST', '/webhooks', ({ body }) => webhooks.create(body()))
      .on('GET', '/webhooks', ({ query }) => webhooks.list(query))
      .on('GET', '/webhooks/:id', ({ id }) => webhooks.get(id))
      .on('PATCH', '/webhooks/:id', ({ id, body }) => webhooks.update(id, body()))
      .on('DELETE', '/webhooks/:id', ({ id }) => webhooks.remove(id));
  }
}

/** @throws ResendError for a body that is no JSON */
function readBody(rawBody: Buffer): unknown {
  const text = rawBody.toString('utf8');
  if (text.trim() === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    throw new ResendError(400, 'validation_error', 'The request body is not valid JSON.');
  }
}

/** @throws ResendError for a mode that there is not */
function isPermissive(headers: SandboxRequest['headers']): boolean {
  const mode = [headers['x-batch-validation']].flat()[0] ?? 'strict';
  if (mode !== 'strict' && mode !== 'permissive') {
    throw new ResendError(
      422,
      'validation_error',
      'The `x-batch-validation` header must be either `strict` or `permissive`.',
    );
  }
  return mode === 'permissive';
}

function domainJson({ id, name, status, createdAt, openTracking, clickTracking }: Domain): object {
  return {
    id,
    name,
    status,
    created_at: resendTime(createdAt),
    region: 'eu-west-1',
    open_tracking: openTracking,
    click_tracking: clickTracking,
    capabilities: { sending: 'enabled', receiving: 'disabled' },
  };
}
