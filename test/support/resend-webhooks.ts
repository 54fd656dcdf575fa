import { randomBytes, randomUUID } from 'node:crypto';
import { startHttpServer, type Answer, type ReceivedRequest, type TestServer } from './http-server';

export interface ResendWebhook {
  id: string;
  endpoint: string;
  events: string[] | null;
  status: 'enabled' | 'disabled';
  signing_secret: string;
}

/** Resend as far as its webhooks go, with what its documentation is at odds about to be set. */
export class ResendWebhooks {
  webhooks: ResendWebhook[] = [];
  /** Whether the secret is told again after the creation. */
  tellsSecrets = true;
  /** What is answered instead, to calls with such a method and path. */
  failure: { of: RegExp; answer: Answer | 'drop' } | undefined;
  private server: TestServer | undefined;

  async start(): Promise<this> {
    this.server = await startHttpServer((request) => this.respond(request));
    return this;
  }

  reset(): void {
    this.webhooks = [];
    this.tellsSecrets = true;
    this.failure = undefined;
    this.received.length = 0;
  }

  get url(): string {
    return this.server?.url ?? '';
  }

  /** Method and path of every call but those that only read. */
  get writes(): string[] {
    return this.received
      .filter(({ method }) => method !== 'GET')
      .map(({ method, path }) => `${method} ${path}`);
  }

  get received(): ReceivedRequest[] {
    return this.server?.requests ?? [];
  }

  /** As an admin makes one in Resend. */
  add(over: Partial<ResendWebhook> = {}): ResendWebhook {
    const webhook: ResendWebhook = {
      id: randomUUID(),
      endpoint: 'https://elsewhere.example/hook',
      events: ['email.sent'],
      status: 'enabled',
      signing_secret: `whsec_${randomBytes(24).toString('base64')}`,
      ...over,
    };
    this.webhooks.unshift(webhook);
    return webhook;
  }

  async close(): Promise<void> {
    await this.server?.close();
  }

  private respond(request: ReceivedRequest): Answer | 'drop' {
    const { method, path } = request;
    if (this.failure?.of.test(`${method} ${path}`)) {
      const { answer } = this.failure;
      return answer === 'drop' ? answer : paced(answer);
    }
    return paced(path === '/webhooks' ? this.ofAll(request) : this.ofOne(request));
  }

  private ofAll({ method, query, body }: ReceivedRequest): Answer {
    if (method === 'POST') {
      const { endpoint, events } = body as Pick<ResendWebhook, 'endpoint' | 'events'>;
      const { id, signing_secret } = this.add({ endpoint, events });
      return { status: 201, body: { object: 'webhook', id, signing_secret } };
    }
    const start = this.webhooks.findIndex(({ id }) => id === query.get('after')) + 1;
    const end = start + Number(query.get('limit') ?? 20);
    const data = this.webhooks.slice(start, end).map((webhook) => shown(webhook, false));
    return { body: { object: 'list', has_more: end < this.webhooks.length, data } };
  }

  private ofOne({ method, path, body }: ReceivedRequest): Answer {
    const id = path.slice('/webhooks/'.length);
    const found = this.webhooks.find((webhook) => webhook.id === id);
    if (!found) {
      return { status: 404, body: { statusCode: 404, name: 'not_found', message: 'Webhook not found' } };
    }
    if (method === 'GET') return { body: { object: 'webhook', ...shown(found, this.tellsSecrets) } };
    if (method === 'DELETE') this.webhooks = this.webhooks.filter((webhook) => webhook !== found);
    else Object.assign(found, body);
    return { body: { object: 'webhook', id, ...(method === 'DELETE' && { deleted: true }) } };
  }
}

/** So that nobody has to wait. */
function paced(answer: Answer): Answer {
  return { ...answer, headers: { 'ratelimit-limit': '1000', ...answer.headers } };
}

function shown({ signing_secret, ...webhook }: ResendWebhook, withSecret: boolean): object {
  return { ...webhook, ...(withSecret && { signing_secret }) };
}
