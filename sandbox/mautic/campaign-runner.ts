import type { Emails } from './emails';
import { phpDate } from './php';
import type { Campaign, CampaignEvent, CampaignLogEntry, Contact, MauticState } from './state';

const UNIT_MS: Readonly<Record<NonNullable<CampaignEvent['triggerIntervalUnit']>, number>> = {
  i: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  m: 30 * 86_400_000,
  y: 365 * 86_400_000,
};

/**
 * The cron jobs of campaigns. Of the events, the sandbox carries out the sending of e-mails; all others count as done when
 * they are due.
 */
export class CampaignRunner {
  constructor(
    private readonly state: MauticState,
    private readonly emails: Emails,
  ) {}

  /** Carries out what is due at a time, for every contact in a published campaign; gives how many e-mails went out. */
  async run(at: Date): Promise<number> {
    let sent = 0;
    for (const campaign of this.state.campaigns.all()) {
      if (!campaign.isPublished) continue;
      const members = this.state.contacts.all().filter(({ campaigns }) => campaigns.includes(campaign.id));
      for (const contact of members) sent += await this.advance(campaign, contact, at);
    }
    return sent;
  }

  private async advance({ events }: Campaign, contact: Contact, at: Date): Promise<number> {
    let sent = 0;
    for (const event of events.toSorted((one, other) => one.order - other.order)) {
      const entry = this.entryOf(event, contact, at);
      if (!entry || entry.dateTriggered !== null || Date.parse(entry.dateDue) > at.getTime()) continue;
      this.state.campaignLog.put({ ...entry, dateTriggered: phpDate(at) });
      if (await this.carryOut(event, contact, at)) sent += 1;
    }
    return sent;
  }

  /** The event's log entry for the contact; `undefined` as long as the event before it is not done. */
  private entryOf(event: CampaignEvent, contact: Contact, at: Date): CampaignLogEntry | undefined {
    const logged = (eventId: number): CampaignLogEntry | undefined =>
      this.state.campaignLog
        .all()
        .find((entry) => entry.eventId === eventId && entry.contactId === contact.id);
    const known = logged(event.id);
    if (known) return known;
    if (event.parent !== null && !logged(event.parent)?.dateTriggered) return undefined;
    const { triggerMode, triggerInterval, triggerIntervalUnit } = event;
    const wait =
      triggerMode === 'interval' ? (triggerInterval ?? 0) * UNIT_MS[triggerIntervalUnit ?? 'd'] : 0;
    return this.state.campaignLog.put({
      id: this.state.campaignLog.nextId(),
      eventId: event.id,
      contactId: contact.id,
      dateDue: phpDate(new Date(at.getTime() + wait)),
      dateTriggered: null,
    });
  }

  /** A marketing e-mail is not sent to contacts who must not be contacted, one without a type is. */
  private async carryOut(
    { id, type, properties }: CampaignEvent,
    contact: Contact,
    at: Date,
  ): Promise<boolean> {
    const email = type === 'email.send' && this.state.emails.get(Number(properties.email));
    if (!email || !email.isPublished) return false;
    const isBlocked = contact.doNotContact.some(({ channel }) => channel === 'email');
    if (isBlocked && properties.email_type === 'marketing') return false;
    return await this.emails.send(email, contact, { source: ['campaign.event', id], at });
  }
}
