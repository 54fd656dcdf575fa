import type { Queryable } from '../database';
import type { ReportScope } from './scope';

export interface TicketReport {
  /** Now. */
  open: number;
  /** `open`: now; `opened` and `closed`: in the period. */
  byCategory: Array<{ category: string; open: number; opened: number; closed: number }>;
  /** From the opening to the first message of staff, of tickets opened in the period; `null` when none was answered. */
  medianFirstAnswerMinutes: number | null;
  /** From the opening to the closing, of tickets closed in the period; `null` when there was none. */
  medianResolutionHours: number | null;
  /** Whom tickets are, or were, assigned to; `open`: now; the rest in the period. */
  staff: Array<{ name: string; open: number; closed: number; medianFirstAnswerMinutes: number | null }>;
}

/** Tickets that were open now, or opened or closed in the period, each with its figures. */
const COUNTED = `
  select category, assignee_id, assignee_name, number,
         state in ('opening', 'open', 'closing') as is_open,
         opened_at >= $1 and opened_at < $2 as was_opened,
         state in ('closed', 'finished') and closed_at >= $1 and closed_at < $2 as was_closed,
         extract(epoch from first_answer_at - opened_at)::double precision / 60 as answer_minutes,
         extract(epoch from closed_at - opened_at)::double precision / 3600 as hours
  from lifecycle.ticket
  where number in (
      select number from lifecycle.ticket where state in ('opening', 'open', 'closing')
      union all select number from lifecycle.ticket where opened_at >= $1 and opened_at < $2
      union all select number from lifecycle.ticket where closed_at >= $1 and closed_at < $2)
    and ($3::text is null or customer_id in (select id from lifecycle.customer where tier = $3))`;

const ANSWER = `percentile_cont(0.5) within group (order by answer_minutes) filter (where was_opened)`;

/** Support tickets: what is open, and how long people waited. */
export async function readTickets(database: Queryable, { period, tier }: ReportScope): Promise<TicketReport> {
  const { rows } = await database.query<TicketReport>(
    `with counted as materialized (${COUNTED}), by_category as (
       select category, count(*) filter (where is_open)::int as open, count(*) filter (where was_opened)::int as opened,
              count(*) filter (where was_closed)::int as closed
       from counted group by category
     ), staff as (
       select (array_agg(assignee_name order by number desc))[1] as name, count(*) filter (where is_open)::int as open,
              count(*) filter (where was_closed)::int as closed, ${ANSWER} as "medianFirstAnswerMinutes"
       from counted where assignee_id is not null group by assignee_id
     )
     select count(*) filter (where is_open)::int as open, ${ANSWER} as "medianFirstAnswerMinutes",
            percentile_cont(0.5) within group (order by hours) filter (where was_closed) as "medianResolutionHours",
            (select coalesce(jsonb_agg(to_jsonb(by_category) order by open desc, opened desc, category), '[]')
             from by_category) as "byCategory",
            (select coalesce(jsonb_agg(to_jsonb(staff) order by closed desc, open desc, name), '[]') from staff) as staff
     from counted`,
    [period.from, period.until, tier],
  );
  const [row] = rows;
  if (!row) throw new Error('The tickets could not be counted.');
  return row;
}
