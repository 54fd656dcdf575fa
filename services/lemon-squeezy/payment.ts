import { buyerOf, objectOf, type Invoice, type LemonSqueezyEvent, type Order } from './schemas';
import type { Buyer, Nothing, PaymentStatement } from './statements';

/** Statuses of orders and invoices whose money has come in, some or all of it having gone back. */
const PAID: ReadonlySet<string> = new Set(['paid', 'partial_refund', 'refunded']);

/**
 * What an event says about money: an order's and a subscription invoice's total, and what was refunded of it. The
 * first invoice of a subscription says nothing, since its money is that of the order. Of an event that says nothing
 * about money, the reason.
 */
export function paymentIn(event: LemonSqueezyEvent): (Buyer & { payment: PaymentStatement }) | Nothing {
  const object = objectOf(event);
  if ('nothing' in object) return object;
  switch (object.type) {
    case 'subscriptions':
      return { nothing: 'A subscription says nothing about payments.' };
    case 'orders':
      return paymentOf(`order:${object.id}`, object.attributes);
    case 'subscription-invoices':
      return object.attributes.billing_reason === 'initial'
        ? { nothing: 'The first invoice of a subscription is paid with its order.' }
        : paymentOf(`subscription-invoice:${object.id}`, object.attributes);
  }
}

function paymentOf(
  subject: string,
  attributes: Order | Invoice,
): (Buyer & { payment: PaymentStatement }) | Nothing {
  const { status, currency, total, refunded, updated_at: asOf } = attributes;
  if (!PAID.has(status)) return { nothing: `Nothing is paid: the status is ${status}.` };
  const isRefunded = refunded === true || status === 'refunded';
  // Older payloads name no amount: it was all of it then.
  const refundedMinor = attributes.refunded_amount || (isRefunded ? total : 0);
  return {
    ...buyerOf(attributes),
    payment: { subject, asOf, currency, paidMinor: total, refundedMinor },
  };
}
