import { describe, expect, it } from '@jest/globals';
import { groupKeyOf } from '../../../services/intake';
import type { CustomerRecord, NewEvent, Store } from '../../../store';
import { sequence, step } from '../../support/sequences';
import { useStore } from '../../support/store';

const database = useStore();
const EMAIL = 'ada@example.com';
const HANDLER = 'workflow/node';
const failure = { node: 'Set up audience', service: 'Mautic', message: 'Mautic is down.', retryable: true };
const outcomes = [{ service: 'Twenty', action: 'person created', id: '1', at: '2026-01-01T12:00:00.000Z' }];

describe('the timeline of a customer', () => {
  it('shows the events and the work on them, plan changes and payments, newest first', async () => {
    const store = await withHandlers();
    const registered = await accept(store, { second: 1, type: 'user.registered' });
    const ordered = await accept(store, { second: 2, type: 'order_created', source: 'lemonSqueezy' });
    await accept(store, { second: 3, type: 'user.registered' });
    await record(store, registered, { plan: plan('free', 1), source: 'app' });
    await record(store, ordered, {
      source: 'lemonSqueezy',
      plan: { ...plan('pro', 2), subject: 'order:5' },
      payment: { subject: 'order:5', asOf: at(2), currency: 'eur', paidMinor: 1_999, refundedMinor: 0 },
    });
    const [delivery] = await claim(store);
    if (delivery) await store.deliveries.settle([{ ...delivery, outcomes, failure }]);

    expect(await store.customers.timeline('Ada@Example.com', 10)).toEqual([
      {
        kind: 'stage',
        at: expect.any(Date),
        stage: 'active',
        previousStage: 'trial',
        cause: 'lemonSqueezy:order_created',
      },
      {
        kind: 'stage',
        at: expect.any(Date),
        stage: 'trial',
        previousStage: null,
        cause: 'app:user.registered',
      },
      {
        kind: 'plan',
        at: at(2),
        change: 'upgrade',
        tier: 'pro',
        previousTier: 'free',
        status: 'active',
      },
      {
        kind: 'payment',
        at: at(2),
        source: 'lemonSqueezy',
        subject: 'order:5',
        currency: 'eur',
        paid: 19.99,
        refunded: 0,
      },
      {
        kind: 'event',
        at: at(2),
        id: ordered,
        source: 'lemonSqueezy',
        externalId: 'evt_2',
        type: 'order_created',
        receivedAt: expect.any(Date),
        deliveries: [],
      },
      { kind: 'plan', at: at(1), change: 'start', tier: 'free', previousTier: null, status: 'active' },
      expect.objectContaining({
        kind: 'event',
        id: registered,
        deliveries: [
          {
            id: delivery?.id,
            handler: 'User registered',
            state: 'failed',
            attempts: 1,
            outcomes,
            lastFailure: failure,
          },
        ],
      }),
    ]);
  });

  it('shows the text that was sent when what a mail waited for did not happen', async () => {
    const store = await withHandlers();
    const other = { subject: 'Another subject', preheader: '', body: 'Another body' };
    const wait = { events: ['app:user.custom'], whenTimeIsUp: 'sendOther' as const, other };
    await store.sequences.start(
      sequence({ steps: [step('Waiting', { delay: 1, unit: 'minutes', wait })] }),
      [{ email: EMAIL, cause: '1', startedAt: at(0), data: {} }],
      at(0),
    );
    const { messages } = await store.messages.claimDue(
      { limit: 2, mostMarketingPerDay: 9, leaseSeconds: 60 },
      at(60),
    );
    await store.messages.mark(
      messages.map(({ id, lease }) => ({ id, lease, providerId: 'mail_1' })),
      at(60),
    );
    const [mail] = await store.customers.timeline(EMAIL, 10);
    expect(mail).toMatchObject({ kind: 'mail', state: 'sent', subject: 'Another subject' });
    expect((await store.privacy.export(EMAIL))?.mails).toMatchObject([{ subject: 'Another subject' }]);
  });

  it('has the mails that are over, with why or with what was reported, and nothing of the erased', async () => {
    const store = await withHandlers();
    const definition = sequence({ steps: ['Hello', 'Tips', 'Later'].map((name) => step(name)) });
    await store.sequences.start(
      definition,
      [{ email: EMAIL, cause: '1', startedAt: at(0), data: {} }],
      at(0),
    );
    const { messages } = await store.messages.claimDue(
      { limit: 2, mostMarketingPerDay: 9, leaseSeconds: 60 },
      at(1),
    );
    const failure = { message: 'Resend refused it.', retryable: false, unsent: true };
    const results = messages.map(({ id, lease }, index) => ({
      id,
      lease,
      ...(index === 0 ? { providerId: 'mail_1' } : { failure }),
    }));
    await store.messages.mark(results, at(2));
    for (const [kind, second] of [
      ['opened', 4],
      ['delivered', 3],
    ] as const) {
      const eventId = await accept(store, {
        second,
        source: 'resend',
        type: `email.${kind}`,
        groupKey: groupKeyOf('email', EMAIL),
      });
      await store.engagement.record([
        {
          ...{ eventId, kind, providerId: 'mail_1', at: at(second), recipients: [EMAIL] },
          ...{ isFinal: false, detail: null, link: null },
        },
      ]);
    }
    await store.sequences.end(EMAIL, undefined, 'the customer has bought');
    const timeline = await store.customers.timeline(EMAIL, 10);
    const common = { kind: 'mail', sequence: 'Welcome', reports: [] };
    expect(timeline).toHaveLength(3);
    expect(timeline).toEqual(
      expect.arrayContaining([
        expect.objectContaining({
          ...common,
          ...{ at: at(2), state: 'sent', step: 'Hello', subject: 'Hello subject', reason: null },
          reports: [
            expect.objectContaining({ kind: 'delivered' }),
            expect.objectContaining({ kind: 'opened', link: null }),
          ],
        }),
        expect.objectContaining({ ...common, state: 'failed', step: 'Tips', reason: 'Resend refused it.' }),
        expect.objectContaining({
          ...common,
          ...{ state: 'dropped', step: 'Later' },
          reason: 'the sequence ended: the customer has bought',
        }),
      ]),
    );
    await store.privacy.erase(EMAIL);
    expect(await store.customers.timeline(EMAIL, 10)).toEqual([]);
  });

  it('has what names the address, though nobody has recorded it', async () => {
    const store = await withHandlers();
    const named = await accept(store, { second: 1, groupKey: groupKeyOf('email', 'ADA@example.com') });
    const recorded = await accept(store, { second: 2, groupKey: groupKeyOf('email', EMAIL) });
    await accept(store, { second: 3, groupKey: groupKeyOf('email', 'grace@example.com') });
    expect(await idsOf(store, 10)).toEqual([recorded, named]);
    await record(store, recorded, { source: 'app' });
    expect(await idsOf(store, 10)).toEqual([recorded, named]);
  });

  it('is as long as asked for', async () => {
    const store = await withHandlers();
    const ids = [];
    for (let second = 1; second <= 5; second += 1) {
      const id = await accept(store, {
        second,
        groupKey: second % 2 ? groupKeyOf('email', EMAIL) : undefined,
      });
      await record(store, id, { source: 'app' });
      ids.unshift(id);
    }
    // One of the entries is the first stage.
    expect(await store.customers.timeline(EMAIL, 3)).toHaveLength(3);
    expect(await idsOf(store, 4)).toEqual(ids.slice(0, 3));
  });

  it('of somebody unknown is empty', async () => {
    const store = await withHandlers();
    expect(await store.customers.timeline(EMAIL, 10)).toEqual([]);
  });
});

