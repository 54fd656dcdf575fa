import type { SubscriptionAnswer, SubscriptionItem } from './subscription-answer';
import { trimmed } from './text';
import type { Tier } from './tier';

/** A subscription as Stripe had it at `readAt`. What is not known, or does not apply, is `null`. */
export interface SubscriptionDetails {
  /** `sub_…`. */
  externalId: string;
  /** `cus_…`. */
  externalCustomerId: string;
  /** In Stripe's own words. */
  status: string;
  /** Of the product that names the tier, else of the first. */
  productId: string | null;
  productName: string | null;
  priceId: string | null;
  tier: Tier | null;
  /** ISO 4217, in lower case. */
  currency: string | null;
  /** Of one period, all items with a fixed amount together, in the currency's minor unit. */
  amountMinor: number | null;
  /** Of the first item. */
  intervalCount: number | null;
  /** `day`, `week`, `month` or `year`. */
  intervalUnit: string | null;
  /** Where the items have periods of their own: of the one that ends first. */
  periodStart: Date | null;
  periodEnd: Date | null;
  cancelAtPeriodEnd: boolean;
  cancelAt: Date | null;
  /** When it was asked to end. */
  canceledAt: Date | null;
  endedAt: Date | null;
  cancellationReason: string | null;
  cancellationFeedback: string | null;
  cancellationComment: string | null;
  trialStart: Date | null;
  trialEnd: Date | null;
  /** Whether its newest invoice is open after a try to collect it. */
  paymentFailing: boolean;
  /** Whether its payments are paused, which leaves its status as it is. */
  collectionPaused: boolean;
  metadata: Record<string, string>;
  /** When it came about, which may be before Stripe had it. */
  startedAt: Date;
  /** When Stripe was asked. */
  readAt: Date;
}

/** What there is to know of a subscription; `named` is the item whose product gives it its name. */
export function detailsOf(
  answer: SubscriptionAnswer,
  items: readonly SubscriptionItem[],
  { named, tier, readAt }: { named: SubscriptionItem | undefined; tier: Tier | null; readAt: number },
): SubscriptionDetails {
  const { recurring } = items[0]?.price ?? {};
  const { reason, feedback, comment } = answer.cancellation_details ?? {};
  return {
    externalId: answer.id,
    externalCustomerId: answer.customer.id,
    status: answer.status,
    productId: named?.price.product.id ?? null,
    productName: trimmed(named?.price.product.name),
    priceId: named?.price.id ?? null,
    tier,
    currency: trimmed(answer.currency)?.toLowerCase() ?? null,
    amountMinor: amountOf(items),
    intervalCount: recurring?.interval_count ?? null,
    intervalUnit: recurring?.interval ?? null,
    ...periodOf(answer, items),
    cancelAtPeriodEnd: answer.cancel_at_period_end,
    cancelAt: answer.cancel_at,
    canceledAt: answer.canceled_at,
    endedAt: answer.ended_at,
    cancellationReason: trimmed(reason),
    cancellationFeedback: trimmed(feedback),
    cancellationComment: trimmed(comment),
    trialStart: answer.trial_start,
    trialEnd: answer.trial_end,
    paymentFailing: isPaymentFailing(answer),
    collectionPaused: Boolean(answer.pause_collection),
    metadata: answer.metadata ?? {},
    startedAt: answer.start_date ?? answer.created,
    readAt: new Date(readAt),
  };
}

/** Items that are charged by use, or in tiers, have no amount that is known beforehand. */
function amountOf(items: readonly SubscriptionItem[]): number | null {
  const amounts = items.flatMap(({ quantity, price: { unit_amount: unit } }) =>
    typeof unit === 'number' && typeof quantity === 'number' ? [unit * quantity] : [],
  );
  return amounts.length === 0 ? null : amounts.reduce((sum, amount) => sum + amount, 0);
}

function periodOf(
  answer: SubscriptionAnswer,
  items: readonly SubscriptionItem[],
): Pick<SubscriptionDetails, 'periodStart' | 'periodEnd'> {
  if (answer.current_period_end) {
    return { periodStart: answer.current_period_start, periodEnd: answer.current_period_end };
  }
  const [first] = items
    .flatMap(({ current_period_start: start, current_period_end: end }) => (end ? [{ start, end }] : []))
    .sort((one, other) => one.end.getTime() - other.end.getTime());
  return { periodStart: first?.start ?? null, periodEnd: first?.end ?? null };
}

/** Stripe's own verdict comes first: it also counts invoices that are not the newest. */
function isPaymentFailing({ status, latest_invoice: invoice }: SubscriptionAnswer): boolean {
  if (status === 'past_due' || status === 'unpaid') return true;
  if (!invoice || typeof invoice === 'string' || invoice.status !== 'open') return false;
  return invoice.attempted === true || (invoice.attempt_count ?? 0) > 0;
}
