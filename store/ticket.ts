import type { QueryResultRow } from 'pg';
import type { Queryable } from './database';

export const TICKET_STATES = ['opening', 'open', 'closing', 'closed', 'finished'] as const;
/**
 * `opening`: its channel is not known yet. `closing`: the transcript is being made. `closed`: may be reopened. `finished`: its
 * channel is archived or deleted.
 */
export type TicketState = (typeof TICKET_STATES)[number];

/** What is known of a ticket; `null` is what is not known, or was erased. */
export interface Ticket {
  number: number;
  interactionId: string;
  serverId: string;
  openerId: string | null;
  openerName: string | null;
  /** Key of the category. */
  category: string;
  subject: string | null;
  description: string | null;
  /** As it was entered. */
  email: string | null;
  customerId: string | null;
  /** The customer's own. */
  customerEmail: string | null;
  state: TicketState;
  channelId: string | null;
  /** IDs of those who were let in besides the opener and staff. */
  people: string[];
  assigneeId: string | null;
  assigneeName: string | null;
  claimedAt: Date | null;
  openedAt: Date;
  firstAnswerAt: Date | null;
  seenMessageId: string | null;
  lastActivityAt: Date;
  /** How often it was closed. */
  closings: number;
  closedAt: Date | null;
  closedById: string | null;
  closedByName: string | null;
  closeReason: string | null;
  transcriptMessages: number | null;
  finishDueAt: Date | null;
  finishedAt: Date | null;
  erasedAt: Date | null;
}

/** Somebody in Discord. */
export interface TicketPerson {
  id: string;
  name: string;
}

/** What stands in a ticket's columns, as fields; to be selected from `lifecycle.ticket`. */
export const TICKET_FIELDS = `
  ticket.number, ticket.interaction_id as "interactionId", ticket.server_id as "serverId", ticket.opener_id as "openerId",
  ticket.opener_name as "openerName", ticket.category, ticket.subject, ticket.description, ticket.email,
  ticket.customer_id as "customerId",
  (select customer.email from lifecycle.customer where customer.id = ticket.customer_id) as "customerEmail",
  ticket.state, ticket.channel_id as "channelId", ticket.people, ticket.assignee_id as "assigneeId",
  ticket.assignee_name as "assigneeName", ticket.claimed_at as "claimedAt", ticket.opened_at as "openedAt",
  ticket.first_answer_at as "firstAnswerAt", ticket.seen_message_id as "seenMessageId",
  ticket.last_activity_at as "lastActivityAt", ticket.closings, ticket.closed_at as "closedAt",
  ticket.closed_by_id as "closedById", ticket.closed_by_name as "closedByName", ticket.close_reason as "closeReason",
  ticket.transcript_messages as "transcriptMessages", ticket.finish_due_at as "finishDueAt",
  ticket.finished_at as "finishedAt", ticket.erased_at as "erasedAt"`;

/** The ticket with this number, if there is one. */
export async function readTicket(database: Queryable, number: number): Promise<Ticket | undefined> {
  return await oneTicket(database, `select ${TICKET_FIELDS} from lifecycle.ticket where number = $1`, [
    number,
  ]);
}

/** The ticket that a statement changes and returns ({@link TICKET_FIELDS}), or `undefined` when it changes none. */
export async function oneTicket<Row extends QueryResultRow = Ticket & QueryResultRow>(
  database: Queryable,
  sql: string,
  values: readonly unknown[],
): Promise<Row | undefined> {
  return (await database.query<Row>(sql, values)).rows[0];
}
