import type { EventSource } from './events';

/** From the lowest to the highest. */
export const TIERS = ['free', 'pro', 'enterprise'] as const;
export type Tier = (typeof TIERS)[number];

export function isTier(text: string | undefined): text is Tier {
  return TIERS.some((tier) => tier === text);
}

/** `cancelled` is still paid until its end; `churned` has ended. */
export type PlanStatus = 'trialing' | 'active' | 'past_due' | 'paused' | 'cancelled' | 'churned';

/** What one event says about a plan. */
export interface PlanStatement {
  /** Whose plan it is at its source: `app`, `sub_…`, `subscription:123`, `order:55`. */
  subject: string;
  /** By the source's own clock. */
  asOf: Date;
  /** A whole number; among statements about one subject with the same time the higher one is the later one. */
  rank: number;
  /** `null`: says nothing about the tier. */
  tier: Tier | null;
  status: PlanStatus;
  /** What was before, as the event itself tells. */
  previousTier?: Tier | undefined;
  /** A subject of the same source that does not count any more. */
  replaces?: string | undefined;
  /** Said by somebody who signs up, not of a change: it counts for nothing against what others say lives. */
  signUp?: boolean | undefined;
}

/** A statement with the event that made it, whose id is a whole number in decimal digits. */
export interface KeptPlanStatement extends PlanStatement {
  source: EventSource;
  eventId: string;
}

/** `return`: live again after having churned. */
export type PlanChange = 'start' | 'upgrade' | 'downgrade' | 'churn' | 'return';

/** The plan of a customer. */
export interface Plan {
  /** `null` when churned. */
  tier: Tier | null;
  status: PlanStatus;
  /** The tier before the last change, if any is known; a churned customer's is the one that ended. */
  previousTier: Tier | null;
  lastChange: PlanChange;
  /** When tier or status became what they are, by the clock of the source that told of it. */
  changedAt: Date;
}

export interface FoldedPlan {
  /** `undefined` when nobody has said anything that counts. */
  plan: Plan | undefined;
  /** The plan after each of its changes, oldest first. */
  changes: Plan[];
}

type Held = Pick<Plan, 'tier' | 'status'>;

/** A source's plan and the newest time of which it speaks. */
interface SourcePlan extends Held {
  source: EventSource;
  asOf: number;
  /** Whether all that it has said was said at a sign-up. */
  signUpOnly: boolean;
}

/** The later in this list is believed when two say something for the same time. */
const PRECEDENCE: readonly EventSource[] = ['app', 'lemonSqueezy', 'stripe'];

/**
 * The plan that all statements about a customer come to, in whatever order and however often they are given.
 *
 * They are gone through by their time, then rank, then source (the application before those who are paid), subject and
 * event. Of each subject the latest one counts, with the tier that was last said when it says none itself; replaced
 * subjects and live ones whose tier nobody has said are left out. A source's plan is its live subject with the highest
 * tier, or churned when none is live. The customer's plan is that of the source with the newest statement; but a source
 * that knows of a sign-up alone is left out while another's plan is live: somebody who has paid, and then signs up for a
 * free account, has what was paid for.
 *
 * A change is the first plan (an upgrade or downgrade when the statement tells what was before), another tier, the end
 * of the last live subject, or the return from it. Anything else, such as a payment that is overdue, changes the status
 * and the time alone.
 */
export function foldPlan(statements: readonly KeptPlanStatement[]): FoldedPlan {
  const sources = new Map<EventSource, Subjects>();
  const changes: Plan[] = [];
  let plan: Plan | undefined;
  for (const statement of [...statements].sort(inOrder)) {
    const subjects = sources.get(statement.source) ?? new Subjects();
    sources.set(statement.source, subjects.take(statement));
    const held = believed([...sources].flatMap(([source, each]) => each.plan(source) ?? []));
    if (held === undefined) continue;
    const changed = planAfter(plan, held, statement);
    if (changed !== undefined) changes.push(changed);
    if (plan === undefined || changed !== undefined) plan = changed;
    else if (plan.status !== held.status) plan = { ...plan, status: held.status, changedAt: statement.asOf };
  }
  return { plan, changes };
}

