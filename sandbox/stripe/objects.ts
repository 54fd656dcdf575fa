import type { Json } from '../double';
import type { Account } from './account';
import type { Customer, LineItem, Price, Product, Session, StoredEvent, WebhookEndpoint } from './model';

/** An object as Stripe's API shows it; made anew for each answer, so that it may be expanded in place. */
export interface StripeObject {
  object: string;
  [field: string]: Json;
}

const DAY_SECONDS = 86_400;
export const NO_ADDRESS = {
  city: null,
  country: null,
  line1: null,
  line2: null,
  postal_code: null,
  state: null,
};

export function productObject(product: Product): StripeObject {
  return {
    id: product.id,
    object: 'product',
    active: product.active,
    created: product.created,
    default_price: product.defaultPriceId,
    description: product.description,
    images: [],
    livemode: false,
    marketing_features: [],
    metadata: { ...product.metadata },
    name: product.name,
    package_dimensions: null,
    shippable: null,
    statement_descriptor: null,
    tax_code: null,
    type: 'service',
    unit_label: null,
    updated: product.created,
    url: null,
  };
}

export function priceObject(price: Price): StripeObject {
  return {
    id: price.id,
    object: 'price',
    active: price.active,
    billing_scheme: 'per_unit',
    created: price.created,
    currency: price.currency,
    custom_unit_amount: null,
    livemode: false,
    lookup_key: null,
    metadata: { ...price.metadata },
    nickname: null,
    product: price.productId,
    recurring: price.recurring && {
      interval: price.recurring.interval,
      interval_count: price.recurring.intervalCount,
      meter: null,
      trial_period_days: null,
      usage_type: 'licensed',
    },
    tax_behavior: 'unspecified',
    tiers_mode: null,
    transform_quantity: null,
    type: price.recurring ? 'recurring' : 'one_time',
    unit_amount: price.unitAmount,
    unit_amount_decimal: String(price.unitAmount),
  };
}

/** Of a deleted customer hardly anything. */
export function customerObject(customer: Customer): StripeObject {
  if (customer.deleted) return { id: customer.id, object: 'customer', deleted: true };
  return {
    id: customer.id,
    object: 'customer',
    address: null,
    balance: 0,
    created: customer.created,
    currency: null,
    customer_account: null,
    default_source: null,
    delinquent: false,
    description: null,
    discount: null,
    email: customer.email,
    invoice_prefix: customer.id.slice(-8).toUpperCase(),
    invoice_settings: {
      custom_fields: null,
      default_payment_method: null,
      footer: null,
      rendering_options: null,
    },
    livemode: false,
    metadata: {},
    name: customer.name,
    next_invoice_sequence: 1,
    phone: null,
    preferred_locales: [],
    shipping: null,
    tax_exempt: 'none',
    test_clock: null,
  };
}

export function lineItemObject(item: LineItem, session: Session, account: Account): StripeObject {
  const amounts = amountsOf([item], session.free);
  const price = item.priceId === null ? undefined : account.prices.get(item.priceId);
  return {
    id: item.id,
    object: 'item',
    adjustable_quantity: null,
    ...amounts,
    amount_tax: 0,
    currency: session.currency,
    description: item.description,
    metadata: {},
    price: price ? priceObject(price) : null,
    quantity: item.quantity,
  };
}

