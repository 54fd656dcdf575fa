import { setImmediate as nextTurn } from 'node:timers/promises';
import { findDuplicate, submitContactForm, type FormOutcome } from './contact-form';
import { contactJson, fieldGroups, flatFields, shapeValues, type ShapedValues } from './contact-json';
import { internalError, notFound } from './errors';
import { decodeEntities, isEmpty, phpDate } from './php';
import type { Contact, FieldValue, MauticState } from './state';
import type { Webhooks } from './webhooks';

export const API_USER = 'n8n Automation';

/** 1 unsubscribed, 2 bounced, 3 manual, 0 none. */
const REASON_VERBS: Readonly<Record<number, string>> = { 0: 'contactable', 2: 'bounced', 3: 'manual' };

export type Parameters = Readonly<Record<string, unknown>>;
export type WriteMethod = 'POST' | 'PATCH' | 'PUT';

export interface WriteResult {
  contact: Contact;
  isNew: boolean;
  /** The contact as the reply shows it. */
  json: Record<string, unknown>;
}

interface Save {
  contact?: Contact;
  updated: Record<string, FieldValue | null>;
  tags?: unknown;
  /** Applied to the do-not-contact entries; gives the status of the channels that change. */
  doNotContact?: (contact: Contact) => { entries: Contact['doNotContact']; channels: ChannelChange[] };
  user: string | null;
  /** As webhooks show the fields; left out: as they are stored. */
  shown?: ShapedValues;
}

interface ChannelChange {
  channel: string;
  from: number;
  to: number;
}

/** Everything that changes contacts. Each save sends its webhooks before it answers. */
export class ContactWrites {
  constructor(
    private readonly state: MauticState,
    private readonly webhooks: Webhooks,
    private readonly changed: () => void,
  ) {}

  /** `POST /contacts/new`: writes to the contact of that e-mail address when there is one. */
  async createOrUpdate(parameters: Parameters, inBatch = false): Promise<WriteResult> {
    const existing = findDuplicate(this.state, parameters);
    return this.submit(existing, parameters, { clearMissing: !inBatch || !existing, keepBlanks: true });
  }

  /** `PATCH` and `PUT`; a PUT to an unknown id creates a contact of another id. */
  async edit(id: number, parameters: Parameters, method: WriteMethod): Promise<WriteResult> {
    const contact = this.state.contact(id);
    if (!contact && method === 'PATCH') throw notFound();
    return this.submit(contact, parameters, {
      clearMissing: method !== 'PATCH',
      keepBlanks: method !== 'PUT',
    });
  }

  /** A save in the user interface: the fields as they are given. `undefined` as contact creates one. */
  async saveByUser(
    contact: Contact | undefined,
    fields: Record<string, FieldValue | null>,
  ): Promise<Contact> {
    const updated = Object.fromEntries(
      Object.entries(fields).filter(([alias, value]) => (contact?.fields[alias] ?? null) !== value),
    );
    return this.save({ contact, updated, user: 'Marketing Team' });
  }

  /** Removes the contact; later requests for its id find nothing. */
  async delete(contact: Contact): Promise<void> {
    this.state.contacts.delete(contact.id);
    this.changed();
    const shown = this.webhookContact(contact, undefined, true);
    await this.webhooks.send('mautic.lead_post_delete', { id: contact.id, contact: { ...shown, id: null } });
  }

  /** Fills the survivor's gaps from the other contact, which is deleted; its id leads to the survivor from now on. */
  async merge(survivor: Contact, other: Contact): Promise<Contact> {
    const gaps = Object.entries(other.fields).filter(([alias]) => survivor.fields[alias] === undefined);
    this.state.merges.set(other.id, survivor.id);
    for (const sent of this.state.sentEmails.all()) {
      if (sent.contactId === other.id) this.state.sentEmails.put({ ...sent, contactId: survivor.id });
    }
    await this.delete(other);
    return this.save({ contact: survivor, updated: Object.fromEntries(gaps), user: 'Marketing Team' });
  }

