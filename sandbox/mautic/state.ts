import { z } from 'zod/v4';
import { collationKey } from '../collation';
import type { Json } from '../double';
import { FIELD_GROUPS } from './stock-fields';

const idSchema = z.int().positive();
const dateSchema = z.iso.datetime({ offset: true });
const valueSchema = z.union([z.string(), z.number(), z.boolean()]);

const fieldSchema = z.strictObject({
  id: idSchema,
  label: z.string().min(1),
  alias: z.string().regex(/^[a-z0-9_]+$/),
  type: z.string(),
  group: z.enum(FIELD_GROUPS),
  isFixed: z.boolean(),
  isUniqueIdentifier: z.boolean(),
  isRequired: z.boolean(),
  isPublished: z.boolean(),
  defaultValue: z.string().nullable(),
  charLengthLimit: z.int().nullable(),
  properties: z.record(z.string(), z.json()),
});

const doNotContactSchema = z.strictObject({
  id: idSchema,
  channel: z.string(),
  /** 1 unsubscribed, 2 bounced, 3 manual. */
  reason: z.int(),
  comments: z.string(),
  channelId: z.int().nullable(),
  dateAdded: dateSchema,
});

const contactSchema = z.strictObject({
  id: idSchema,
  /** By alias; a field that is not set is left out. */
  fields: z.record(z.string(), valueSchema),
  dateAdded: dateSchema,
  dateModified: dateSchema.nullable(),
  dateIdentified: dateSchema.nullable(),
  createdByUser: z.string().nullable(),
  modifiedByUser: z.string().nullable(),
  tags: z.array(z.strictObject({ id: idSchema, tag: z.string() })),
  doNotContact: z.array(doNotContactSchema),
  segments: z.array(idSchema),
  campaigns: z.array(idSchema),
  /** Campaigns that it was taken out of: their table keeps the row, marked. */
  leftCampaigns: z.array(idSchema).default([]),
});

const emailSchema = z.strictObject({
  id: idSchema,
  name: z.string().min(1),
  subject: z.string().min(1).max(190),
  /** Put in front of the body, in the place of an element of the class `preheader`, when it is sent. */
  preheaderText: z.string().max(130).nullable().default(null),
  customHtml: z.string(),
  emailType: z.enum(['template', 'list']),
  language: z.string(),
  isPublished: z.boolean(),
  sentCount: z.int(),
  dateAdded: dateSchema,
});

const sentEmailSchema = z.strictObject({
  id: idSchema,
  emailId: idSchema,
  contactId: idSchema,
  emailAddress: z.string(),
  dateSent: dateSchema,
  trackingHash: z.string(),
  /** As they left: with all tokens replaced. */
  subject: z.string(),
  body: z.string(),
});

const segmentSchema = z.strictObject({
  id: idSchema,
  name: z.string().min(1),
  alias: z.string(),
  description: z.string().nullable(),
  isPublished: z.boolean(),
  isGlobal: z.boolean(),
  dateAdded: dateSchema,
});

const campaignEventSchema = z.strictObject({
  id: idSchema,
  name: z.string(),
  description: z.string().nullable(),
  /** e.g. `email.send`. */
  type: z.string(),
  eventType: z.enum(['action', 'condition', 'decision']),
  order: z.int(),
  properties: z.record(z.string(), z.json()),
  triggerMode: z.enum(['immediate', 'interval', 'date']).nullable(),
  triggerInterval: z.int().nullable(),
  /** i minutes, h hours, d days, m months, y years. */
  triggerIntervalUnit: z.enum(['i', 'h', 'd', 'm', 'y']).nullable(),
  parent: idSchema.nullable(),
  decisionPath: z.enum(['yes', 'no']).nullable(),
});

const campaignSchema = z.strictObject({
  id: idSchema,
  name: z.string().min(1),
  description: z.string().nullable(),
  isPublished: z.boolean(),
  dateAdded: dateSchema,
  allowRestart: z.boolean().default(false),
  events: z.array(campaignEventSchema).default([]),
  /** The segments and forms whose contacts come in by themselves. */
  lists: z.array(idSchema).default([]),
  forms: z.array(idSchema).default([]),
  canvasSettings: z.record(z.string(), z.json()).default({}),
});

