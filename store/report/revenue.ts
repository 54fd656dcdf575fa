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

export function readRevenue(_database: Queryable, _scope: ReportScope): Promise<RevenueReport> {
  return Promise.resolve({ currencies: [] });
}
