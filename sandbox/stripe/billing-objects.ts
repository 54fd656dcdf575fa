import type { Json } from '../double';
import type { Account } from './account';
import type { Generation } from './api-version';
import { totalOf, type Invoice, type Subscription } from './billing-model';
import type { Price } from './model';
import { priceObject, type StripeObject } from './objects';

export function subscriptionObject(
  subscription: Subscription,
  account: Account,
  generation: Generation,
): StripeObject {
  const period = {
    current_period_end: subscription.periodEnd,
    current_period_start: subscription.periodStart,
  };
  const isOld = generation !== 'current';
  return {
    id: subscription.id,
    object: 'subscription',
    application: null,
    application_fee_percent: null,
    automatic_tax: { disabled_reason: null, enabled: false, liability: null },
    billing_cycle_anchor: subscription.created,
    billing_cycle_anchor_config: null,
    billing_mode: { flexible: null, type: 'classic' },
    billing_schedules: [],
    billing_thresholds: null,
    cancel_at: subscription.cancelAt,
    cancel_at_period_end: subscription.cancelAtPeriodEnd,
    canceled_at: subscription.canceledAt,
    cancellation_details: {
      comment: subscription.cancellationComment,
      feedback: subscription.cancellationFeedback,
      reason: subscription.cancellationReason,
    },
    collection_method: 'charge_automatically',
    created: subscription.created,
    currency: subscription.currency,
    ...(isOld && period),
    customer: subscription.customerId,
    customer_account: null,
    days_until_due: null,
    default_payment_method: null,
    default_source: null,
    default_tax_rates: [],
    description: null,
    discounts: [],
    ended_at: subscription.endedAt,
    invoice_settings: { account_tax_ids: null, issuer: { type: 'self' } },
    items: {
      object: 'list',
      data: subscription.items.map((item): StripeObject => {
        const price = priceOf(account, item.priceId);
        return {
          id: item.id,
          object: 'subscription_item',
          billing_thresholds: null,
          created: item.created,
          ...(!isOld && period),
          discounts: [],
          metadata: {},
          plan: planObject(price),
          price: priceObject(price),
          quantity: item.quantity,
          subscription: subscription.id,
          tax_rates: [],
        };
      }),
      has_more: false,
      total_count: subscription.items.length,
      url: `/v1/subscription_items?subscription=${subscription.id}`,
    },
    latest_invoice: subscription.latestInvoiceId,
    livemode: false,
    managed_payments: { enabled: false },
    metadata: { ...subscription.metadata },
    next_pending_invoice_item_invoice: null,
    on_behalf_of: null,
    pause_collection: subscription.collectionPaused ? { behavior: 'void', resumes_at: null } : null,
    payment_settings: {
      payment_method_options: null,
      payment_method_types: null,
      save_default_payment_method: 'off',
    },
    pending_invoice_item_interval: null,
    pending_setup_intent: null,
    pending_update: null,
    schedule: null,
    start_date: subscription.created,
    status: subscription.status,
    test_clock: null,
    transfer_data: null,
    trial_end: subscription.trialEnd,
    trial_settings: { end_behavior: { missing_payment_method: 'create_invoice' } },
    trial_start: subscription.trialStart,
  };
}