/** One event of a campaign for one contact: when it was due, and when it was carried out. */
const campaignLogSchema = z.strictObject({
  id: idSchema,
  eventId: idSchema,
  contactId: idSchema,
  dateDue: dateSchema,
  dateTriggered: dateSchema.nullable(),
});

const hookSchema = z.strictObject({
  id: idSchema,
  name: z.string().min(1),
  description: z.string().nullable(),
  webhookUrl: z.string(),
  secret: z.string(),
  eventsOrderbyDir: z.enum(['ASC', 'DESC']).nullable(),
  triggers: z.array(z.string()),
  isPublished: z.boolean(),
  dateAdded: dateSchema,
  dateModified: dateSchema.nullable(),
  /** Newest last: the statuses that the receiver answered, 0 when there was no answer. */
  log: z.array(z.strictObject({ status: z.int(), dateAdded: dateSchema })),
});

/** An event that waits for the cron job. */
const queuedEventSchema = z.strictObject({
  id: idSchema,
  hookId: idSchema,
  event: z.string(),
  /** As it was when the event happened. */
  payload: z.record(z.string(), z.json()),
  dateAdded: dateSchema,
});

const settingsSchema = z.strictObject({
  apiEnabled: z.boolean(),
  basicAuthEnabled: z.boolean(),
  /** Rights that the API user lacks, e.g. `lead:leads:view`, `email:emails:view`. */
  deniedPermissions: z.array(z.string()),
  /** When webhooks are sent: `immediate`, inside the request that causes them, or `command`, by the cron job. */
  queueMode: z.enum(['immediate', 'command']),
  /** `create_custom_field_in_background`: a new field gets its column, and is published, by the cron job. */
  fieldsInBackground: z.boolean().default(false),
});

const stateSchema = z.strictObject({
  settings: settingsSchema,
  fields: z.array(fieldSchema),
  contacts: z.array(contactSchema),
  /** Contacts that were merged into others. */
  merges: z.array(z.strictObject({ from: idSchema, to: idSchema })),
  emails: z.array(emailSchema),
  sentEmails: z.array(sentEmailSchema),
  segments: z.array(segmentSchema),
  campaigns: z.array(campaignSchema),
  campaignLog: z.array(campaignLogSchema).default([]),
  webhooks: z.array(hookSchema),
  webhookQueue: z.array(queuedEventSchema),
});

export type ContactField = z.infer<typeof fieldSchema>;
export type Contact = z.infer<typeof contactSchema>;
export type FieldValue = z.infer<typeof valueSchema>;
export type Email = z.infer<typeof emailSchema>;
export type SentEmail = z.infer<typeof sentEmailSchema>;
export type Segment = z.infer<typeof segmentSchema>;
export type CampaignEvent = z.infer<typeof campaignEventSchema>;
export type Campaign = z.infer<typeof campaignSchema>;
export type CampaignLogEntry = z.infer<typeof campaignLogSchema>;
export type Hook = z.infer<typeof hookSchema>;
export type QueuedEvent = z.infer<typeof queuedEventSchema>;
export type Settings = z.infer<typeof settingsSchema>;

interface Row {
  id: number;
}

/** Rows by id; ids are given out once, like those of a database table. */
export class Table<T extends Row> {
  private readonly rows = new Map<number, T>();
  private lastId = 0;

  all(): T[] {
    return [...this.rows.values()];
  }

  get(id: number): T | undefined {
    return this.rows.get(id);
  }

  /** Inserts or replaces. */
  put(row: T): T {
    this.rows.set(row.id, row);
    this.lastId = Math.max(this.lastId, row.id);
    return row;
  }

  delete(id: number): void {
    this.rows.delete(id);
  }

  nextId(): number {
    this.lastId += 1;
    return this.lastId;
  }

  get size(): number {
    return this.rows.size;
  }

  load(rows: readonly T[]): void {
    this.rows.clear();
    this.lastId = 0;
    for (const row of rows) this.put(row);
  }
}

/** Contacts, with an index over their e-mail addresses as MySQL compares them. */
class ContactTable extends Table<Contact> {
  private readonly idsByEmail = new Map<string, Set<number>>();

