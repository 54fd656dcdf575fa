import { customers } from './customers';
import { entries } from './entries';
import type { ReportList } from './list';
import { messages } from './messages';
import { payments } from './payments';
import { revenue } from './revenue';
import { stageChanges } from './stage-changes';
import { subscriptions } from './subscriptions';
import { suppressions } from './suppressions';

/** Every list that a figure can lead to. */
export const reportLists: readonly ReportList[] = [
  customers,
  entries,
  messages,
  payments,
  revenue,
  stageChanges,
  subscriptions,
  suppressions,
];
