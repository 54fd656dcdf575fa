import type { Queryable } from '../database';

/**
 * Adds up to so many notes of how mails have changed to the counts by day (`lifecycle.email_day`), unless somebody else
 * is at it. What is counted is the same before and after; it is read faster.
 */
export async function foldEmailChanges(database: Queryable, most: number): Promise<void> {
  await database.query('select lifecycle.fold_email_changes($1)', [most]);
}