function at(second: number): Date {
  return new Date(Date.UTC(2026, 0, 1, 12, 0, second));
}

function plan(tier: 'free' | 'pro', second: number) {
  return { subject: 'app', asOf: at(second), rank: 0, tier, status: 'active' } as const;
}

async function withHandlers(): Promise<Store> {
  const store = await database.empty();
  const eventTypes = ['app:user.registered'];
  await store.handlers.register({ id: HANDLER, workflowId: 'workflow', name: 'User registered', eventTypes });
  return store;
}

async function accept(
  store: Store,
  { second, ...over }: Partial<NewEvent> & { second: number },
): Promise<string> {
  const { id } = await store.events.accept({
    source: 'app',
    externalId: `evt_${second}`,
    type: 'user.registered',
    occurredAt: at(second),
    payload: {},
    ...over,
  });
  return id ?? '';
}

async function record(
  store: Store,
  eventId: string,
  said: Partial<CustomerRecord> & Pick<CustomerRecord, 'source'>,
) {
  await store.customers.record([{ email: EMAIL, eventId, ...said }]);
}

async function claim(store: Store) {
  return await store.deliveries.claim({ handlerId: HANDLER, limit: 1, leaseSeconds: 60, owner: 1 });
}

async function idsOf(store: Store, limit: number): Promise<string[]> {
  const timeline = await store.customers.timeline(EMAIL, limit);
  return timeline.flatMap((entry) => (entry.kind === 'event' ? [entry.id] : []));
}
