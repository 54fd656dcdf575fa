import type { EventType } from './provider';

/** What workflows can start from that no sender reports: the store and the syncs find it out. Nobody else may send it. */
export const ownEventTypes: readonly EventType[] = [
  {
    type: 'customer.stageChanged',
    title: 'Customer reached another stage',
    sample: {
      email: 'ada@example.com',
      previousStage: 'onboarding',
      stage: 'active',
      cause: { eventId: '47', type: 'stripe:invoice.paid' },
    },
  },
  {
    type: 'trial.started',
    title: 'Trial started',
    sample: {
      email: 'ada@example.com',
      name: 'Ada Lovelace',
      company: 'Analytical Engines',
      startedAt: '2026-01-01T12:00:00.000Z',
      endsAt: '2026-01-15T12:00:00.000Z',
    },
  },
];
