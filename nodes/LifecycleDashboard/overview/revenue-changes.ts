import type { CurrencyReport, RevenueDay } from '../report';

export interface RevenueChange {
  /** As the list of changes is filtered. */
  kind: 'new' | 'expansion' | 'reactivated' | 'contraction' | 'churned';
  title: string;
  /** Of the charts'. */
  colour: number;
  /** Whether MRR rises or falls by it; amounts are kept without sign. */
  sign: 1 | -1;
  minor: keyof RevenueDay & `${string}Minor`;
  count: keyof CurrencyReport & `${string}Count`;
}

/** What makes MRR another one than before. */
export const CHANGES: readonly RevenueChange[] = [
  { kind: 'new', title: 'New', colour: 1, sign: 1, minor: 'newMinor', count: 'newCount' },
  {
    kind: 'expansion',
    title: 'Expansion',
    colour: 2,
    sign: 1,
    minor: 'expansionMinor',
    count: 'expansionCount',
  },
  {
    kind: 'reactivated',
    title: 'Reactivated',
    colour: 5,
    sign: 1,
    minor: 'reactivatedMinor',
    count: 'reactivatedCount',
  },
  {
    kind: 'contraction',
    title: 'Contraction',
    colour: 3,
    sign: -1,
    minor: 'contractionMinor',
    count: 'contractionCount',
  },
  { kind: 'churned', title: 'Churned', colour: 6, sign: -1, minor: 'churnedMinor', count: 'churnedCount' },
];

/** By how much MRR changed, in minor units. */
export function netOf(changes: Pick<RevenueDay, RevenueChange['minor']>): number {
  return CHANGES.reduce((sum, { sign, minor }) => sum + sign * Math.abs(changes[minor]), 0);
}
