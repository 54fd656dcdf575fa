import { describe, expect, it } from '@jest/globals';
import { Dispatcher, type DispatcherOptions } from '../../../nodes/LifecycleEventTrigger/dispatcher';
import type { ClaimedDelivery, Store } from '../../../store';
import { useStore } from '../../support/store';
import { until } from '../../support/until';

const database = useStore();

describe('the dispatcher', () => {
  it('starts a run with an event at once, and with those together that came in meanwhile', async () => {
    const { store, runs, finish } = await dispatching({ concurrency: 1 });
    await accept(store, 'evt_1');
    await until(() => runs.length === 1);
    for (const id of ['evt_2', 'evt_3', 'evt_4']) await accept(store, id);
    await finish();
    await until(() => runs.length === 2);
    expect(runs.map(ids)).toEqual([['evt_1'], ['evt_2', 'evt_3', 'evt_4']]);
  });

  it('has no more runs under way than it may', async () => {
    const { store, runs } = await dispatching({ concurrency: 2, batchSize: 1 });
    for (const id of ['evt_1', 'evt_2', 'evt_3']) await accept(store, id);
    await until(() => runs.length === 2);
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(runs.map(ids)).toEqual([['evt_1'], ['evt_2']]);
  });

  it('tries the events of a run that failed as a whole one by one', async () => {
    const { store, runs, finish } = await dispatching({ concurrency: 1 });
    await accept(store, 'evt_0');
    await until(() => runs.length === 1);
    for (const id of ['evt_1', 'evt_2', 'evt_3']) await accept(store, id);
    await finish();
    await until(() => runs.length === 2);
    await finish(new Error('out of memory'), false);
    for (const count of [3, 4, 5]) {
      await until(() => runs.length === count);
      await finish();
    }
    expect(runs.map(ids)).toEqual([['evt_0'], ['evt_1', 'evt_2', 'evt_3'], ['evt_1'], ['evt_2'], ['evt_3']]);
  });

  it('goes on when nobody ever tells that a run has ended', async () => {
    const { store, runs } = await dispatching({ concurrency: 1, leaseSeconds: 1 });
    await accept(store, 'evt_1');
    await until(() => runs.length === 2);
    expect(runs.map(ids)).toEqual([['evt_1'], ['evt_1']]);
    expect(runs[1]?.[0]?.attempt).toBe(2);
  });

  it('takes nothing more once stopped, and says that the handler is not published', async () => {
    const { store, runs, dispatcher } = await dispatching();
    await dispatcher.stop();
    await accept(store, 'evt_1');
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(runs).toEqual([]);
    expect(await store.handlers.status()).toEqual([
      expect.objectContaining({ published: false, waiting: 1 }),
    ]);
  });

  it('still accounts for a run that was under way when it was stopped', async () => {
    const { store, runs, finish, dispatcher } = await dispatching();
    await accept(store, 'evt_1');
    await until(() => runs.length === 1);
    await dispatcher.stop();
    await finish(new Error('cancelled'), false);
    await until(async () => (await store.deliveries.find({ states: ['failed'] }, 1)).length === 1);
    expect(runs).toHaveLength(1);
  });

  it('takes over at once what a process that is gone has left', async () => {
    const store = await database.empty();
    await register(store);
    await accept(store, 'evt_1');
    const gone = { handlerId: HANDLER, limit: 1, leaseSeconds: 3_600, owner: store.listener.owner + 1 };
    await store.deliveries.claim(gone);
    const { runs } = await dispatching({}, store);
    await until(() => runs.length === 1);
    expect(runs[0]?.[0]).toMatchObject({ attempt: 2 });
  });

  it('works on a group that another handler works on as soon as that has settled it', async () => {
    const { store, runs } = await dispatching();
    const other = { ...handler(), id: 'other/node' };
    const { runs: otherRuns } = await dispatching({ handler: other }, store);
    await accept(store, 'evt_1', 'email:a');
    await until(() => runs.length + otherRuns.length === 1);
    const [first] = [...runs, ...otherRuns];
    await store.deliveries.settle((first ?? []).map((delivery) => ({ ...delivery, outcomes: [] })));
    // Not by the clock, which would take longer.
    await until(() => runs.length + otherRuns.length === 2, 'the other handler', 10);
    expect([runs.map(ids), otherRuns.map(ids)]).toEqual([[['evt_1']], [['evt_1']]]);
  });

  it('leaves it to the lease where workers run the executions', async () => {
    const store = await database.empty();
    await register(store);
    await accept(store, 'evt_1');
    const gone = { handlerId: HANDLER, limit: 1, leaseSeconds: 3_600, owner: store.listener.owner + 1 };
    await store.deliveries.claim(gone);
    const { runs } = await dispatching({ ownersExecute: false }, store);
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(runs).toEqual([]);
  });

  it('works on after the database was away', async () => {
    const { store, runs } = await dispatching();
    await database.postgres.stop();
    await database.postgres.start();
    await until(async () =>
      accept(store, 'evt_1').then(
        () => true,
        () => false,
      ),
    );
    await until(() => runs.length === 1);
    expect(runs.map(ids)).toEqual([['evt_1']]);
  });

  it('tries again what a run could not settle because the database was away', async () => {
    const { store, runs, finish } = await dispatching();
    await accept(store, 'evt_1');
    await until(() => runs.length === 1);
    await database.postgres.stop();
    await finish(new Error('connect ECONNREFUSED'), false);
    await new Promise((resolve) => setTimeout(resolve, 300));
    await database.postgres.start();
    await until(() => runs.length === 2);
    expect(runs.map(ids)).toEqual([['evt_1'], ['evt_1']]);
  });

  it('does not hammer a database that is away', async () => {
    const { store, errors } = await dispatching();
    await database.postgres.stop();
    await accept(store, 'evt_1').catch(() => undefined);
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    expect(errors.length).toBeLessThan(5);
    await database.postgres.start();
  });
});

