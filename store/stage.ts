import type { CustomerRow } from './customer';
import type { SubscriptionState } from './subscriptions';

/** Where a customer is on the journey, in its order. */
export const STAGES = [
  'discovery',
  'trial',
  'purchase',
  'onboarding',
  'active',
  'atRisk',
  'churned',
  'winBack',
] as const;
export type Stage = (typeof STAGES)[number];

export function isStage(text: string | undefined): text is Stage {
  return STAGES.some((stage) => stage === text);
}

/**
 * Where somebody who moves on goes to from each stage: forward on the journey, be it over some stages, and back from where
 * it went wrong. From `active` nobody has to move on; staying there is the aim.
 */
export const STAGES_AHEAD: Readonly<Record<Stage, readonly Stage[]>> = {
  discovery: ['trial', 'purchase', 'onboarding', 'active'],
  trial: ['purchase', 'onboarding', 'active'],
  purchase: ['onboarding', 'active'],
  onboarding: ['active'],
  active: [],
  atRisk: ['onboarding', 'active', 'winBack'],
  churned: ['winBack', 'onboarding', 'active', 'trial'],
  winBack: ['active'],
};

/** For how long somebody counts as new to a paid plan, unless they are seen to use it before. */
const NEW_FOR_MS = 14 * 86_400_000;

export type StageFacts = Pick<
  CustomerRow,
  | 'status'
  | 'tier'
  | 'previousTier'
  | 'lastChange'
  | 'planChangedAt'
  | 'lifetimeValue'
  | 'signedUpAt'
  | 'trialStartedAt'
  | 'lastActivityAt'
>;

type Subscription = Omit<SubscriptionState, 'customerId'>;

/**
 * The stage that follows from all that is known, the only rule there is; the first that fits:
 *
 * - `churned`: had a plan, and has none any more.
 * - `atRisk`: of what they have, a payment failed, or an end is set.
 * - `trial`: tries it out, on a subscription's trial, a trial of their own, or a free account.
 * - `onboarding`: new to a paid plan, which ends when they are first seen to use it, and after 14 days at the latest.
 *   `winBack`: the same for somebody who had left.
 * - `active`: has a paid plan.
 * - `purchase`: has bought something, but no plan.
 * - `discovery`: all others.
 *
 * Time alone moves somebody from `onboarding` or `winBack` to `active`, and from nothing else.
 */
export function stageOf(facts: StageFacts, subscriptions: readonly Subscription[], now: Date): Stage {
  const living = subscriptions.filter(isLiving);
  const hasPlan = living.length > 0 || (facts.status !== null && facts.status !== 'churned');
  if (!hasPlan) return withoutPlan(facts, subscriptions);
  if (isAtRisk(facts, living)) return 'atRisk';
  const paid = living.filter(({ status }) => status !== 'trialing');
  const isOnPaidPlan =
    living.length > 0 ? paid.length > 0 : facts.status !== 'trialing' && isPaid(facts.tier);
  if (!isOnPaidPlan) return 'trial';
  const since = paidSince(facts, paid);
  if (since === null || !isNew(facts, since, now)) return 'active';
  return cameBack(facts, subscriptions, since) ? 'winBack' : 'onboarding';
}

/** What grants a plan: neither what has ended, nor what waits for its first payment, nor another product. */
function isLiving({ status, endedAt, tier }: Subscription): boolean {
  return endedAt === null && status !== 'canceled' && hasBegun(status) && tier !== null;
}

/** Not while its first payment is missing, nor when that never came. */
function hasBegun(status: string): boolean {
  return status !== 'incomplete' && status !== 'incomplete_expired';
}

/** Something else of theirs may have been paid for, before the first plan or after the last. */
function withoutPlan(facts: StageFacts, subscriptions: readonly Subscription[]): Stage {
  const hadPlan = facts.status === 'churned' || subscriptions.some(({ status }) => hasBegun(status));
  if (hadPlan) return 'churned';
  if (facts.lifetimeValue > 0) return 'purchase';
  return facts.signedUpAt !== null || facts.trialStartedAt !== null ? 'trial' : 'discovery';
}

function isAtRisk({ status }: StageFacts, living: readonly Subscription[]): boolean {
  const isEnding = status === 'cancelled' || status === 'past_due';
  return (
    isEnding ||
    living.some(
      ({ paymentFailing, cancelAtPeriodEnd, cancelAt }) =>
        paymentFailing || cancelAtPeriodEnd || cancelAt !== null,
    )
  );
}

function isPaid(tier: StageFacts['tier']): boolean {
  return tier === 'pro' || tier === 'enterprise';
}

function isNew({ lastActivityAt }: StageFacts, since: Date, now: Date): boolean {
  const isUsed = lastActivityAt !== null && lastActivityAt >= since;
  return !isUsed && now.getTime() - since.getTime() < NEW_FOR_MS;
}

/** When the paid plan began: of subscriptions, the earliest that lives, after its trial. */
function paidSince(facts: StageFacts, paid: readonly Subscription[]): Date | null {
  const [earliest] = paid
    .map(({ startedAt, trialEnd }) => (trialEnd !== null && trialEnd > startedAt ? trialEnd : startedAt))
    .sort((one, other) => one.getTime() - other.getTime());
  if (earliest) return earliest;
  // From one paid plan to another nobody is new.
  return facts.lastChange !== 'return' && isPaid(facts.previousTier) ? null : facts.planChangedAt;
}

/** Had another subscription that was over by then; of plans without any, the plan itself tells. */
function cameBack({ lastChange }: StageFacts, subscriptions: readonly Subscription[], since: Date): boolean {
  if (subscriptions.length === 0) return lastChange === 'return';
  return subscriptions.some(
    ({ status, endedAt }) => hasBegun(status) && endedAt !== null && endedAt <= since,
  );
}

/** The stages that time alone ends. */
export const PASSING_STAGES: readonly Stage[] = ['onboarding', 'winBack'];

/** Who has been in a passing stage since then or longer may have left it by time alone. */
export function newUntil(now: Date): Date {
  return new Date(now.getTime() - NEW_FOR_MS);
}
