import type { CustomerRecord, CustomerRow } from './customer';
import type { LifetimeValue } from './lifetime-value';
import type { Plan } from './plan';
import { isTimeZone } from './schedule';

/**
 * The customer with what a record says, apart from plan and payment. Whatever the order of several records, and however
 * often one is applied, the result is the same, but for a name that no registration gives: there the first one stays.
 */
export function withFacts(row: CustomerRow, record: CustomerRecord): CustomerRow {
  const named = withTimeZone(withRegistration(withName(row, record), record), record);
  return withTrial(withActivity(withLogin(named, record), record), record);
}

function withName(row: CustomerRow, record: CustomerRecord): CustomerRow {
  const name = record.name?.trim();
  const namedAt = record.namedAt ?? record.signedUpAt;
  if (!name) return row;
  if (namedAt === undefined) return row.name === null ? { ...row, name } : row;
  return isLater({ at: namedAt, tie: name }, { at: row.namedAt, tie: row.name ?? '' })
    ? { ...row, name, namedAt }
    : row;
}

function withRegistration(row: CustomerRow, record: CustomerRecord): CustomerRow {
  const { signedUpAt, signupSource, marketingConsent } = record;
  if (signedUpAt === undefined) return row;
  const isFirst = row.signedUpAt === null || signedUpAt < row.signedUpAt;
  // A registration that names no source takes none away.
  const namesSource =
    signupSource !== undefined &&
    (row.sourcedAt === null ||
      isLater({ at: row.sourcedAt, tie: row.signupSource ?? '' }, { at: signedUpAt, tie: signupSource }));
  // Of two that say different things at the same time, the refusal counts.
  const saysConsent =
    marketingConsent !== undefined &&
    isLater(
      { at: signedUpAt, tie: marketingConsent ? '' : 'refused' },
      { at: row.consentAt, tie: row.marketingConsent ? '' : 'refused' },
    );
  return {
    ...row,
    ...(isFirst ? { signedUpAt } : {}),
    ...(namesSource ? { signupSource, sourcedAt: signedUpAt } : {}),
    ...(saysConsent ? { marketingConsent, consentAt: signedUpAt } : {}),
  };
}

function withTimeZone(row: CustomerRow, { timeZone }: CustomerRecord): CustomerRow {
  if (timeZone === undefined || !isTimeZone(timeZone.name)) return row;
  const { name, at } = timeZone;
  return isLater({ at, tie: name }, { at: row.zonedAt, tie: row.timeZone ?? '' })
    ? { ...row, timeZone: name, zonedAt: at }
    : row;
}

function withLogin(row: CustomerRow, { loggedInAt }: CustomerRecord): CustomerRow {
  if (loggedInAt === undefined || (row.lastLoginAt !== null && loggedInAt <= row.lastLoginAt)) return row;
  return { ...row, lastLoginAt: loggedInAt };
}

function withActivity(row: CustomerRow, { activity }: CustomerRecord): CustomerRow {
  if (activity === undefined) return row;
  const last = { at: row.lastActivityAt, tie: row.lastActivity ?? '' };
  if (!isLater({ at: activity.at, tie: activity.name }, last)) return row;
  return { ...row, lastActivity: activity.name, lastActivityAt: activity.at };
}

/** The newest trial counts; of two that start at the same time, the one that ends later. */
function withTrial(row: CustomerRow, { trial }: CustomerRecord): CustomerRow {
  if (trial === undefined) return row;
  const { startedAt, endsAt = null } = trial;
  const known = { at: row.trialStartedAt, tie: row.trialEndsAt?.toISOString() ?? '' };
  if (!isLater({ at: startedAt, tie: endsAt?.toISOString() ?? '' }, known)) return row;
  return { ...row, trialStartedAt: startedAt, trialEndsAt: endsAt };
}

interface Moment {
  at: Date | null;
  /** Decides between two at the same time, so that their order does not. */
  tie: string;
}

function isLater(one: Moment & { at: Date }, other: Moment): boolean {
  if (other.at === null) return true;
  const difference = one.at.getTime() - other.at.getTime();
  return difference > 0 || (difference === 0 && one.tie > other.tie);
}

/** The customer with the plan that the statements come to; a plan that differs is a new version. */
export function withPlan(row: CustomerRow, plan: Plan | undefined): CustomerRow {
  if (plan === undefined || isPlanOf(row, plan)) return row;
  const { tier, status, previousTier, lastChange, changedAt } = plan;
  const planVersion = row.planVersion + 1;
  return { ...row, tier, status, previousTier, lastChange, planChangedAt: changedAt, planVersion };
}

function isPlanOf(row: CustomerRow, plan: Plan): boolean {
  return (
    row.tier === plan.tier &&
    row.status === plan.status &&
    row.previousTier === plan.previousTier &&
    row.lastChange === plan.lastChange &&
    row.planChangedAt?.getTime() === plan.changedAt.getTime()
  );
}

/** The customer with the value that the payments come to; a value that differs is a new version. */
export function withValue(row: CustomerRow, { amount, currency }: LifetimeValue): CustomerRow {
  if (row.lifetimeValue === amount && row.currency === currency) return row;
  return { ...row, lifetimeValue: amount, currency, valueVersion: row.valueVersion + 1 };
}
