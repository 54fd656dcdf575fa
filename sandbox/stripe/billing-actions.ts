import { z } from 'zod/v4';
import type { Double, Json } from '../double';
import type { Account } from './account';
import { Billing, customerWith, type Happening } from './billing';
import { isOver, type Subscription } from './billing-model';
import { nowInSeconds } from './schema-parts';

/** How the events about what was done are raised and delivered. */
const eventsSchema = z.object({
  /** When it happened, by Stripe's clock of whole seconds; just now unless given. */
  timestamp: z.iso.datetime().optional(),
  /** Shape of the events: of an endpoint or account with an API version from before 2025-03-31, or a later one. */
  generation: z.enum(['current', 'before-2025-03-31']).default('current'),
  deliver: z.boolean().default(true),
  /** How often each is delivered at the same time. */
  copies: z.int().min(1).max(100).default(1),
  /** Whether they are sent in a random order. */
  shuffle: z.boolean().default(false),
});

export type EventsAsked = z.output<typeof eventsSchema>;

const SOMEBODY = { email: 'rosa.keller@example.com', name: 'Rosa Keller' };

const email = z.string().min(1);

const subscribeSchema = eventsSchema.extend({
  email: email.default(SOMEBODY.email),
  name: z.string().optional(),
  /** `plan` in a product's metadata, or a product's id. */
  plan: z.string().default('pro'),
  /** Further products beside it. */
  addOns: z.array(z.string()).default([]),
  trialDays: z.int().min(0).max(730).default(0),
  /** Whether the first payment comes. */
  paid: z.boolean().default(true),
  checkout: z.boolean().default(false),
});

const whichSchema = eventsSchema.extend({
  subscriptionId: z.string().optional(),
  /** Default: the newest living subscription of this person, else of all. */
  email: email.optional(),
});
type Which = z.output<typeof whichSchema>;

const changePlanSchema = whichSchema.extend({ plan: z.string() });
const refundSchema = eventsSchema.extend({
  email: email.default(SOMEBODY.email),
  /** In minor units; all that is left unless given. */
  amount: z.int().positive().optional(),
});
const deleteSchema = eventsSchema.extend({ email: email.default(SOMEBODY.email) });

/** Raises and delivers events; gives their ids, in the order in which it happened. */
type Publish = (happenings: readonly Happening[], asked: EventsAsked & { created: number }) => string[];

/** What becomes of subscriptions, by the name of the action; each answers with ids, those of its events among them. */
export function billingActions(account: Account, publish: Publish): Double['actions'] {
  const happen = <Result extends { [name: string]: Json }>(
    asked: EventsAsked,
    act: (billing: Billing) => Result,
  ): Json => {
    const created =
      asked.timestamp === undefined ? nowInSeconds() : Math.floor(Date.parse(asked.timestamp) / 1000);
    const billing = new Billing(account, created, asked.generation);
    const result = act(billing);
    return { ...result, eventIds: publish(billing.happenings, { ...asked, created }) };
  };

  const toSubscription =
    (act: (billing: Billing, subscription: Subscription) => void) =>
    async (input: Json): Promise<Json> => {
      const which = whichSchema.parse(input);
      return happen(which, (billing) => {
        const subscription = theOne(account, which);
        act(billing, subscription);
        return idsOf(subscription);
      });
    };

  return {
    subscribe: async (input) => {
      const asked = subscribeSchema.parse(input);
      const { plan, addOns, paid, checkout, trialDays } = asked;
      const name = asked.name ?? (asked.email === SOMEBODY.email ? SOMEBODY.name : undefined);
      const order = { email: asked.email, name, products: [plan, ...addOns], trialDays };
      return happen(asked, (billing) =>
        idsOf(billing.subscribe({ ...order, isPaid: paid, inCheckout: checkout })),
      );
    },
    changePlan: async (input) => {
      const asked = changePlanSchema.parse(input);
      return toSubscription((billing, subscription) => billing.changePlan(subscription, asked.plan))(input);
    },
    cancelAtPeriodEnd: toSubscription((billing, subscription) => billing.cancelAtPeriodEnd(subscription)),
    cancelNow: toSubscription((billing, subscription) =>
      billing.cancelNow(subscription, 'cancellation_requested'),
    ),
    pause: toSubscription((billing, subscription) => billing.pause(subscription)),
    pauseCollection: toSubscription((billing, subscription) => billing.pauseCollection(subscription)),
    resume: toSubscription((billing, subscription) => billing.resume(subscription)),
    trialWillEnd: toSubscription((billing, subscription) => billing.trialWillEnd(subscription)),
    renew: toSubscription((billing, subscription) => billing.renew(subscription)),
    failPayment: toSubscription((billing, subscription) => billing.failPayment(subscription)),
    refund: async (input) => {
      const asked = refundSchema.parse(input);
      return happen(asked, (billing) => ({ chargeId: billing.refund(asked.email, asked.amount) }));
    },
    deleteCustomer: async (input) => {
      const asked = deleteSchema.parse(input);
      return happen(asked, (billing) => {
        const customer = customerWith(account, asked.email);
        if (!customer) throw new Error(`Stripe has no customer with the address ${asked.email}.`);
        billing.deleteCustomer(customer);
        return { customerId: customer.id };
      });
    },
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
  const newest = [...account.subscriptions.values()].findLast(
    (subscription) =>
      !isOver(subscription) && (address === undefined || subscription.customerId === customerId),
  );
  if (newest) return newest;
  throw new Error(address === undefined ? 'Nobody has a subscription.' : `${address} has no subscription.`);
}

function idsOf({ id, customerId }: Subscription): { subscriptionId: string; customerId: string } {
  return { subscriptionId: id, customerId };
}
