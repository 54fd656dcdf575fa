import { z } from 'zod/v4';
import type { StripeNotice } from './plan-statement';

const reference = z
  .union([z.string().min(1), z.object({ id: z.string() }).transform(({ id }) => id)])
  .nullish()
  .catch(undefined);

const eventSchema = z.object({
  data: z.object({
    object: z.object({
      id: z.string().min(1).optional().catch(undefined),
      // An invoice before API version 2025-03-31, and a checkout.
      subscription: reference,
      // An invoice since then.
      parent: z
        .object({ subscription_details: z.object({ subscription: reference }).nullish() })
        .nullish()
        .catch(undefined),
    }),
  }),
});

/** Whether an event's object is a subscription. */
export function isAboutSubscription({ type }: Pick<StripeNotice, 'type'>): boolean {
  return type.startsWith('customer.subscription.');
}

/**
 * The subscription that an event is about: its object, or what its invoice or checkout is for. Undefined for all else: a
 * one-off invoice or checkout, a charge, a dispute, a customer.
 */
export function subscriptionIn(event: Pick<StripeNotice, 'type' | 'payload'>): string | undefined {
  const object = eventSchema.safeParse(event.payload).data?.data.object;
  if (isAboutSubscription(event)) return object?.id;
  if (!/^(invoice|checkout\.session)\./.test(event.type)) return undefined;
  return object?.parent?.subscription_details?.subscription ?? object?.subscription ?? undefined;
}
