import type { IDataObject } from 'n8n-workflow';
import { z } from 'zod/v4';
import { ServiceError } from '../../../services/http';
import { paymentIn, STRIPE } from '../../../services/stripe';
import type { EventOfItem } from './event-of-item';
import { together, type Said, type Told } from './said';

const tier = z.enum(['free', 'pro', 'enterprise']);
const time = z.iso.datetime({ offset: true }).transform((text) => new Date(text));

/** What Stripe Billing, *Subscription: Get* added to the item. */
const subscriptionSchema = z.object({
  id: z.string(),
  email: z.string().nullable(),
  name: z.string().nullable(),
  productName: z.string().nullable(),
  statement: z
    .object({
      subject: z.string(),
      asOf: time,
      rank: z.number(),
      tier: tier.nullable(),
      status: z.enum(['trialing', 'active', 'past_due', 'paused', 'cancelled', 'churned']),
      previousTier: tier.optional(),
      replaces: z.string().optional(),
    })
    .nullable(),
});

/** What Stripe Billing, *Customer: Get* added to the item. */
const payerSchema = z.object({
  email: z.string().nullable(),
  name: z.string().nullable(),
});

/**
 * Reads an event of Stripe, with what Stripe Billing added to the item: a subscription's event names neither an e-mail
 * address nor the product. Throws a `ServiceError` that no retry heals when that step is missing from the workflow.
 */
export function saidByStripe(event: EventOfItem, { subscription, payer }: IDataObject): Said {
  return together(planOf(event, subscription), paymentIn(event, payerSchema.safeParse(payer).data));
}

function planOf({ type }: EventOfItem, added: unknown): Told<'plan'> {
  const read = subscriptionSchema.safeParse(added);
  if (!read.success) {
    if (!type.startsWith('customer.subscription.'))
      return { nothing: 'the event is not about a subscription' };
    throw new ServiceError(
      STRIPE,
      'The item does not carry the subscription that the event is about. Put the node Stripe Billing, "Subscription: Get", before this one.',
      false,
    );
  }
  const { id, email, name, productName, statement } = read.data;
  if (statement === null) {
    const product = productName === null ? 'its product' : `its product "${productName}"`;
    return { nothing: `the subscription ${id} is for no plan: ${product} has no "plan" in its metadata` };
  }
  if (email === null) return { nothing: `Stripe has no e-mail address for the subscription ${id}` };
  return { email, ...(name !== null && { name }), plan: statement };
}
