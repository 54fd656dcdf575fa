import type { DoubleContext, SandboxRequest, SandboxResponse } from '../double';
import { Router, type RouteMethod } from '../router';
import { contactActivity } from './activity';
import { authenticate } from './auth';
import { Campaigns } from './campaigns';
import { ContactBatch } from './contact-batch';
import { ContactReads } from './contact-reads';
import { ContactWrites, type WriteMethod } from './contact-writes';
import { Emails } from './emails';
import {
  EventViolations,
  KernelError,
  MauticError,
  accessDenied,
  answer,
  errorResponse,
  internalError,
} from './errors';
import { createField, listContactFields, listFields } from './fields';
import { Hooks } from './hooks';
import { Memberships } from './memberships';
import { Segments } from './segments';
import type { MauticState } from './state';
import { stats } from './stats';
import { Webhooks } from './webhooks';
import { UnknownColumn } from './where';

interface Call {
  request: SandboxRequest;
  /** A path parameter; ids are digits by their route. */
  id: (name: string) => number;
  text: (name: string) => string;
  body: () => unknown;
}
type Handler = (call: Call) => SandboxResponse | Promise<SandboxResponse>;

/** Mautic's REST API, as far as contacts, fields, e-mails, segments, campaigns, webhooks and stats go. */
export class MauticApi {
  readonly writes: ContactWrites;
  readonly webhooks: Webhooks;
  readonly emails: Emails;
  private readonly routes = new Router<Handler>();

  constructor(
    private readonly state: MauticState,
    private readonly context: DoubleContext,
  ) {
    const changed = (): void => context.changed();
    this.webhooks = new Webhooks(state, context);
    this.writes = new ContactWrites(state, this.webhooks, changed);
    this.emails = new Emails(state, this.writes, this.webhooks, context.url, changed);
    this.addContacts();
    this.addBatches();
    this.addEmails(this.emails);
    this.addSegments(new Segments(state, context.url, changed));
    this.addCampaigns(new Campaigns(state, context.url, changed));
    this.addMemberships(new Memberships(state, this.writes, this.webhooks, changed));
    this.addHooks(new Hooks(state, context.url, changed));
    this.addFields(changed);
    for (const path of ['/api/stats', '/api/stats/:table']) {
      this.on('GET', path, undefined, ({ request, text }) => stats(state, request, text('table')));
    }
  }

  async handle(request: SandboxRequest): Promise<SandboxResponse> {
    try {
      authenticate(request, this.state.settings);
      const route = this.routes.find(request.method, request.path);
      if (!route)
        throw new KernelError(
          404,
          `No route found for "${request.method} ${this.context.url}${request.path}"`,
        );
      const text = (name: string): string => route.params[name] ?? '';
      const id = (name: string): number => Number(text(name));
      return await route.handler({ request, id, text, body: () => readBody(request) });
    } catch (error) {
      return refusal(error);
    }
  }

  /** @param permission right that the API user needs, e.g. `lead:leads:edit`. */
  private on(method: RouteMethod, path: string, permission: string | undefined, handler: Handler): void {
    this.routes.on(method, path, (call) => {
      if (permission !== undefined && this.state.settings.deniedPermissions.includes(permission))
        throw accessDenied();
      return handler(call);
    });
  }

