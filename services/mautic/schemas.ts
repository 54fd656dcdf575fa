import { z } from 'zod/v4';
import { decodeEntities } from './plain-text';

/**
 * Mautic's shapes as they really arrive: ids and totals as numbers or as strings of digits; lists as an array, as an
 * object keyed by id, or, when empty, as either of both; empty groups of fields as `[]`.
 */
export const id = z.coerce.number().int().positive();

export const flag = z.unknown().transform((value) => value === true || value === 1 || value === '1');

function entriesOf<Entry extends z.ZodType>(entry: Entry) {
  return z
    .union([z.array(entry), z.record(z.string(), entry)])
    .transform((entries): z.output<Entry>[] => Object.values(entries));
}

/** `{ [key]: entries }`, as a plain array. */
export function listOf<Entry extends z.ZodType>(key: string, entry: Entry) {
  return z.object({ [key]: entriesOf(entry) }).transform((answer): z.output<Entry>[] => answer[key] ?? []);
}

export const failure = z.object({
  errors: z.array(z.object({ message: z.string() })).optional(),
  error: z.union([z.string(), z.object({ message: z.string() })]).optional(),
  error_description: z.string().optional(),
});

const doNotContact = z.object({
  channel: z.string(),
  reason: z.coerce.number().int(),
});

/** Values by alias: out of `all` where there is one (REST answers), else out of the groups (webhooks, DNC answers). */
const fields = z
  .union([z.record(z.string(), z.unknown()), z.array(z.unknown())])
  .transform((groups): Record<string, unknown> => {
    if (Array.isArray(groups)) return {};
    const { all, ...rest } = groups;
    if (typeof all === 'object' && all !== null) return { ...all };
    return Object.fromEntries(
      Object.values(rest).flatMap((group) =>
        Object.entries(typeof group === 'object' && group !== null ? group : {}).map(
          ([alias, field]: [string, unknown]) => [alias, valueOf(field)],
        ),
      ),
    );
  });

function valueOf(field: unknown): unknown {
  return typeof field === 'object' && field !== null && 'value' in field ? field.value : null;
}

export const contact = z
  .object({
    id,
    dateAdded: z.string().nullish(),
    dateModified: z.string().nullish(),
    fields,
    doNotContact: entriesOf(doNotContact).optional(),
  })
  .transform(({ dateAdded, dateModified, fields: values, doNotContact: marks, ...rest }) => ({
    ...rest,
    email: typeof values.email === 'string' ? values.email : '',
    /** When it came into being, in Mautic's words; '' when Mautic does not say. */
    addedAt: dateAdded ?? '',
    /** When it was last changed, in Mautic's words; '' when that never happened. */
    modifiedAt: dateModified ?? '',
    /** Values by alias, in whatever type Mautic gave them. */
    fields: values,
    /** Channels it must not be contacted on; reason 1 unsubscribed, 2 bounced, 3 marked by hand. */
    doNotContact: marks ?? [],
  }));

export type Contact = z.output<typeof contact>;

export const oneContact = z.object({ contact });

/** Answers of `/contacts/batch/…`: one status per item sent, and the contacts by its index. */
export const contactBatch = z.object({
  contacts: z
    .union([z.array(contact.nullable()), z.record(z.string(), contact.nullable())])
    .transform((contacts) => new Map(Object.entries(contacts).map(([index, one]) => [Number(index), one]))),
  statusCodes: entriesByIndex(z.coerce.number().int()),
  errors: entriesByIndex(z.object({ message: z.string() })).optional(),
});

function entriesByIndex<Entry extends z.ZodType>(entry: Entry) {
  return z
    .union([z.array(entry), z.record(z.string(), entry)])
    .transform(
      (entries) =>
        new Map<number, z.output<Entry>>(
          Object.entries<z.output<Entry>>(entries).map(([index, one]) => [Number(index), one]),
        ),
    );
}

export const contactField = z
  .object({
    id,
    alias: z.string(),
    label: z.string(),
    type: z.string(),
    isPublished: z.unknown().optional(),
    properties: z.unknown().optional(),
    defaultValue: z.unknown().optional(),
  })
  .transform(({ alias, label, type, isPublished, properties, defaultValue }) => ({
    alias,
    label,
    /** One of Mautic's types: text, boolean, number, date, datetime, select, multiselect … */
    type,
    published: isPublished === undefined || flag.parse(isPublished),
    /** Decimal places a number field keeps. */
    scale: scaleOf(properties),
    /** Values that a select field offers. */
    choices: choicesOf(properties).map(decodeEntities),
    /** Whether any write fills the field, as long as it is empty, with a default of its own. */
    hasDefault: defaultValue !== undefined && defaultValue !== null && defaultValue !== '',
  }));

export type ContactField = z.output<typeof contactField>;

