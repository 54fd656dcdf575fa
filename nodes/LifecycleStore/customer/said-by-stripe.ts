import type { IDataObject } from 'n8n-workflow';
import { z } from 'zod/v4';
import { ServiceError } from '../../../services/http';
import { paymentIn, STRIPE } from '../../../services/stripe';
import type { SubscriptionReading } from '../../../store';
import type { EventOfItem } from './event-of-item';
import { together, type Facts, type Said, type Told } from './said';

const tier = z.enum(['free', 'pro', 'enterprise']);
const time = z.iso.datetime({ offset: true }).transform((text) => new Date(text));
const text = z.string().nullable();
const moment = time.nullable();

/** All that Stripe has of the subscription. */
const detailsSchema = z.object({
  externalId: z.string(),
  externalCustomerId: z.string(),
  status: z.string(),
  productId: text,
  productName: text,
  priceId: text,
  tier: tier.nullable(),
  currency: text,
  amountMinor: z.number().nullable(),
  intervalCount: z.number().nullable(),
  intervalUnit: text,
  periodStart: moment,
  periodEnd: moment,
  cancelAtPeriodEnd: z.boolean(),
  cancelAt: moment,
  canceledAt: moment,
  endedAt: moment,
  cancellationReason: text,
  cancellationFeedback: text,
  cancellationComment: text,
  trialStart: moment,
  trialEnd: moment,
  paymentFailing: z.boolean(),
  collectionPaused: z.boolean().default(false),
  metadata: z.record(z.string(), z.string()),
  startedAt: time,
  readAt: time,
});

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
  details: detailsSchema.nullish(),
});
type Read = z.output<typeof subscriptionSchema>;

/** What Stripe Billing, *Customer: Get* added to the item. */
const payerSchema = z.object({
  email: z.string().nullable(),
  name: z.string().nullable(),
});

/**
 * Reads an event of Stripe, with what Stripe Billing added to the item: a subscription's event names neither an e-mail
 * address nor the product. What is about money but no payment, such as a dispute, says who it is about all the same.
 * Throws a `ServiceError` that no retry heals when that step is missing from the workflow.
 */
export function saidByStripe(event: EventOfItem, item: IDataObject): Said {
  const payer = payerSchema.safeParse(item.payer).data;
  const read = subscriptionSchema.safeParse(item.subscription).data;
  const wasTried = Array.isArray(item.failures) && item.failures.length > 0;
  const said = together(planOf(event, read, wasTried), paymentIn(event, payer));
  const subscription = read && readingOf(read);
  const facts =
    said.facts ??
    (subscription && personOf(read)) ??
    (ABOUT_MONEY.test(event.type) ? personOf(payer) : undefined);
  const nameless = read && namelessOf(read, subscription);
  return {
    ...said,
    facts: facts && { ...facts, ...(subscription && { subscription }) },
    ...(nameless && { nameless }),
  };
}

const ABOUT_MONEY = /^(invoice|charge)\./;

function personOf(
  person: z.output<typeof payerSchema> | undefined,
): Pick<Facts, 'email' | 'name'> | undefined {
  if (!person?.email) return undefined;
  return { email: person.email, ...(person.name !== null && { name: person.name }) };
}

/** Other products are none of our business, unless somebody went over to one from a plan. */
function readingOf({ details, statement }: Read): SubscriptionReading | undefined {
  if (!details || (details.tier === null && statement === null)) return undefined;
  return { source: 'stripe', ...details };
}

/** What Stripe tells of a customer who was deleted there, or who never had an address. */
function namelessOf(
  { id, email, statement }: Read,
  subscription: SubscriptionReading | undefined,
): Said['nameless'] {
  if (email !== null || (!statement && !subscription)) return undefined;
  return { subject: id, ...(statement && { plan: statement }), ...(subscription && { subscription }) };
}

function planOf({ type }: EventOfItem, read: Read | undefined, wasTried: boolean): Told<'plan'> {
  if (!read) {
    // A step that failed and carried on: the rest is recorded now, and all of it when the event is tried again.
    if (wasTried) return { nothing: 'the subscription could not be read' };
    if (!type.startsWith('customer.subscription.'))
      return { nothing: 'the event is not about a subscription' };
    throw new ServiceError(
      STRIPE,
      'The item does not carry the subscription that the event is about. Put the node Stripe Billing, "Subscription: Get", before this one.',
      false,
    );
  }
  const { id, email, name, statement, nothing = 'Stripe Billing gave no reason' } = read;
  if (statement === null) return { nothing: `the subscription ${id} says nothing about a plan: ${nothing}` };
  if (email === null) return { nothing: `Stripe has no e-mail address for the subscription ${id}` };
  return { email, ...(name !== null && { name }), plan: statement };
}