const HANDLER = 'workflow/node';

async function dispatching(options: Partial<DispatcherOptions> = {}, existing?: Store) {
  const store = existing ?? (await database.empty());
  const runs: ClaimedDelivery[][] = [];
  const errors: unknown[] = [];
  const endings: Array<{ resolve: () => void; reject: (error: Error) => void }> = [];
  const dispatcher = new Dispatcher({
    store,
    handler: handler(),
    batchSize: 100,
    concurrency: 2,
    leaseSeconds: 60,
    ownersExecute: true,
    run: (deliveries) => {
      runs.push([...deliveries]);
      return new Promise<void>((resolve, reject) => endings.push({ resolve, reject }));
    },
    onError: (error) => errors.push(error),
    ...options,
  });
  await dispatcher.start();
  database.beforeClosing(() => dispatcher.stop());
  /** Ends the oldest run under way; settles its deliveries first unless told otherwise. */
  const finish = async (error?: Error, settled = true) => {
    const index = runs.length - endings.length;
    const run = runs[index] ?? [];
    if (settled) await store.deliveries.settle(run.map(({ id, lease }) => ({ id, lease, outcomes: [] })));
    const ending = endings.shift();
    if (error) ending?.reject(error);
    else ending?.resolve();
  };
  return { store, runs, errors, dispatcher, finish };
}

function handler() {
  return { id: HANDLER, workflowId: 'workflow', name: 'Test', eventTypes: ['app:user.churned'] };
}

function register(store: Store) {
  return store.handlers.register(handler());
}

function accept(store: Store, externalId: string, groupKey?: string) {
  return store.events.accept({
    source: 'app',
    type: 'user.churned',
    externalId,
    occurredAt: new Date(),
    groupKey,
    payload: {},
  });
}

function ids(run: readonly ClaimedDelivery[]): string[] {
  return run.map(({ event }) => event.externalId);
}
