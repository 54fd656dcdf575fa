import { afterAll, describe, expect, it } from '@jest/globals';
import type { INodeExecutionData, ITriggerFunctions } from 'n8n-workflow';
import { LifecycleEventTrigger } from '../../../nodes/LifecycleEventTrigger/LifecycleEventTrigger.node';
import { connectionUrlOf } from '../../../nodes/shared/store';
import { openStore } from '../../../store';
import { contextOf } from '../../support/execute-node';
import { useStore } from '../../support/store';
import { storeCredential } from '../../support/store-credential';
import { until } from '../../support/until';

const database = useStore();
const closings: Array<() => Promise<unknown>> = [];
afterAll(() => Promise.all(closings.map((close) => close())));

describe('an item of the trigger', () => {
  it('carries its event, and the right to work on it with its end, so that no step works beyond it', async () => {
    const store = await openStore(connectionUrlOf(storeCredential(database.url()).data));
    const emitted: INodeExecutionData[] = [];
    const { closeFunction } = await new LifecycleEventTrigger().trigger.call(triggerContext(emitted));
    closings.push(async () => {
      await closeFunction?.();
      await store.close();
    });
    await store.events.accept({
      source: 'app',
      type: 'user.churned',
      externalId: 'evt_1',
      occurredAt: new Date(),
      payload: { user: 'one' },
    });
    await until(() => emitted.length > 0);
    const [leased] = await database.sql<{ id: string; lease: string; until: Date; minutes: number }>(
      `select id, lease, lease_expires_at as until,
              extract(epoch from lease_expires_at - updated_at)::float8 / 60 as minutes
       from lifecycle.delivery`,
    );
    expect(leased?.minutes).toBe(3);
    expect(emitted[0]?.json).toMatchObject({
      event: { source: 'app', type: 'user.churned', externalId: 'evt_1', payload: { user: 'one' } },
      delivery: {
        id: leased?.id,
        lease: leased?.lease,
        leasedUntil: leased?.until.toISOString(),
        attempt: 1,
      },
    });
  });
});

/** As n8n calls a published trigger; its runs never end. */
function triggerContext(emitted: INodeExecutionData[]): ITriggerFunctions {
  const { node, shared } = contextOf({
    node: new LifecycleEventTrigger(),
    parameters: { eventTypes: ['app:user.churned'], options: { leaseMinutes: 3 } },
    credentials: [storeCredential(database.url())],
  });
  return {
    ...shared,
    helpers: { ...shared.helpers, createDeferredPromise: () => ({ promise: new Promise(() => undefined) }) },
    getMode: () => 'trigger',
    getWorkflow: () => ({ id: 'workflow', name: 'Test', active: true }),
    getNodeParameter: (name: string, fallback?: unknown) => node.parameters[name] ?? fallback,
    emit: ([items = []]: INodeExecutionData[][]) => void emitted.push(...items),
  } as unknown as ITriggerFunctions;
}