  private addContacts(): void {
    const reads = new ContactReads(this.state);
    const written = ({
      json,
      isNew,
      contact,
    }: Awaited<ReturnType<ContactWrites['edit']>>): SandboxResponse => {
      const location = `${this.context.url}/api/contacts/${contact.id}`;
      return answer({ contact: json }, isNew ? 201 : 200, isNew ? { location } : {});
    };
    this.on('GET', '/api/contacts', 'lead:leads:view', ({ request }) => reads.list(request));
    this.on('GET', '/api/contacts/:id(^\\d+$)', 'lead:leads:view', ({ id }) =>
      answer({ contact: reads.detail(reads.get(id('id'))) }),
    );
    this.on('POST', '/api/contacts/new', 'lead:leads:create', async ({ body }) =>
      written(await this.writes.createOrUpdate(parametersOf(body()))),
    );
    for (const method of ['PATCH', 'PUT'] as const) {
      this.on(method, '/api/contacts/:id(^\\d+$)/edit', 'lead:leads:edit', async ({ id, body }) =>
        written(await this.writes.edit(id('id'), parametersOf(body()), method)),
      );
    }
    this.on('DELETE', '/api/contacts/:id(^\\d+$)/delete', 'lead:leads:delete', async ({ id }) => {
      const contact = reads.get(id('id'));
      await this.writes.delete(contact);
      return answer({ contact: reads.detail(contact, null) });
    });
    this.on('GET', '/api/contacts/:id(^\\d+$)/activity', 'lead:leads:view', ({ id, request }) =>
      contactActivity(this.state, reads.get(id('id')), request),
    );
    this.addDoNotContact(reads);
  }

  private addDoNotContact(reads: ContactReads): void {
    const path = '/api/contacts/:id(^\\d+$)/dnc/:channel';
    this.on('POST', `${path}/add`, 'lead:leads:edit', async ({ id, text, body }) => {
      const contact = reads.get(id('id'));
      const { reason = 3, comments = '', channelId } = parametersOf(body());
      const code = Math.trunc(Number(reason)) || 0;
      if (code === 0) {
        const details = ['Reason code needs to be an integer and higher than 0.'];
        throw new MauticError(400, 'Invalid reason code given', details);
      }
      const saved = await this.writes.addDoNotContact(contact, text('channel'), code, {
        comments: String(comments),
        channelId: Number(channelId) || null,
      });
      return answer({ contact: reads.withoutFlatFields(saved) });
    });
    this.on('POST', `${path}/remove`, 'lead:leads:edit', async ({ id, text }) => {
      const { found, contact } = await this.writes.removeDoNotContact(reads.get(id('id')), text('channel'));
      return answer({ recordFound: found, contact: reads.withoutFlatFields(contact) });
    });
  }

  private addBatches(): void {
    const batch = new ContactBatch(this.state, this.writes);
    this.on('POST', '/api/contacts/batch/new', 'lead:leads:create', ({ body }) => batch.create(body()));
    const methods: readonly Exclude<WriteMethod, 'POST'>[] = ['PATCH', 'PUT'];
    for (const method of methods) {
      this.on(method, '/api/contacts/batch/edit', 'lead:leads:edit', ({ body }) =>
        batch.edit(body(), method),
      );
    }
  }

  private addEmails(emails: Emails): void {
    this.on('GET', '/api/emails', 'email:emails:view', ({ request }) => emails.list(request));
    this.on('GET', '/api/emails/:id(^\\d+$)', 'email:emails:view', ({ id }) => emails.get(id('id')));
    this.on('POST', '/api/emails/new', 'email:emails:create', ({ body }) => emails.create(body()));
    this.on(
      'POST',
      '/api/emails/:id(^\\d+$)/contact/:contact(^\\d+$)/send',
      'email:emails:view',
      ({ id, body }) => emails.sendToContact(id('id'), id('contact'), body()),
    );
  }

  private addSegments(segments: Segments): void {
    this.on('GET', '/api/segments', 'lead:lists:view', ({ request }) => segments.list(request));
    this.on('GET', '/api/segments/:id(^\\d+$)', 'lead:lists:view', ({ id }) => segments.get(id('id')));
    this.on('POST', '/api/segments/new', 'lead:lists:create', ({ body }) => segments.create(body()));
  }

  private addCampaigns(campaigns: Campaigns): void {
    const right = 'campaign:campaigns';
    this.on('GET', '/api/campaigns', `${right}:view`, ({ request }) => campaigns.list(request));
    this.on('GET', '/api/campaigns/:id(^\\d+$)', `${right}:view`, ({ id }) => campaigns.get(id('id')));
    this.on('POST', '/api/campaigns/new', `${right}:create`, ({ body }) => campaigns.create(body()));
  }

