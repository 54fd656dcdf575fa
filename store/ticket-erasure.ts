import type { Queryable } from './database';

/** The tickets that are about somebody. */
export interface PersonTickets {
  numbers: number[];
  /** Those of their openers who have opened none for anybody else: a member may have typed another one's address. */
  openers: string[];
}

/** The tickets of the person with this address ({@link normalizedEmail}): theirs by address or customer, or opened by them. */
export async function ticketsOf(
  database: Queryable,
  email: string,
  customerId: string | undefined,
): Promise<PersonTickets> {
  const { rows } = await database.query<PersonTickets>(
    `with theirs as (
       select number, opener_id from lifecycle.ticket where customer_id = $2 or email = $1
     ), opener as (
       select distinct opener_id as id from theirs
       where opener_id is not null and not exists (
         select from lifecycle.ticket other
         where other.opener_id = theirs.opener_id
           and (other.customer_id is not null and other.customer_id is distinct from $2
             or other.customer_id is null and other.email is not null and other.email <> $1))
     )
     select array(
              select number from theirs
              union select number from lifecycle.ticket where opener_id in (select id from opener)
              order by number) as numbers,
            array(select id from opener order by id) as openers`,
    [email, customerId ?? null],
  );
  return rows[0] ?? { numbers: [], openers: [] };
}

/**
 * Leaves of a person's tickets what counts, and nothing that says whose they were; their channels are to be deleted, whatever
 * is set for others. What other tickets say of the person becomes "erased". Gives how many were changed.
 */
export async function eraseTickets(
  transaction: Queryable,
  { numbers, openers }: PersonTickets,
  pattern: string,
): Promise<number> {
  const { rows } = await transaction.query<{ count: number }>(
    `with emptied as (
       update lifecycle.ticket
       set opener_id = null, opener_name = null, subject = null, description = null, email = null, customer_id = null,
           people = '{}', close_reason = null, transcript_text = null, transcript_html = null,
           closed_by_id = case when closed_by_id = any ($3::text[]) or closed_by_id = opener_id then null else closed_by_id end,
           closed_by_name = case when closed_by_id = any ($3::text[]) or closed_by_id = opener_id then null else closed_by_name end,
           state = 'closed', closed_at = coalesce(closed_at, now()), finish_due_at = now(),
           finishing_at = null, finished_at = null, erased_at = coalesce(erased_at, now())
       where number = any ($1::int[]) returning 1
     ), named as (
       update lifecycle.ticket
       set subject = regexp_replace(subject, $2, 'erased', 'gi'),
           description = regexp_replace(description, $2, 'erased', 'gi'),
           close_reason = regexp_replace(close_reason, $2, 'erased', 'gi'),
           transcript_text = regexp_replace(transcript_text, $2, 'erased', 'gi'),
           transcript_html = null
       where number <> all ($1::int[])
         and concat_ws(' ', subject, description, close_reason, transcript_text) ~* $2
       returning 1
     )
     select (select count(*)::int from emptied) + (select count(*)::int from named) as count`,
    [numbers, pattern, openers],
  );
  return rows[0]?.count ?? 0;
}
