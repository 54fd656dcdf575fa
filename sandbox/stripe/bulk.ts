import { z } from 'zod/v4';
import type { Account } from './account';
import { chargeSchema, invoiceSchema, subscriptionSchema, type Subscription } from './billing-model';
import { priceOf } from './billing-objects';
import { newId } from './ids';
import { customerSchema, type Price } from './model';
import { DAY_SECONDS, periodOf } from './periods';
import { nowInSeconds } from './schema-parts';

export const addSubscriptionsSchema = z.strictObject({
  count: z.int().min(1).max(200_000),
  emailDomain: z.string().min(1).default('crowd.example'),
  /** Nothing is raised about them, so there is nothing to deliver. */
  deliver: z.literal(false).default(false),
});

/** They began within so many days, all of them in their first month. */
const DAYS_AGO = 28;

/** How those stand that come one after the other, over and over. */
const MIX: ReadonlyArray<{ price: string; is?: 'leaving' | 'trialing' | 'past_due' | 'canceled' }> = [
  { price: 'price_Pro' },
  { price: 'price_Enterprise' },
  { price: 'price_Pro', is: 'trialing' },
  { price: 'price_Pro' },
  { price: 'price_Support' },
  { price: 'price_Enterprise', is: 'past_due' },
  { price: 'price_Pro', is: 'canceled' },
  { price: 'price_Enterprise', is: 'leaving' },
  { price: 'price_Pro' },
  { price: 'price_Enterprise' },
];

/** Adds customers with one subscription each, of all sorts; one in ten is for a product that is no plan. */
export function addSubscriptions(
  account: Account,
  { count, emailDomain }: z.output<typeof addSubscriptionsSchema>,
): void {
  const now = nowInSeconds();
  const first = account.customers.size + 1;
  for (let number = 0; number < count; number += 1) {
    const { price, is = 'active' } = MIX[number % MIX.length] ?? MIX[0] ?? { price: '' };
    const created = now - Math.ceil((DAYS_AGO * DAY_SECONDS * (count - number)) / count);
    const customer = customerSchema.parse({
      email: `person${first + number}@${emailDomain}`,
      name: `Person ${first + number}`,
      created,
    });
    account.customers.set(customer.id, customer);
    addSubscription(account, { customer, price: priceOf(account, price), is, created, now });
  }
}

interface Wanted {
  customer: { id: string; email: string | null; name: string | null };
  price: Price;
  is: NonNullable<(typeof MIX)[number]['is']> | 'active';
  created: number;
  now: number;
}

function addSubscription(account: Account, { customer, price, is, created, now }: Wanted): void {
  const periodEnd = created + periodOf(price);
  const isTrial = is === 'trialing';
  const subscription = subscriptionSchema.parse({
    customerId: customer.id,
    status: is === 'leaving' ? 'active' : is,
    currency: price.currency,
    items: [{ priceId: price.id, created }],
    ...(isTrial && { trialStart: created, trialEnd: periodEnd }),
    ...(is === 'leaving' && leaving(created, { cancelAtPeriodEnd: true, cancelAt: periodEnd })),
    ...(is === 'canceled' && leaving(created, { endedAt: Math.min(now, created + DAY_SECONDS) })),
    periodStart: created,
    periodEnd,
    latestInvoiceId: newId('in'),
    created,
  });
  account.subscriptions.set(subscription.id, subscription);
  addInvoice(account, subscription, { customer, price, is, created, now });
}

function leaving(canceledAt: number, end: Partial<Subscription>): Partial<Subscription> {
  return {
    canceledAt,
    cancellationReason: 'cancellation_requested',
    cancellationFeedback: 'too_expensive',
    ...end,
  };
}

function addInvoice(account: Account, subscription: Subscription, wanted: Wanted): void {
  const { customer, price, is, created, now } = wanted;
  const isPaid = is !== 'past_due';
  const amount = is === 'trialing' ? 0 : price.unitAmount;
  const { id: customerId, email, name } = customer;
  const payment = { customerId, email, name, currency: price.currency, created };
  const charge =
    isPaid && amount > 0
      ? chargeSchema.parse({
          ...payment,
          amount,
          invoiceId: subscription.latestInvoiceId,
          paymentIntentId: newId('pi'),
        })
      : undefined;
  if (charge) account.charges.set(charge.id, charge);
  const line = {
    subscriptionItemId: subscription.items[0]?.id,
    priceId: price.id,
    description: `1 × ${account.products.get(price.productId)?.name ?? price.productId}`,
    amount,
    quantity: 1,
  };
  const invoice = invoiceSchema.parse({
    ...payment,
    id: subscription.latestInvoiceId,
    subscriptionId: subscription.id,
    status: isPaid ? 'paid' : 'open',
    billingReason: isPaid ? 'subscription_create' : 'subscription_cycle',
    lines: [line],
    periodStart: subscription.periodStart,
    periodEnd: subscription.periodEnd,
    attemptCount: charge || !isPaid ? 1 : 0,
    nextPaymentAttempt: isPaid ? null : now + DAY_SECONDS,
    paidAt: isPaid ? created : null,
    chargeId: charge?.id ?? null,
    paymentIntentId: charge?.paymentIntentId ?? null,
  });
  account.invoices.set(invoice.id, invoice);
}
