import type { Pool } from 'pg';
import { inTransaction } from './database';
import { readTicket, type Ticket, type TicketPerson } from './ticket';

/** Held while somebody is chosen: of two tickets at once, each has to know whom the other takes. */
const ASSIGN_LOCK = 'lifecycle.ticket:assign';

/**
 * Gives the ticket to whoever on duty has the fewest tickets at work, of several to who was given one the longest ago, and
 * of those to the first of the list; never to its opener. One that somebody has stays theirs. `undefined`: no such ticket.
 */
export async function assignTicket(
  pool: Pool,
  number: number,
  onDuty: readonly TicketPerson[],
): Promise<Ticket | undefined> {
  return await inTransaction(pool, async (client) => {
    await client.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [ASSIGN_LOCK]);
    await client.query(
      `with duty as (
         select id, name, position
         from unnest($2::text[], $3::text[]) with ordinality as each (id, name, position)
       ), chosen as (
         select duty.id, duty.name
         from duty left join lifecycle.ticket theirs on theirs.assignee_id = duty.id
         where duty.id is distinct from (select opener_id from lifecycle.ticket where number = $1)
         group by duty.id, duty.name, duty.position
         order by count(theirs.number) filter (where theirs.state in ('opening', 'open', 'closing')),
                  max(theirs.assigned_at) nulls first, duty.position
         limit 1
       )
       update lifecycle.ticket
       set assignee_id = chosen.id, assignee_name = chosen.name, assigned_at = clock_timestamp()
       from chosen where number = $1 and assignee_id is null and state in ('opening', 'open')`,
      [number, onDuty.map(({ id }) => id), onDuty.map(({ name }) => name)],
    );
    return await readTicket(client, number);
  });
}
