import type { Queryable } from './database';
import { oneTicket, TICKET_FIELDS, type Ticket } from './ticket';

/** `0` switches off what it is for. */
export interface TicketDelays {
  /** Until staff is told that nobody has answered. */
  firstAnswerMinutes: number;
  /** Without a message, until the opener is asked whether there is anything else. */
  idleHours: number;
  /** From there on without a message, until the ticket is closed. */
  closeHours: number;
}

/**
 * `firstAnswer`: overdue. `idle`: nobody has written for long. `close`: nor since the opener was asked. `finish`: closed for long
 * enough.
 */
export type TicketDue = 'firstAnswer' | 'idle' | 'close' | 'finish';

export interface DueTicket {
  due: TicketDue;
  ticket: Ticket;
}

/** What was seen in a ticket's channel. */
export interface TicketActivity {
  /** Newest message of a person. */
  messageId: string;
  at: Date;
  /** First message of staff, when there is one. */
  answeredAt: Date | null;
}

/** What has to be done with tickets, the oldest first. It stays due until it is done. */
export async function dueTickets(
  database: Queryable,
  { firstAnswerMinutes, idleHours, closeHours }: TicketDelays,
  limit: number,
): Promise<DueTicket[]> {
  const { rows } = await database.query<Ticket & { due: TicketDue }>(
    `with found as (
       select ticket.*, case
         when state = 'closed' then 'finish'
         when $3::double precision > 0 and reminded_at >= last_activity_at
           and reminded_at <= now() - make_interval(secs => $3 * 3600) then 'close'
         when $2::double precision > 0 and last_activity_at <= now() - make_interval(secs => $2 * 3600)
           and (reminded_at is null or reminded_at < last_activity_at) then 'idle'
         when $1::double precision > 0 and first_answer_at is null and answer_asked_at is null
           and opened_at <= now() - make_interval(secs => $1 * 60) then 'firstAnswer'
       end as due
       from lifecycle.ticket
       where state = 'open' or state = 'closed' and finish_due_at <= now()
     )
     select ${TICKET_FIELDS}, due from found ticket where due is not null order by number limit $4`,
    [firstAnswerMinutes, idleHours, closeHours, limit],
  );
  return rows.map(({ due, ...ticket }) => ({ due, ticket }));
}

/** Keeps what was seen in the channel; what is older than what is known changes nothing. */
export async function noticeActivity(
  database: Queryable,
  number: number,
  { messageId, at, answeredAt }: TicketActivity,
): Promise<void> {
  await database.query(
    `update lifecycle.ticket
     set seen_message_id = case when $2::numeric > coalesce(seen_message_id, '0')::numeric then $2::text else seen_message_id end,
         last_activity_at = greatest(last_activity_at, $3), first_answer_at = least(first_answer_at, $4)
     where number = $1`,
    [number, messageId, at, answeredAt],
  );
}

/** Staff, or the opener, has been reminded. */
export async function reminded(
  database: Queryable,
  number: number,
  due: 'firstAnswer' | 'idle',
): Promise<void> {
  const column = due === 'idle' ? 'reminded_at' : 'answer_asked_at';
  await database.query(
    `update lifecycle.ticket set ${column} = clock_timestamp() where number = $1 and state = 'open'`,
    [number],
  );
}

/** From now on it cannot be reopened. `undefined` when it is not closed, or not for long enough. */
export async function beginFinishing(database: Queryable, number: number): Promise<Ticket | undefined> {
  return await oneTicket(
    database,
    `update lifecycle.ticket set finishing_at = coalesce(finishing_at, clock_timestamp())
     where number = $1 and state = 'closed' and finish_due_at <= now() returning ${TICKET_FIELDS}`,
    [number],
  );
}

/** Its channel is archived, or gone. */
export async function finished(database: Queryable, number: number): Promise<Ticket | undefined> {
  return await oneTicket(
    database,
    `update lifecycle.ticket
     set state = 'finished', finished_at = clock_timestamp(),
         messages = case when erased_at is null then messages else '{}' end,
         channel_id = case when erased_at is null then channel_id end
     where number = $1 and state = 'closed' and finishing_at is not null returning ${TICKET_FIELDS}`,
    [number],
  );
}
