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
  isAboutSubscription,
  subscriptionIn,
  type ReadSubscription,
  type StripeClient,
  type StripeNotice,
} from '../../../services/stripe';
import { withIsoTimes } from '../../shared/iso-times';
import { itemParameter } from '../../shared/item-parameter';
import { requiredText } from '../../shared/parameters';
import type { ItemResult } from '../../shared/process-items';
import { whenItFails } from '../../shared/when-it-fails';
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
    default: '',
    placeholder: 'e.g. sub_1a2b3c',
    description:
      "The subscription to look up. Empty: the one of the item's event, also of an invoice or a checkout; items whose event is about none, or is not of Stripe, pass untouched.",
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
  { ...whenItFails, displayOptions: showOnlyForSubscriptionGet },
];

/**
 * Adds `subscription` to an item. It is the subscription's state of now that counts, dated by the event, so it makes no
 * difference in which order Stripe's events arrive. Several events of one subscription share one look, whether they are
 * about itself, an invoice or a checkout.
 */
export function prepare(
  context: IExecuteFunctions,
  client: StripeClient,
): (index: number) => Promise<ItemResult> {
  const readers = new Map<string, SubscriptionReader>();
  return async (index) => {
    const event = stripeEventOf(context, index);
    if (event === 'elsewhere') return { json: {} };
    const id = subscriptionIdOf(context, event, index);
    if (id === undefined) return { json: {} };
    const planKey = requiredText(context, 'planMetadataKey', 'Plan Metadata Key', index);
    const reader = readers.get(planKey) ?? new SubscriptionReader(client, planKey);
    readers.set(planKey, reader);
    return itemOf(await reader.read(id, event ?? justNow()));
  };
}

/** Undefined for an event that is about no subscription. */
function subscriptionIdOf(
  context: IExecuteFunctions,
  event: StripeNotice | undefined,
  index: number,
): string | undefined {
  const isLeftOut = itemParameter(context, 'subscriptionId', index, '') === '';
  const own = isLeftOut && event ? subscriptionIn(event) : undefined;
  if (own !== undefined || (isLeftOut && event && !isAboutSubscription(event))) return own;
  return requiredText(context, 'subscriptionId', 'Subscription ID', index);
}

/** Stands for the event of an item that has none. */
function justNow(): StripeNotice {
  return { type: 'customer.subscription.updated', occurredAt: new Date(), payload: undefined };
}

function itemOf({ statement, nothing, details, ...subscription }: ReadSubscription): ItemResult {
  const said = statement && ({ ...statement, asOf: statement.asOf.toISOString() } as IDataObject);
  const action = nothing === undefined ? 'subscription looked up' : `subscription ignored: ${nothing}`;
  return {
    json: {
      subscription: {
        ...subscription,
        statement: said,
        ...(nothing !== undefined && { nothing }),
        details: details && withIsoTimes(details),
      },
    },
    outcomes: [{ service: STRIPE, action, id: subscription.id }],
  };
}
