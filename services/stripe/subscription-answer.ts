import { z } from 'zod/v4';

const metadata = z.record(z.string(), z.string()).optional();

/** Stripe's times are seconds since 1970. */
const time = z
  .number()
  .nullish()
  .transform((seconds) => (typeof seconds === 'number' ? new Date(seconds * 1000) : null));

/** A product that was deleted has neither a name nor metadata. */
export const productSchema = z.object({ id: z.string(), name: z.string().optional(), metadata });

export type ProductOfItem = z.output<typeof productSchema>;

/** One item of a subscription, with `product` in its price's place for it. */
export function itemWith<Product extends z.ZodType>(product: Product) {
  return z.object({
    id: z.string(),
    /** Missing where the use is metered. */
    quantity: z.number().nullish(),
    // Here since API version 2025-03-31, before at the subscription.
    current_period_start: time,
    current_period_end: time,
    price: z.object({
      id: z.string(),
      /** Missing where the price comes in tiers, or in fractions of the smallest unit. */
      unit_amount: z.number().int().nullish(),
      recurring: z.object({ interval: z.string(), interval_count: z.number().int() }).nullish(),
      metadata,
      product,
    }),
  });
}

/** An item with its product. */
export type SubscriptionItem = z.output<ReturnType<typeof itemWith<typeof productSchema>>>;

const invoice = z.object({
  status: z.string().nullish(),
  attempted: z.boolean().nullish(),
  attempt_count: z.number().nullish(),
});

const cancellation = z.object({
  reason: z.string().nullish(),
  feedback: z.string().nullish(),
  comment: z.string().nullish(),
});

/** What Stripe says of a subscription itself, in the shapes before and since API version 2025-03-31. */
const subscriptionSchema = z.object({
  id: z.string(),
  status: z.string(),
  currency: z.string().nullish(),
  created: time.pipe(z.date()),
  start_date: time,
  current_period_start: time,
  current_period_end: time,
  cancel_at_period_end: z.boolean(),
  cancel_at: time,
  canceled_at: time,
  ended_at: time,
  cancellation_details: cancellation.nullish(),
  trial_start: time,
  trial_end: time,
  pause_collection: z.looseObject({}).nullish(),
  metadata,
  latest_invoice: z.union([z.string(), invoice]).nullish(),
  // The object asked for with `expand`; of a deleted customer only the id is left.
  customer: z.object({ id: z.string(), email: z.string().nullish(), name: z.string().nullish() }),
});

export type SubscriptionAnswer = z.output<typeof subscriptionSchema>;

/** A subscription with its first items. */
export function subscriptionWith<Item extends z.ZodType>(item: Item) {
  return subscriptionSchema.extend({ items: z.object({ data: z.array(item), has_more: z.boolean() }) });
}
