import type { Pool } from 'pg';
import { assignTicket } from './ticket-assignment';
import {
  beginClosing,
  closed,
  keepTranscript,
  readTranscript,
  releaseClosing,
  reopen,
  type BegunClosing,
  type Reopening,
  type TicketClosing,
  type Transcript,
} from './ticket-closing';
import {
  beginFinishing,
  dueTickets,
  finished,
  noticeActivity,
  reminded,
  type DueTicket,
  type TicketActivity,
  type TicketDelays,
} from './ticket-due';
import {
  beginMessage,
  forgetMessage,
  readMessages,
  recordMessage,
  type BegunMessage,
  type TicketMessage,
} from './ticket-messages';
import {
  beginTicket,
  refusalFor,
  type BegunTicket,
  type TicketLimits,
  type TicketOrder,
  type TicketRefusal,
} from './ticket-opening';
import { storableText } from './storable';
import {
  oneTicket,
  readTicket,
  TICKET_FIELDS,
  type Ticket,
  type TicketPerson,
  type TicketState,
} from './ticket';

export interface TicketFilter {
  states?: readonly TicketState[] | undefined;
  category?: string | undefined;
  openerId?: string | undefined;
  customerId?: string | undefined;
}

/** `claimed`: by this person. `other`: somebody else has claimed it. `over`: it is not open. */
export interface TicketClaim {
  kind: 'claimed' | 'other' | 'over';
  ticket: Ticket;
}

/**
 * Support tickets. Each step is begun or recorded here before, and after, Discord is asked, so that a try that broke off is
 * found by the next one.
 */
export class Tickets {
  constructor(private readonly pool: Pool) {}

  /** Why somebody may not open another ticket now; `undefined` when they may. */
  async refusal(
    serverId: string,
    openerId: string,
    limits: TicketLimits,
  ): Promise<TicketRefusal | undefined> {
    return await refusalFor(this.pool, serverId, openerId, limits);
  }

  /** Makes a ticket, once for an interaction ({@link beginTicket}). */
  async begin(order: TicketOrder): Promise<BegunTicket> {
    return await beginTicket(this.pool, order);
  }

  /** Records the ticket's channel. False when it has another one. */
  async opened(number: number, channelId: string): Promise<boolean> {
    const { rows } = await this.pool.query(
      `update lifecycle.ticket
       set channel_id = $2, state = case state when 'opening' then 'open' else state end, last_activity_at = now()
       where number = $1 and (channel_id is null or channel_id = $2) returning number`,
      [number, channelId],
    );
    return rows.length > 0;
  }

  /** Begun, but there is certainly no channel: its opener may open another one. */
  async abandon(number: number): Promise<void> {
    await this.pool.query(
      `delete from lifecycle.ticket where number = $1 and state = 'opening' and channel_id is null`,
      [number],
    );
  }

  async get(number: number): Promise<Ticket | undefined> {
    return await readTicket(this.pool, number);
  }

  /** Newest first. */
  async find({ states, category, openerId, customerId }: TicketFilter, limit: number): Promise<Ticket[]> {
    const { rows } = await this.pool.query<Ticket>(
      `select ${TICKET_FIELDS} from lifecycle.ticket
       where ($1::text[] is null or state = any ($1)) and ($2::text is null or category = $2)
         and ($3::text is null or opener_id = $3) and ($4::bigint is null or customer_id = $4)
       order by number desc limit $5`,
      [states ?? null, category ?? null, openerId ?? null, customerId ?? null, limit],
    );
    return rows;
  }

  /** Somebody takes care of it, unless somebody else has said so before. `undefined`: there is no such ticket. */
  async claim(number: number, by: TicketPerson): Promise<TicketClaim | undefined> {
    const ticket = await oneTicket(
      this.pool,
      `update lifecycle.ticket
       set assignee_id = $2, assignee_name = $3, claimed_at = coalesce(claimed_at, clock_timestamp()),
           assigned_at = case when assignee_id = $2 then assigned_at else clock_timestamp() end
       where number = $1 and state = 'open' and (claimed_at is null or assignee_id = $2)
       returning ${TICKET_FIELDS}`,
      [number, by.id, storableText(by.name)],
    );
    if (ticket) return { kind: 'claimed', ticket };
    const found = await readTicket(this.pool, number);
    return found && { kind: found.state === 'open' ? 'other' : 'over', ticket: found };
  }

