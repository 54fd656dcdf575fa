import type { Queryable } from '../database';
import type { Stage } from '../stage';
import type { ReportScope } from './scope';

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

export const readJourney: (database: Queryable, scope: ReportScope) => Promise<JourneyReport> = () =>
  Promise.resolve({ stages: [], moves: [], total: 0, days: [] });
