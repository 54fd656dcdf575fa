import { NodeOperationError, type IDataObject, type INode, type INodeExecutionData } from 'n8n-workflow';
import type { Store } from '../../store';
import { eventJson } from '../shared/event-item';
import { eventTypeNamed } from '../shared/event-types';
import { TEST_DELIVERY } from '../shared/item';

/** What the trigger gives in the editor: the newest real event of the types, or a sample. Nothing is claimed. */
export async function editorItem(
  store: Store,
  node: INode,
  eventTypes: readonly string[],
): Promise<INodeExecutionData> {
  const newest = await store.events.newest(eventTypes);
  if (newest) return { json: { event: eventJson(newest), delivery: TEST_DELIVERY } };
  for (const name of eventTypes) {
    const eventType = eventTypeNamed(name);
    if (eventType?.sample === undefined) continue;
    const now = new Date().toISOString();
    const event = {
      id: 'sample',
      source: eventType.source,
      externalId: 'sample',
      type: eventType.type,
      occurredAt: now,
      receivedAt: now,
      payload: eventType.sample as IDataObject,
    };
    return { json: { event, delivery: TEST_DELIVERY } };
  }
  throw new NodeOperationError(
    node,
    'No event of these types has come in yet, and there is no sample of them. Let one happen at the provider first.',
  );
}
