import {
  NodeConnectionTypes,
  NodeOperationError,
  type IExecuteFunctions,
  type ILoadOptionsFunctions,
  type INodeExecutionData,
  type INodePropertyOptions,
  type INodeType,
  type INodeTypeDescription,
} from 'n8n-workflow';
import { storeOf } from '../shared/store';
import { testStoreConnection } from '../shared/test-store-connection';
import { recordRedeemed } from './campaign/record-redeemed';
import { aspects } from './customer/about';
import { erase } from './customer/erase';
import { exportPerson } from './customer/export';
import { find as findCustomers } from './customer/find';
import { get } from './customer/get';
import { record } from './customer/record';
import { saveSync } from './customer/save-sync';
import { timeline } from './customer/timeline';
import { upsert } from './customer/upsert';
import { begin } from './effect/begin';
import { confirm } from './effect/confirm';
import { add } from './event/add';
import { expirePayloads } from './event/expire-payloads';
import { find } from './event/find';
import { replay } from './event/replay';
import { settle } from './event/settle';
import { choose, get as getPreferences } from './emailPreference/preferences';
import { CLAIM_OUTPUTS, claimDue } from './message/claim-due';
import { find as findMessages } from './message/find';
import { mark } from './message/mark';
import { ENGAGEMENT_OUTPUTS, recordEngagement } from './message/record-engagement';
import type { Operation } from './operation';
import { get as getReport } from './report/get';
import { replay as replayFromReport } from './report/replay';
import { find as findSequences } from './sequence/find';
import { find as findSubscriptions } from './subscription/find';
import * as suppression from './suppression/suppression';
import { find as findSyncRuns } from './syncRun/find';

const operations: Readonly<Record<string, Operation>> = {
  'campaign.recordRedeemed': recordRedeemed,
  'customer.erase': erase,
  'customer.export': exportPerson,
  'customer.find': findCustomers,
  'customer.get': get,
  'customer.record': record,
  'customer.saveSync': saveSync,
  'customer.timeline': timeline,
  'customer.upsert': upsert,
  'event.add': add,
  'event.expirePayloads': expirePayloads,
  'event.find': find,
  'event.replay': replay,
  'event.settle': settle,
  'effect.begin': begin,
  'effect.confirm': confirm,
  'emailPreference.get': getPreferences,
  'emailPreference.upsert': choose,
  'message.claimDue': claimDue,
  'message.find': findMessages,
  'message.mark': mark,
  'message.recordEngagement': recordEngagement,
  'report.get': getReport,
  'report.replay': replayFromReport,
  'sequence.find': findSequences,
  'subscription.find': findSubscriptions,
  'suppression.add': suppression.add,
  'suppression.delete': suppression.remove,
  'suppression.find': suppression.find,
  'syncRun.find': findSyncRuns,
};

/** Names of the outputs, where an operation has several: by the operation and what it is about. */
const OUTPUT_NAMES = {
  begin: ['New', 'Done', 'Unknown'],
  claimDue: CLAIM_OUTPUTS,
  recordEngagement: ENGAGEMENT_OUTPUTS,
  ...Object.fromEntries(Object.entries(aspects).map(([about, { outputs }]) => [`record ${about}`, outputs])),
};

const OUTPUTS: INodeTypeDescription['outputs'] = `={{ (${JSON.stringify(OUTPUT_NAMES)}[$parameter["operation"] === "record" ? "record " + $parameter["about"] : $parameter["operation"]] ?? [""]).map((displayName) => displayName === "" ? "${NodeConnectionTypes.Main}" : ({ type: "${NodeConnectionTypes.Main}", displayName })) }}`;