export function invoiceObject(invoice: Invoice, account: Account, generation: Generation): StripeObject {
  const total = totalOf(invoice);
  const isPaid = invoice.status === 'paid';
  const isOld = generation !== 'current';
  return {
    id: invoice.id,
    object: 'invoice',
    account_country: 'DE',
    account_name: 'Sandbox',
    account_tax_ids: null,
    amount_due: total,
    amount_overpaid: 0,
    amount_paid: isPaid ? total : 0,
    amount_remaining: isPaid ? 0 : total,
    amount_shipping: 0,
    application: null,
    attempt_count: invoice.attemptCount,
    attempted: invoice.attemptCount > 0,
    auto_advance: invoice.status === 'open',
    automatic_tax: { disabled_reason: null, enabled: false, liability: null, provider: null, status: null },
    automatically_finalizes_at: null,
    billing_reason: invoice.billingReason,
    ...(isOld && { charge: invoice.chargeId }),
    collection_method: 'charge_automatically',
    created: invoice.created,
    currency: invoice.currency,
    custom_fields: null,
    customer: invoice.customerId,
    customer_account: null,
    customer_address: null,
    customer_email: invoice.email,
    customer_name: invoice.name,
    customer_phone: null,
    customer_shipping: null,
    customer_tax_exempt: 'none',
    customer_tax_ids: [],
    default_payment_method: null,
    default_source: null,
    default_tax_rates: [],
    description: null,
    discounts: [],
    due_date: null,
    effective_at: invoice.created,
    ending_balance: 0,
    footer: null,
    from_invoice: null,
    hosted_invoice_url: `https://invoice.stripe.example/${invoice.id}`,
    invoice_pdf: `https://pay.stripe.example/invoice/${invoice.id}/pdf`,
    issuer: { type: 'self' },
    last_finalization_error: null,
    latest_revision: null,
    lines: {
      object: 'list',
      data: invoice.lines.map((line) => lineObject(line, invoice, account, generation)),
      has_more: false,
      total_count: invoice.lines.length,
      url: `/v1/invoices/${invoice.id}/lines`,
    },
    livemode: false,
    metadata: {},
    next_payment_attempt: invoice.nextPaymentAttempt,
    number: invoice.id.slice(-8).toUpperCase(),
    on_behalf_of: null,
    ...(isOld
      ? {
          paid: isPaid,
          payment_intent: invoice.paymentIntentId,
          subscription: invoice.subscriptionId,
          subscription_details: { metadata: {} },
        }
      : {
          parent: {
            quote_details: null,
            subscription_details: { metadata: {}, subscription: invoice.subscriptionId },
            type: 'subscription_details',
          },
        }),
    payment_settings: { default_mandate: null, payment_method_options: null, payment_method_types: null },
    period_end: invoice.periodEnd,
    period_start: invoice.periodStart,
    post_payment_credit_notes_amount: 0,
    pre_payment_credit_notes_amount: 0,
    receipt_number: null,
    rendering: null,
    shipping_cost: null,
    shipping_details: null,
    starting_balance: 0,
    statement_descriptor: null,
    status: invoice.status,
    status_transitions: {
      finalized_at: invoice.created,
      marked_uncollectible_at: null,
      paid_at: invoice.paidAt,
      voided_at: null,
    },
    subtotal: total,
    subtotal_excluding_tax: total,
    test_clock: null,
    total,
    total_discount_amounts: [],
    total_excluding_tax: total,
    total_pretax_credit_amounts: [],
    total_taxes: [],
    webhooks_delivered_at: invoice.created,
  };
}

function lineObject(
  line: Invoice['lines'][number],
  invoice: Invoice,
  account: Account,
  generation: Generation,
): StripeObject {
  const price = priceOf(account, line.priceId);
  const shape: Record<string, Json> =
    generation === 'current'
      ? {
          parent: {
            invoice_item_details: null,
            subscription_item_details: {
              invoice_item: null,
              proration: false,
              proration_details: null,
              subscription: invoice.subscriptionId,
              subscription_item: line.subscriptionItemId,
            },
            type: 'subscription_item_details',
          },
          pricing: {
            price_details: { price: price.id, product: price.productId },
            type: 'price_details',
            unit_amount_decimal: String(price.unitAmount),
          },
          taxes: [],
        }
      : {
          plan: planObject(price),
          price: priceObject(price),
          proration: false,
          subscription_item: line.subscriptionItemId,
          type: 'subscription',
        };
  return {
    id: line.id,
    object: 'line_item',
    amount: line.amount,
    currency: invoice.currency,
    description: line.description,
    discount_amounts: [],
    discountable: true,
    discounts: [],
    invoice: invoice.id,
    livemode: false,
    metadata: {},
    ...shape,
    period: { end: invoice.periodEnd, start: invoice.periodStart },
    pretax_credit_amounts: [],
    quantity: line.quantity,
    subscription: invoice.subscriptionId,
    subtotal: line.amount,
  };
}

/** The price as Stripe called it before there were prices; items still have it beside. */
function planObject(price: Price): StripeObject {
  return {
    id: price.id,
    object: 'plan',
    active: price.active,
    amount: price.unitAmount,
    currency: price.currency,
    interval: price.recurring?.interval ?? null,
    interval_count: price.recurring?.intervalCount ?? 1,
    product: price.productId,
  };
}

/** Throws when the account's state was put together without it. */
export function priceOf(account: Account, id: string): Price {
  const price = account.prices.get(id);
  if (!price) throw new Error(`Stripe has no price "${id}", which a subscription or invoice is for.`);
  return price;
}
