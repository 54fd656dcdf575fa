import { customers } from './customers';
import type { ReportList } from './list';
import { payments } from './payments';
import { revenue } from './revenue';
import { stageChanges } from './stage-changes';
import { subscriptions } from './subscriptions';

/** The rows behind the figures of a report. */
export const reportLists: readonly ReportList[] = [customers, payments, revenue, stageChanges, subscriptions];
