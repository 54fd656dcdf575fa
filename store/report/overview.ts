import type { CampaignReport } from './campaign';
import type { EmailReport } from './emails';
import type { JourneyReport } from './journey';
import type { MachineReport } from './machine';
import type { RevenueReport } from './revenue';
import type { ReportScope } from './scope';
import type { TicketReport } from './tickets';

/** What the first page of the dashboard shows, all as of one moment. */
export interface OverviewReport {
  kind: 'overview';
  scope: ReportScope;
  journey: JourneyReport;
  emails: EmailReport;
  revenue: RevenueReport;
  campaign: CampaignReport;
  tickets: TicketReport;
  machine: MachineReport;
}