  /** An entry that the contact made (reason 1) stays as it is. */
  async addDoNotContact(
    contact: Contact,
    channel: string,
    reason: number,
    details: { comments?: string; channelId?: number | null; user?: string | null } = {},
  ): Promise<Contact> {
    const { comments = '', channelId = null, user = API_USER } = details;
    const doNotContact = (current: Contact) => {
      const entry = current.doNotContact.find((candidate) => candidate.channel === channel);
      const unchanged = { entries: current.doNotContact, channels: [] };
      if (entry && (entry.reason === 1 || entry.reason === reason)) return unchanged;
      const id = entry?.id ?? this.state.nextDetailId();
      const added = { id, channel, reason, comments, channelId, dateAdded: phpDate() };
      return {
        entries: [...current.doNotContact.filter((candidate) => candidate !== entry), added],
        channels: [{ channel, from: entry?.reason ?? 0, to: reason }],
      };
    };
    return this.save({ contact, updated: {}, doNotContact, user });
  }

  async removeDoNotContact(contact: Contact, channel: string): Promise<{ found: boolean; contact: Contact }> {
    const entry = contact.doNotContact.find((candidate) => candidate.channel === channel);
    if (!entry) return { found: false, contact };
    const doNotContact = (current: Contact) => ({
      entries: current.doNotContact.filter((candidate) => candidate.id !== entry.id),
      channels: [{ channel, from: entry.reason, to: 0 }],
    });
    return { found: true, contact: await this.save({ contact, updated: {}, doNotContact, user: API_USER }) };
  }

  private async submit(
    contact: Contact | undefined,
    parameters: Parameters,
    mode: { clearMissing: boolean; keepBlanks: boolean },
  ): Promise<WriteResult> {
    const outcome = submitContactForm(this.state, { contact, parameters, ...mode });
    const shown = this.shownValues(contact, outcome);
    const saved = await this.save({
      contact,
      updated: outcome.updated,
      tags: parameters.tags,
      user: API_USER,
      shown,
    });
    const current = await this.applyDoNotContactList(saved, parameters.doNotContact);
    return { contact: current, isNew: !contact, json: this.replyJson(current, contact, outcome, shown) };
  }

  /** `doNotContact` in a contact's parameters; reason 0 removes the entry. */
  private async applyDoNotContactList(contact: Contact, list: unknown): Promise<Contact> {
    let current = contact;
    for (const item of Array.isArray(list) ? list : []) {
      if (typeof item !== 'object' || item === null) continue;
      const entry = new Map<string, unknown>(Object.entries(item));
      const channel = isEmpty(entry.get('channel')) ? 'email' : String(entry.get('channel'));
      const reason = Number(entry.get('reason') ?? 3);
      current =
        reason === 0
          ? (await this.removeDoNotContact(current, channel)).contact
          : await this.addDoNotContact(current, channel, reason, {
              comments: String(entry.get('comments') ?? ''),
            });
    }
    return current;
  }

  private async save(save: Save): Promise<Contact> {
    // The form has been checked; the statement itself runs later, and other requests may come between.
    await nextTurn();
    const before = save.contact ? this.state.contacts.get(save.contact.id) : undefined;
    if (save.contact && !before) throw internalError();
    const now = phpDate();
    const tags = this.changedTags(before?.tags ?? [], save.tags);
    const dnc = before && save.doNotContact?.(before);
    const changes = Object.keys(save.updated).length > 0 || tags !== undefined;
    const contact = identified(
      {
        ...(before ?? newContact(this.state.contacts.nextId(), save.user, now)),
        fields: applyUpdates(before?.fields ?? { points: 0 }, save.updated),
        ...(before && changes ? { dateModified: now, modifiedByUser: save.user } : {}),
        ...(tags && { tags }),
        ...(dnc && { doNotContact: dnc.entries }),
      },
      now,
    );
    const channels = dnc?.channels ?? [];
    if (before && !changes && channels.length === 0) return before;
    this.state.contacts.put(contact);
    this.changed();
    await this.announce(before, contact, save, channels);
    return contact;
  }

