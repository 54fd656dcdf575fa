import { randomBytes, randomUUID } from 'node:crypto';
import { z } from 'zod/v4';
import type { SandboxResponse } from '../double';
import { ResendError, invalid, missingField, notFound } from './errors';
import { listed } from './listing';
import { MAIL_EVENTS, type ResendState, type Webhook } from './state';
import { resendTime } from './times';

/** All that can be asked for; of these only what happens to mails is sent here. */
const EVENT_TYPES: readonly string[] = [
  ...MAIL_EVENTS.map((event) => `email.${event}`),
  'email.received',
  ...['created', 'updated', 'deleted'].flatMap((what) => [`contact.${what}`, `domain.${what}`]),
];
const SECRET_BYTES = 24;
const UUID = /^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/i;

const changeSchema = z.object({
  endpoint: z.string().optional(),
  events: z.array(z.string()).optional(),
  status: z.enum(['enabled', 'disabled']).optional(),
});
type Change = z.output<typeof changeSchema>;

/** The webhooks of a team: `/webhooks`. */
export class Webhooks {
  constructor(private readonly state: ResendState) {}

  create(body: unknown): SandboxResponse {
    const { endpoint, events } = parse(body);
    if (endpoint === undefined) throw missingField('endpoint');
    if (events === undefined) throw missingField('events');
    const webhook: Webhook = {
      id: randomUUID(),
      endpoint,
      events,
      status: 'enabled',
      signingSecret: `whsec_${randomBytes(SECRET_BYTES).toString('base64')}`,
      createdAt: new Date().toISOString(),
    };
    const { id, signingSecret } = this.state.webhooks.put(webhook);
    return { status: 201, body: { object: 'webhook', id, signing_secret: signingSecret } };
  }

  list(query: URLSearchParams): SandboxResponse {
    return listed(query, this.state.webhooks.all().reverse(), toJson);
  }

  get(id: string): SandboxResponse {
    const webhook = this.find(id);
    const body = { object: 'webhook', ...toJson(webhook), signing_secret: webhook.signingSecret };
    return { status: 200, body };
  }

  update(id: string, body: unknown): SandboxResponse {
    const webhook = this.find(id);
    const { endpoint = webhook.endpoint, events = webhook.events, status = webhook.status } = parse(body);
    this.state.webhooks.put({ ...webhook, endpoint, events, status });
    return { status: 200, body: { object: 'webhook', id } };
  }

  remove(id: string): SandboxResponse {
    this.find(id);
    this.state.webhooks.delete(id);
    return { status: 200, body: { object: 'webhook', id, deleted: true } };
  }

  private find(id: string): Webhook {
    if (!UUID.test(id)) throw new ResendError(422, 'invalid_parameter', 'The `id` must be a valid UUID.');
    const webhook = this.state.webhooks.get(id);
    if (!webhook) throw notFound('Webhook');
    return webhook;
  }
}

function parse(body: unknown): Change {
  const { data, error } = changeSchema.safeParse(body ?? {});
  if (!data) throw invalid(`Invalid \`${String(error.issues[0]?.path[0] ?? 'body')}\` field.`);
  const { endpoint, events } = data;
  if (endpoint !== undefined && !isAddress(endpoint)) {
    throw invalid('Invalid `endpoint` field. It must be a valid URL.');
  }
  if (events?.length === 0) throw invalid('The `events` field must have at least one event.');
  const unknown = events?.find((event) => !EVENT_TYPES.includes(event));
  if (unknown !== undefined) throw invalid(`Invalid \`events\` field. There is no event "${unknown}".`);
  return data;
}

function isAddress(endpoint: string): boolean {
  return URL.canParse(endpoint) && /^https?:$/.test(new URL(endpoint).protocol);
}

function toJson({ id, endpoint, events, status, createdAt }: Webhook): object {
  return { id, endpoint, events, status, created_at: resendTime(createdAt) };
}