  /** Gives it to somebody on duty ({@link assignTicket}). */
  async assign(number: number, onDuty: readonly TicketPerson[]): Promise<Ticket | undefined> {
    return await assignTicket(this.pool, number, onDuty);
  }

  /** Somebody else is let in. `undefined`: it is not open. */
  async add(number: number, personId: string): Promise<Ticket | undefined> {
    return await oneTicket(
      this.pool,
      `update lifecycle.ticket
       set people = case when $2 = any (people) or $2 = opener_id then people else people || $2::text end
       where number = $1 and state = 'open' returning ${TICKET_FIELDS}`,
      [number, personId],
    );
  }

  /** Into another category; whoever had it has it no longer, since others are in charge. `undefined`: it is not open. */
  async move(number: number, category: string): Promise<Ticket | undefined> {
    return await oneTicket(
      this.pool,
      `update lifecycle.ticket
       set category = $2,
           assignee_id = case when category = $2 then assignee_id end,
           assignee_name = case when category = $2 then assignee_name end,
           claimed_at = case when category = $2 then claimed_at end
       where number = $1 and state = 'open' returning ${TICKET_FIELDS}`,
      [number, category],
    );
  }

  /** Begins to close it: of several at once one wins ({@link beginClosing}). */
  async beginClosing(number: number, closing: TicketClosing): Promise<BegunClosing | undefined> {
    return await beginClosing(this.pool, number, closing);
  }

  async keepTranscript(number: number, transcript: Transcript): Promise<void> {
    await keepTranscript(this.pool, number, transcript);
  }

  async transcript(number: number): Promise<Transcript | undefined> {
    return await readTranscript(this.pool, number);
  }

  /** It is closed, and to be finished later. `undefined` when somebody else closes it. */
  async closed(number: number, key: string, finishAfterHours: number): Promise<Ticket | undefined> {
    return await closed(this.pool, number, key, finishAfterHours);
  }

  /** It cannot be closed as things are. */
  async releaseClosing(number: number, key: string): Promise<void> {
    await releaseClosing(this.pool, number, key);
  }

  async reopen(number: number, interactionId: string): Promise<Reopening | undefined> {
    return await reopen(this.pool, number, interactionId);
  }

  /** What has to be done with tickets by now. */
  async due(delays: TicketDelays, limit: number): Promise<DueTicket[]> {
    return await dueTickets(this.pool, delays, limit);
  }

  async notice(number: number, activity: TicketActivity): Promise<void> {
    await noticeActivity(this.pool, number, activity);
  }

  async reminded(number: number, due: 'firstAnswer' | 'idle'): Promise<void> {
    await reminded(this.pool, number, due);
  }

  /** From now on it cannot be reopened. `undefined` when it is not due. */
  async beginFinishing(number: number): Promise<Ticket | undefined> {
    return await beginFinishing(this.pool, number);
  }

  async finished(number: number): Promise<Ticket | undefined> {
    return await finished(this.pool, number);
  }

  /** Begins a message, of which there is one for a purpose. */
  async beginMessage(number: number, purpose: string): Promise<BegunMessage> {
    return await beginMessage(this.pool, number, purpose);
  }

  async recordMessage(number: number, purpose: string, message: TicketMessage): Promise<void> {
    await recordMessage(this.pool, number, purpose, message);
  }

  async forgetMessage(number: number, purpose: string): Promise<void> {
    await forgetMessage(this.pool, number, purpose);
  }

  /** What was sent for the ticket, by purpose. */
  async messages(number: number): Promise<Record<string, TicketMessage>> {
    return await readMessages(this.pool, number);
  }
}
