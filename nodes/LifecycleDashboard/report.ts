import type {
  Customer,
  EventSource,
  MessageKind,
  Stage,
  Subscription,
  SyncCounts,
  SyncRunState,
  Tier,
  TimelineEntry,
} from '../../store';

/** What the store gives, as it comes in an item: times as ISO 8601 text, in UTC. */
export type Serialized<Value> = Value extends Date
  ? string
  : Value extends ReadonlyArray<infer Each>
    ? Array<Serialized<Each>>
    : Value extends object
      ? { [Key in keyof Value]: Serialized<Value[Key]> }
      : Value;

export const REPORT_KINDS = ['overview', 'list', 'customer', 'replay', 'replayed', 'notFound'] as const;

/** All that a page can be made of. */
export type Report =
  OverviewReport | ListReport | CustomerReport | ReplayReport | ReplayedReport | NotFoundReport;

export interface ReportPeriod {
  days: number;
  from: string;
  until: string;
}

export interface ReportScope {
  period: ReportPeriod;
  tier: Tier | null;
}

export interface OverviewReport {
  kind: 'overview';
  scope: ReportScope;
  journey: JourneyReport;
  emails: EmailReport;
  revenue: RevenueReport;
  campaign: CampaignReport;
  machine: MachineReport;
}

export interface StageReport {
  stage: Stage;
  customers: number;
  entered: number;
  left: number;
  movedOn: number;
  medianHours: number | null;
  automation: Array<{ name: string; published: boolean; kind: 'workflow' | 'sequence' }>;
}

export interface StageMove {
  from: Stage | null;
  to: Stage;
  customers: number;
}

export interface JourneyReport {
  stages: StageReport[];
  moves: StageMove[];
  total: number;
  days: Array<{ day: string; stage: Stage; entered: number }>;
}

export interface MailCounts {
  planned: number;
  sent: number;
  delivered: number;
  opened: number;
  clicked: number;
  bounced: number;
  complained: number;
  unsubscribed: number;
  skipped: number;
  failed: number;
  unknown: number;
}

export interface VariantReport extends MailCounts {
  variant: number;
  name: string;
  subject: string | null;
}

export interface StepReport extends MailCounts {
  step: number;
  name: string;
  subject: string | null;
  variants: VariantReport[];
}

export interface SequenceMailReport extends MailCounts {
  sequence: string;
  kind: MessageKind;
  topic: string | null;
  entered: number;
  underWay: number;
  steps: StepReport[];
}

export interface EmailReport {
  sequences: SequenceMailReport[];
  days: Array<MailCounts & { day: string }>;
  skipped: Array<{ reason: string; mails: number }>;
  suppressed: Array<{ reason: string; addresses: number }>;
}

export interface RevenueDay {
  day: string;
  newMinor: number;
  expansionMinor: number;
  contractionMinor: number;
  churnedMinor: number;
  reactivatedMinor: number;
}

export interface CurrencyReport {
  currency: string;
  mrrMinor: number;
  subscriptions: number;
  newMinor: number;
  expansionMinor: number;
  contractionMinor: number;
  churnedMinor: number;
  reactivatedMinor: number;
  newCount: number;
  expansionCount: number;
  contractionCount: number;
  churnedCount: number;
  reactivatedCount: number;
  failing: number;
  failed: number;
  recovered: number;
  paidMinor: number;
  refundedMinor: number;
  days: RevenueDay[];
}

export interface RevenueReport {
  currencies: CurrencyReport[];
}

export interface CampaignDay {
  day: string;
  purchases: number;
  couponsIssued: number;
  couponsRedeemed: number;
  invitesIssued: number;
  leadsCreated: number;
}

export interface CampaignReport {
  purchases: number;
  couponsIssued: number;
  /** `null` when no shop was ever asked. */
  couponsRedeemed: number | null;
  couponsRevoked: number;
  invitesIssued: number;
  invitesLive: number;
  invitesUsed: number;
  invitesExpired: number;
  invitesRevoked: number;
  leadsCreated: number;
  days: CampaignDay[];
}

export interface HandlerReport {
  id: string;
  name: string;
  published: boolean;
  events: number;
  waiting: number;
  leased: number;
  retried: number;
  dead: number;
  oldestWaitingAt: string | null;
}

export interface DeadReport {
  handlerId: string;
  handler: string;
  eventType: string;
  deliveries: number;
  newest: { id: string; at: string; service: string | null; message: string };
}

export interface SyncReport {
  name: string;
  state: SyncRunState;
  startedAt: string;
  finishedAt: string | null;
  counts: SyncCounts;
  lastFailure: string | null;
}

export interface LimitReport {
  service: string;
  limit: string;
  used: number;
  of: number | null;
  note: string | null;
}

export interface MachineReport {
  hours: Array<{ at: string; source: EventSource; events: number }>;
  bucket: 'hour' | 'day';
  sources: Array<{ source: EventSource; events: number; lastReceivedAt: string | null }>;
  handlers: HandlerReport[];
  dead: DeadReport[];
  lag: { medianSeconds: number | null; p95Seconds: number | null; deliveries: number };
  oldestWaitingAt: string | null;
  syncs: SyncReport[];
  limits: LimitReport[];
  versions: Array<{ name: string; version: string }>;
}

export interface ListColumn {
  key: string;
  title: string;
  /** `money`: in minor units of the row's `currency`; `customer`: the row's `customerId`; `delivery`: one to replay. */
  kind: 'text' | 'time' | 'number' | 'money' | 'customer' | 'delivery';
}

export interface ListReport {
  kind: 'list';
  scope: ReportScope;
  list: string;
  title: string;
  filters: Record<string, string>;
  columns: ListColumn[];
  rows: Array<Record<string, string | number | null>>;
  /** Where the next page goes on; `null` on the last. */
  after: string | null;
}

export interface CustomerReport {
  kind: 'customer';
  scope: ReportScope;
  /** `null` for an address that only events name. */
  customer: Serialized<Customer> | null;
  email: string;
  subscriptions: Array<Serialized<Subscription>>;
  /** Newest first. */
  timeline: Array<Serialized<TimelineEntry>>;
  /** Whether there are older entries than these. */
  more: boolean;
}

/** Asks before anything is tried again. */
export interface ReplayReport {
  kind: 'replay';
  question: string;
  deliveries: number;
  token: string;
  /** What the form sends back. */
  fields: Record<string, string>;
  /** Whether a form was sent that does not count: too old, changed, or none of ours. */
  refused: boolean;
}

export interface ReplayedReport {
  kind: 'replayed';
  deliveries: number;
}

export interface NotFoundReport {
  kind: 'notFound';
  /** A sentence that says what was looked for. */
  message: string;
}
