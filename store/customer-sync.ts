import type { CustomerRow } from './customer';

/** What is not yet as it was last synced. */
export interface DueSyncs {
  plan: boolean;
  /** At most once an hour. */
  login: boolean;
  /** At most once an hour for one and the same activity. */
  activity: boolean;
  value: boolean;
}

/** What a sync of the customer as it is now makes of it ({@link SyncEntry}). */
export interface CustomerVersions {
  plan: number;
  login: Date | null;
  activity: Date | null;
  value: number;
}

/** Some of what a contact is in or not. Of anything else nothing is said. */
export interface Memberships {
  in: readonly string[];
  out: readonly string[];
}

/** What the outside systems hold now. What is not given stays as it is known. */
export interface SyncEntry {
  customerId: string;
  mauticContactId?: number | undefined;
  twentyPersonId?: string | undefined;
  /** Aliases of segments: a list names all that the contact is in. */
  segments?: readonly string[] | Memberships | undefined;
  /** Names of campaigns: a list names all that the contact is in. */
  campaigns?: readonly string[] | Memberships | undefined;
  /** {@link CustomerVersions} of what was written. */
  plan?: number | undefined;
  login?: Date | undefined;
  activity?: Date | undefined;
  value?: number | undefined;
}

const HOUR_MS = 3_600_000;

/** What of the customer the outside systems do not show yet and should. */
export function dueSyncs(row: CustomerRow): DueSyncs {
  return {
    plan: row.planVersion > row.syncedPlan,
    login: isAnHourLater(row.lastLoginAt, row.syncedLoginAt),
    activity:
      row.lastActivityAt !== null &&
      (row.lastActivity !== row.syncedActivity || isAnHourLater(row.lastActivityAt, row.syncedActivityAt)),
    value: row.valueVersion > row.syncedValue,
  };
}

function isAnHourLater(at: Date | null, synced: Date | null): boolean {
  return at !== null && (synced === null || at.getTime() - synced.getTime() >= HOUR_MS);
}

/** {@link dueSyncs} is over once these were written and saved. */
export function versionsOf(row: CustomerRow): CustomerVersions {
  const { planVersion: plan, lastLoginAt: login, lastActivityAt: activity, valueVersion: value } = row;
  return { plan, login, activity, value };
}

/** The customer with what was synced; an older version never takes the place of a newer one. */
export function withSync(row: CustomerRow, entry: SyncEntry, now: Date): CustomerRow {
  return {
    ...row,
    mauticContactId: entry.mauticContactId ?? row.mauticContactId,
    twentyPersonId: entry.twentyPersonId ?? row.twentyPersonId,
    segments: withMemberships(row.segments, entry.segments),
    campaigns: withMemberships(row.campaigns, entry.campaigns),
    syncedPlan: Math.max(row.syncedPlan, entry.plan ?? 0),
    syncedValue: Math.max(row.syncedValue, entry.value ?? 0),
    syncedLoginAt: later(row.syncedLoginAt, entry.login),
    ...syncedActivity(row, entry.activity),
    syncedAt: now,
  };
}

function withMemberships(known: string[], given: SyncEntry['segments']): string[] {
  if (given === undefined) return known;
  if (!('out' in given)) return [...new Set(given)].sort();
  const left = new Set(given.out);
  return [...new Set([...known.filter((name) => !left.has(name)), ...given.in])].sort();
}

function syncedActivity(
  row: CustomerRow,
  at: Date | undefined,
): Pick<CustomerRow, 'syncedActivity' | 'syncedActivityAt'> {
  const { syncedActivityAt } = row;
  if (at === undefined || (syncedActivityAt !== null && at < syncedActivityAt)) {
    return { syncedActivity: row.syncedActivity, syncedActivityAt };
  }
  // What was written is not known any more when something else has happened since.
  const isLast = row.lastActivityAt?.getTime() === at.getTime();
  return { syncedActivity: isLast ? row.lastActivity : null, syncedActivityAt: at };
}

function later(known: Date | null, given: Date | undefined): Date | null {
  return given === undefined || (known !== null && given < known) ? known : given;
}
