import { setImmediate as nextTurn } from 'node:timers/promises';
import type { SandboxResponse } from '../double';
import type { ContactWrites } from './contact-writes';
import { MauticError, accessDenied, answer, contactNotFound, notFound } from './errors';
import { keyed } from './named-lists';
import { segmentJson } from './segments';
import type { Campaign, Contact, MauticState, Segment } from './state';
import type { Webhooks } from './webhooks';

/** Which contacts are in segments and campaigns. Repeating an add or a remove changes nothing. */
export class Memberships {
  constructor(
    private readonly state: MauticState,
    private readonly contacts: ContactWrites,
    private readonly webhooks: Webhooks,
    private readonly changed: () => void,
  ) {}

  segmentsOf(contact: Contact): SandboxResponse {
    const segments = contact.segments.flatMap((id) => this.state.segments.get(id) ?? []);
    const lists = segments.map(({ id, name, alias }) => {
      const membership = { manuallyAdded: true, manuallyRemoved: false, dateAdded: contact.dateAdded };
      return [id, { id, name, alias, ...membership }] as const;
    });
    return answer({ total: segments.length, lists: keyed(lists) });
  }

  /** The published ones alone (`CampaignRepository::getPublishedCampaigns`). */
  campaignsOf(contact: Contact): SandboxResponse {
    const campaigns = contact.campaigns
      .flatMap((id) => this.state.campaigns.get(id) ?? [])
      .filter(({ isPublished }) => isPublished);
    const rows = campaigns.map(({ id, name }) => {
      const membership = { manuallyAdded: true, manuallyRemoved: false, dateAdded: contact.dateAdded };
      return [id, { id, name, ...membership, listMembership: [] }] as const;
    });
    return answer({ total: campaigns.length, campaigns: keyed(rows) });
  }

  async setSegment(id: number, contactId: number, member: boolean): Promise<SandboxResponse> {
    const segment = this.state.segments.get(id);
    if (!segment) throw notFound();
    if (!this.state.contact(contactId)) throw contactNotFound();
    if (!segment.isPublished) throw accessDenied();
    await this.change(segment, contactId, member);
    return answer({ success: 1 });
  }

  /** Top-level success is always 1; the details tell of contacts that are not there. */
  async addToSegment(id: number, ids: unknown): Promise<SandboxResponse> {
    if (!Array.isArray(ids)) throw new MauticError(400, 'This is a bad request.');
    const segment = this.state.segments.get(id);
    if (!segment) throw notFound();
    if (!segment.isPublished) throw accessDenied();
    const details: Record<string, { success: boolean }> = {};
    for (const contactId of ids.map(Number)) {
      const contact = this.state.contact(contactId);
      details[contact?.id ?? contactId] = { success: contact !== undefined };
      if (contact) await this.change(segment, contact.id, true);
    }
    return answer({ success: 1, details });
  }

  async setCampaign(id: number, contactId: number, member: boolean): Promise<SandboxResponse> {
    const campaign = this.state.campaigns.get(id);
    if (!campaign) throw notFound();
    if (!this.state.contact(contactId)) throw member ? notFound() : contactNotFound();
    await nextTurn();
    const contact = this.state.contact(contactId);
    const isMember = contact?.campaigns.includes(id) ?? false;
    if (contact && (isMember !== member || (member && campaign.allowRestart))) {
      this.state.contacts.put({
        ...contact,
        campaigns: withMember(contact.campaigns, id, member),
        leftCampaigns: withMember(contact.leftCampaigns, id, !member),
      });
      this.beginAnew(campaign, contact);
    }
    this.changed();
    return answer({ success: 1 });
  }

  /** Whoever comes back, or is added again where the campaign may be restarted, gets all of it once more. */
  private beginAnew({ events }: Campaign, contact: Contact): void {
    const ids = new Set(events.map((event) => event.id));
    for (const { id, eventId, contactId } of this.state.campaignLog.all()) {
      if (contactId === contact.id && ids.has(eventId)) this.state.campaignLog.delete(id);
    }
  }

  private async change(segment: Segment, contactId: number, member: boolean): Promise<void> {
    await nextTurn();
    const contact = this.state.contact(contactId);
    if (!contact || contact.segments.includes(segment.id) === member) return;
    const segments = withMember(contact.segments, segment.id, member);
    const saved = this.state.contacts.put({ ...contact, segments });
    this.changed();
    await this.webhooks.send('mautic.lead_list_change', {
      contact: this.contacts.webhookContact(saved, undefined, true),
      segment: segmentJson(segment),
      action: member ? 'added' : 'removed',
    });
  }
}

function withMember(ids: readonly number[], id: number, member: boolean): number[] {
  const others = ids.filter((other) => other !== id);
  return member ? [...others, id] : others;
}
