import { z } from 'zod/v4';
import type { Double, DoubleContext, Json, SandboxRequest, SandboxResponse } from '../double';
import { escapeHtml, htmlTime } from '../html';
import { SLACK_WEBHOOK_PATH } from '../identities';

/** Older ones are dropped: an error workflow that is stuck may tell a lot. */
const MOST_MESSAGES = 500;
const SHOWN = 6;

const messageSchema = z.object({
  at: z.iso.datetime(),
  text: z.string(),
  blocks: z.array(z.json()).default([]),
  attachments: z.array(z.json()).default([]),
});
const stateSchema = z.object({ messages: z.array(messageSchema) });

/** About one message a second, with short bursts (docs.slack.dev/apis/web-api/rate-limits). */
const BURST = 5;
const MESSAGE_MS = 1_000;

const payloadSchema = z.object({
  text: z.string().default(''),
  blocks: z.array(z.json()).optional(),
  attachments: z.array(z.json()).optional(),
});

type Message = z.output<typeof messageSchema>;

/**
 * A stand-in for one Slack incoming webhook. Success and errors are plain words as Slack has them
 * (api.slack.com/changelog/2016-05-17-changes-to-errors-for-incoming-webhooks).
 */
export class SlackDouble implements Double {
  readonly name = 'slack';
  readonly title = 'Slack';
  readonly actions: Double['actions'] = {};
  private messages: Message[] = [];
  /** When the messages taken so far are paid for, at one a second. */
  private paidUntil = 0;

  constructor(private readonly context: DoubleContext) {}

  async handle(request: SandboxRequest): Promise<SandboxResponse> {
    if (request.path !== SLACK_WEBHOOK_PATH) return text(404, 'no_service');
    if (request.method !== 'POST') return text(400, 'invalid_payload');
    const payload = readPayload(request);
    if (!payload) return text(400, 'invalid_payload');
    const { blocks = [], attachments = [] } = payload;
    if (payload.text === '' && blocks.length === 0 && attachments.length === 0) return text(400, 'no_text');
    const now = Date.now();
    const debt = Math.max(0, this.paidUntil - now) + MESSAGE_MS - BURST * MESSAGE_MS;
    if (debt > 0) {
      return { ...text(429, 'rate_limited'), headers: { 'retry-after': String(Math.ceil(debt / 1000)) } };
    }
    this.paidUntil = Math.max(this.paidUntil, now) + MESSAGE_MS;
    this.messages = [
      ...this.messages.slice(1 - MOST_MESSAGES),
      { at: new Date().toISOString(), text: payload.text, blocks, attachments },
    ];
    this.context.changed();
    return text(200, 'ok');
  }

  state(): Json {
    return { messages: this.messages };
  }

  load(state: Json): void {
    this.messages = stateSchema.parse(state).messages;
  }

  reset(): void {
    this.messages = [];
    this.paidUntil = 0;
    this.context.changed();
  }

  render(): string {
    if (this.messages.length === 0) return '<p class="empty">No message yet. Nothing has gone wrong.</p>';
    const newest = this.messages.slice(-SHOWN).reverse();
    const items = newest.map(({ at, text: said, blocks, attachments }) => {
      const shown = said === '' ? `${blocks.length + attachments.length} blocks` : said;
      return `<li>${htmlTime(at)}<p class="message">${escapeHtml(shown)}</p></li>`;
    });
    return `<h3>Messages (${this.messages.length})</h3><ul class="messages">${items.join('')}</ul>`;
  }
}

/** JSON, or the older form field `payload` that holds JSON. */
function readPayload({ headers, rawBody }: SandboxRequest): z.output<typeof payloadSchema> | undefined {
  const body = rawBody.toString('utf8');
  const form = headers['content-type']?.startsWith('application/x-www-form-urlencoded');
  try {
    return payloadSchema.safeParse(JSON.parse(form ? (new URLSearchParams(body).get('payload') ?? '') : body))
      .data;
  } catch {
    return undefined;
  }
}

function text(status: number, word: string): SandboxResponse {
  return { status, headers: { 'content-type': 'text/html' }, body: word };
}
