import type { Account } from './account';
import type { StripeObject } from './objects';

/**
 * The payment with this id, as far as it shows in others: the double keeps none, but each has a session, and a charge once
 * the money has come.
 */
export function paymentIntentObject(account: Account, id: string): StripeObject | undefined {
  const session = account.sessions.findNewest(({ paymentIntentId }) => paymentIntentId === id);
  const charge = account.charges.findNewest(({ paymentIntentId }) => paymentIntentId === id);
  const shown = charge ?? session;
  if (!shown) return undefined;
  return {
    id,
    object: 'payment_intent',
    ...(charge && { amount: charge.amount, amount_received: charge.amount }),
    created: shown.created,
    currency: shown.currency,
    customer: shown.customerId,
    latest_charge: charge?.id ?? null,
    livemode: false,
    metadata: {},
    status: charge ? 'succeeded' : 'processing',
  };
}
