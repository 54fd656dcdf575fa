import { campaign } from './campaign';
import { customers } from './customers';
import { deliveries } from './deliveries';
import { entries } from './entries';
import { events } from './events';
import type { ReportList } from './list';
import { messages } from './messages';
import { payments } from './payments';
import { revenue } from './revenue';
import { stageChanges } from './stage-changes';
import { subscriptions } from './subscriptions';
import { suppressions } from './suppressions';
import { syncRuns } from './sync-runs';
import { tickets } from './tickets';

/** Every list that a figure can lead to. */
export const reportLists: readonly ReportList[] = [
  campaign,
  customers,
  deliveries,
  entries,
  events,
  messages,
  payments,
  revenue,
  stageChanges,
  subscriptions,
  suppressions,
  syncRuns,
  tickets,
];