  private addMemberships(memberships: Memberships): void {
    const reads = new ContactReads(this.state);
    this.on('GET', '/api/contacts/:id(^\\d+$)/segments', 'lead:leads:view', ({ id }) =>
      memberships.segmentsOf(reads.get(id('id'))),
    );
    this.on('GET', '/api/contacts/:id(^\\d+$)/campaigns', 'lead:leads:view', ({ id }) =>
      memberships.campaignsOf(reads.get(id('id'))),
    );
    this.on('POST', '/api/segments/:id(^\\d+$)/contacts/add', 'lead:leads:edit', ({ id, body }) =>
      memberships.addToSegment(id('id'), parametersOf(body()).ids),
    );
    for (const [verb, member] of [['add', true] as const, ['remove', false] as const]) {
      const tail = `:id(^\\d+$)/contact/:contact(^\\d+$)/${verb}`;
      this.on('POST', `/api/segments/${tail}`, 'lead:leads:edit', ({ id }) =>
        memberships.setSegment(id('id'), id('contact'), member),
      );
      this.on('POST', `/api/campaigns/${tail}`, 'lead:leads:edit', ({ id }) =>
        memberships.setCampaign(id('id'), id('contact'), member),
      );
    }
  }

  private addHooks(hooks: Hooks): void {
    this.on('GET', '/api/hooks', 'webhook:webhooks:view', ({ request }) => hooks.list(request));
    this.on('GET', '/api/hooks/triggers', undefined, () => hooks.triggers());
    this.on('GET', '/api/hooks/:id(^\\d+$)', 'webhook:webhooks:view', ({ id }) => hooks.get(id('id')));
    this.on('POST', '/api/hooks/new', 'webhook:webhooks:create', ({ body }) => hooks.create(body()));
    for (const method of ['PATCH', 'PUT'] as const) {
      this.on(method, '/api/hooks/:id(^\\d+$)/edit', 'webhook:webhooks:edit', ({ id, body }) =>
        hooks.edit(id('id'), body(), method),
      );
    }
    this.on('DELETE', '/api/hooks/:id(^\\d+$)/delete', 'webhook:webhooks:delete', ({ id }) =>
      hooks.delete(id('id')),
    );
  }

  private addFields(changed: () => void): void {
    this.on('GET', '/api/fields/contact', 'lead:fields:view', ({ request }) =>
      listFields(this.state, request),
    );
    this.on('GET', '/api/contacts/list/fields', 'lead:leads:edit', () => listContactFields(this.state));
    this.on('POST', '/api/fields/contact/new', 'lead:fields:full', ({ body }) => {
      const response = createField(this.state, body(), this.context.url);
      changed();
      return response;
    });
  }
}

function parametersOf(body: unknown): Record<string, unknown> {
  return typeof body === 'object' && body !== null ? Object.fromEntries(Object.entries(body)) : {};
}

/** JSON or a form; anything else counts as no parameters. Throws 400 for malformed JSON. */
function readBody(request: SandboxRequest): unknown {
  const text = request.rawBody.toString('utf8');
  const type = request.headers['content-type'] ?? '';
  if (text === '') return {};
  if (type.includes('x-www-form-urlencoded')) return Object.fromEntries(new URLSearchParams(text));
  if (!type.includes('json')) return {};
  const parsed = parseJson(text);
  if (parsed === undefined) throw new KernelError(400, 'Invalid json message received');
  return parsed;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The answer for a refusal of Mautic's; anything else is a mistake of this double, and goes on. */
function refusal(error: unknown): SandboxResponse {
  if (error instanceof EventViolations) return error.toResponse();
  if (error instanceof MauticError || error instanceof KernelError) return errorResponse(error);
  if (error instanceof UnknownColumn) return errorResponse(internalError());
  throw error;
}
