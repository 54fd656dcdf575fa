import { randomUUID } from 'node:crypto';
import { z } from 'zod/v4';
import type { Json } from '../double';

/** What happens to a mail, as `email.<name>` in webhooks and as `last_event`. */
export const MAIL_EVENTS = [
  'scheduled',
  'sent',
  'delivery_delayed',
  'delivered',
  'opened',
  'clicked',
  'complained',
  'bounced',
  'failed',
  'suppressed',
] as const;
const mailEventSchema = z.enum(MAIL_EVENTS);
export type MailEvent = z.output<typeof mailEventSchema>;

const time = z.iso.datetime();
const id = z.uuid().default(() => randomUUID());

const settingsSchema = z.strictObject({
  /** How many requests all keys of the team together may make in a second. */
  requestsPerSecond: z.int().positive(),
  /** How many addresses may be sent to in 24 hours, and in a month; null: as many as one likes. */
  dailyQuota: z.int().nonnegative().nullable(),
  monthlyQuota: z.int().nonnegative().nullable(),
  /** How long it takes to accept mails; meanwhile their idempotency key is taken. */
  workMs: z.int().min(0).max(60_000),
  /** Refuses `example.com` and the like, as Resend does; off, since everybody in the sandbox lives there. */
  refusesExampleAddresses: z.boolean(),
  /** Whether mails arrive by themselves; else `deliver` and `bounce` say what becomes of them. */
  arrives: z.boolean(),
  /** How webhooks are sent that belong together: one after the other, all at once and shuffled, or not at all. */
  webhooks: z.enum(['inOrder', 'shuffled', 'held']),
  /** Whom `onboarding@resend.dev` may write to. */
  ownerEmail: z.string(),
});
export type Settings = z.output<typeof settingsSchema>;

const domainSchema = z.strictObject({
  id,
  name: z.string().min(1),
  status: z.enum(['pending', 'verified', 'failed', 'not_started']).default('verified'),
  openTracking: z.boolean().default(true),
  clickTracking: z.boolean().default(true),
  createdAt: time.default(() => new Date().toISOString()),
});
export type Domain = z.output<typeof domainSchema>;

const variableSchema = z.strictObject({
  key: z.string(),
  type: z.enum(['string', 'number', 'boolean', 'object', 'list']),
  fallback: z.json().optional(),
});
export type Variable = z.output<typeof variableSchema>;

const contentSchema = z.strictObject({
  from: z.string().nullable().default(null),
  subject: z.string().nullable().default(null),
  replyTo: z.array(z.string()).default([]),
  html: z.string(),
  text: z.string().nullable().default(null),
  variables: z.array(variableSchema).default([]),
});
/** What a template makes of a mail. */
export type TemplateContent = z.output<typeof contentSchema>;

const templateSchema = z.strictObject({
  id,
  name: z.string(),
  alias: z.string().nullable().default(null),
  draft: contentSchema,
  /** As it was when it was published last; mails are made of this. */
  published: contentSchema.nullable().default(null),
  publishedAt: time.nullable().default(null),
  createdAt: time.default(() => new Date().toISOString()),
  updatedAt: time.default(() => new Date().toISOString()),
});
export type Template = z.output<typeof templateSchema>;

const webhookSchema = z.strictObject({
  id,
  endpoint: z.url({ protocol: /^https?$/ }),
  events: z
    .array(z.string())
    .min(1)
    .default(MAIL_EVENTS.map((event) => `email.${event}`)),
  status: z.enum(['enabled', 'disabled']).default('enabled'),
  signingSecret: z.string().startsWith('whsec_'),
  createdAt: time.default(() => new Date().toISOString()),
});
export type Webhook = z.output<typeof webhookSchema>;

const happeningSchema = z.strictObject({ event: mailEventSchema, at: time, recipients: z.array(z.string()) });

const mailSchema = z.strictObject({
  id,
  createdAt: time,
  from: z.string(),
  to: z.array(z.string()).min(1),
  cc: z.array(z.string()).default([]),
  bcc: z.array(z.string()).default([]),
  replyTo: z.array(z.string()).default([]),
  subject: z.string(),
  html: z.string().nullable().default(null),
  text: z.string().nullable().default(null),
  headers: z.record(z.string(), z.string()).default({}),
  tags: z.array(z.strictObject({ name: z.string(), value: z.string() })).default([]),
  /** Their names; what they hold is not kept. */
  attachments: z.array(z.string()).default([]),
  templateId: z.string().nullable().default(null),
  idempotencyKey: z.string().nullable().default(null),
  /** When it is to be sent; null: at once. */
  scheduledAt: time.nullable().default(null),
  lastEvent: z.enum(['queued', 'canceled', ...MAIL_EVENTS]).default('queued'),
  history: z.array(happeningSchema).default([]),
});
export type Mail = z.output<typeof mailSchema>;

