import { z } from 'zod/v4';
import { createdSchema, currencySchema, idSchema, metadataSchema } from './schema-parts';

const secondsSchema = z.int().nonnegative();

const subscriptionItemSchema = z.object({
  id: idSchema('si'),
  priceId: z.string(),
  quantity: z.int().positive().default(1),
  created: createdSchema,
});

const subscriptionStatusSchema = z.enum([
  'incomplete',
  'incomplete_expired',
  'trialing',
  'active',
  'past_due',
  'canceled',
  'unpaid',
  'paused',
]);

/** Why somebody leaves (docs.stripe.com/api/subscriptions/object, `cancellation_details.feedback`). */
export const feedbackSchema = z.enum([
  'customer_service',
  'low_quality',
  'missing_features',
  'other',
  'switched_service',
  'too_complex',
  'too_expensive',
  'unused',
]);

export const subscriptionSchema = z.object({
  id: idSchema('sub'),
  customerId: z.string(),
  status: subscriptionStatusSchema.default('active'),
  currency: currencySchema,
  items: z.array(subscriptionItemSchema).min(1),
  cancelAtPeriodEnd: z.boolean().default(false),
  cancelAt: secondsSchema.nullable().default(null),
  /** When it was asked for, not when it ends. */
  canceledAt: secondsSchema.nullable().default(null),
  cancellationReason: z.enum(['cancellation_requested', 'payment_failed']).nullable().default(null),
  /** What the customer picked, and wrote, on leaving. */
  cancellationFeedback: feedbackSchema.nullable().default(null),
  cancellationComment: z.string().nullable().default(null),
  /** Whether its payments are paused, which leaves the status as it is. */
  collectionPaused: z.boolean().default(false),
  trialStart: secondsSchema.nullable().default(null),
  trialEnd: secondsSchema.nullable().default(null),
  periodStart: secondsSchema,
  periodEnd: secondsSchema,
  endedAt: secondsSchema.nullable().default(null),
  latestInvoiceId: z.string().nullable().default(null),
  metadata: metadataSchema,
  created: createdSchema,
});

const invoiceLineSchema = z.object({
  id: idSchema('il'),
  subscriptionItemId: z.string(),
  priceId: z.string(),
  description: z.string(),
  /** In minor units, as all amounts here. */
  amount: z.int().nonnegative(),
  quantity: z.int().positive(),
});

export const invoiceSchema = z.object({
  id: idSchema('in'),
  customerId: z.string(),
  /** The customer's as they were then. */
  email: z.string().nullable(),
  name: z.string().nullable(),
  subscriptionId: z.string(),
  status: z.enum(['open', 'paid', 'void']),
  billingReason: z.enum(['subscription_create', 'subscription_cycle']),
  currency: currencySchema,
  lines: z.array(invoiceLineSchema),
  periodStart: secondsSchema,
  periodEnd: secondsSchema,
  attemptCount: z.int().nonnegative().default(0),
  nextPaymentAttempt: secondsSchema.nullable().default(null),
  paidAt: secondsSchema.nullable().default(null),
  chargeId: z.string().nullable().default(null),
  paymentIntentId: z.string().nullable().default(null),
  created: createdSchema,
});

const refundSchema = z.object({
  id: idSchema('re'),
  amount: z.int().positive(),
  created: createdSchema,
});

export const chargeSchema = z.object({
  id: idSchema('ch'),
  amount: z.int().positive(),
  currency: currencySchema,
  customerId: z.string().nullable(),
  invoiceId: z.string().nullable().default(null),
  paymentIntentId: z.string().nullable(),
  /** As typed when paying. */
  email: z.string().nullable(),
  name: z.string().nullable(),
  refunds: z.array(refundSchema).default(() => []),
  /** Whether the customer has asked the bank to take it back. */
  disputed: z.boolean().default(false),
  created: createdSchema,
});

/** Why a cardholder wants the money back (docs.stripe.com/disputes/categories). */
export const disputeReasonSchema = z.enum([
  'bank_cannot_process',
  'check_returned',
  'credit_not_processed',
  'customer_initiated',
  'debit_not_authorized',
  'duplicate',
  'fraudulent',
  'general',
  'incorrect_account_details',
  'insufficient_funds',
  'noncompliant',
  'product_not_received',
  'product_unacceptable',
  'subscription_canceled',
  'unrecognized',
]);

export const disputeSchema = z.object({
  id: idSchema('dp'),
  chargeId: z.string(),
  paymentIntentId: z.string().nullable(),
  amount: z.int().positive(),
  currency: currencySchema,
  reason: disputeReasonSchema,
  /** An inquiry (`warning_…`) moves no money yet. */
  status: z.enum(['needs_response', 'warning_needs_response']).default('needs_response'),
  /** Until when the bank takes evidence. */
  dueBy: secondsSchema.nullable().default(null),
  created: createdSchema,
});

export type Subscription = z.output<typeof subscriptionSchema>;
export type SubscriptionStatus = z.output<typeof subscriptionStatusSchema>;
export type Invoice = z.output<typeof invoiceSchema>;
export type Charge = z.output<typeof chargeSchema>;
export type Dispute = z.output<typeof disputeSchema>;
export type Feedback = z.output<typeof feedbackSchema>;
export type DisputeReason = z.output<typeof disputeReasonSchema>;

/** In minor units. */
export function totalOf({ lines }: Pick<Invoice, 'lines'>): number {
  return lines.reduce((sum, { amount }) => sum + amount, 0);
}

/** All refunds of a charge together, in minor units. */
export function refundedOf({ refunds }: Pick<Charge, 'refunds'>): number {
  return refunds.reduce((sum, { amount }) => sum + amount, 0);
}

/** Ended for good. */
export function isOver({ status }: Pick<Subscription, 'status'>): boolean {
  return status === 'canceled' || status === 'incomplete_expired';
}
