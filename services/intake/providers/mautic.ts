import { z } from 'zod/v4';
import { contentDigest } from '../content-digest';
import {
  UnreadableBody,
  groupKeyOf,
  headerOf,
  type EventType,
  type IntakeEvent,
  type Provider,
} from '../provider';
import { isSignedWithOneOf } from '../signature';

/** A batch of 200 contacts at about 8 KB each, several times over. */
const LARGEST_BODY_BYTES = 8 * 1024 * 1024;
/** Enough to tell apart the few things that happen to one contact within a second. */
const DIGEST_LENGTH = 16;

const describedField = (alias: string, label: string, type: string, value: unknown) => ({
  [alias]: { id: '1', label, alias, type, group: 'core', object: 'lead', is_fixed: '1', value },
});

/** What Mautic sends for a contact, cut down to what people look at. */
const updatedContact = {
  contact: {
    isPublished: true,
    dateAdded: '2026-01-01T11:00:00+00:00',
    dateModified: '2026-01-01T12:00:00+00:00',
    id: 1,
    points: 0,
    fields: {
      core: {
        ...describedField('firstname', 'First Name', 'text', 'Ada'),
        ...describedField('lastname', 'Last Name', 'text', 'Lovelace'),
        ...describedField('email', 'Email', 'email', 'ada@example.com'),
      },
      social: {},
      personal: [],
      professional: [],
    },
    tags: [],
    doNotContact: [],
  },
  timestamp: '2026-01-01T12:00:00+00:00',
};

const eventTypes: readonly EventType[] = [
  { type: 'mautic.lead_post_save_new', title: 'Contact identified' },
  { type: 'mautic.lead_post_save_update', title: 'Contact updated', sample: updatedContact },
  { type: 'mautic.lead_post_delete', title: 'Contact deleted' },
  { type: 'mautic.lead_points_change', title: 'Contact points changed', frequent: true },
  { type: 'mautic.lead_channel_subscription_changed', title: 'Contact subscription changed' },
  { type: 'mautic.lead_company_change', title: 'Contact company changed' },
  { type: 'mautic.lead_list_change', title: 'Contact segment changed' },
  { type: 'mautic.form_on_submit', title: 'Form submitted' },
  { type: 'mautic.email_on_send', title: 'E-mail sent', frequent: true },
  { type: 'mautic.email_on_open', title: 'E-mail opened', frequent: true },
  { type: 'mautic.page_on_hit', title: 'Page visited', frequent: true },
  { type: 'mautic.sms_on_send', title: 'Text message sent', frequent: true },
];

const contactId = z
  .union([z.int().positive(), z.string().regex(/^[1-9]\d*$/)])
  .transform((id): string => String(id));
const contact = z.object({ id: contactId }).transform(({ id }) => id);

/** Most kinds carry their contact as `contact`. A deleted one may have lost the id in there. */
const anyItem = z.object({ contact }).transform((item) => item.contact);
const itemOf: Readonly<Record<string, z.ZodType<string>>> = {
  'mautic.lead_post_delete': z.union([contact, anyItem]),
  'mautic.email_on_open': z.object({ stat: z.object({ lead: contact }) }).transform(({ stat }) => stat.lead),
  'mautic.form_on_submit': z
    .object({ submission: z.object({ lead: contact }) })
    .transform(({ submission }) => submission.lead),
  'mautic.page_on_hit': z.object({ hit: z.object({ lead: contact }) }).transform(({ hit }) => hit.lead),
};

const envelope = z.record(z.string(), z.unknown());
const payload = z.record(z.string(), z.unknown());
const time = z.iso.datetime({ offset: true });

export const mautic: Provider = {
  source: 'mautic',
  title: 'Mautic',
  eventTypes,
  largestBodyBytes: LARGEST_BODY_BYTES,
  // Mautic stops sending to an address that only refuses, and keeps no event that was refused.
  acknowledgesUnreadable: true,

  /** `Webhook-Signature: <base64>`, HMAC-SHA256 of the raw body. Mautic signs no time, so none can be checked. */
  verify(request, secrets) {
    const header = headerOf(request, 'webhook-signature');
    if (header === undefined || header === '') return 'the Webhook-Signature header is missing';
    const isSigned = isSignedWithOneOf(secrets, request.rawBody, Buffer.from(header, 'base64'));
    return isSigned ? undefined : 'the signature is wrong';
  },

  /**
   * `{ <kind>: [item, …], … }`, each item with the `timestamp` of its event. Mautic's test button adds a `timestamp`
   * beside the kinds. Items that name no contact are left out.
   */
  parse(body, now): IntakeEvent[] {
    const parsed = envelope.safeParse(body);
    if (!parsed.success) throw new UnreadableBody(400, 'not a delivery of Mautic');
    const items = Object.entries(parsed.data).flatMap(([type, list]) =>
      Array.isArray(list) ? list.map((item: unknown) => ({ type, item })) : [],
    );
    const events = items.flatMap(({ type, item }) => eventOf(type, item, now) ?? []);
    if (events.length === 0 && items.some(({ type }) => isKnown(type)))
      throw new UnreadableBody(422, 'no item of it names a contact');
    return events;
  },
};

function isKnown(type: string): boolean {
  return eventTypes.some((known) => known.type === type);
}

function eventOf(type: string, item: unknown, now: Date): IntakeEvent | undefined {
  if (!isKnown(type)) return undefined;
  const content = payload.safeParse(item);
  const id = (itemOf[type] ?? anyItem).safeParse(item);
  if (!content.success || !id.success) return undefined;
  const happened = time.safeParse(content.data.timestamp);
  return {
    // Mautic has no ids of its own for events, and its clock shows whole seconds: the content tells two apart.
    externalId: `${type}:${id.data}:${happened.data ?? ''}:${contentDigest(content.data).slice(0, DIGEST_LENGTH)}`,
    type,
    occurredAt: happened.success ? new Date(happened.data) : now,
    groupKey: groupKeyOf('contact', id.data),
    payload: content.data,
  };
}