const suppressionSchema = z.strictObject({
  email: z.string(),
  reason: z.enum(['previous_bounce', 'previous_complaint']),
  at: time,
});
export type Suppression = z.output<typeof suppressionSchema>;

const deliverySchema = z.strictObject({
  webhookId: z.string(),
  state: z.enum(['sending', 'waiting', 'delivered', 'given up']),
  /** What was answered, oldest first; 0 for nothing. */
  statuses: z.array(z.int()),
});
export type Delivery = z.output<typeof deliverySchema>;

const eventSchema = z.strictObject({
  /** The header `svix-id`, the same for every try. */
  id: z.string(),
  type: z.string(),
  emailId: z.string(),
  at: time,
  /** As it is sent, byte for byte the same each time. */
  payload: z.string(),
  deliveries: z.array(deliverySchema).default([]),
});
export type StoredEvent = z.output<typeof eventSchema>;

const stateSchema = z.strictObject({
  settings: settingsSchema.partial(),
  domains: z.array(domainSchema),
  templates: z.array(templateSchema),
  webhooks: z.array(webhookSchema),
  mails: z.array(mailSchema),
  suppressions: z.array(suppressionSchema),
  events: z.array(eventSchema),
});

/** Older ones are forgotten; the whole of a load test fits. */
const MOST_KEPT = 50_000;

/** By id, in the order of creation; the oldest one goes when there are too many. */
export class Kept<Entry extends { id: string }> {
  private readonly entries = new Map<string, Entry>();

  get size(): number {
    return this.entries.size;
  }

  get(entryId: string): Entry | undefined {
    return this.entries.get(entryId);
  }

  all(): Entry[] {
    return [...this.entries.values()];
  }

  /** Adds an entry at the end, or puts it in the place of the one with its id. */
  put(entry: Entry): Entry {
    this.entries.set(entry.id, entry);
    const [oldest] = this.entries.keys();
    if (this.entries.size > MOST_KEPT && oldest !== undefined) this.entries.delete(oldest);
    return entry;
  }

  delete(entryId: string): void {
    this.entries.delete(entryId);
  }

  load(entries: readonly Entry[]): void {
    this.entries.clear();
    for (const entry of entries) this.put(entry);
  }
}

/** What a Resend team holds. */
export class ResendState {
  settings: Settings;
  readonly domains = new Kept<Domain>();
  readonly templates = new Kept<Template>();
  readonly webhooks = new Kept<Webhook>();
  readonly mails = new Kept<Mail>();
  readonly events = new Kept<StoredEvent>();
  /** Addresses that nothing is sent to any more, in lower case. */
  readonly suppressions = new Map<string, Suppression>();

  constructor(private readonly freshSettings: Settings) {
    this.settings = freshSettings;
  }

  toJson(): Json {
    return structuredClone({
      settings: this.settings,
      domains: this.domains.all(),
      templates: this.templates.all(),
      webhooks: this.webhooks.all(),
      mails: this.mails.all(),
      suppressions: [...this.suppressions.values()],
      events: this.events.all(),
    }) as Json;
  }

  /** What is left out stays as it is; throws a readable error, and changes nothing, when `json` does not fit. */
  load(json: Json): void {
    const parsed = stateSchema.partial().safeParse(json);
    if (!parsed.success) throw new Error(`This is no Resend state:\n${z.prettifyError(parsed.error)}`);
    const { settings, domains, templates, webhooks, mails, suppressions, events } = parsed.data;
    if (settings) this.settings = { ...this.settings, ...settings };
    if (domains) this.domains.load(domains);
    if (templates) this.templates.load(templates);
    if (webhooks) this.webhooks.load(webhooks);
    if (mails) this.mails.load(mails);
    if (events) this.events.load(events);
    if (!suppressions) return;
    this.suppressions.clear();
    for (const suppression of suppressions) this.suppressions.set(suppression.email, suppression);
  }

  /** The webhooks stay: they are how the team is connected, nothing that happened in it. */
  clear(): void {
    this.settings = this.freshSettings;
    for (const kept of [this.domains, this.templates, this.mails, this.events]) kept.load([]);
    this.suppressions.clear();
  }
}
