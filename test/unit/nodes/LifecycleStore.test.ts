import { describe, expect, it } from '@jest/globals';
import type { IDataObject, INodeParameters } from 'n8n-workflow';
import { LifecycleStoreApi } from '../../../credentials/LifecycleStoreApi.credentials';
import { LifecycleStore } from '../../../nodes/LifecycleStore/LifecycleStore.node';
import type { Store } from '../../../store';
import { executeNode, loadOptionsContext } from '../../support/execute-node';
import { useStore } from '../../support/store';

const database = useStore();
const HANDLER = 'workflow/node';

describe('settling', () => {
  it('records what was done, and shows it', async () => {
    const { store, items } = await claimed(2);
    const outcome = { service: 'Shopware', action: 'promo code created', at: '2026-01-01T00:00:00Z' };
    const [settled] = await run({}, [{ ...items[0], outcomes: [outcome] }, items[1] ?? {}]);
    expect(settled?.map(({ json }) => json.state)).toEqual(['done', 'done']);
    const found = await store.deliveries.find({}, 10);
    expect(found.map(({ outcomes }) => outcomes)).toEqual([[], [outcome]]);
  });

  it('fails the run when an event failed, after recording all of them', async () => {
    const { store, items } = await claimed(3);
    const failing = [items[0], { ...items[1], failure: failure() }, { ...items[2], failure: failure(false) }];
    await expect(run({}, failing)).rejects.toThrow(
      /2 of 3 events failed \(1 will be tried again by itself, 1 will not be tried again until replayed\)\. Shopware is down\./,
    );
    const found = await store.deliveries.find({}, 10);
    expect(found.map(({ state }) => state)).toEqual(['dead', 'failed', 'done']);
  });

  it('tells what the services said word for word, although it names a code that n8n has words for', async () => {
    const { items } = await claimed(1);
    const message = 'EspoCRM could not look for the lead: no answer from crm.example.com (ECONNREFUSED).';
    await expect(run({}, [{ ...items[0], failure: { ...failure(), message } }])).rejects.toThrow(message);
  });

  it('lets the events of every path be settled before it fails the run', async () => {
    const { store, items } = await claimed(3);
    const node = { ...setup({}), memory: {} };
    await executeNode(node, [items[0] ?? {}, { ...items[1], failure: failure() }]);
    await expect(executeNode(node, [items[2] ?? {}])).rejects.toThrow(/1 of 3 events failed/);
    const found = await store.deliveries.find({}, 10);
    expect(found.map(({ state }) => state)).toEqual(['done', 'failed', 'done']);
  });

  it('shows the failure instead when the run shall not fail', async () => {
    const { items } = await claimed(1);
    const [settled] = await run({ failRun: false }, [{ ...items[0], failure: failure() }]);
    expect(settled?.[0]?.json).toMatchObject({
      state: 'failed',
      attempts: 1,
      nextTryAt: expect.stringMatching(/^\d{4}-/),
      failure: { message: 'Shopware is down.' },
    });
  });

  it('takes several items of one event together: it failed when one of them did', async () => {
    const { store, items } = await claimed(1);
    await run({ failRun: false }, [{ ...items[0] }, { ...items[0], failure: failure() }]);
    expect((await store.deliveries.find({}, 1))[0]).toMatchObject({ state: 'failed' });
  });

  it('counts what failed without holding back later steps, and names all of it', async () => {
    const { store, items } = await claimed(2);
    const slack = { ...failure(false), node: 'Tell Slack', message: 'Slack is down.' };
    const twenty = { ...failure(), node: 'Ensure person', message: 'Twenty is down.' };
    const failing = [items[0], { ...items[1], failures: [slack, twenty], failure: failure(false) }];
    await expect(run({}, failing)).rejects.toThrow(
      /1 of 2 events failed \(1 will be tried again by itself\)\. Shopware is down\. Slack is down\. Twenty is down\./,
    );
    const found = await store.deliveries.find({}, 10);
    expect(found.map(({ state }) => state)).toEqual(['failed', 'done']);
    expect(found[0]?.lastFailure).toMatchObject({
      node: 'Create promo code',
      service: 'Shopware',
      message: 'Shopware is down. Slack is down. Twenty is down.',
      retryable: true,
    });
  });

  it('does not try again what failed on the way when none of it can heal', async () => {
    const { store, items } = await claimed(1);
    await run({ failRun: false }, [{ ...items[0], failures: [failure(false)] }]);
    expect((await store.deliveries.find({}, 1))[0]).toMatchObject({ state: 'dead' });
  });

  it('counts an event once that comes by two paths, each with the failure of a step before them', async () => {
    const { store, items } = await claimed(2);
    const node = { ...setup({}), memory: {} };
    const carried = { ...items[0], failures: [failure()] };
    await executeNode(node, [carried, carried]);
    expect((await store.deliveries.find({ states: ['failed'] }, 1))[0]?.lastFailure).toMatchObject(failure());
    await expect(executeNode(node, [carried, items[1] ?? {}])).rejects.toThrow(
      /1 of 2 events failed \(1 will be tried again by itself\)\. Shopware is down\.$/,
    );
  });

  it('says which field an item has lost, and settles the others', async () => {
    const { store, items } = await claimed(1);
    await expect(run({}, [items[0] ?? {}, { name: 'Ada' }])).rejects.toThrow(
      /1 of 2 items carry no delivery/,
    );
    expect((await store.deliveries.find({}, 1))[0]).toMatchObject({ state: 'done' });
  });

  it('leaves an event that is tried in the editor alone', async () => {
    await claimed(0);
    const delivery = { id: 'test', lease: 'test', attempt: 1 };
    const [settled] = await run({}, [{ delivery, failure: failure() }]);
    expect(settled?.[0]?.json.state).toMatch(/not settled/);
  });
});

