import type { Queryable } from '../database';
import type { EventSource } from '../events';
import type { SyncCounts, SyncRunState } from '../sync-runs';
import type { ReportScope } from './scope';

export interface MachineReport {
  hours: Array<{ at: Date; source: EventSource; events: number }>;
  bucket: 'hour' | 'day';
  sources: Array<{ source: EventSource; events: number; lastReceivedAt: Date | null }>;
  handlers: Array<{
    id: string;
    name: string;
    published: boolean;
    events: number;
    waiting: number;
    leased: number;
    retried: number;
    dead: number;
    oldestWaitingAt: Date | null;
  }>;
  dead: Array<{
    handlerId: string;
    handler: string;
    eventType: string;
    deliveries: number;
    newest: { id: string; at: Date; service: string | null; message: string };
  }>;
  lag: { medianSeconds: number | null; p95Seconds: number | null; deliveries: number };
  oldestWaitingAt: Date | null;
  syncs: Array<{
    name: string;
    state: SyncRunState;
    startedAt: Date;
    finishedAt: Date | null;
    counts: SyncCounts;
    lastFailure: string | null;
  }>;
  limits: Array<{ service: string; limit: string; used: number; of: number | null; note: string | null }>;
  versions: Array<{ name: string; version: string }>;
}

export const readMachine: (database: Queryable, scope: ReportScope) => Promise<MachineReport> = () =>
  Promise.resolve({
    hours: [],
    bucket: 'day',
    sources: [],
    handlers: [],
    dead: [],
    lag: { medianSeconds: null, p95Seconds: null, deliveries: 0 },
    oldestWaitingAt: null,
    syncs: [],
    limits: [],
    versions: [],
  });
