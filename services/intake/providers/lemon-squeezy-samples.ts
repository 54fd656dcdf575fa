/** Payloads to try a workflow with, as Lemon Squeezy sends them, cut down to what people look at. */

type Sample = { [key: string]: unknown };

const TIME = '2026-01-01T12:00:00.000000Z';
const LATER = '2026-02-01T12:00:00.000000Z';
const buyer = {
  store_id: 1,
  customer_id: 1,
  user_name: 'Ada Lovelace',
  user_email: 'ada@example.com',
};
const times = { created_at: TIME, updated_at: TIME, test_mode: true };
const pro = { product_id: 1, variant_id: 2, product_name: 'The application', variant_name: 'Pro (monthly)' };

/** A subscription to "Pro (monthly)". */
export function subscriptionSample(event: string, status: string): Sample {
  const isOver = status === 'cancelled' || status === 'expired';
  return sample(event, 'subscriptions', {
    ...buyer,
    order_id: 1,
    order_item_id: 1,
    ...pro,
    status,
    status_formatted: status,
    pause: status === 'paused' ? { mode: 'void', resumes_at: null } : null,
    cancelled: isOver,
    trial_ends_at: null,
    renews_at: LATER,
    ends_at: isOver ? LATER : null,
    ...times,
  });
}

/** An order of "Pro (monthly)". */
export function orderSample(event: string, status: 'paid' | 'refunded'): Sample {
  return sample(event, 'orders', {
    ...buyer,
    order_number: 1,
    currency: 'EUR',
    total: 1_900,
    refunded_amount: status === 'refunded' ? 1_900 : 0,
    ...money(status),
    first_order_item: { id: 1, order_id: 1, ...pro, price: 1_900, quantity: 1 },
    ...times,
  });
}

/** The invoice of a renewal of "Pro (monthly)". */
export function invoiceSample(event: string, status: 'paid' | 'pending' | 'refunded'): Sample {
  return sample(event, 'subscription-invoices', {
    ...buyer,
    subscription_id: 1,
    billing_reason: 'renewal',
    currency: 'EUR',
    total: 1_900,
    refunded_amount: status === 'refunded' ? 1_900 : 0,
    ...money(status),
    ...times,
  });
}

function money(status: string): Sample {
  const refunded = status === 'refunded';
  return { status, status_formatted: status, refunded, refunded_at: refunded ? TIME : null };
}

function sample(event: string, type: string, attributes: Sample): Sample {
  return { meta: { event_name: event, test_mode: true }, data: { type, id: '1', attributes } };
}
