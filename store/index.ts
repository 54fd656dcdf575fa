import type { Pool } from 'pg';
import { Cursors } from './cursors';
import { Customers } from './customers';
import { createPool } from './database';
import { Deliveries } from './deliveries';
import { Effects } from './effects';
import { EmailPreferenceCenter } from './email-preferences';
import { Engagement } from './engagement';
import { Events } from './events';
import { Handlers } from './handlers';
import { Interactions } from './interactions';
import { Invites } from './invites';
import { Listener } from './listener';
import { Messages } from './messages';
import { migrate } from './migrate';
import { Milestones } from './milestones';
import { Privacy } from './privacy';
import { Reports } from './report';
import { Sequences } from './sequences';
import { SigningKey } from './signing-key';
import { Subscriptions } from './subscription-sync';
import { Suppressions } from './suppressions';
import { SyncRuns } from './sync-runs';
import { Tickets } from './tickets';
import { Webhooks } from './webhooks';

export type * from './customer';
export type { CustomerFilter } from './customer-rows';
export type * from './customer-sync';
export type * from './customer-timeline';
export * from './customers';
export * from './deliveries';
export * from './effects';
export type * from './email-preferences';
export type { SuppressionReason } from './email-standing';
export {
  ENGAGEMENTS,
  type EngagementKind,
  type EngagementReport,
  type RecordedEngagement,
} from './engagement';
export { PersonErased, type ErasedTable, type Erasure } from './erasure';
export * from './events';
export type { PersonExport } from './export';
export * from './handlers';
export type { InteractionReply } from './interactions';
export * from './invites';
export type { ClaimedMessage, CustomerSnapshot } from './message-claims';
export type { MarkedMessage, SendingFailure, SendingResult } from './message-marks';
export { MESSAGE_STATES, type FoundMessage, type MessageFilter, type MessageState } from './message-search';
export type { Claimed, ClaimOptions } from './messages';
export type { RedeemedCoupon } from './milestones';
export { majorUnits, type PaymentStatement } from './lifetime-value';
export { TIERS, type PlanChange, type PlanStatement, type PlanStatus, type Tier } from './plan';
export * from './report';
export type { ExpiredPayloads } from './retention';
export { isTimeZone } from './schedule';
export type * from './sequence-definition';
export type { PlannedMessage } from './sequence-plan';
export type { SequenceReport } from './sequence-report';
export type { PreviewedSequence, SequenceStart, StartedSequence } from './sequences';
export { STAGES, STAGES_AHEAD, type Stage } from './stage';
export type { FoundSubscription, SyncedPage } from './subscription-sync';
export type { Subscription, SubscriptionFilter, SubscriptionReading } from './subscriptions';
export type { Suppression } from './suppressions';
export type { BegunRun, SyncCounts, SyncRun, SyncRunState } from './sync-runs';
export { TICKET_STATES, type Ticket, type TicketPerson, type TicketState } from './ticket';
export type { BegunClosing, Reopening, TicketClosing, Transcript } from './ticket-closing';
export type { DueTicket, TicketActivity, TicketDelays, TicketDue } from './ticket-due';
export type { BegunMessage, TicketMessage } from './ticket-messages';
export type { BegunTicket, TicketLimits, TicketOrder, TicketRefusal } from './ticket-opening';
export type { TicketClaim, TicketFilter, Tickets } from './tickets';
export type { TimelineMail } from './timeline-mails';
export type { TimelineTicket } from './timeline-tickets';
export type { WebhookRegistration } from './webhooks';

/** The PostgreSQL store, migrated and ready. */
export class Store {
  readonly events: Events;
  readonly handlers: Handlers;
  readonly deliveries: Deliveries;
  readonly effects: Effects;
  readonly interactions: Interactions;
  readonly invites: Invites;
  readonly milestones: Milestones;
  readonly customers: Customers;
  readonly privacy: Privacy;
  readonly subscriptions: Subscriptions;
  readonly syncRuns: SyncRuns;
  readonly sequences: Sequences;
  readonly messages: Messages;
  readonly engagement: Engagement;
  readonly emailPreferences: EmailPreferenceCenter;
  readonly suppressions: Suppressions;
  readonly reports: Reports;
  readonly tickets: Tickets;
  readonly webhooks: Webhooks;
  readonly cursors: Cursors;
  readonly listener: Listener;

  constructor(
    private readonly pool: Pool,
    private readonly connectionUrl: string,
  ) {
    const signingKey = new SigningKey(pool);
    this.events = new Events(pool);
    this.handlers = new Handlers(pool);
    this.deliveries = new Deliveries(pool);
    this.effects = new Effects(pool);
    this.interactions = new Interactions(pool);
    this.invites = new Invites(pool);
    this.milestones = new Milestones(pool);
    this.customers = new Customers(pool);
    this.privacy = new Privacy(pool);
    this.subscriptions = new Subscriptions(pool);
    this.syncRuns = new SyncRuns(pool);
    this.sequences = new Sequences(pool);
    this.messages = new Messages(pool);
    this.engagement = new Engagement(pool);
    this.emailPreferences = new EmailPreferenceCenter(pool, signingKey);
    this.suppressions = new Suppressions(pool);
    this.reports = new Reports(pool, this.deliveries, signingKey);
    this.tickets = new Tickets(pool);
    this.webhooks = new Webhooks(pool);
    this.cursors = new Cursors(pool);
    this.listener = new Listener(connectionUrl);
  }

  /** Ends its connections; the next {@link openStore} makes new ones. */
  async close(): Promise<void> {
    opened.delete(this.connectionUrl);
    await this.listener.close();
    await this.pool.end();
  }
}

const opened = new Map<string, Promise<Store>>();

/**
 * The store behind a connection URL (`postgres://user:password@host:port/database?sslmode=…`), one per process and
 * URL, its schema brought up to date on first use. Rejects when the database cannot be reached; the next call tries
 * again.
 */
export function openStore(connectionUrl: string): Promise<Store> {
  const known = opened.get(connectionUrl);
  if (known !== undefined) return known;
  const opening = open(connectionUrl).catch((error: unknown) => {
    opened.delete(connectionUrl);
    throw error;
  });
  opened.set(connectionUrl, opening);
  return opening;
}

async function open(connectionUrl: string): Promise<Store> {
  await migrate(connectionUrl);
  return new Store(createPool(connectionUrl), connectionUrl);
}
