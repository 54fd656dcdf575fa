import type * as store from '../../store';

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

export type ReportPeriod = Serialized<store.ReportPeriod>;
export type ReportScope = Serialized<store.ReportScope>;
export type OverviewReport = Serialized<store.OverviewReport>;
export type JourneyReport = OverviewReport['journey'];
export type StageReport = JourneyReport['stages'][number];
export type EmailReport = OverviewReport['emails'];
export type SequenceMailReport = EmailReport['sequences'][number];
export type StepReport = SequenceMailReport['steps'][number];
export type VariantReport = StepReport['variants'][number];
export type MailCounts = store.MailCounts;
export type RevenueReport = OverviewReport['revenue'];
export type CurrencyReport = RevenueReport['currencies'][number];
export type RevenueDay = CurrencyReport['days'][number];
export type CampaignReport = OverviewReport['campaign'];
export type CampaignDay = CampaignReport['days'][number];
export type MachineReport = OverviewReport['machine'];
export type TicketReport = OverviewReport['tickets'];
export type SyncReport = MachineReport['syncs'][number];
export type LimitReport = MachineReport['limits'][number];
export type ListReport = Serialized<store.ListReport>;
export type ListColumn = store.ListColumn;
export type CustomerReport = Serialized<store.CustomerReport>;

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