  /** Contacts of that address, newest first, as Mautic picks one of several. */
  byEmail(email: string): Contact[] {
    const ids = this.idsByEmail.get(collationKey(email)) ?? [];
    return [...ids]
      .flatMap((id) => this.get(id) ?? [])
      .sort((left, right) => right.dateAdded.localeCompare(left.dateAdded) || right.id - left.id);
  }

  override put(contact: Contact): Contact {
    this.unindex(contact.id);
    const email = contact.fields.email;
    if (typeof email === 'string') {
      const key = collationKey(email);
      const ids = this.idsByEmail.get(key) ?? new Set<number>();
      this.idsByEmail.set(key, ids.add(contact.id));
    }
    return super.put(contact);
  }

  override delete(id: number): void {
    this.unindex(id);
    super.delete(id);
  }

  override load(rows: readonly Contact[]): void {
    this.idsByEmail.clear();
    super.load(rows);
  }

  private unindex(id: number): void {
    const email = this.get(id)?.fields.email;
    if (typeof email === 'string') this.idsByEmail.get(collationKey(email))?.delete(id);
  }
}

/** What a Mautic instance holds. */
export class MauticState {
  settings: Settings = {
    apiEnabled: true,
    basicAuthEnabled: true,
    deniedPermissions: [],
    queueMode: 'immediate',
    fieldsInBackground: false,
  };
  readonly fields = new Table<ContactField>();
  readonly contacts = new ContactTable();
  readonly merges = new Map<number, number>();
  readonly emails = new Table<Email>();
  readonly sentEmails = new Table<SentEmail>();
  readonly segments = new Table<Segment>();
  readonly campaigns = new Table<Campaign>();
  readonly campaignLog = new Table<CampaignLogEntry>();
  readonly webhooks = new Table<Hook>();
  readonly webhookQueue = new Table<QueuedEvent>();
  private lastDetailId = 0;

  /** The contact of that id, or the one it was merged into. */
  contact(id: number): Contact | undefined {
    const found = this.contacts.get(id);
    const survivor = this.merges.get(id);
    return found ?? (survivor === undefined ? undefined : this.contact(survivor));
  }

  field(alias: string): ContactField | undefined {
    return this.publishedFields().find((field) => field.alias === alias);
  }

  publishedFields(): ContactField[] {
    return this.fields.all().filter((field) => field.isPublished);
  }

  /** Id for a row that belongs to a contact: a tag or a do-not-contact entry. */
  nextDetailId(): number {
    this.lastDetailId += 1;
    return this.lastDetailId;
  }

  toJson(): Json {
    return structuredClone({
      settings: this.settings,
      fields: this.fields.all(),
      contacts: this.contacts.all(),
      merges: [...this.merges].map(([from, to]) => ({ from, to })),
      emails: this.emails.all(),
      sentEmails: this.sentEmails.all(),
      segments: this.segments.all(),
      campaigns: this.campaigns.all(),
      campaignLog: this.campaignLog.all(),
      webhooks: this.webhooks.all(),
      webhookQueue: this.webhookQueue.all(),
    });
  }

  /** Replaces everything; throws a readable error, and changes nothing, when `json` does not fit. */
  load(json: Json): void {
    const parsed = stateSchema.safeParse(json);
    if (!parsed.success) throw new Error(`This is no Mautic state:\n${z.prettifyError(parsed.error)}`);
    const { data } = parsed;
    this.settings = data.settings;
    this.fields.load(data.fields);
    this.contacts.load(data.contacts);
    this.merges.clear();
    for (const { from, to } of data.merges) this.merges.set(from, to);
    this.emails.load(data.emails);
    this.sentEmails.load(data.sentEmails);
    this.segments.load(data.segments);
    this.campaigns.load(data.campaigns);
    this.campaignLog.load(data.campaignLog);
    this.webhooks.load(data.webhooks);
    this.webhookQueue.load(data.webhookQueue);
    const details = data.contacts.flatMap(({ tags, doNotContact }) => [...tags, ...doNotContact]);
    this.lastDetailId = details.reduce((last, { id }) => Math.max(last, id), 0);
  }
}
