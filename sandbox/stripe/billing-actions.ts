import { z } from 'zod/v4';
import type { Double, Json } from '../double';
import type { Account } from './account';
import type { Billing } from './billing';
import { feedbackSchema, isOver, type Subscription } from './billing-model';
import { customerWith } from './customers';
import { eventsSchema, happenIn, type Publish } from './happen';
import { paymentActions } from './payment-actions';
import { SOMEBODY } from './somebody';

const email = z.string().min(1);

const subscribeSchema = eventsSchema.extend({
  /** `null`: a customer without an address, a new one each time. */
  email: email.nullable().default(SOMEBODY.email),
  name: z.string().optional(),
  /** `plan` in a product's metadata, or a product's id. */
  plan: z.string().default('pro'),
  /** Further products beside it. */
  addOns: z.array(z.string()).default([]),
  trialDays: z.int().min(0).max(730).default(0),
  /** Whether the first payment comes. */
  paid: z.boolean().default(true),
  checkout: z.boolean().default(false),
  /** Whether for a further customer, though there is one with this address. */
  newCustomer: z.boolean().default(false),
});

const whichSchema = eventsSchema.extend({
  subscriptionId: z.string().optional(),
  /** Default: the newest living subscription of this person, else of all. */
  email: email.optional(),
});
type Which = z.output<typeof whichSchema>;

const changePlanSchema = whichSchema.extend({ plan: z.string() });
const cancelSchema = whichSchema.extend({
  /** What the customer picks on leaving, and writes. */
  feedback: feedbackSchema.optional(),
  comment: z.string().optional(),
});

/** What becomes of subscriptions, by the name of the action; each answers with ids, those of its events among them. */
export function billingActions(account: Account, publish: Publish): Double['actions'] {
  const happen = happenIn(account, publish);

  /** For what is done to one subscription. */
  const toOne =
    <Schema extends typeof whichSchema>(
      schema: Schema,
      act: (billing: Billing, subscription: Subscription, asked: z.output<Schema>) => void,
    ) =>
    async (input: Json): Promise<Json> => {
      const asked = schema.parse(input);
      return happen(asked, (billing) => {
        const subscription = theOne(account, asked);
        act(billing, subscription, asked);
        return idsOf(subscription);
      });
    };

  return {
    subscribe: async (input) => {
      const asked = subscribeSchema.parse(input);
      const { plan, addOns, paid, checkout, trialDays, newCustomer } = asked;
      const name = asked.name ?? (asked.email === SOMEBODY.email ? SOMEBODY.name : undefined);
      const order = { email: asked.email, name, products: [plan, ...addOns], trialDays };
      return happen(asked, (billing) =>
        idsOf(
          billing.subscribe({ ...order, isPaid: paid, inCheckout: checkout, isNewCustomer: newCustomer }),
        ),
      );
    },
    changePlan: toOne(changePlanSchema, (billing, subscription, { plan }) =>
      billing.changePlan(subscription, plan),
    ),
    cancelAtPeriodEnd: toOne(cancelSchema, (billing, subscription, leaving) =>
      billing.cancelAtPeriodEnd(subscription, leaving),
    ),
    cancelNow: toOne(cancelSchema, (billing, subscription, leaving) =>
      billing.cancelNow(subscription, 'cancellation_requested', leaving),
    ),
    pause: toOne(whichSchema, (billing, subscription) => billing.pause(subscription)),
    pauseCollection: toOne(whichSchema, (billing, subscription) => billing.pauseCollection(subscription)),
    resume: toOne(whichSchema, (billing, subscription) => billing.resume(subscription)),
    trialWillEnd: toOne(whichSchema, (billing, subscription) => billing.trialWillEnd(subscription)),
    renew: toOne(whichSchema, (billing, subscription) => billing.renew(subscription)),
    failPayment: toOne(whichSchema, (billing, subscription) => billing.failPayment(subscription)),
    ...paymentActions(account, happen),
  };
}

function theOne(account: Account, { subscriptionId, email: address }: Which): Subscription {
  if (subscriptionId !== undefined) {
    const subscription = account.subscriptions.get(subscriptionId);
    if (!subscription) throw new Error(`Stripe has no subscription "${subscriptionId}".`);
    if (isOver(subscription)) throw new Error(`The subscription "${subscriptionId}" has ended.`);
    return subscription;
  }
  const customerId = address === undefined ? undefined : customerWith(account, address)?.id;
  const newest = account.subscriptions.findNewest(
    (subscription) =>
      !isOver(subscription) && (address === undefined || subscription.customerId === customerId),
  );
  if (newest) return newest;
  throw new Error(address === undefined ? 'Nobody has a subscription.' : `${address} has no subscription.`);
}

function idsOf({ id, customerId }: Subscription): { subscriptionId: string; customerId: string } {
  return { subscriptionId: id, customerId };
}
