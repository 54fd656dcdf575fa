import { z } from 'zod/v4';
import type { Double, Json } from '../double';
import type { Deliveries, Outgoing, Sending } from './deliveries';
import { named, payloadOf, type Subject } from './json';
import type { Shop } from './shop';
import {
  EVENT_NAMES,
  type Delivery,
  type EventName,
  type Invoice,
  type Order,
  type Subscription,
} from './state';

const planSchema = z.enum(['free', 'pro', 'enterprise']);

const sendingSchema = z.object({
  shuffle: z.boolean().default(false),
  copies: z.int().min(1).max(100).default(1),
  delayMs: z.int().min(0).max(60_000).default(0),
});
/** In all actions: whom it is about, when it happens unless just now, and how its webhooks are sent. */
const commonSchema = sendingSchema.extend({
  email: z.string().optional(),
  name: z.string().optional(),
  timestamp: z.iso.datetime().optional(),
});
const subscribeSchema = commonSchema.extend({
  plan: planSchema.default('pro'),
  trial: z.boolean().default(false),
});
const changeSchema = commonSchema.extend({ plan: planSchema });
const refundSchema = commonSchema.extend({ amount: z.int().positive().optional() });
const resendSchema = sendingSchema.extend({ event: z.enum(EVENT_NAMES).optional() });

/** Somebody for buttons that name nobody. */
const SOMEBODY = { email: 'rosa.keller@example.com', name: 'Rosa Keller' };

type Common = z.output<typeof commonSchema>;
type Happening = [EventName, Subject];

/**
 * What customers and the store's owner do; each sends the webhooks that belong to it. They answer with the ids of the
 * objects by their types, and with what was answered to each webhook.
 */
export function lemonSqueezyActions(shop: Shop, deliveries: Deliveries): Double['actions'] {
  const tell = async (sending: Sending, happenings: readonly Happening[]): Promise<Json> => {
    const { state } = shop;
    const outgoing = happenings.map(([event, subject]): Outgoing => {
      const { email } = named(state.customers, subject.object.customerId);
      return { event, email, payload: payloadOf(state, event, subject) };
    });
    const ids = Object.fromEntries(happenings.map(([, { type, object }]) => [type, object.id]));
    return { ids, sent: answersTo(await deliveries.send(outgoing, sending)) };
  };

  const action =
    <Input extends Common>(
      schema: z.ZodType<Input>,
      happen: (input: Input & { email: string; name: string }) => Happening[],
    ) =>
    async (given: Json): Promise<Json> => {
      const input = schema.parse(given);
      shop.setTime(input.timestamp);
      return await tell(input, happen({ ...input, ...who(input) }));
    };

  /** A change of a customer's newest subscription, with its own event and the one that goes with every change. */
  const subscriptionAction = (event: EventName, change: (email: string) => Subscription) =>
    action(commonSchema, ({ email }) => {
      const subscription = change(email);
      return [
        ...ofSubscription(event, subscription),
        ...ofSubscription('subscription_updated', subscription),
      ];
    });

  return {
    /** `{ email, name, plan, trial }`. */
    subscribe: action(subscribeSchema, ({ plan, trial, email, name }) => {
      const { order, subscription, invoice } = shop.subscribe({ email, name }, plan, trial);
      return [
        ...ofOrder('order_created', order),
        ...ofSubscription('subscription_created', subscription),
        ...ofInvoice('subscription_payment_success', invoice),
      ];
    }),
    /** `{ email, plan }`; the difference to a dearer one is paid at once. */
    changePlan: action(changeSchema, ({ plan, email }) => {
      const { subscription, invoice } = shop.changePlan(email, plan);
      return [
        ...ofSubscription('subscription_updated', subscription),
        ...ofInvoice('subscription_payment_success', invoice),
      ];
    }),
    /** It ends with the month that is paid. */
    cancel: subscriptionAction('subscription_cancelled', (email) => shop.cancel(email)),
    resume: subscriptionAction('subscription_resumed', (email) =>
      shop.setStatus(email, ['cancelled'], 'active'),
    ),
    expire: subscriptionAction('subscription_expired', (email) => shop.expire(email)),
    pause: subscriptionAction('subscription_paused', (email) => shop.setStatus(email, ['active'], 'paused')),
    unpause: subscriptionAction('subscription_unpaused', (email) =>
      shop.setStatus(email, ['paused'], 'active'),
    ),
    /** The next month is paid. */
    renew: action(commonSchema, ({ email }) => {
      const { subscription, invoice, recovered } = shop.renew(email);
      return [
        ...ofInvoice('subscription_payment_success', invoice),
        ...ofInvoice('subscription_payment_recovered', recovered ? invoice : undefined),
        ...ofSubscription('subscription_updated', subscription),
      ];
    }),
    /** The next month cannot be paid. */
    failPayment: action(commonSchema, ({ email }) => {
      const { subscription, invoice } = shop.failPayment(email);
      return [
        ...ofInvoice('subscription_payment_failed', invoice),
        ...ofSubscription('subscription_updated', subscription),
      ];
    }),
    /** `{ email, amount }`: gives back what was paid last, or some of it. */
    refund: action(refundSchema, ({ amount, email }) => {
      const { order, invoice } = shop.refund(email, amount);
      return [...ofOrder('order_refunded', order), ...ofInvoice('subscription_payment_refunded', invoice)];
    }),
    /** `{ email, name }`: buys the lifetime variant, which is paid once. */
    buy: action(commonSchema, ({ email, name }) => ofOrder('order_created', shop.buy({ email, name }))),
    /** `{ event }`: sends again what was sent last. */
    resend: async (input) => {
      const { event, ...sending } = resendSchema.parse(input);
      return { sent: answersTo(await deliveries.resend(event, sending)) };
    },
  };
}

function ofOrder(event: EventName, object: Order | undefined): Happening[] {
  return object ? [[event, { type: 'orders', object }]] : [];
}

function ofSubscription(event: EventName, object: Subscription): Happening[] {
  return [[event, { type: 'subscriptions', object }]];
}

function ofInvoice(event: EventName, object: Invoice | undefined): Happening[] {
  return object ? [[event, { type: 'subscription-invoices', object }]] : [];
}

/** The first answer to each; null when there was no time for one. */
function answersTo(sent: readonly Delivery[]): Json {
  return sent.map(({ event, statuses }) => ({ event, status: statuses[0] ?? null }));
}

function who({ email, name }: Common): { email: string; name: string } {
  if (email === undefined) return { ...SOMEBODY, ...(name !== undefined && { name }) };
  return { email, name: name ?? email.split('@')[0] ?? email };
}
