import type { Queryable } from '../database';
import type { ReportScope } from './scope';

interface Movements {
  newMinor: number;
  expansionMinor: number;
  contractionMinor: number;
  churnedMinor: number;
  reactivatedMinor: number;
}

export interface CurrencyReport extends Movements {
  currency: string;
  mrrMinor: number;
  subscriptions: number;
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
  days: Array<Movements & { day: string }>;
}

export interface RevenueReport {
  currencies: CurrencyReport[];
}

export const readRevenue: (database: Queryable, scope: ReportScope) => Promise<RevenueReport> = () =>
  Promise.resolve({ currencies: [] });
