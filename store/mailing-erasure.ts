import type { Queryable } from './database';
import { groupKeyOf } from './group-key';

/** How many rows were emptied. */
export interface ErasedMailing {
  suppression: number;
  /** Of others, that named the person. */
  sequence_entry: number;
  /** Of others, that named the person. */
  message: number;
}

/**
 * Makes what stays of e-mail say nothing of the person with this address, once their customer is gone with all mails to
 * them. The address stays suppressed, and what its owner chose not to get is still known, both by the digest alone: nobody
 * is to be written to again because they were erased.
 */
export async function eraseMailing(
  transaction: Queryable,
  email: string,
  pattern: string,
): Promise<ErasedMailing> {
  const emptied = async (sql: string, values: readonly unknown[]): Promise<number> => {
    const { rows } = await transaction.query<{ count: number }>(
      `with emptied as (${sql} returning 1) select count(*)::int as count from emptied`,
      values,
    );
    return rows[0]?.count ?? 0;
  };
  // Entries before mails, as whoever ends a sequence does: two would else wait for each other for ever.
  const entries = await emptied(EMPTY_ENTRIES, [pattern]);
  const messages = await emptied(EMPTY_MESSAGES, [pattern]);
  await transaction.query(EMPTY_PAUSE, [pattern]);
  const suppressions = await emptied(EMPTY_SUPPRESSIONS, [pattern, groupKeyOf('email', email)]);
  return { suppression: suppressions, sequence_entry: entries, message: messages };
}

/** What mails to others were to say of the person, such as who has invited them. */
const EMPTY_ENTRIES = `
  update lifecycle.sequence_entry set data = regexp_replace(data::text, $1, 'erased', 'gi')::jsonb
  where id in (
    select id from lifecycle.sequence_entry where data <> '{}' and data::text ~* $1 order by id for update)`;

const EMPTY_MESSAGES = `
  update lifecycle.message set reason = 'it is not kept: it named somebody who was erased'
  where id in (select id from lifecycle.message where reason ~* $1 order by id for update)`;

const EMPTY_PAUSE = `
  update lifecycle.sending_pause set reason = 'it is not kept: it named somebody who was erased' where reason ~* $1`;

/** What a server has answered names the address in all kinds of ways. */
const EMPTY_SUPPRESSIONS = `
  update lifecycle.suppression
  set email = case when email_key = $2 then null else email end, detail = null
  where email_key = $2 and (email is not null or detail is not null) or detail ~* $1`;
