import { z } from 'zod/v4';
import { ServiceError } from '../http';
import { STRIPE } from './client';
import { namesCardholder, payerIn, type Payer } from './payer';
import type { StripeNotice } from './plan-statement';

/** What one event says about money, for its subject so far: saying it again changes nothing. */
export interface PaymentStatement {
  /** What was paid: `in_…`, `pi_…`, `cs_…` or `ch_…`. */
  subject: string;
  asOf: Date;
  /** ISO 4217, lower case. */
  currency: string;
  /** In the currency's smallest unit, as all amounts. */
  paidMinor?: number;
  /** All refunds together. */
  refundedMinor?: number;
}

/** Who paid or got back what; or why nothing is to be counted. */
export type PaymentTold = { email: string; name?: string; payment: PaymentStatement } | { nothing: string };

type Money =
  Pick<PaymentStatement, 'subject' | 'currency' | 'paidMinor' | 'refundedMinor'> | { nothing: string };

const minor = z.number().int().nonnegative();
const currency = z.string().toLowerCase();
/** An id, or the object in its place where somebody had it expanded. */
const reference = z.union([z.string(), z.object({ id: z.string() }).transform(({ id }) => id)]).nullish();

/**
 * How money moves in an event, by its type. An invoice counts as the invoice, a checkout as its payment intent, and a
 * checkout that comes with an invoice (subscriptions) only as that. A refund belongs to the charge's invoice where the
 * charge names one, which it does before API version 2025-03-31, else to its payment intent.
 */
const moneyIn: Readonly<Record<string, z.ZodType<Money>>> = {
  'invoice.paid': z
    .object({ id: z.string(), currency, amount_paid: minor })
    .transform(({ id, amount_paid, ...rest }): Money =>
      amount_paid === 0
        ? { nothing: 'the invoice cost nothing' }
        : { subject: id, currency: rest.currency, paidMinor: amount_paid },
    ),
  'checkout.session.completed': checkout(),
  'checkout.session.async_payment_succeeded': checkout(),
  'charge.refunded': z
    .object({
      id: z.string(),
      currency,
      amount_refunded: minor,
      invoice: reference,
      payment_intent: reference,
    })
    .transform(({ id, amount_refunded, invoice, payment_intent, ...rest }): Money =>
      amount_refunded === 0
        ? { nothing: 'nothing was refunded' }
        : {
            subject: invoice ?? payment_intent ?? id,
            currency: rest.currency,
            refundedMinor: amount_refunded,
          },
    ),
};

function checkout(): z.ZodType<Money> {
  return z
    .object({
      id: z.string(),
      mode: z.string(),
      payment_status: z.string(),
      currency: currency.nullish(),
      amount_total: minor.nullish(),
      invoice: reference,
      payment_intent: reference,
    })
    .transform(({ id, mode, payment_status, amount_total, invoice, payment_intent, ...rest }): Money => {
      if (mode !== 'payment' || invoice) return { nothing: 'the checkout is paid for by an invoice' };
      if (payment_status !== 'paid') return { nothing: `payment_status is ${payment_status}` };
      if (!amount_total || !rest.currency) return { nothing: 'the checkout cost nothing' };
      return { subject: payment_intent ?? id, currency: rest.currency, paidMinor: amount_total };
    });
}

/**
 * What an event says about money: an invoice paid, a one-off checkout paid, or a refund. The e-mail address is the one
 * on the object itself, else the payer's; of a charge, the payer's comes first. Throws a `ServiceError` that no retry heals for an object of another shape.
 */
export function paymentIn(event: StripeNotice, payer?: Pick<Payer, 'email' | 'name'>): PaymentTold {
  const schema = moneyIn[event.type];
  if (!schema) return { nothing: 'the event says nothing about a payment' };
  const { payload } = event;
  const read = z.object({ data: z.object({ object: schema }) }).safeParse(payload);
  if (!read.success) {
    const place = read.error.issues[0]?.path.join('.') ?? '';
    throw new ServiceError(
      STRIPE,
      `Stripe's event ${event.type} is not as its API documents it (${place}). Look at the event's payload, and count the payment by hand.`,
      false,
    );
  }
  const money = read.data.data.object;
  if ('nothing' in money) return money;
  const named = payerIn(payload);
  const [first, second] = namesCardholder(payload) ? [payer, named] : [named, payer];
  const email = first?.email ?? second?.email;
  const name = first?.name ?? second?.name;
  if (!email) return { nothing: `Stripe has no e-mail address for ${money.subject}` };
  return { email, ...(name && { name }), payment: { ...money, asOf: event.occurredAt } };
}
