import type { Tier } from './tier';

export type PlanStatus = 'trialing' | 'active' | 'past_due' | 'paused' | 'cancelled' | 'churned';

/** What an event says about a customer's plan. */
export interface PlanStatement {
  /** What it is said of: `subscription:123`, or `order:55` for what is paid once. */
  subject: string;
  /** By Lemon Squeezy's clock. */
  asOf: Date;
  /** Order among statements of one subject with the same time; a higher one is later. */
  rank: number;
  /** `null` once it has ended. */
  tier: Tier | null;
  status: PlanStatus;
  /** A subject that does not count any more: the order behind a subscription. */
  replaces?: string;
}

/** What an event says about a customer's money; amounts are the whole ones so far, in minor units. */
export interface PaymentStatement {
  /** `order:5` or `subscription-invoice:7`. */
  subject: string;
  /** By Lemon Squeezy's clock. */
  asOf: Date;
  /** ISO 4217, in lower case. */
  currency: string;
  paidMinor?: number;
  refundedMinor?: number;
}

/** Whom an event is about. */
export interface Buyer {
  email: string;
  name?: string;
}

/** An event that says nothing of the kind, and why. */
export interface Nothing {
  nothing: string;
}
