import type { Subscription } from './subscription';
import type { Tier } from './tier';

/** How a plan stands. `cancelled` is still paid for until its end; only `churned` has ended. */
export type PlanStatus = 'trialing' | 'active' | 'past_due' | 'paused' | 'cancelled' | 'churned';

/** What is known of a customer's plan from one event. */
export interface PlanStatement {
  /** The subscription's id. */
  subject: string;
  /** When it came to be so, by Stripe's clock: whole seconds. */
  asOf: Date;
  /** Of statements about one subject with the same time, the one with the higher rank is the later. A 32-bit integer. */
  rank: number;
  /** Null: nothing is said about the tier, since the plan has ended. */
  tier: Tier | null;
  status: PlanStatus;
  /** What the event itself says was before. */
  previousTier?: Tier;
}

/** An event of Stripe, as far as it matters for what is read because of it. */
export interface StripeNotice {
  type: string;
  /** The event's `created`. */
  occurredAt: Date;
  /** The event itself. */
  payload: unknown;
}

const ENDED = 'customer.subscription.deleted';
const BEGUN = 'customer.subscription.created';

/** After it, nothing happens to a subscription any more. */
const LAST_RANK = 2_000_000_000;
/** Ten days: how long after an event its readings are told apart; retries are long over by then. */
const LONGEST_WAIT_MS = 864_000_000;

/** Whether the event says that the subscription is over. */
export function isEnd(notice: Pick<StripeNotice, 'type'>): boolean {
  return notice.type === ENDED;
}

/**
 * What a subscription, as it was read because of an event, says about its customer's plan. Null when it
 * says nothing: its products are none of the plans and were none before, or its first payment never came, which grants
 * nothing and so ends nothing. Source: https://docs.stripe.com/billing/subscriptions/overview#subscription-statuses
 */
export function planStatement(
  { id, tier, status, hasBegun, details }: Subscription,
  notice: Pick<StripeNotice, 'type' | 'occurredAt'>,
  previousTier?: Tier,
): PlanStatement | null {
  if (!hasBegun) return null;
  if (tier === null && previousTier === undefined) return null;
  // Going over to something that is no plan ends the plan as well.
  const hasEnded = isEnd(notice) || status === 'churned' || tier === null;
  return {
    subject: id,
    asOf: notice.occurredAt,
    rank: rankOf(notice, details.readAt.getTime()),
    tier: hasEnded ? null : tier,
    status: hasEnded ? 'churned' : status,
    ...(previousTier !== undefined && previousTier !== tier && { previousTier }),
  };
}

/** What remains to be said of a subscription that Stripe no longer has, once an event has said that it is over. */
export function endStatement(id: string, notice: Pick<StripeNotice, 'occurredAt'>): PlanStatement {
  return { subject: id, asOf: notice.occurredAt, rank: LAST_RANK, tier: null, status: 'churned' };
}

/**
 * Stripe's clock has whole seconds, in which a lot may happen, and its events come in any order. Each is answered with
 * the state of now, so of the same second's events the one that was read last knows best.
 */
function rankOf({ type, occurredAt }: Pick<StripeNotice, 'type' | 'occurredAt'>, readAt: number): number {
  if (type === ENDED) return LAST_RANK;
  const waited = Math.round(readAt - occurredAt.getTime());
  const bounded = Math.min(Math.max(waited, -LONGEST_WAIT_MS), LONGEST_WAIT_MS);
  return 2 * bounded + (type === BEGUN ? 0 : 1);
}