describe('looking for events', () => {
  it('finds them by state and by the provider’s id, with what came of them', async () => {
    const { items } = await claimed(2);
    await run({ failRun: false }, [items[0] ?? {}, { ...items[1], failure: failure(false) }]);
    const [dead] = await run({ operation: 'find', states: ['dead'], filters: {} }, [{}]);
    expect(dead?.map(({ json }) => json)).toEqual([
      expect.objectContaining({
        state: 'dead',
        lastFailure: expect.objectContaining({ service: 'Shopware' }),
        event: expect.objectContaining({ externalId: 'evt_1' }),
      }),
    ]);
    const byId = { operation: 'find', states: [], filters: { externalId: 'evt_0' } };
    expect((await run(byId, [{}]))[0]).toHaveLength(1);
  });

  it('replays those that are dead', async () => {
    const { store, items } = await claimed(2);
    await run({ failRun: false }, [items[0] ?? {}, { ...items[1], failure: failure(false) }]);
    const [replayed] = await run({ operation: 'replay', states: ['dead'], filters: {} }, [{}]);
    expect(replayed?.[0]?.json).toEqual({ replayed: 1 });
    expect((await store.deliveries.find({}, 10)).map(({ state }) => state)).toEqual(['waiting', 'done']);
  });

  it('offers the workflows by name, and tells which are not published', async () => {
    const { store } = await claimed(0);
    await store.handlers.withdraw(HANDLER);
    const node = new LifecycleStore();
    const options = await node.methods.loadOptions.getHandlers.call(loadOptionsContext(setup({})));
    expect(options).toEqual([{ name: 'Test (not published)', value: HANDLER }]);
  });
});

describe('adding an event', () => {
  const registered = { operation: 'add', eventType: 'app:user.churned', externalId: 'churn-1' };

  it('makes it wait for its handler, once', async () => {
    const { store } = await claimed(0);
    for (let time = 0; time < 2; time += 1) {
      await run({ ...registered, payload: '{"data":{"email":"a@example.com"}}' }, [{}]);
    }
    expect(await store.deliveries.find({}, 10)).toEqual([
      expect.objectContaining({
        state: 'waiting',
        event: expect.objectContaining({ externalId: 'churn-1' }),
      }),
    ]);
  });

  it.each(['no JSON', '[]', '3'])('refuses the payload %s', async (payload) => {
    await claimed(0);
    await expect(run({ ...registered, payload }, [{}])).rejects.toThrow(/not a JSON object/);
  });
});

describe('an effect', () => {
  const effect = { resource: 'effect', key: 'gift:1' };

  it('leaves by New, then by Unknown, and once confirmed by Done', async () => {
    await claimed(0);
    const begin = { ...effect, operation: 'begin' };
    expect((await run(begin, [{}])).map((items) => items.length)).toEqual([1, 0, 0]);
    expect((await run(begin, [{}])).map((items) => items.length)).toEqual([0, 0, 1]);
    await run({ ...effect, operation: 'confirm' }, [{}]);
    expect((await run(begin, [{}])).map((items) => items.length)).toEqual([0, 1, 0]);
  });

  it('needs a key', async () => {
    await claimed(0);
    await expect(run({ ...effect, operation: 'begin', key: ' ' }, [{}])).rejects.toThrow(
      /key of the effect is empty/,
    );
  });
});

/** A store with as many events, claimed, and the items that a run has of them. */
async function claimed(count: number): Promise<{ store: Store; items: IDataObject[] }> {
  const store = await database.empty();
  const eventTypes = ['app:user.churned'];
  await store.handlers.register({ id: HANDLER, workflowId: 'workflow', name: 'Test', eventTypes });
  for (let number = 0; number < count; number += 1) {
    await store.events.accept({
      source: 'app',
      type: 'user.churned',
      externalId: `evt_${number}`,
      occurredAt: new Date(),
      payload: {},
    });
  }
  const deliveries = await store.deliveries.claim({
    handlerId: HANDLER,
    limit: 100,
    leaseSeconds: 60,
    owner: 1,
  });
  return { store, items: deliveries.map(({ id, lease, attempt }) => ({ delivery: { id, lease, attempt } })) };
}

function failure(retryable = true): IDataObject {
  return { node: 'Create promo code', service: 'Shopware', message: 'Shopware is down.', retryable };
}

function run(parameters: INodeParameters, items: ReadonlyArray<IDataObject | undefined>) {
  return executeNode(
    setup(parameters),
    items.map((item) => item ?? {}),
  );
}

function setup(parameters: INodeParameters) {
  const { hostname, port, username, password, pathname } = new URL(database.url());
  const data = {
    host: hostname,
    port: Number(port),
    user: decodeURIComponent(username),
    password: decodeURIComponent(password),
    database: pathname.slice(1),
    ssl: 'disable',
  };
  return { node: new LifecycleStore(), parameters, credentials: [{ type: new LifecycleStoreApi(), data }] };
}
