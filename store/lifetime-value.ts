import type { EventSource } from './events';
import { compareIds } from './plan';

/** What one event says about a payment. */
export interface PaymentStatement {
  /** Which payment at its source: `in_…`, `pi_…`, `ch_…`, `order:5`, `subscription-invoice:7`. */
  subject: string;
  /** By the source's own clock. */
  asOf: Date;
  /** ISO 4217, in lower case. */
  currency: string;
  /** Whole number of the currency's minor unit. */
  paidMinor?: number | undefined;
  /** All that was refunded until then, in the same unit. */
  refundedMinor?: number | undefined;
}

/** A statement with the event that made it, whose id is a whole number in decimal digits. */
export interface KeptPaymentStatement extends PaymentStatement {
  source: EventSource;
  eventId: string;
}

export interface LifetimeValue {
  /** In major units of the currency. */
  amount: number;
  /** ISO 4217, in lower case; `null` when nothing is known of any payment. */
  currency: string | null;
}

/**
 * What a customer has paid and not got back, in the currency in which that is most, whatever the order in which the
 * statements are given and however often. Of one payment the newest word on what was paid counts, and the highest on
 * what was refunded. Refunds of payments that nobody told of never make it negative.
 */
export function lifetimeValue(statements: readonly KeptPaymentStatement[]): LifetimeValue {
  const totals = new Map<string, number>();
  for (const { currency, paid, refunded } of paymentsOf(statements)) {
    totals.set(currency, (totals.get(currency) ?? 0) + paid - refunded);
  }
  const [most] = [...totals]
    .map(([currency, minor]) => ({ currency, amount: majorUnits(Math.max(0, minor), currency) }))
    .sort((one, other) => other.amount - one.amount || (one.currency < other.currency ? -1 : 1));
  return most ?? { amount: 0, currency: null };
}

interface Payment {
  currency: string;
  paid: number;
  refunded: number;
}

function paymentsOf(statements: readonly KeptPaymentStatement[]): Iterable<Payment> {
  const payments = new Map<string, Payment>();
  const sorted = [...statements].sort(
    (one, other) => one.asOf.getTime() - other.asOf.getTime() || compareIds(one.eventId, other.eventId),
  );
  for (const { source, subject, currency, paidMinor, refundedMinor } of sorted) {
    const key = `${source} ${subject}`;
    const before = payments.get(key);
    payments.set(key, {
      currency,
      paid: paidMinor ?? before?.paid ?? 0,
      refunded: Math.max(refundedMinor ?? 0, before?.refunded ?? 0),
    });
  }
  return payments.values();
}

/**
 * Currencies whose amounts providers do not send in hundredths (https://docs.stripe.com/currencies#minor-units). Only these:
 * of forints, or of what has lost its cents (ISK, UGX), amounts come in hundredths, though `Intl` shows none of them.
 */
const WITHOUT_MINOR_UNIT = new Set('bif clp djf gnf jpy kmf krw mga pyg rwf vnd vuv xaf xof xpf'.split(' '));
const IN_THOUSANDTHS = new Set('bhd jod kwd omr tnd'.split(' '));

/** An amount in the major unit of its currency, out of one as providers send it. */
export function majorUnits(minor: number, currency: string): number {
  if (WITHOUT_MINOR_UNIT.has(currency)) return minor;
  return minor / (IN_THOUSANDTHS.has(currency) ? 1000 : 100);
}
