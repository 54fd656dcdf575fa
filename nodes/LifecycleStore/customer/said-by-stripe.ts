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
  /** Why there is no statement. */
  nothing: z.string().optional(),
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
  const said = together(planOf(event, subscription), paymentIn(event, payerSchema.safeParse(payer).data));
  const nameless = namelessPlan(subscription);
  return nameless ? { ...said, nameless } : said;
}

/** The plan of a customer who was deleted at Stripe, and of whom it tells only that the subscription has ended. */
function namelessPlan(added: unknown): Said['nameless'] {
  const { email, statement } = subscriptionSchema.safeParse(added).data ?? {};
  return email === null && statement ? { plan: statement } : undefined;
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
  const { id, email, name, statement, nothing = 'Stripe Billing gave no reason' } = read.data;
  if (statement === null) return { nothing: `the subscription ${id} says nothing about a plan: ${nothing}` };
  if (email === null) return { nothing: `Stripe has no e-mail address for the subscription ${id}` };
  return { email, ...(name !== null && { name }), plan: statement };
}