/** A finished session, without its line items: these are only there when asked for. */
export function sessionObject(session: Session): StripeObject {
  const { amount_discount, amount_subtotal, amount_total } = amountsOf(session.items, session.free);
  return {
    id: session.id,
    object: 'checkout.session',
    adaptive_pricing: { enabled: true },
    after_expiration: null,
    allow_promotion_codes: null,
    amount_subtotal,
    amount_total,
    automatic_tax: { enabled: false, liability: null, provider: null, status: null },
    billing_address_collection: null,
    cancel_url: 'https://shop.example/cancelled',
    client_reference_id: null,
    client_secret: null,
    collected_information: { business_name: null, individual_name: null, shipping_details: null },
    consent: null,
    consent_collection: null,
    created: session.created,
    currency: session.currency,
    currency_conversion: null,
    custom_fields: [],
    custom_text: {
      after_submit: null,
      shipping_address: null,
      submit: null,
      terms_of_service_acceptance: null,
    },
    customer: session.customerId,
    customer_account: null,
    customer_creation: session.customerId === null ? 'if_required' : 'always',
    customer_details: {
      address: { ...NO_ADDRESS },
      business_name: null,
      email: session.email,
      individual_name: null,
      name: session.name,
      phone: null,
      tax_exempt: 'none',
      tax_ids: [],
    },
    customer_email: null,
    discounts: session.free ? [{ coupon: 'FREE100', promotion_code: null }] : [],
    expires_at: session.created + DAY_SECONDS,
    integration_identifier: null,
    invoice: session.invoiceId,
    invoice_creation: null,
    livemode: false,
    locale: session.locale,
    managed_payments: { enabled: false },
    metadata: {},
    mode: session.subscriptionId === null ? 'payment' : 'subscription',
    origin_context: null,
    payment_intent: session.paymentIntentId,
    payment_link: null,
    payment_method_collection: 'if_required',
    payment_method_configuration_details: null,
    payment_method_options: {},
    payment_method_types: session.delayed ? ['card', 'sepa_debit'] : ['card'],
    payment_status: session.paymentStatus,
    permissions: null,
    phone_number_collection: { enabled: false },
    recovered_from: null,
    saved_payment_method_options: null,
    setup_intent: null,
    shipping_address_collection: null,
    shipping_cost: null,
    shipping_options: [],
    status: 'complete',
    submit_type: null,
    subscription: session.subscriptionId,
    success_url: 'https://shop.example/thanks?session={CHECKOUT_SESSION_ID}',
    total_details: { amount_discount, amount_shipping: 0, amount_tax: 0 },
    ui_mode: 'hosted_page',
    url: null,
    wallet_options: null,
  };
}

/** The event about an object as it is now; later changes of the object do not change it. */
export function newEventObject(
  event: { id: string; type: string; created: number },
  data: { object: StripeObject; previous?: Json },
  { apiVersion, pendingWebhooks }: { apiVersion: string; pendingWebhooks: number },
): StripeObject {
  return {
    id: event.id,
    object: 'event',
    api_version: apiVersion,
    created: event.created,
    data: {
      object: data.object,
      ...(data.previous !== undefined && { previous_attributes: data.previous }),
    },
    livemode: false,
    pending_webhooks: pendingWebhooks,
    request: { id: null, idempotency_key: null },
    type: event.type,
  };
}

/** An event that was sent, with the number of endpoints that have not taken it yet. */
export function eventObject(event: StoredEvent): StripeObject {
  const sent = JSON.parse(event.payload) as StripeObject;
  const pending = event.deliveries.filter((delivery) => delivery.state === 'pending').length;
  return { ...sent, pending_webhooks: pending };
}

/** Without its secret, which is shown only on creation. */
export function webhookEndpointObject(endpoint: WebhookEndpoint): StripeObject {
  return {
    id: endpoint.id,
    object: 'webhook_endpoint',
    api_version: endpoint.api_version,
    application: null,
    created: endpoint.created,
    description: endpoint.description,
    enabled_events: [...endpoint.enabled_events],
    livemode: false,
    metadata: { ...endpoint.metadata },
    status: endpoint.status,
    url: endpoint.url,
  };
}

/** In minor units. */
export function amountsOf(
  items: readonly LineItem[],
  free: boolean,
): { amount_discount: number; amount_subtotal: number; amount_total: number } {
  const subtotal = items.reduce((sum, item) => sum + item.unitAmount * item.quantity, 0);
  const discount = free ? subtotal : 0;
  return { amount_discount: discount, amount_subtotal: subtotal, amount_total: subtotal - discount };
}
