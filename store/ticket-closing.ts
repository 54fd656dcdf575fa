import type { Queryable } from './database';
import { oneTicket, readTicket, TICKET_FIELDS, type Ticket, type TicketPerson } from './ticket';
import { storableText } from './storable';

/** After so many minutes nobody is at work on a closing any more; whoever else wants to close the ticket goes on with it. */
const CLOSING_MINUTES = 10;

export interface TicketClosing {
  /** What closes it: an interaction's id, or another cause. A later try of it has the same one. */
  key: string;
  /** `null` when nobody but time closes it. */
  by: TicketPerson | null;
  reason: string;
}

/**
 * `begun`: this caller closes it. `again`: it goes on with a closing that broke off. `closed`: it has closed it before. `other`:
 * somebody else is closing it, or has closed it. `opening`: there is nothing to close yet.
 */
export interface BegunClosing {
  kind: 'begun' | 'again' | 'closed' | 'other' | 'opening';
  ticket: Ticket;
}

/** What was written in a ticket's channel. */
export interface Transcript {
  /** How many messages. */
  messages: number;
  text: string;
  html: string;
}

/** Begins to close an open ticket: of several at once one wins. `undefined`: there is no such ticket. */
export async function beginClosing(
  database: Queryable,
  number: number,
  { key, by, reason }: TicketClosing,
): Promise<BegunClosing | undefined> {
  const begun = await oneTicket(
    database,
    `update lifecycle.ticket
     set state = 'closing', closing_key = $2, closing_at = clock_timestamp(), closings = ticket.closings + 1,
         closed_by_id = $3, closed_by_name = $4, close_reason = nullif($5, '')
     where number = $1 and state = 'open'
     returning ${TICKET_FIELDS}`,
    [number, key, by?.id ?? null, by && storableText(by.name), storableText(reason.trim())],
  );
  if (begun) return { kind: 'begun', ticket: begun };
  const taken = await oneTicket(
    database,
    `update lifecycle.ticket set closing_key = $2, closing_at = clock_timestamp()
     where number = $1 and state = 'closing'
       and (closing_key = $2 or closing_at < clock_timestamp() - make_interval(mins => $3))
     returning ${TICKET_FIELDS}`,
    [number, key, CLOSING_MINUTES],
  );
  if (taken) return { kind: 'again', ticket: taken };
  const ticket = await oneTicket<Ticket & { isOurs: boolean }>(
    database,
    `select ${TICKET_FIELDS}, closing_key is not distinct from $2 as "isOurs" from lifecycle.ticket where number = $1`,
    [number, key],
  );
  if (!ticket) return undefined;
  const { isOurs, ...found } = ticket;
  if (found.state === 'opening') return { kind: 'opening', ticket: found };
  const isOver = found.state === 'closed' || found.state === 'finished';
  return { kind: isOurs && isOver ? 'closed' : 'other', ticket: found };
}

/** Keeps what was written while the ticket is being closed; a later, longer transcript replaces an earlier one. */
export async function keepTranscript(
  database: Queryable,
  number: number,
  { messages, text, html }: Transcript,
): Promise<void> {
  await database.query(
    `update lifecycle.ticket set transcript_messages = $2, transcript_text = $3, transcript_html = $4
     where number = $1 and erased_at is null and coalesce(transcript_messages, 0) <= $2`,
    [number, messages, storableText(text), storableText(html)],
  );
}

export async function readTranscript(database: Queryable, number: number): Promise<Transcript | undefined> {
  const { rows } = await database.query<Transcript>(
    `select transcript_messages as messages, transcript_text as text, coalesce(transcript_html, '') as html
     from lifecycle.ticket where number = $1 and transcript_text is not null`,
    [number],
  );
  return rows[0];
}

/** The closing has come to its end. `undefined` when it is not this key's any more. */
export async function closed(
  database: Queryable,
  number: number,
  key: string,
  finishAfterHours: number,
): Promise<Ticket | undefined> {
  return await oneTicket(
    database,
    `update lifecycle.ticket
     set state = 'closed', closed_at = clock_timestamp(),
         finish_due_at = clock_timestamp() + make_interval(secs => $3::double precision * 3600)
     where number = $1 and state = 'closing' and closing_key = $2
     returning ${TICKET_FIELDS}`,
    [number, key, finishAfterHours],
  );
}

/** The ticket cannot be closed as things are: it is open as before. */
export async function releaseClosing(database: Queryable, number: number, key: string): Promise<void> {
  await database.query(
    `update lifecycle.ticket
     set state = 'open', closing_key = null, closing_at = null, closings = closings - 1,
         closed_by_id = null, closed_by_name = null, close_reason = null
     where number = $1 and state = 'closing' and closing_key = $2`,
    [number, key],
  );
}

/** `reopened`: by this interaction. `other`: it is not closed, or is being finished. */
export interface Reopening {
  kind: 'reopened' | 'other';
  ticket: Ticket;
}

/** Opens a closed ticket again, as long as it is not being finished. `undefined`: there is no such ticket. */
export async function reopen(
  database: Queryable,
  number: number,
  interactionId: string,
): Promise<Reopening | undefined> {
  const reopened = await oneTicket(
    database,
    `update lifecycle.ticket
     set state = 'open', closing_key = null, closing_at = null, closed_at = null, closed_by_id = null,
         closed_by_name = null, close_reason = null, finish_due_at = null, reminded_at = null,
         reopened_by_interaction = $2, last_activity_at = clock_timestamp()
     where number = $1 and erased_at is null
       and (state = 'closed' and finishing_at is null or state = 'open' and reopened_by_interaction = $2)
     returning ${TICKET_FIELDS}`,
    [number, interactionId],
  );
  if (reopened) return { kind: 'reopened', ticket: reopened };
  const ticket = await readTicket(database, number);
  return ticket && { kind: 'other', ticket };
}