function inOrder(one: KeptPlanStatement, other: KeptPlanStatement): number {
  return (
    one.asOf.getTime() - other.asOf.getTime() ||
    one.rank - other.rank ||
    PRECEDENCE.indexOf(one.source) - PRECEDENCE.indexOf(other.source) ||
    compareText(one.subject, other.subject) ||
    compareIds(one.eventId, other.eventId)
  );
}

function compareText(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}

/** Order of two whole numbers in decimal digits, of whatever size. */
export function compareIds(one: string, other: string): number {
  return one.length - other.length || compareText(one, other);
}

/** What one source says, as far as it was gone through. */
class Subjects {
  private readonly latest = new Map<string, KeptPlanStatement>();
  private readonly replaced = new Set<string>();
  private signUpOnly = true;

  take(statement: KeptPlanStatement): this {
    const { subject, replaces, signUp = false } = statement;
    this.signUpOnly &&= signUp;
    const tier = statement.tier ?? this.latest.get(subject)?.tier ?? null;
    this.latest.set(subject, { ...statement, tier });
    if (replaces !== undefined && replaces !== subject) this.replaced.add(replaces);
    return this;
  }

  plan(source: EventSource): SourcePlan | undefined {
    let live: Held | undefined;
    let asOf: number | undefined;
    for (const statement of this.latest.values()) {
      const { subject, status, tier } = statement;
      const isLive = status !== 'churned';
      if (this.replaced.has(subject) || (isLive && tier === null)) continue;
      asOf = Math.max(asOf ?? -Infinity, statement.asOf.getTime());
      if (isLive && (live === undefined || isBetter({ tier, status }, live))) live = { tier, status };
    }
    if (asOf === undefined) return undefined;
    return { source, asOf, signUpOnly: this.signUpOnly, ...(live ?? { tier: null, status: 'churned' }) };
  }
}

/** From what is least certain to go on to what is most. */
const CERTAINTY: readonly PlanStatus[] = ['churned', 'cancelled', 'paused', 'past_due', 'trialing', 'active'];

/** Of two that somebody has at once the higher tier counts, and of equal ones the one more certain to go on. */
function isBetter(one: Held, other: Held): boolean {
  const difference = levelOf(one.tier) - levelOf(other.tier);
  return (
    difference > 0 || (difference === 0 && CERTAINTY.indexOf(one.status) > CERTAINTY.indexOf(other.status))
  );
}

function levelOf(tier: Tier | null): number {
  return tier === null ? -1 : TIERS.indexOf(tier);
}

function believed(plans: readonly SourcePlan[]): Held | undefined {
  const isLiveElsewhere = plans.some(({ signUpOnly, status }) => !signUpOnly && status !== 'churned');
  return plans
    .filter(({ signUpOnly }) => !(signUpOnly && isLiveElsewhere))
    .sort(
      (one, other) =>
        other.asOf - one.asOf || PRECEDENCE.indexOf(other.source) - PRECEDENCE.indexOf(one.source),
    )[0];
}

/** The plan when that is a change of it, beyond its status. */
function planAfter(
  before: Plan | undefined,
  { tier, status }: Held,
  statement: KeptPlanStatement,
): Plan | undefined {
  const changedAt = statement.asOf;
  if (before === undefined) {
    const previousTier = statement.previousTier ?? null;
    if (status === 'churned') return { tier, status, previousTier, lastChange: 'churn', changedAt };
    if (previousTier === null || previousTier === tier) {
      return { tier, status, previousTier: null, lastChange: 'start', changedAt };
    }
    return { tier, status, previousTier, lastChange: direction(previousTier, tier), changedAt };
  }
  const wasLive = before.status !== 'churned';
  const isLive = status !== 'churned';
  if (wasLive && !isLive) {
    return { tier, status, previousTier: before.tier, lastChange: 'churn', changedAt };
  }
  if (!wasLive && isLive) {
    return { tier, status, previousTier: before.previousTier, lastChange: 'return', changedAt };
  }
  if (tier !== before.tier) {
    return { tier, status, previousTier: before.tier, lastChange: direction(before.tier, tier), changedAt };
  }
  return undefined;
}

function direction(from: Tier | null, to: Tier | null): 'upgrade' | 'downgrade' {
  return levelOf(to) > levelOf(from) ? 'upgrade' : 'downgrade';
}