export class LifecycleStore implements INodeType {
  description: INodeTypeDescription = {
    displayName: 'Lifecycle Store',
    name: 'lifecycleStore',
    icon: { light: 'file:lifecycleStore.svg', dark: 'file:lifecycleStore.dark.svg' },
    group: ['transform'],
    version: 1,
    subtitle:
      '={{ ($parameter["operation"] + ": " + ($parameter["operation"] === "record" ? $parameter["about"] : $parameter["resource"])).replace(/[A-Z]/g, (letter) => " " + letter.toLowerCase()) }}',
    description: 'Keeps customers, what happened to events, and what may happen once only',
    defaults: { name: 'Lifecycle Store' },
    usableAsTool: true,
    inputs: [NodeConnectionTypes.Main],
    outputs: OUTPUTS,
    credentials: [{ name: 'lifecycleStoreApi', required: true, testedBy: 'testStoreConnection' }],
    properties: [
      {
        displayName: 'Resource',
        name: 'resource',
        type: 'options',
        noDataExpression: true,
        options: [
          { name: 'Campaign', value: 'campaign', description: 'What a campaign has led to' },
          {
            name: 'Customer',
            value: 'customer',
            description: 'Somebody events are about, and all they said',
          },
          { name: 'Effect', value: 'effect', description: 'Something that may happen once only' },
          {
            name: 'Email Preference',
            value: 'emailPreference',
            description: 'What somebody wants to get, as they chose by the link in a mail',
          },
          { name: 'Event', value: 'event', description: 'Something that happened, and the work on it' },
          { name: 'Message', value: 'message', description: 'A mail of a sequence, due at a time' },
          { name: 'Report', value: 'report', description: 'What a page of the dashboard shows' },
          { name: 'Sequence', value: 'sequence', description: 'Mails that follow each other' },
          {
            name: 'Subscription',
            value: 'subscription',
            description: 'A plan that somebody pays for, as its provider had it last',
          },
          { name: 'Suppression', value: 'suppression', description: 'An address that nothing is sent to' },
          { name: 'Sync Run', value: 'syncRun', description: 'What a daily sync has done' },
        ],
        default: 'event',
      },
      {
        displayName: 'Operation',
        name: 'operation',
        type: 'options',
        noDataExpression: true,
        displayOptions: { show: { resource: ['campaign'] } },
        options: [
          {
            name: 'Record Redeemed Codes',
            value: 'recordRedeemed',
            description: 'Keep which promo codes were used in the shop, each once',
            action: 'Record redeemed promo codes',
          },
        ],
        default: 'recordRedeemed',
      },
      {
        displayName: 'Operation',
        name: 'operation',
        type: 'options',
        noDataExpression: true,
        displayOptions: { show: { resource: ['customer'] } },
        options: [
          {
            name: 'Create or Update',
            value: 'upsert',
            description: 'Create a new record, or update the current one if it already exists (upsert)',
            action: 'Create or update a customer',
          },
          {
            name: 'Erase',
            value: 'erase',
            description: 'Remove a person from the store for good, payloads of events included',
            action: 'Erase a customer',
          },
          {
            name: 'Export',
            value: 'export',
            description: 'Give everything that the store holds of a person, also as a file',
            action: 'Export a customer',
          },
          {
            name: 'Find',
            value: 'find',
            description:
              'List customers by name, stage, tier or status, of whom something was recorded last first',
            action: 'Find customers',
          },
          {
            name: 'Get',
            value: 'get',
            description: 'Look a customer up by e-mail; "customer" is null when nobody has this address',
            action: 'Get a customer',
          },
          {
            name: 'Record',
            value: 'record',
            description: 'Record what an event says, and work out what holds for its customer now',
            action: 'Record what an event says',
          },
          {
            name: 'Save Sync',
            value: 'saveSync',
            description: 'Keep what Mautic and Twenty now have of the customer, so that it is not done again',
            action: 'Save what was synced',
          },
          {
            name: 'Timeline',
            value: 'timeline',
            description:
              'List all that happened to a customer and what the workflows made of it, newest first',
            action: 'Show the timeline of a customer',
          },
        ],
        default: 'record',
      },
      {
        displayName: 'Operation',
        name: 'operation',
        type: 'options',
        noDataExpression: true,
        displayOptions: { show: { resource: ['event'] } },
        options: [
          {
            name: 'Add',
            value: 'add',
            description: 'Add an event, as if it had come in',
            action: 'Add an event',
          },
          {
            name: 'Expire Payloads',
            value: 'expirePayloads',
            description: 'Remove what came in long ago, once the work on it is over',
            action: 'Expire payloads of events',
          },
          {
            name: 'Find',
            value: 'find',
            description: 'Find events and what was done',
            action: 'Find events',
          },
          {
            name: 'Replay',
            value: 'replay',
            description: 'Let events be worked on again',
            action: 'Replay events',
          },
          {
            name: 'Settle',
            value: 'settle',
            description: 'Record what came of the events of this run; the last step of every path',
            action: 'Settle events',
          },
        ],
        default: 'settle',
      },
      {
        displayName: 'Operation',
        name: 'operation',
        type: 'options',
        noDataExpression: true,
        displayOptions: { show: { resource: ['effect'] } },
        options: [
          {
            name: 'Begin',
            value: 'begin',
            description: 'Tell whether it is new, done before, or begun without a known end',
            action: 'Begin an effect',
          },
          {
            name: 'Confirm',
            value: 'confirm',
            description: 'Record that it happened',
            action: 'Confirm an effect',
          },
        ],
        default: 'begin',
      },
      {
        displayName: 'Operation',
        name: 'operation',
        type: 'options',
        noDataExpression: true,
        displayOptions: { show: { resource: ['subscription'] } },
        options: [
          {
            name: 'Find',
            value: 'find',
            description: 'List subscriptions by customer and status, what changed last first',
            action: 'Find subscriptions',
          },
        ],
        default: 'find',
      },
      {
        displayName: 'Operation',
        name: 'operation',
        type: 'options',
        noDataExpression: true,
        displayOptions: { show: { resource: ['syncRun'] } },
        options: [
          {
            name: 'Find',
            value: 'find',
            description: 'List what syncs have done, the newest first',
            action: 'Find sync runs',
          },
        ],
        default: 'find',
      },
      {
        displayName: 'Operation',
        name: 'operation',
        type: 'options',
        noDataExpression: true,
        displayOptions: { show: { resource: ['message'] } },
        options: [
          {
            name: 'Claim Due',
            value: 'claimDue',
            description: 'Take the mails whose time has come, and drop those that must not go out any more',
            action: 'Claim due messages',
          },
          {
            name: 'Find',
            value: 'find',
            description: 'List mails by customer, sequence and state, what happens last first',
            action: 'Find messages',
          },
          {
            name: 'Mark',
            value: 'mark',
            description: 'Record what became of mails that were claimed; the last step of every path',
            action: 'Mark messages',
          },
          {
            name: 'Record Engagement',
            value: 'recordEngagement',
            description: 'Record what Resend reports of a mail: delivered, opened, clicked, bounced',
            action: 'Record the engagement with a message',
          },
        ],
        default: 'find',
      },
      {
        displayName: 'Operation',
        name: 'operation',
        type: 'options',
        noDataExpression: true,
        displayOptions: { show: { resource: ['report'] } },
        options: [
          {
            name: 'Get',
            value: 'get',
            description: 'Give the figures of a page of the dashboard, or the rows behind one',
            action: 'Get a report',
          },
          {
            name: 'Replay',
            value: 'replay',
            description: 'Let dead events be worked on again, as the form of the dashboard says',
            action: 'Replay dead events by form',
          },
        ],
        default: 'get',
      },
      {
        displayName: 'Operation',
        name: 'operation',
        type: 'options',
        noDataExpression: true,
        displayOptions: { show: { resource: ['sequence'] } },
        options: [
          {
            name: 'Find',
            value: 'find',
            description: 'List sequences with how many are in them, and what became of their mails',
            action: 'Find sequences',
          },
        ],
        default: 'find',
      },
      {
        displayName: 'Operation',
        name: 'operation',
        type: 'options',
        noDataExpression: true,
        displayOptions: { show: { resource: ['suppression'] } },
        options: [
          {
            name: 'Add',
            value: 'add',
            description: 'Send nothing to an address any more',
            action: 'Suppress an address',
          },
          {
            name: 'Delete',
            value: 'delete',
            description: 'Let mails go to an address again',
            action: 'Lift the suppression of an address',
          },
          {
            name: 'Find',
            value: 'find',
            description: 'List addresses that nothing is sent to, the newest first',
            action: 'Find suppressed addresses',
          },
        ],
        default: 'find',
      },
      {
        displayName: 'Operation',
        name: 'operation',
        type: 'options',
        noDataExpression: true,
        displayOptions: { show: { resource: ['emailPreference'] } },
        options: [
          {
            name: 'Create or Update',
            value: 'upsert',
            description: 'Create a new record, or update the current one if it already exists (upsert)',
            action: 'Create or update e mail preferences',
          },
          {
            name: 'Get',
            value: 'get',
            description: 'Tell what somebody gets; "preferences" is null for a link that is not ours',
            action: 'Get e mail preferences',
          },
        ],
        default: 'get',
      },
      ...Object.values(operations).flatMap(({ properties }) => properties),
    ],
  };

