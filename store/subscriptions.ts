import type { EventSource } from './events';
import type { Tier } from './plan';

/** A subscription as its provider had it at `readAt`. What is not known, or does not apply, is `null`. */
export interface SubscriptionReading {
  source: EventSource;
  /** The provider's id: `sub_…`. */
  externalId: string;
  /** The provider's id of whoever pays: `cus_…`. */
  externalCustomerId: string;
  /** In the provider's own words. */
  status: string;
  /** Of the product that names the tier, else of the first. */
  productId: string | null;
  productName: string | null;
  priceId: string | null;
  tier: Tier | null;
  /** ISO 4217, in lower case. */
  currency: string | null;
  /** Of one period, all items together, in the currency's minor unit. */
  amountMinor: number | null;
  intervalCount: number | null;
  /** `day`, `week`, `month` or `year`. */
  intervalUnit: string | null;
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
  metadata: Record<string, string>;
  /** When it came about at the provider. */
  startedAt: Date;
  /** When the provider was asked. */
  readAt: Date;
}
