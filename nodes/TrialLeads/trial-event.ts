import { createHash } from 'node:crypto';
import { groupKeyOf } from '../../services/intake';
import type { Trial } from '../../services/trial-leads';
import type { NewEvent } from '../../store';

export interface RowName {
  /** What the admin calls the database, wherever its file lies. */
  database: string;
  table: string;
  id: string;
}

const DIGEST_LENGTH = 12;

/**
 * The event that tells of a trial. A row is known by its id and its address, so that one of a database that has taken
 * the place of another, with ids from 1 on, is not taken for one of the old. Never in the future, whatever the clock
 * of the other program says: nobody would work on it.
 */
export function trialEvent(
  { database, table, id }: RowName,
  { email, startedAt, endsAt, ...person }: Trial,
  now: Date,
): NewEvent {
  const started = startedAt ?? now;
  const digest = createHash('sha256').update(email.toLowerCase()).digest('hex').slice(0, DIGEST_LENGTH);
  return {
    source: 'app',
    type: 'trial.started',
    externalId: `trial:${database}:${table}:${id}:${digest}`,
    groupKey: groupKeyOf('email', email),
    occurredAt: started < now ? started : now,
    payload: {
      email,
      ...person,
      startedAt: started.toISOString(),
      ...(endsAt && { endsAt: endsAt.toISOString() }),
    },
  };
}
