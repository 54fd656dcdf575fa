import type { EventSource } from './events';
import type { PaymentStatement } from './lifetime-value';
import type { PlanChange, PlanStatement, PlanStatus, Tier } from './plan';
import type { Stage } from './stage';
import { storableText } from './storable';
import type { SubscriptionReading } from './subscriptions';

/** All that is known of a customer. What is not known is `null`. */
export interface Customer {
  /** `0` for one that is not in the store. */
  id: string;
  /** Trimmed and in lower case. */
  email: string;
  name: string | null;
  /** `null` when churned as well. */
  tier: Tier | null;
  previousTier: Tier | null;
  status: PlanStatus | null;
  lastChange: PlanChange | null;
  /** When tier or status became what they are. */
  planChangedAt: Date | null;
  signedUpAt: Date | null;
  /** Of the earliest registration that names one. */
  signupSource: string | null;
  marketingConsent: boolean;
  /** IANA name, e.g. `Europe/Berlin`, as the application said last. */
  timeZone: string | null;
  lastLoginAt: Date | null;
  /** What the customer was last said to have done. */
  lastActivity: string | null;
  lastActivityAt: Date | null;
  /** Of the newest trial that somebody told of, other than of a subscription's. */
  trialStartedAt: Date | null;
  trialEndsAt: Date | null;
  /** Where on the journey, as of the last time that anything was recorded; `null` when nothing ever was. */
  stage: Stage | null;
  stageSince: Date | null;
  /** Paid and not refunded, in major units of `currency`. */
  lifetimeValue: number;
  /** ISO 4217, in lower case. */
  currency: string | null;
  mauticContactId: number | null;
  twentyPersonId: string | null;
  /** Aliases of the segments in Mautic, as of the last sync. */
  segments: string[];
  /** Names of the campaigns in Mautic, as of the last sync. */
  campaigns: string[];
  syncedAt: Date | null;
}

/** What one event says about a customer. */
export interface CustomerRecord {
  /** The id of the stored event; without one nothing is kept. */
  eventId?: string | undefined;
  /** The delivery that works on the customer from now on, for as long as it is leased. */
  deliveryId?: string | undefined;
  /** The lease by which the run has the delivery; without one it counts as whoever has it now. */
  lease?: string | undefined;
  source: EventSource;
  /** In whatever spelling. */
  email: string;
  name?: string | undefined;
  /** When somebody entered the name by hand; without it only registrations replace one that is known. */
  namedAt?: Date | undefined;
  /** Given by registrations only. */
  signedUpAt?: Date | undefined;
  signupSource?: string | undefined;
  marketingConsent?: boolean | undefined;
  /** One that does not exist says nothing. */
  timeZone?: { name: string; at: Date } | undefined;
  plan?: PlanStatement | undefined;
  payment?: PaymentStatement | undefined;
  /** Kept for whatever it says, also of plans that do not count. */
  subscription?: SubscriptionReading | undefined;
  trial?: { startedAt: Date; endsAt?: Date | undefined } | undefined;
  loggedInAt?: Date | undefined;
  activity?: { name: string; at: Date } | undefined;
}

/** A customer as kept, with what no one but the store needs. */
export interface CustomerRow extends Customer {
  namedAt: Date | null;
  zonedAt: Date | null;
  sourcedAt: Date | null;
  consentAt: Date | null;
  planVersion: number;
  stageVersion: number;
  valueVersion: number;
  heldBy: string[];
  syncedPlan: number;
  syncedValue: number;
  syncedLoginAt: Date | null;
  syncedActivity: string | null;
  syncedActivityAt: Date | null;
}

/** The form in which an e-mail address identifies a customer. */
export function normalizedEmail(email: string): string {
  return storableText(email.trim().toLowerCase());
}

/** Somebody of whom nothing is known. */
export function newCustomer(email: string): CustomerRow {
  return {
    id: '0',
    email,
    name: null,
    namedAt: null,
    tier: null,
    previousTier: null,
    status: null,
    lastChange: null,
    planChangedAt: null,
    planVersion: 0,
    signedUpAt: null,
    signupSource: null,
    sourcedAt: null,
    marketingConsent: false,
    timeZone: null,
    zonedAt: null,
    consentAt: null,
    lastLoginAt: null,
    lastActivity: null,
    lastActivityAt: null,
    trialStartedAt: null,
    trialEndsAt: null,
    stage: null,
    stageSince: null,
    stageVersion: 0,
    lifetimeValue: 0,
    currency: null,
    valueVersion: 0,
    heldBy: [],
    mauticContactId: null,
    twentyPersonId: null,
    segments: [],
    campaigns: [],
    syncedPlan: 0,
    syncedValue: 0,
    syncedLoginAt: null,
    syncedActivity: null,
    syncedActivityAt: null,
    syncedAt: null,
  };
}

/** The customer as far as others are concerned. */
export function publicCustomer(row: CustomerRow): Customer {
  return {
    id: row.id,
    email: row.email,
    name: row.name,
    tier: row.tier,
    previousTier: row.previousTier,
    status: row.status,
    lastChange: row.lastChange,
    planChangedAt: row.planChangedAt,
    signedUpAt: row.signedUpAt,
    signupSource: row.signupSource,
    marketingConsent: row.marketingConsent,
    timeZone: row.timeZone,
    lastLoginAt: row.lastLoginAt,
    lastActivity: row.lastActivity,
    lastActivityAt: row.lastActivityAt,
    trialStartedAt: row.trialStartedAt,
    trialEndsAt: row.trialEndsAt,
    stage: row.stage,
    stageSince: row.stageSince,
    lifetimeValue: row.lifetimeValue,
    currency: row.currency,
    mauticContactId: row.mauticContactId,
    twentyPersonId: row.twentyPersonId,
    segments: row.segments,
    campaigns: row.campaigns,
    syncedAt: row.syncedAt,
  };
}
