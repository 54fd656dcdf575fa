import { z } from 'zod/v4';
import { chargeSchema, disputeSchema, invoiceSchema, subscriptionSchema } from './billing-model';
import { createdSchema, currencySchema, idSchema, metadataSchema } from './schema-parts';

export const productSchema = z.object({
  id: idSchema('prod'),
  name: z.string().min(1),
  description: z.string().nullable().default(null),
  active: z.boolean().default(true),
  metadata: metadataSchema,
  defaultPriceId: z.string().nullable().default(null),
  created: createdSchema,
});

export const intervalSchema = z.enum(['day', 'week', 'month', 'year']);

export const priceSchema = z.object({
  id: idSchema('price'),
  productId: z.string(),
  /** In minor units, as all amounts here. */
  unitAmount: z.int().nonnegative(),
  currency: currencySchema,
  active: z.boolean().default(true),
  /** How often it is paid; `null`: once. */
  recurring: z
    .object({ interval: intervalSchema, intervalCount: z.int().positive().default(1) })
    .nullable()
    .default(null),
  metadata: metadataSchema,
  created: createdSchema,
});

export const customerSchema = z.object({
  id: idSchema('cus'),
  email: z.string().nullable(),
  name: z.string().nullable(),
  /** Of a deleted one the API tells nothing but the id. */
  deleted: z.boolean().default(false),
  created: createdSchema,
});

const lineItemSchema = z.object({
  id: idSchema('li'),
  /** `null` for a price that is gone. */
  priceId: z.string().nullable(),
  description: z.string().nullable(),
  unitAmount: z.int().nonnegative(),
  quantity: z.int().positive().default(1),
});

export const paymentStatusSchema = z.enum(['paid', 'unpaid', 'no_payment_required']);

export const sessionSchema = z.object({
  id: idSchema('cs_test'),
  /** As the buyer typed it. */
  email: z.string().nullable(),
  name: z.string().nullable().default(null),
  locale: z.string().nullable().default(null),
  currency: currencySchema,
  paymentStatus: paymentStatusSchema.default('paid'),
  /** Whether the buyer chose a method that takes days to settle. */
  delayed: z.boolean().default(false),
  /** Whether that payment has failed in the end. */
  paymentFailed: z.boolean().default(false),
  /** A discount of 100 %. */
  free: z.boolean().default(false),
  customerId: z.string().nullable().default(null),
  paymentIntentId: z.string().nullable().default(null),
  /** Of a checkout that began a subscription; it is paid for by the invoice. */
  subscriptionId: z.string().nullable().default(null),
  invoiceId: z.string().nullable().default(null),
  items: z.array(lineItemSchema).min(1),
  created: createdSchema,
});

const deliverySchema = z.object({
  endpointId: z.string(),
  state: z.enum(['pending', 'delivered', 'failed']),
  /** Rounds of sending so far; the copies of one round count once. */
  tries: z.int().nonnegative(),
  /** Every answer, oldest first; status 0: none. */
  attempts: z.array(z.object({ at: z.string(), status: z.int() })),
  nextAttemptAt: z.string().nullable(),
});

export const eventSchema = z.object({
  id: idSchema('evt'),
  type: z.string(),
  created: createdSchema,
  /** Whom it is about: the buyer of a checkout, or a customer. */
  sessionId: z.string().nullable().default(null),
  customerId: z.string().nullable().default(null),
  /** The event as it is sent, byte for byte the same each time. */
  payload: z.string(),
  deliveries: z.array(deliverySchema).default(() => []),
});

export const webhookEndpointSchema = z.object({
  id: idSchema('we'),
  url: z.url({ protocol: /^https?$/ }),
  secret: z.string().min(1),
  /** Event types, or `*` for all. */
  enabled_events: z.array(z.string()).min(1).default(['*']),
  status: z.enum(['enabled', 'disabled']).default('enabled'),
  description: z.string().nullable().default(null),
  api_version: z.string().nullable().default(null),
  metadata: metadataSchema,
  created: createdSchema,
});

/** What `PUT /sandbox/state/stripe` takes: what is left out stays as it is. */
export const stateSchema = z.object({
  products: z.array(productSchema).optional(),
  prices: z.array(priceSchema).optional(),
  customers: z.array(customerSchema).optional(),
  sessions: z.array(sessionSchema).optional(),
  subscriptions: z.array(subscriptionSchema).optional(),
  invoices: z.array(invoiceSchema).optional(),
  charges: z.array(chargeSchema).optional(),
  disputes: z.array(disputeSchema).optional(),
  events: z.array(eventSchema).optional(),
  webhookEndpoints: z.array(webhookEndpointSchema).optional(),
  /** How many calls are answered in a second; further ones meet 429. */
  rateLimitPerSecond: z.int().positive().optional(),
});

export type Product = z.output<typeof productSchema>;
export type Price = z.output<typeof priceSchema>;
export type Customer = z.output<typeof customerSchema>;
export type LineItem = z.output<typeof lineItemSchema>;
export type Session = z.output<typeof sessionSchema>;
export type Delivery = z.output<typeof deliverySchema>;
export type StoredEvent = z.output<typeof eventSchema>;
export type WebhookEndpoint = z.output<typeof webhookEndpointSchema>;
export type PaymentStatus = z.output<typeof paymentStatusSchema>;
