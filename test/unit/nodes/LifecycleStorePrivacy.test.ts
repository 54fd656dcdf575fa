import { describe, expect, it } from '@jest/globals';
import type { IDataObject, INodeExecutionData, INodeParameters } from 'n8n-workflow';
import { LifecycleStore } from '../../../nodes/LifecycleStore/LifecycleStore.node';
import { groupKeyOf } from '../../../services/intake';
import { openStore, type NewEvent, type Store } from '../../../store';
import { executeNode } from '../../support/execute-node';
import { storeCredential } from '../../support/store-credential';
import { useStore } from '../../support/store';

const database = useStore();
const EMAIL = 'ada@example.com';
const ERASE = { resource: 'customer', operation: 'erase', email: '={{ $json.email }}' };

describe('erasing', () => {
  it('says what was removed, and what is left to do by hand', async () => {
    const store = await withAda();
    await store.customers.saveSync([
      {
        customerId: (await store.customers.get(EMAIL))?.id ?? '',
        mauticContactId: 47,
        twentyPersonId: 'p-1',
      },
    ]);
    const parameters = { ...ERASE, repeatedEmail: 'ADA@example.com', reason: 'ticket 1' };
    const [erased] = await run(parameters, [{ email: EMAIL }]);
    expect(erased?.json.erasure).toMatchObject({
      reason: 'ticket 1',
      erasedAt: expect.any(String),
      underWay: 0,
      counts: { customer: 1, event: 2, customer_event: 1 },
      byHand: expect.arrayContaining([
        'Mautic: delete the contact 47',
        expect.stringMatching(/^Twenty: .*p-1/),
      ]),
    });
    expect(await store.customers.get(EMAIL)).toBeUndefined();
  });

  it.each([
    ['another address', 'eda@example.com'],
    ['nothing', ''],
  ])('does nothing when the repeated address is %s', async (_case, repeatedEmail) => {
    const store = await withAda();
    await expect(run({ ...ERASE, repeatedEmail }, [{ email: EMAIL }])).rejects.toThrow(/Repeat Email/);
    expect(await store.customers.get(EMAIL)).toMatchObject({ email: EMAIL });
  });

  it.each([
    ['plan', 1],
    ['activity', 1],
  ])('before an event about %s is recorded leaves nothing to do for it', async (about, output) => {
    const store = await withAda();
    const event = await claimed(store, appEvent('user.loggedIn', {}));
    await store.privacy.erase(EMAIL);
    const outputs = await record(about, event);
    expect(outputs[output]?.[0]?.json).toMatchObject({
      customer: null,
      outcomes: [{ action: 'nothing to do: this person was erased after the event' }],
    });
    expect(await store.customers.get(EMAIL)).toBeUndefined();
  });

  it('before a registration is recorded holds back all that would follow', async () => {
    const store = await withAda();
    const event = await claimed(store, appEvent('user.registered', { plan: 'free' }));
    await store.privacy.erase(EMAIL);
    const [[item] = []] = await record('registration', event);
    expect(item?.json.failure).toMatchObject({
      message: expect.stringMatching(/erased/),
      retryable: false,
    });
    expect(await store.customers.get(EMAIL)).toBeUndefined();
  });
});

describe('exporting', () => {
  const parameters = { resource: 'customer', operation: 'export', email: '={{ $json.email }}' };

  it('gives one item and a file a person', async () => {
    const store = await withAda();
    const customer = await store.customers.get(EMAIL);
    const [ada, nobody] = await run(parameters, [{ email: EMAIL }, { email: 'nobody@example.com' }]);
    expect(ada?.json.export).toMatchObject({
      email: EMAIL,
      customer: { name: 'Ada Lovelace' },
      events: [{ type: 'user.registered' }, { type: 'customer.stageChanged' }],
    });
    const file = ada?.binary?.data;
    expect(file).toMatchObject({ fileName: `customer-${customer?.id}.json`, mimeType: 'application/json' });
    expect(JSON.parse(Buffer.from(file?.data ?? '', 'base64').toString())).toEqual(ada?.json.export);
    expect(nobody).toEqual({ json: { export: null }, pairedItem: { item: 1 } });
  });
});

describe('expiring payloads', () => {
  it('tells how many went, and Find shows it', async () => {
    const store = await withAda();
    const { delivery } = await claimed(store, appEvent('user.loggedIn', {}));
    await store.deliveries.settle([{ ...(delivery as { id: string; lease: string }), outcomes: [] }]);
    await database.sql(`update lifecycle.event set received_at = now() - interval '31 days'`);
    const parameters = { operation: 'expirePayloads', olderThanDays: 30 };
    const [expired] = await run(parameters, [{}]);
    expect(expired?.json).toEqual({ expired: { olderThanDays: 30, removed: 3, keptForWork: 0 } });
    const [found] = await run({ operation: 'find', states: [] }, [{}]);
    expect(found?.json).toMatchObject({
      payloadRemovedAt: expect.any(String),
      event: { payload: { expired: true } },
    });
  });
});

const HANDLER = 'workflow/node';
let events = 0;

function appEvent(type: string, data: IDataObject): NewEvent {
  events += 1;
  const occurredAt = new Date('2026-01-01T12:00:00Z');
  return {
    source: 'app',
    type,
    externalId: `event-${events}`,
    occurredAt,
    // Names nobody, as with Stripe's subscriptions.
    groupKey: groupKeyOf('object', `${events}`),
    payload: { type, timestamp: occurredAt.toISOString(), data: { email: EMAIL, ...data } },
  };
}

/** A store that has a customer, who was recorded of one event. */
async function withAda(): Promise<Store> {
  await database.empty();
  const store = await openStore(database.url());
  const { id } = await store.events.accept(appEvent('user.registered', { plan: 'free' }));
  await store.customers.record([{ source: 'app', email: EMAIL, eventId: id, name: 'Ada Lovelace' }]);
  return store;
}

async function claimed(store: Store, event: NewEvent): Promise<IDataObject> {
  const eventTypes = [`${event.source}:${event.type}`];
  await store.handlers.register({ id: HANDLER, workflowId: 'workflow', name: 'Test', eventTypes });
  await store.events.accept(event);
  const [delivery] = await store.deliveries.claim({
    handlerId: HANDLER,
    limit: 1,
    leaseSeconds: 60,
    owner: 1,
  });
  if (!delivery) throw new Error('nothing was claimed');
  const { id, lease, attempt } = delivery;
  const stored = { ...event, id: delivery.event.id, occurredAt: event.occurredAt.toISOString() };
  return { event: stored as unknown as IDataObject, delivery: { id, lease, attempt } };
}

async function record(about: string, item: IDataObject): Promise<INodeExecutionData[][]> {
  return await execute({ resource: 'customer', operation: 'record', about }, [item]);
}

async function run(
  parameters: INodeParameters,
  items: readonly IDataObject[],
): Promise<INodeExecutionData[]> {
  return (await execute(parameters, items)).flat();
}

async function execute(
  parameters: INodeParameters,
  items: readonly IDataObject[],
): Promise<INodeExecutionData[][]> {
  const credentials = [storeCredential(database.url())];
  return await executeNode({ node: new LifecycleStore(), parameters, credentials }, items);
}
