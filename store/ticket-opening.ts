import type { Pool, PoolClient } from 'pg';
import { normalizedEmail } from './customer';
import { inTransaction, type Queryable } from './database';
import { groupKeyOf } from './group-key';
import { storableText } from './storable';
import { oneTicket, readTicket, TICKET_FIELDS, type Ticket, type TicketPerson } from './ticket';

export interface TicketLimits {
  /** How many tickets somebody may have open at a time. */
  openTickets: number;
  /** Between two tickets of somebody; 0: none. */
  coolDownMinutes: number;
}

export interface TicketOrder {
  /** Of the submitted form: for one there is one ticket. */
  interactionId: string;
  /** When the form was submitted. */
  at: Date;
  serverId: string;
  opener: TicketPerson;
  category: string;
  subject: string;
  description: string;
  /** In whatever spelling; empty when none was given. */
  email: string;
  limits: TicketLimits;
}

/** Why somebody may not open another ticket at the moment. */
export type TicketRefusal =
  /** As many as allowed are open. */
  { kind: 'tooMany'; open: Ticket[] } | { kind: 'tooSoon'; until: Date };

/** `new`: this caller opens its channel. `known`: an earlier try began it, or it is open. */
export type BegunTicket =
  | { kind: 'new' | 'known'; ticket: Ticket }
  | TicketRefusal
  /** The opener, or whose address it was, was erased after the form was submitted. */
  | { kind: 'erased' };

/** The key that the intake gives to a Discord user's interactions when they are about no ticket. */
export function discordUserKey(id: string): string {
  return groupKeyOf('object', `discord:user:${id}`);
}

/** The key that the intake gives to interactions about a ticket. */
export function ticketKey(number: number): string {
  return groupKeyOf('object', `discord:ticket:${number}`);
}

/** Makes the ticket, once for an interaction, unless its opener may not have another one. */
export async function beginTicket(pool: Pool, order: TicketOrder): Promise<BegunTicket> {
  const { interactionId, serverId, opener, limits } = order;
  return await inTransaction(pool, async (client) => {
    // An erasure that is under way comes to its end first.
    await client.query('lock table lifecycle.ticket in row exclusive mode');
    // Of somebody who opens two at once, each has to know of the other.
    await client.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [
      `lifecycle.ticket:${serverId}:${opener.id}`,
    ]);
    const known = await oneTicket(
      client,
      `select ${TICKET_FIELDS} from lifecycle.ticket where interaction_id = $1`,
      [interactionId],
    );
    if (known) return { kind: 'known', ticket: known };
    if (await wasErased(client, order)) return { kind: 'erased' };
    const refusal = await refusalFor(client, serverId, opener.id, limits);
    return refusal ?? { kind: 'new', ticket: await insert(client, order) };
  });
}

/** Why the member may not open another ticket now; `undefined` when they may. */
export async function refusalFor(
  database: Queryable,
  serverId: string,
  openerId: string,
  { openTickets, coolDownMinutes }: TicketLimits,
): Promise<TicketRefusal | undefined> {
  const { rows: open } = await database.query<Ticket>(
    `select ${TICKET_FIELDS} from lifecycle.ticket
     where opener_id = $1 and server_id = $2 and state in ('opening', 'open', 'closing') order by number limit 100`,
    [openerId, serverId],
  );
  if (open.length >= openTickets) return { kind: 'tooMany', open };
  const { rows } = await database.query<{ until: Date }>(
    `select max(opened_at) + make_interval(secs => $3::double precision * 60) as until
     from lifecycle.ticket where opener_id = $1 and server_id = $2
     having max(opened_at) + make_interval(secs => $3::double precision * 60) > now()`,
    [openerId, serverId, coolDownMinutes],
  );
  return rows[0] && { kind: 'tooSoon', until: rows[0].until };
}

async function wasErased(client: PoolClient, { opener, email, at }: TicketOrder): Promise<boolean> {
  const keys = [
    discordUserKey(opener.id),
    ...(email.trim() === '' ? [] : [groupKeyOf('email', normalizedEmail(email))]),
  ];
  const { rows } = await client.query(
    'select from lifecycle.erased_group where group_key = any ($1::text[]) and erased_at >= $2 limit 1',
    [keys, at],
  );
  return rows.length > 0;
}

/** The customer is the one with the address that was entered, else that of the opener's earlier ticket. */
async function insert(client: PoolClient, order: TicketOrder): Promise<Ticket> {
  const { interactionId, serverId, opener, category, subject, description, email } = order;
  const { rows } = await client.query<{ number: number }>(
    `insert into lifecycle.ticket
       (interaction_id, server_id, opener_id, opener_name, category, subject, description, email, customer_id)
     values ($1, $2, $3, $4, $5, $6, $7, nullif($8, ''), coalesce(
       (select id from lifecycle.customer where email = $8),
       (select customer_id from lifecycle.ticket
        where opener_id = $3 and server_id = $2 and customer_id is not null order by number desc limit 1)))
     returning number`,
    [
      interactionId,
      serverId,
      opener.id,
      storableText(opener.name),
      category,
      storableText(subject),
      storableText(description),
      normalizedEmail(email),
    ],
  );
  const ticket = rows[0] && (await readTicket(client, rows[0].number));
  if (!ticket) throw new Error('The ticket could not be begun.');
  return ticket;
}
