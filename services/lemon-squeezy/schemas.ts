import { z } from 'zod/v4';
import type { Buyer, Nothing } from './statements';

/** An event as the store keeps it. */
export interface LemonSqueezyEvent {
  /** E.g. `subscription_updated`. */
  type: string;
  /** Lemon Squeezy's body. */
  payload: unknown;
}

const text = z.string().nullish();
const id = z.union([z.string().min(1), z.int()]).transform(String);
const time = z.iso.datetime({ offset: true }).transform((at) => new Date(at));
const amount = z.number().int().nonnegative();

const buyer = { user_email: z.string().trim().min(1), user_name: text };
const money = {
  status: z.string(),
  currency: z.string().length(3).toLowerCase(),
  /** In minor units, tax included. */
  total: amount,
  refunded: z.boolean().nullish(),
  refunded_amount: amount.nullish(),
};
const named = { product_name: text, variant_name: text };

const subscription = z.object({
  ...buyer,
  ...named,
  order_id: id.nullish(),
  status: z.string(),
  updated_at: time,
});
const order = z.object({ ...buyer, ...money, updated_at: time, first_order_item: z.object(named).nullish() });
const invoice = z.object({ ...buyer, ...money, updated_at: time, billing_reason: text });

const payloadSchema = z.object({
  data: z.discriminatedUnion('type', [
    z.object({ type: z.literal('subscriptions'), id, attributes: subscription }),
    z.object({ type: z.literal('orders'), id, attributes: order }),
    z.object({ type: z.literal('subscription-invoices'), id, attributes: invoice }),
  ]),
});

/** The object that an event is about. */
export type LemonSqueezyObject = z.output<typeof payloadSchema>['data'];
export type Order = z.output<typeof order>;
export type Invoice = z.output<typeof invoice>;
export type Named = { [Name in keyof typeof named]?: string | null | undefined };

/** The object that an event is about, or why it cannot be read. */
export function objectOf({ type, payload }: LemonSqueezyEvent): LemonSqueezyObject | Nothing {
  const parsed = payloadSchema.safeParse(payload);
  if (parsed.success) return parsed.data.data;
  const path = parsed.error.issues[0]?.path.join('.') ?? '';
  return { nothing: `Lemon Squeezy's "${type}" is not as expected: look at "${path}".` };
}

/** Whom the object names. */
export function buyerOf({
  user_email: email,
  user_name: given,
}: z.output<typeof subscription> | Order | Invoice): Buyer {
  const name = given?.trim();
  return { email, ...(name && { name }) };
}