/** What a field of the type select or multiselect offers, as it is kept. */
export function choicesOf(properties: unknown): string[] {
  const parsed = z.object({ list: entriesOf(z.unknown()) }).safeParse(properties);
  return parsed.success ? parsed.data.list.flatMap((entry) => choiceOf(entry) ?? []) : [];
}

/** Mautic keeps a choice as a value with its label, and very old ones as plain text. */
function choiceOf(entry: unknown): string | undefined {
  if (typeof entry === 'string') return entry;
  const parsed = z.object({ value: z.coerce.string() }).safeParse(entry);
  return parsed.success ? parsed.data.value : undefined;
}

/** Decimal places that a number field keeps. */
export function scaleOf(properties: unknown): number {
  const parsed = z.object({ scale: z.coerce.number().int().nonnegative() }).safeParse(properties);
  return parsed.success ? parsed.data.scale : 0;
}

export const email = z.object({ id, name: z.string() });

export type Email = z.output<typeof email>;

/** `label` is what messages and results call it by: a segment's alias, a campaign's name. */
const named = { id, name: z.string(), isPublished: z.unknown().optional() };

export const segment = z
  .object({ ...named, alias: z.string() })
  .transform(({ id: own, name, alias, isPublished }) => audienceOf(own, name, alias, isPublished));

export const campaign = z
  .object(named)
  .transform(({ id: own, name, isPublished }) => audienceOf(own, name, name, isPublished));

function audienceOf(own: number, name: string, label: string, isPublished: unknown) {
  return { id: own, name, label, published: isPublished === undefined || flag.parse(isPublished) };
}

/** A segment or a campaign, as something that contacts are in. */
export type Audience = z.output<typeof segment>;

/** What a contact is in, out of `/contacts/{id}/segments` and `/campaigns`; of either only the id is of use. */
export const membership = z.object({ id });

/** The answer to adding or removing one contact. */
export const membershipChange = z.object({ success: flag });

/** The answer to adding several: `success` at the top is always 1, the details say it of each contact. */
export const membershipChanges = z.object({ details: entriesByIndex(z.object({ success: flag })) });

/** Rows of the tables `lead_lists_leads` and `campaign_leads`; who was removed keeps the row, marked. */
export const membershipRows = statistics(
  z
    .object({
      lead_id: id,
      leadlist_id: id.optional(),
      campaign_id: id.optional(),
      manually_removed: flag,
    })
    .transform(({ lead_id: contactId, leadlist_id: segmentId, campaign_id: campaignId, ...row }) => ({
      contactId,
      audienceId: segmentId ?? campaignId,
      isMember: !row.manually_removed,
    })),
);

const related = entriesOf(z.object({ id })).nullish();

/** An e-mail with what is sent in its place: its A/B variants and its translations. */
export const emailFamily = z
  .object({
    email: z.object({ id, variantChildren: related, translationChildren: related }),
  })
  .transform(({ email: { id: own, variantChildren, translationChildren } }) => [
    own,
    ...[...(variantChildren ?? []), ...(translationChildren ?? [])].map((child) => child.id),
  ]);

/** `success` is the only sign that a mail was handed to the mailer; a refusal comes with status 200, too. */
export const sendResult = z
  .object({ success: z.unknown(), failed: z.unknown().optional() })
  .transform((answer) => ({
    success: answer.success === true,
    reason:
      typeof answer.failed === 'string' && answer.failed.trim() !== '' ? answer.failed.trim() : undefined,
  }));

export type SendResult = z.output<typeof sendResult>;

/** Row of Mautic's table `email_stats`; `date_sent` in UTC, whole seconds. */
const emailStatistic = z
  .object({ email_id: z.union([id, z.null()]), date_sent: z.string() })
  .transform(({ email_id: emailId, date_sent: sent }) => ({ emailId, sentAt: utcTime(sent) }));

/** The statistics' own errors come with status 200; a table it does not know gives the list of those it does. */
function statistics<Row extends z.ZodType>(row: Row) {
  return z.union([
    listOf('stats', row),
    z.object({ errors: z.array(z.object({ message: z.string() })).min(1) }),
    z.object({ availableTables: z.unknown() }),
  ]);
}

export const emailStatistics = statistics(emailStatistic);

/** `secret` as Mautic signs with it; '' when it signs with none. */
export const webhook = z
  .object({
    id,
    name: z.string(),
    webhookUrl: z.string(),
    secret: z.string().nullish(),
    isPublished: flag,
    triggers: entriesOf(z.string()),
  })
  .transform(({ id: own, secret, ...rest }) => ({ ...rest, id: String(own), secret: secret ?? '' }));

export type Webhook = z.output<typeof webhook>;

export const oneWebhook = z.object({ hook: webhook });

/** What can be subscribed to, by name. */
export const webhookTriggers = z.object({ triggers: z.record(z.string(), z.unknown()) });

function utcTime(text: string): number {
  const hasZone = /(Z|[+-]\d\d:?\d\d)$/.test(text);
  return Date.parse(hasZone ? text : `${text.replace(' ', 'T')}Z`);
}
