import type { IDisplayOptions, IExecuteFunctions, INodeProperties, INodePropertyOptions } from 'n8n-workflow';
import { retrieveCheckoutSession, type StripeClient } from '../../../services/stripe';
import { requiredText } from '../../shared/parameters';
import type { ItemResult } from '../../shared/process-items';
import { purchaseRule, ruleProperties, sorted } from './purchase';

export const option: INodePropertyOptions = {
  name: 'Get',
  value: 'get',
  action: 'Get a checkout session with all its line items',
  description:
    'Get a checkout session with all its line items, and see whether it was paid and holds a product',
};

const showOnlyForCheckoutSessionGet: IDisplayOptions = {
  show: { resource: ['checkoutSession'], operation: ['get'] },
};

export const description: INodeProperties[] = [
  {
    displayName: 'Checkout Session ID',
    name: 'sessionId',
    type: 'string',
    required: true,
    default: '={{ $json.event.payload.data.object.id }}',
    placeholder: 'e.g. cs_live_a1b2c3',
    description: 'The checkout session to look up. Preset for items of the Lifecycle Event Trigger.',
    displayOptions: showOnlyForCheckoutSessionGet,
  },
  ...ruleProperties(showOnlyForCheckoutSessionGet),
];

/**
 * Adds `checkout` to an item and sorts it. It is the session's state of now that decides, so it makes no difference in
 * which order Stripe's events arrive, nor whether the money was given back before.
 */
export function prepare(
  context: IExecuteFunctions,
  client: StripeClient,
): (index: number) => Promise<ItemResult> {
  return async (index) => {
    const id = requiredText(context, 'sessionId', 'Checkout Session ID', index);
    const rule = purchaseRule(context, index);
    const session = await retrieveCheckoutSession(client, id);
    return sorted(session, rule, session.refunded ? 'the payment was refunded' : undefined);
  };
}
