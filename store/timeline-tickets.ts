import type { Queryable } from './database';
import type { TicketState } from './ticket';

/** A support ticket of the customer was opened or closed. */
export interface TimelineTicket {
  kind: 'ticket';
  at: Date;
  what: 'opened' | 'closed';
  number: number;
  /** Key of its category. */
  category: string;
  subject: string | null;
  /** As it is now. */
  state: TicketState;
  /** Whose it is, of staff. */
  assignee: string | null;
  /** Why it was closed. */
  reason: string | null;
}

/** What happened last to tickets of the customer with this id, newest first. */
export async function readTimelineTickets(
  database: Queryable,
  customerId: string | undefined,
  limit: number,
): Promise<TimelineTicket[]> {
  const { rows } = await database.query<Omit<TimelineTicket, 'kind'>>(
    `select at, what, number, category, subject, state, assignee_name as assignee,
            case when what = 'closed' then close_reason end as reason
     from lifecycle.ticket
       cross join lateral (values (opened_at, 'opened'), (closed_at, 'closed')) as moment (at, what)
     where customer_id = $1 and at is not null
     order by at desc, number desc limit $2`,
    [customerId ?? null, limit],
  );
  return rows.map((row) => ({ kind: 'ticket', ...row }));
}
