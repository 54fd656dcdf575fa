import type {
  IDataObject,
  IDisplayOptions,
  IExecuteFunctions,
  INodeProperties,
  INodePropertyOptions,
} from 'n8n-workflow';
import {
  STRIPE,
  SubscriptionReader,
  type ReadSubscription,
  type StripeClient,
  type StripeNotice,
} from '../../../services/stripe';
import { requiredText } from '../../shared/parameters';
import type { ItemResult } from '../../shared/process-items';
import { stripeEventOf } from '../item-event';

export const option: INodePropertyOptions = {
  name: 'Get',
  value: 'get',
  action: 'Get a subscription with its customer and plan',
  description: 'Get a subscription as it is now, with its customer and the plan it is for',
};

const showOnlyForSubscriptionGet: IDisplayOptions = {
  show: { resource: ['subscription'], operation: ['get'] },
};

export const description: INodeProperties[] = [
  {
    displayName: 'Subscription ID',
    name: 'subscriptionId',
    type: 'string',
    required: true,
    default: '={{ $json.event.payload.data.object.id }}',
    placeholder: 'e.g. sub_1a2b3c',
    description:
      'The subscription to look up. Preset for items of the Lifecycle Event Trigger; those whose event is not of Stripe pass untouched.',
    displayOptions: showOnlyForSubscriptionGet,
  },
  {
    displayName: 'Plan Metadata Key',
    name: 'planMetadataKey',
    type: 'string',
    required: true,
    default: 'plan',
    placeholder: 'e.g. plan',
    description:
      "Key of the entry in the product's metadata, or else in the price's, whose value is free, pro or enterprise, in upper or lower case",
    displayOptions: showOnlyForSubscriptionGet,
  },
];

/**
 * Adds `subscription` to an item. It is the subscription's state of now that counts, dated by the event, so it makes no
 * difference in which order Stripe's events arrive. Several events of one subscription share one look.
 */
export function prepare(
  context: IExecuteFunctions,
  client: StripeClient,
): (index: number) => Promise<ItemResult> {
  const readers = new Map<string, SubscriptionReader>();
  return async (index) => {
    const event = stripeEventOf(context, index);
    if (event === 'elsewhere') return { json: {} };
    const id = requiredText(context, 'subscriptionId', 'Subscription ID', index);
    const planKey = requiredText(context, 'planMetadataKey', 'Plan Metadata Key', index);
    const reader = readers.get(planKey) ?? new SubscriptionReader(client, planKey);
    readers.set(planKey, reader);
    return itemOf(await reader.read(id, event ?? justNow()));
  };
}

/** Stands for the event of an item that has none. */
function justNow(): StripeNotice {
  return { type: 'customer.subscription.updated', occurredAt: new Date(), payload: undefined };
}

function itemOf({ statement, nothing, ...subscription }: ReadSubscription): ItemResult {
  const said = statement && ({ ...statement, asOf: statement.asOf.toISOString() } as IDataObject);
  const action = nothing === undefined ? 'subscription looked up' : `subscription ignored: ${nothing}`;
  return {
    json: { subscription: { ...subscription, statement: said, ...(nothing !== undefined && { nothing }) } },
    outcomes: [{ service: STRIPE, action, id: subscription.id }],
  };
}
