import type { Json } from '../double';
import type { Customer, EventName, Invoice, Order, State, Subscription, Variant } from './state';

/** What a webhook is about: `data.type` and the object itself. */
export type Subject =
  | { type: 'orders'; object: Order }
  | { type: 'subscriptions'; object: Subscription }
  | { type: 'subscription-invoices'; object: Invoice };

const API = 'https://api.lemonsqueezy.com/v1';
const SHOP = 'https://sandbox-store.lemonsqueezy.com';
/** By Lemon Squeezy's exchange rate. */
const USD_A_EURO = 1.08;

/** The body of a webhook (docs.lemonsqueezy.com/help/webhooks/example-payloads), as text. */
export function payloadOf(state: State, event: EventName, subject: Subject): string {
  const { type, object } = subject;
  const data = {
    type,
    id: String(object.id),
    attributes: attributesOf(state, subject),
    relationships: { store: { links: { related: `${API}/${type}/${object.id}/store` } } },
    links: { self: `${API}/${type}/${object.id}` },
  };
  return JSON.stringify({ meta: { test_mode: true, event_name: event }, data });
}

function attributesOf(state: State, subject: Subject): { [key: string]: Json } {
  const { object } = subject;
  const customer = named(state.customers, object.customerId);
  const common = {
    store_id: state.store.id,
    customer_id: customer.id,
    user_name: customer.name,
    user_email: customer.email,
  };
  const times = {
    created_at: micros(object.createdAt),
    updated_at: micros(object.updatedAt),
    test_mode: true,
  };
  switch (subject.type) {
    case 'orders':
      return { ...common, ...orderAttributes(state, subject.object, customer), ...times };
    case 'subscriptions':
      return { ...common, ...subscriptionAttributes(state, subject.object), ...times };
    case 'subscription-invoices':
      return { ...common, ...invoiceAttributes(state, subject.object), ...times };
  }
}

function orderAttributes(state: State, order: Order, customer: Customer): { [key: string]: Json } {
  const variant = named(state.variants, order.variantId);
  const created = micros(order.createdAt);
  return {
    identifier: order.identifier,
    order_number: order.id,
    ...money(state, order),
    first_order_item: {
      id: order.id,
      order_id: order.id,
      ...variantAttributes(variant),
      price_id: variant.id,
      price: order.total,
      quantity: 1,
      created_at: created,
      updated_at: created,
      test_mode: true,
    },
    urls: { receipt: `${SHOP}/my-orders/${order.identifier}?signature=${customer.id}` },
  };
}

function subscriptionAttributes(state: State, subscription: Subscription): { [key: string]: Json } {
  const { id, orderId, status, renewsAt, endsAt, createdAt } = subscription;
  return {
    order_id: orderId,
    order_item_id: orderId,
    ...variantAttributes(named(state.variants, subscription.variantId)),
    status,
    status_formatted: formatted(status),
    card_brand: 'visa',
    card_last_four: '4242',
    pause: status === 'paused' ? { mode: 'void', resumes_at: null } : null,
    cancelled: status === 'cancelled' || status === 'expired',
    trial_ends_at: null,
    billing_anchor: new Date(createdAt).getUTCDate(),
    first_subscription_item: {
      id,
      subscription_id: id,
      price_id: subscription.variantId,
      quantity: 1,
      is_usage_based: false,
      created_at: micros(createdAt),
      updated_at: micros(createdAt),
    },
    urls: {
      update_payment_method: `${SHOP}/subscription/${id}/payment-details?signature=sandbox`,
      customer_portal: `${SHOP}/billing?signature=sandbox`,
    },
    renews_at: micros(renewsAt),
    ends_at: endsAt === null ? null : micros(endsAt),
  };
}

function invoiceAttributes(state: State, invoice: Invoice): { [key: string]: Json } {
  return {
    subscription_id: invoice.subscriptionId,
    billing_reason: invoice.billingReason,
    card_brand: 'visa',
    card_last_four: '4242',
    ...money(state, invoice),
    urls: { invoice_url: `${SHOP}/invoices/${invoice.id}?signature=sandbox` },
  };
}

function variantAttributes(variant: Variant): { [key: string]: Json } {
  return {
    product_id: variant.productId,
    variant_id: variant.id,
    product_name: variant.productName,
    variant_name: variant.name,
  };
}

function money(
  { store }: State,
  { total, status, refundedAmount, refundedAt }: Order | Invoice,
): { [key: string]: Json } {
  const usd = (minor: number): number => Math.round(minor * USD_A_EURO);
  return {
    currency: store.currency,
    currency_rate: String(USD_A_EURO),
    subtotal: total,
    discount_total: 0,
    tax: 0,
    total,
    refunded_amount: refundedAmount,
    subtotal_usd: usd(total),
    discount_total_usd: 0,
    tax_usd: 0,
    total_usd: usd(total),
    refunded_amount_usd: usd(refundedAmount),
    status,
    status_formatted: formatted(status),
    refunded: refundedAt !== null,
    refunded_at: refundedAt === null ? null : micros(refundedAt),
    total_formatted: (total / 100).toLocaleString('en', { style: 'currency', currency: store.currency }),
  };
}

/** The entry with this id, which is there: objects only ever name what was in the store before them. */
export function named<Entry extends { id: number }>(entries: readonly Entry[], id: number): Entry {
  const entry = entries.find((one) => one.id === id);
  if (!entry) throw new Error(`Lemon Squeezy has nothing with the id ${id} there.`);
  return entry;
}

/** `past_due` as "Past due". */
function formatted(status: string): string {
  return `${status.charAt(0).toUpperCase()}${status.slice(1)}`.replaceAll('_', ' ');
}

/** Lemon Squeezy's times have microseconds. */
function micros(time: string): string {
  return new Date(time).toISOString().replace('Z', '000Z');
}
