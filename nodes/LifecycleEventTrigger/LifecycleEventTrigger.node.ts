import {
  NodeConnectionTypes,
  NodeOperationError,
  type IDataObject,
  type INodeExecutionData,
  type INodeType,
  type INodeTypeDescription,
  type IRun,
  type ITriggerFunctions,
  type ITriggerResponse,
} from 'n8n-workflow';
import type { ClaimedDelivery } from '../../store';
import { eventJson } from '../shared/event-item';
import { eventTypeOptions } from '../shared/event-types';
import { storeOf } from '../shared/store';
import { testStoreConnection } from '../shared/test-store-connection';
import { Dispatcher } from './dispatcher';
import { editorItem } from './editor-item';

export class LifecycleEventTrigger implements INodeType {
  description: INodeTypeDescription = {
    displayName: 'Lifecycle Event Trigger',
    name: 'lifecycleEventTrigger',
    icon: { light: 'file:lifecycleEventTrigger.svg', dark: 'file:lifecycleEventTrigger.dark.svg' },
    group: ['trigger'],
    version: 2,
    subtitle:
      '={{ $parameter["eventTypes"].length === 1 ? $parameter["eventTypes"][0] : $parameter["eventTypes"].length + " types of events" }}',
    description: 'Starts the workflow with events that the intake has stored, many at a time',
    eventTriggerDescription: '',
    activationMessage: 'The workflow now works on events of these types, and on those that waited for it.',
    defaults: { name: 'On event' },
    inputs: [],
    outputs: [NodeConnectionTypes.Main],
    credentials: [{ name: 'lifecycleStoreApi', required: true, testedBy: 'testStoreConnection' }],
    properties: [
      {
        displayName: 'Event Names or IDs',
        name: 'eventTypes',
        type: 'multiOptions',
        noDataExpression: true,
        required: true,
        options: eventTypeOptions,
        default: [],
        description: 'Which events the workflow works on',
      },
      {
        displayName:
          'Each event comes as one item and has to reach a Lifecycle Store node set to "Settle". In the editor, the newest real event is taken, or a sample. It is not used up, but the steps behind it really act.',
        name: 'notice',
        type: 'notice',
        default: '',
      },
      {
        displayName: 'Options',
        name: 'options',
        type: 'collection',
        placeholder: 'Add option',
        default: {},
        options: [
          {
            displayName: 'Also Past Events Since',
            name: 'since',
            type: 'dateTime',
            default: '',
            description: 'On publishing, also hand out the stored events that came in since then',
          },
          {
            displayName: 'Events per Run',
            name: 'batchSize',
            type: 'number',
            typeOptions: { minValue: 1, maxValue: 100 },
            default: 100,
            description: 'How many events that have collected may come as the items of one execution',
          },
          {
            displayName: 'Longest Run (Minutes)',
            name: 'leaseMinutes',
            type: 'number',
            typeOptions: { minValue: 1, maxValue: 1440 },
            default: 10,
            description:
              'An execution that has not settled its events by then counts as lost, and they are tried again',
          },
          {
            displayName: 'Runs at a Time',
            name: 'concurrency',
            type: 'number',
            typeOptions: { minValue: 1, maxValue: 20 },
            default: 2,
            description: 'How many executions of this workflow may be under way',
          },
        ],
      },
    ],
  };

  methods = { credentialTest: { testStoreConnection } };

  async trigger(this: ITriggerFunctions): Promise<ITriggerResponse> {
    const eventTypes = this.getNodeParameter('eventTypes', []) as string[];
    if (eventTypes.length === 0) {
      throw new NodeOperationError(this.getNode(), 'Choose at least one event that the workflow works on.');
    }
    const store = await storeOf(this);
    if (this.getMode() === 'manual') {
      return {
        manualTriggerFunction: async () => this.emit([[await editorItem(store, this.getNode(), eventTypes)]]),
      };
    }

    const options = this.getNodeParameter('options', {}) as IDataObject;
    const workflow = this.getWorkflow();
    const dispatcher = new Dispatcher({
      store,
      handler: {
        id: `${workflow.id ?? ''}/${this.getNode().id}`,
        workflowId: workflow.id ?? '',
        name: workflow.name ?? '',
        eventTypes,
        since: options.since ? new Date(String(options.since)) : undefined,
      },
      batchSize: Number(options.batchSize ?? 100),
      concurrency: Number(options.concurrency ?? 2),
      leaseSeconds: Number(options.leaseMinutes ?? 10) * 60,
      // In queue mode runs go on in a worker when this process dies; only the lease tells when they are lost.
      ownersExecute: process.env.EXECUTIONS_MODE !== 'queue',
      run: (deliveries) => {
        const run = this.helpers.createDeferredPromise<IRun>();
        this.emit([deliveries.map(deliveryItem)], undefined, run);
        return run.promise;
      },
      onError: (error) => {
        const message = error instanceof Error ? error.message : String(error);
        this.logger.error(`Lifecycle Event Trigger (${workflow.name ?? ''}): ${message}`);
      },
    });
    await dispatcher.start();
    return { closeFunction: () => dispatcher.stop() };
  }
}

function deliveryItem({ id, lease, leasedUntil, attempt, event }: ClaimedDelivery): INodeExecutionData {
  const delivery = { id, lease, leasedUntil: leasedUntil.toISOString(), attempt };
  return { json: { event: eventJson(event), delivery } };
}
