import { describe, expect, it } from '@jest/globals';
import type { IDataObject, INodeParameters } from 'n8n-workflow';
import { LifecycleStore } from '../../../nodes/LifecycleStore/LifecycleStore.node';
import { name, version } from '../../../package.json';
import type { Store } from '../../../store';
import { executeNode } from '../../support/execute-node';
import { storeCredential } from '../../support/store-credential';
import { useStore } from '../../support/store';

const database = useStore();
const HANDLER = 'workflow/node';
const EMAIL = 'ada@example.com';

async function run(operation: string, request: IDataObject): Promise<IDataObject> {
  const [[item] = []] = await executeNode(
    {
      node: new LifecycleStore(),
      parameters: { resource: 'report', operation } satisfies INodeParameters,
      credentials: [storeCredential(database.url())],
    },
    [request],
  );
  return item?.json ?? {};
}

/** A delivery that is dead, and its id. */
async function withDead(): Promise<{ store: Store; id: string }> {
  const store = await database.empty();
  const eventTypes = ['app:user.registered'];
  await store.handlers.register({ id: HANDLER, workflowId: 'workflow', name: 'Test', eventTypes });
  const { id: eventId } = await store.events.accept({
    source: 'app',
    type: 'user.registered',
    externalId: 'event-1',
    occurredAt: new Date('2026-01-01T12:00:00Z'),
    groupKey: 'group',
    payload: {},
  });
  await store.customers.record([{ source: 'app', email: EMAIL, eventId, name: 'Ada Lovelace' }]);
  await database.sql(
    `update lifecycle.delivery set state = 'dead', last_failure = '{"service": "Mautic", "message": "Refused."}'`,
  );
  const [delivery] = await store.deliveries.find({}, 1);
  return { store, id: delivery?.id ?? '' };
}

describe('a report', () => {
  it('is the overview, as of one moment, with times as text', async () => {
    await withDead();
    const { report, format, table } = await run('get', { query: { period: '7', tier: 'pro' } });
    expect({ format, table }).toEqual({ format: 'html', table: null });
    expect(report).toMatchObject({
      kind: 'overview',
      scope: { tier: 'pro', period: { days: 7, until: expect.stringMatching(/^\d{4}-.*Z$/) } },
      journey: { stages: expect.any(Array) },
      machine: { versions: expect.arrayContaining([{ name, version }]) },
    });
  });

  it('is a list, and as a file a longer one', async () => {
    const { store } = await withDead();
    for (let index = 0; index < 101; index += 1) {
      await store.customers.upsert({ email: `somebody${index}@example.com` });
    }
    const page = (await run('get', { query: { list: 'customers' } })).report as IDataObject;
    expect(page).toMatchObject({ kind: 'list', list: 'customers', after: expect.any(String) });
    expect(page.rows).toHaveLength(100);
    const rest = (await run('get', { query: { list: 'customers', after: page.after as string } }))
      .report as IDataObject;
    expect(rest.rows).toHaveLength(2);
    const file = await run('get', { query: { list: 'customers', format: 'csv' } });
    expect(file).toMatchObject({ format: 'csv', report: { after: null } });
    expect((file.report as IDataObject).rows).toHaveLength(102);
  });

  it('is a customer, by id or address, or nobody', async () => {
    const { store } = await withDead();
    const id = (await store.customers.get(EMAIL))?.id ?? '';
    for (const query of [{ customer: id }, { email: 'ADA@example.com' }]) {
      expect((await run('get', { query })).report).toMatchObject({
        kind: 'customer',
        email: EMAIL,
        customer: { id, name: 'Ada Lovelace' },
        subscriptions: [],
        timeline: expect.arrayContaining([
          expect.objectContaining({ kind: 'event', at: '2026-01-01T12:00:00.000Z' }),
        ]),
        more: false,
      });
    }
    for (const query of [{ customer: '999' }, { email: 'nobody@example.com' }, { list: 'constructor' }]) {
      expect((await run('get', { query })).report).toMatchObject({ kind: 'notFound' });
    }
  });

  it('asks before a replay, and takes the answer', async () => {
    const { store, id } = await withDead();
    const asked = (await run('get', { query: { replay: 'one', delivery: id } })).report as IDataObject;
    expect(asked).toMatchObject({
      kind: 'replay',
      question: expect.stringMatching(/“Test”.*Mautic: Refused\./),
      deliveries: 1,
      fields: { replay: 'one', delivery: id },
      refused: false,
    });
    const form = { ...(asked.fields as IDataObject), token: asked.token as string };
    for (const body of [{ ...form, token: 'x' }, asked.fields as IDataObject]) {
      expect((await run('replay', { body })).report).toMatchObject({ kind: 'replay', refused: true });
      expect((await store.deliveries.find({}, 1))[0]?.state).toBe('dead');
    }
    expect(await run('replay', { body: form })).toMatchObject({
      report: { kind: 'replayed', deliveries: 1 },
      outcomes: [{ action: '1 dead events replayed' }],
    });
    expect((await store.deliveries.find({}, 1))[0]?.state).toBe('waiting');
    expect((await run('replay', { body: form })).report).toEqual({ kind: 'replayed', deliveries: 0 });
    expect((await run('replay', { body: 'nonsense' })).report).toMatchObject({ kind: 'notFound' });
    expect((await run('get', { query: { replay: 'one', delivery: id } })).report).toMatchObject({
      kind: 'replay',
      deliveries: 0,
    });
  });

  it('keeps no password that came with the request', async () => {
    await database.empty();
    const request = {
      query: {},
      headers: { authorization: 'Basic c2VjcmV0', 'x-auth-token': 'secret', host: 'h' },
    };
    expect((await run('get', request)).headers).toEqual({ host: 'h' });
    expect(request.headers).toEqual({ host: 'h' });
  });
});