  methods = {
    credentialTest: { testStoreConnection },
    loadOptions: {
      async getHandlers(this: ILoadOptionsFunctions): Promise<INodePropertyOptions[]> {
        const store = await storeOf(this);
        const handlers = await store.handlers.status();
        return handlers.map(({ id, name, published }) => ({
          name: published ? name : `${name} (not published)`,
          value: id,
        }));
      },
      async getSequences(this: ILoadOptionsFunctions): Promise<INodePropertyOptions[]> {
        const sequences = await (await storeOf(this)).sequences.find();
        return [
          { name: 'All Sequences', value: '' },
          ...sequences.map(({ name }) => ({ name, value: name })),
        ];
      },
      async getSyncs(this: ILoadOptionsFunctions): Promise<INodePropertyOptions[]> {
        const names = await (await storeOf(this)).syncRuns.names();
        return names.map((name) => ({ name, value: name }));
      },
    },
  };

  async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
    const resource = this.getNodeParameter('resource', 0) as string;
    const operation = this.getNodeParameter('operation', 0) as string;
    const chosen = operations[`${resource}.${operation}`];
    if (chosen === undefined) {
      throw new NodeOperationError(
        this.getNode(),
        `The operation "${operation}" of "${resource}" is unknown.`,
      );
    }
    chosen.prepare?.(this);
    return await chosen.execute(this, await storeOf(this));
  }
}
