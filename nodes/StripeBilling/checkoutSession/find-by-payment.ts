import type { IDisplayOptions, IExecuteFunctions, INodeProperties, INodePropertyOptions } from 'n8n-workflow';
import { findCheckoutSession, type StripeClient } from '../../../services/stripe';
import { itemParameter } from '../../shared/item-parameter';
import { requiredText } from '../../shared/parameters';
import type { ItemResult } from '../../shared/process-items';
import { stripeEventOf } from '../item-event';
import { ignored, purchaseRule, ruleProperties, sorted } from './purchase';

export const option: INodePropertyOptions = {
  name: 'Find by Payment',
  value: 'findByPayment',
  action: 'Find the checkout session of a payment',
  description:
    'Find the checkout session in which a payment was made, e.g. one that was refunded, and see whether it holds a product',
};

const PAYMENT = { name: 'paymentIntentId', displayName: 'Payment Intent ID' };

const showOnlyForFindByPayment: IDisplayOptions = {
  show: { resource: ['checkoutSession'], operation: ['findByPayment'] },
};

export const description: INodeProperties[] = [
  {
    ...PAYMENT,
    type: 'string',
    default: '={{ $json.event.payload.data.object.payment_intent }}',
    placeholder: 'e.g. pi_1a2b3c',
    description:
      'The payment whose checkout session to look up. Preset for items of the Lifecycle Event Trigger that are about a charge; those of a charge without a payment intent leave by No Match.',
    displayOptions: showOnlyForFindByPayment,
  },
  ...ruleProperties(showOnlyForFindByPayment),
];

/**
 * Adds `checkout` to an item and sorts it as *Get* does, also when the money was given back meanwhile. A payment that was
 * not made in a checkout leaves by *No match*.
 */
export function prepare(
  context: IExecuteFunctions,
  client: StripeClient,
): (index: number) => Promise<ItemResult> {
  return async (index) => {
    const rule = purchaseRule(context, index);
    const event = stripeEventOf(context, index);
    if (typeof event === 'object' && !itemParameter(context, PAYMENT.name, index, '')) {
      return ignored('the payment was not made in a checkout');
    }
    const id = requiredText(context, PAYMENT.name, PAYMENT.displayName, index);
    const session = await findCheckoutSession(client, id);
    return session ? sorted(session, rule) : ignored('the payment was not made in a checkout', id);
  };
}
