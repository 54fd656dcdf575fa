import {
  NodeConnectionTypes,
  type IExecuteFunctions,
  type INodeExecutionData,
  type INodeType,
  type INodeTypeDescription,
} from 'n8n-workflow';
import { ServiceError, asError } from '../../services/http';
import { MAUTIC } from '../../services/mautic';
import { RESEND } from '../../services/resend';
import { STRIPE } from '../../services/stripe';
import { credentialsHere, shownOnlyFor } from '../shared/credential-choice';
import { MAUTIC_CREDENTIAL } from '../shared/mautic';
import { operationError } from '../shared/operation-error';
import { RESEND_CREDENTIAL } from '../shared/resend';
import { explainStoreError, testStoreConnection } from '../shared/test-store-connection';
import { STRIPE_CREDENTIAL, getProducts } from '../shared/stripe';
import { reconcile } from './reconcile';
import { subscriptionProperties } from './subscription-properties';
import { reconcileSubscriptions } from './subscriptions';

const PROVIDERS = ['mautic', 'resend', 'stripe'] as const;
const TITLES = { mautic: MAUTIC, resend: RESEND, stripe: STRIPE };

export class LifecycleReconcile implements INodeType {
  description: INodeTypeDescription = {
    displayName: 'Lifecycle Reconcile',
    name: 'lifecycleReconcile',
    icon: { light: 'file:lifecycleReconcile.svg', dark: 'file:lifecycleReconcile.dark.svg' },
    group: ['transform'],
    version: 1,
    subtitle:
      `={{ (${JSON.stringify(TITLES)})[$parameter["provider"]]` +
      ' + ($parameter["what"] === "subscriptions" ? ": subscriptions" : "") }}',
    description: 'Adds what a provider never managed to deliver, or makes sure of all subscriptions',
    defaults: { name: 'Lifecycle Reconcile' },
    usableAsTool: true,
    inputs: [NodeConnectionTypes.Main],
    outputs: [NodeConnectionTypes.Main],
    credentials: [
      { name: 'lifecycleStoreApi', required: true, testedBy: 'testStoreConnection' },
      {
        name: STRIPE_CREDENTIAL,
        required: true,
        displayOptions: shownOnlyFor('provider', 'stripe', PROVIDERS),
      },
      {
        name: MAUTIC_CREDENTIAL,
        required: true,
        displayOptions: shownOnlyFor('provider', 'mautic', PROVIDERS),
      },
      {
        name: RESEND_CREDENTIAL,
        required: true,
        displayOptions: shownOnlyFor('provider', 'resend', PROVIDERS),
      },
    ],
    properties: [
      {
        displayName: 'Provider',
        name: 'provider',
        type: 'options',
        noDataExpression: true,
        default: 'stripe',
        description: 'With whom to catch up',
        options: [
          {
            name: 'Mautic',
            value: 'mautic',
            description: 'Contacts that were added or edited, and of which no event came in',
          },
          {
            name: 'Resend',
            value: 'resend',
            description: 'Only the webhook is looked after: Resend has no list of what it could not deliver',
          },
          {
            name: 'Stripe',
            value: 'stripe',
            description: 'Events of the last 30 days that did not come in',
          },
        ],
      },
      credentialsHere,
      {
        displayName: 'What',
        name: 'what',
        type: 'options',
        noDataExpression: true,
        default: 'events',
        displayOptions: { show: { provider: ['stripe'] } },
        options: [
          {
            name: 'All Subscriptions',
            value: 'subscriptions',
            description:
              'Compare every subscription with the store, and raise an event for each that differs',
          },
          {
            name: 'Missed Events',
            value: 'events',
            description: 'Add the events of the last 30 days that did not come in',
          },
        ],
      },
      ...subscriptionProperties,
      {
        displayName:
          'Goes on where its last run ended, whether that was in the editor or not. Events that came in before are left alone, so that running it again is harmless.',
        name: 'notice',
        type: 'notice',
        default: '',
        displayOptions: { hide: { what: ['subscriptions'], provider: ['resend'] } },
      },
      {
        displayName: 'First Run Looks Back (Hours)',
        name: 'lookBackHours',
        type: 'number',
        typeOptions: { minValue: 0, maxValue: 720, numberPrecision: 0 },
        default: 24,
        displayOptions: { hide: { what: ['subscriptions'], provider: ['resend'] } },
        description: 'How far back to look as long as there is no last run to go on from',
      },
      {
        displayName: 'Grace Period (Minutes)',
        name: 'graceMinutes',
        type: 'number',
        typeOptions: { minValue: 0, maxValue: 1440, numberPrecision: 0 },
        default: 5,
        displayOptions: { show: { provider: ['mautic'] } },
        description:
          "Changes younger than this are left to the next run, since their webhook may still be under way. Longer than the interval of Mautic's cron job, if it sends webhooks from its queue.",
      },
    ],
  };

  methods = { credentialTest: { testStoreConnection }, loadOptions: { getProducts } };

  /** Once a run, whatever number of items starts it. */
  async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
    try {
      const what = this.getNodeParameter('what', 0, 'events');
      const work = what === 'subscriptions' ? reconcileSubscriptions : reconcile;
      return [[{ json: await work(this), pairedItem: { item: 0 } }]];
    } catch (error) {
      throw operationError(this.getNode(), messageOf(error));
    }
  }
}

/** Errors of the providers are explained already; what else has a code comes from PostgreSQL. */
function messageOf(error: unknown): string {
  const hasCode = typeof error === 'object' && error !== null && 'code' in error;
  if (error instanceof ServiceError || !hasCode) return asError(error).message;
  return `The lifecycle store is out of reach. ${explainStoreError(error)}`;
}
