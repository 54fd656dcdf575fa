import { z } from 'zod/v4';
import type { Json } from '../double';

/** Everything that Lemon Squeezy can tell a webhook, license keys left out. */
export const EVENT_NAMES = [
  'order_created',
  'order_refunded',
  'subscription_created',
  'subscription_updated',
  'subscription_cancelled',
  'subscription_resumed',
  'subscription_expired',
  'subscription_paused',
  'subscription_unpaused',
  'subscription_payment_success',
  'subscription_payment_failed',
  'subscription_payment_recovered',
  'subscription_payment_refunded',
] as const;
const eventNameSchema = z.enum(EVENT_NAMES);
export type EventName = z.output<typeof eventNameSchema>;

const id = z.int().positive();
const time = z.iso.datetime();
/** In minor units of the store's currency. */
const amount = z.int().nonnegative();

const storeSchema = z.strictObject({ id, name: z.string(), currency: z.string().length(3) });

const variantSchema = z.strictObject({
  id,
  productId: id,
  productName: z.string(),
  name: z.string(),
  price: amount,
  /** Whether it is paid for month by month, or once. */
  isSubscription: z.boolean(),
});
export type Variant = z.output<typeof variantSchema>;

const customerSchema = z.strictObject({ id, email: z.string(), name: z.string() });
export type Customer = z.output<typeof customerSchema>;

const orderSchema = z.strictObject({
  id,
  identifier: z.uuid(),
  customerId: id,
  variantId: id,
  total: amount,
  status: z.enum(['paid', 'partial_refund', 'refunded']),
  refundedAmount: amount,
  refundedAt: time.nullable(),
  createdAt: time,
  updatedAt: time,
});
export type Order = z.output<typeof orderSchema>;

const subscriptionSchema = z.strictObject({
  id,
  customerId: id,
  orderId: id,
  variantId: id,
  status: z.enum(['on_trial', 'active', 'paused', 'past_due', 'unpaid', 'cancelled', 'expired']),
  renewsAt: time,
  /** When a cancelled one ends, or an expired one ended. */
  endsAt: time.nullable(),
  createdAt: time,
  updatedAt: time,
});
export type Subscription = z.output<typeof subscriptionSchema>;

const invoiceSchema = z.strictObject({
  id,
  subscriptionId: id,
  customerId: id,
  billingReason: z.enum(['initial', 'renewal', 'updated']),
  total: amount,
  status: z.enum(['pending', 'paid', 'partial_refund', 'refunded']),
  refundedAmount: amount,
  refundedAt: time.nullable(),
  createdAt: time,
  updatedAt: time,
});
export type Invoice = z.output<typeof invoiceSchema>;

/** One webhook, as it was sent and is sent again. */
const deliverySchema = z.strictObject({
  event: eventNameSchema,
  email: z.string(),
  at: time,
  payload: z.string(),
  /** What was answered, oldest first; 0 for nothing. */
  statuses: z.array(z.int()),
  state: z.enum(['sending', 'waiting', 'delivered', 'given up']),
});
export type Delivery = z.output<typeof deliverySchema>;

const webhookSchema = z.strictObject({
  url: z.url(),
  /** 6 to 40 characters, as Lemon Squeezy takes them. */
  secret: z.string().min(6).max(40),
  events: z.array(eventNameSchema).default([...EVENT_NAMES]),
});
export type Webhook = z.output<typeof webhookSchema>;

const stateSchema = z.strictObject({
  store: storeSchema,
  /** Null before an admin has entered it. */
  webhook: webhookSchema.nullable(),
  variants: z.array(variantSchema),
  customers: z.array(customerSchema),
  orders: z.array(orderSchema),
  subscriptions: z.array(subscriptionSchema),
  invoices: z.array(invoiceSchema),
  deliveries: z.array(deliverySchema),
});
export type State = z.output<typeof stateSchema>;

/** What was given, in the place of what there was; the rest stays. Throws a readable error when it does not fit. */
export function changedState(state: State, given: Json): State {
  const parsed = stateSchema.partial().safeParse(given);
  if (!parsed.success) throw new Error(`This is no Lemon Squeezy state:\n${z.prettifyError(parsed.error)}`);
  return { ...state, ...parsed.data };
}