  private async announce(
    before: Contact | undefined,
    contact: Contact,
    save: Save,
    channels: readonly ChannelChange[],
  ): Promise<void> {
    if (contact.dateIdentified === null) return;
    const json = this.webhookContact(contact, save.shown, before !== undefined);
    const event = before?.dateIdentified ? 'mautic.lead_post_save_update' : 'mautic.lead_post_save_new';
    await this.webhooks.send(event, { contact: json });
    const [oldPoints, newPoints] = [Number(before?.fields.points ?? 0), Number(contact.fields.points ?? 0)];
    if (before && oldPoints !== newPoints) {
      const points = { old_points: oldPoints, new_points: newPoints };
      await this.webhooks.send('mautic.lead_points_change', { contact: json, points });
    }
    for (const { channel, from, to } of channels) {
      await this.webhooks.send('mautic.lead_channel_subscription_changed', {
        contact: json,
        channel,
        old_status: REASON_VERBS[from] ?? 'unsubscribed',
        new_status: REASON_VERBS[to] ?? 'unsubscribed',
      });
    }
  }

  /** A contact as webhooks carry it: without `fields.all`. */
  webhookContact(
    contact: Contact,
    shown: ShapedValues | undefined,
    loaded: boolean,
  ): Record<string, unknown> {
    const fields = this.state.publishedFields();
    return contactJson(contact, fieldGroups(fields, shown ?? shapeValues(fields, contact, 'single'), loaded));
  }

  private shownValues(contact: Contact | undefined, outcome: FormOutcome): ShapedValues {
    const stored = contact ? shapeValues(this.state.publishedFields(), contact, 'single') : {};
    return { ...stored, ...outcome.shown };
  }

  private replyJson(
    contact: Contact,
    before: Contact | undefined,
    outcome: FormOutcome,
    shown: ShapedValues,
  ): Record<string, unknown> {
    const fields = this.state.publishedFields();
    const all = flatFields(fields, { ...shown, ...outcome.updated }, contact.id);
    return contactJson(contact, { ...fieldGroups(fields, shown, before !== undefined), all });
  }

  /** A list or comma-separated text of tags; a leading `-` takes one away. `undefined` when nothing changes. */
  private changedTags(current: Contact['tags'], sent: unknown): Contact['tags'] | undefined {
    if (sent === undefined || sent === null) return undefined;
    const names = (Array.isArray(sent) ? sent : String(sent).split(',')).map((name) =>
      cleanTag(String(name)),
    );
    let tags = current;
    for (const name of names.filter((candidate) => candidate !== '')) {
      const present = tags.some(({ tag }) => tag === name);
      if (name.startsWith('-')) tags = tags.filter(({ tag }) => tag !== name.slice(1));
      else if (!present) tags = [...tags, { id: this.state.nextDetailId(), tag: name }];
    }
    return tags.length === current.length && tags.every((tag, index) => tag === current[index])
      ? undefined
      : tags;
  }
}

function cleanTag(text: string): string {
  return decodeEntities(text)
    .replace(/<[^>]*>/g, '')
    .trim();
}

function newContact(id: number, user: string | null, now: string): Contact {
  return {
    id,
    fields: {},
    dateAdded: now,
    dateModified: null,
    dateIdentified: null,
    createdByUser: user,
    modifiedByUser: null,
    tags: [],
    doNotContact: [],
    segments: [],
    campaigns: [],
    leftCampaigns: [],
  };
}

function applyUpdates(
  fields: Contact['fields'],
  updated: Record<string, FieldValue | null>,
): Contact['fields'] {
  const next: Record<string, FieldValue | null> = { ...fields, ...updated };
  return Object.fromEntries(
    Object.entries(next).flatMap(([alias, value]): [string, FieldValue][] =>
      value === null ? [] : [[alias, value]],
    ),
  );
}

/** A contact is identified from the moment it has a name, company, e-mail address or social account. */
function identified(contact: Contact, now: string): Contact {
  const naming = [
    'firstname',
    'lastname',
    'company',
    'email',
    'facebook',
    'instagram',
    'linkedin',
    'skype',
    'twitter',
  ];
  const known = naming.some((alias) => !isEmpty(contact.fields[alias]));
  return known && contact.dateIdentified === null ? { ...contact, dateIdentified: now } : contact;
}
