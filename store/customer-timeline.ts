import type { Queryable } from './database';
import type { DeliveryState } from './deliveries';
import { EVENT_SOURCES, type EventSource, type JsonObject } from './events';
import { groupKeyOf } from './group-key';
import { majorUnits } from './lifetime-value';
import { compareIds, foldPlan, type PlanChange, type PlanStatus, type Tier } from './plan';
import type { Stage } from './stage';
import { readStageChanges } from './stage-changes';
import { readTimelineMails, type TimelineMail } from './timeline-mails';
import { readTimelineTickets, type TimelineTicket } from './timeline-tickets';
import { paymentStatements, planStatements } from './statements';

/** Something that happened to a customer, at the time that its source says. */
export type TimelineEntry =
  TimelineEvent | TimelinePlanChange | TimelinePayment | TimelineStageChange | TimelineMail | TimelineTicket;

export interface TimelineEvent {
  kind: 'event';
  at: Date;
  id: string;
  source: EventSource;
  externalId: string;
  type: string;
  receivedAt: Date;
  /** The work on it, one for each workflow. */
  deliveries: TimelineDelivery[];
}

export interface TimelineDelivery {
  id: string;
  /** The workflow's name. */
  handler: string;
  state: DeliveryState;
  attempts: number;
  /** What each step did. */
  outcomes: JsonObject[];
  lastFailure: JsonObject | null;
}

export interface TimelinePlanChange {
  kind: 'plan';
  at: Date;
  change: PlanChange;
  /** `null` when churned. */
  tier: Tier | null;
  previousTier: Tier | null;
  status: PlanStatus;
}

export interface TimelinePayment {
  kind: 'payment';
  at: Date;
  source: EventSource;
  subject: string;
  /** ISO 4217, in lower case. */
  currency: string;
  /** In major units; `null` where nothing is said of it. */
  paid: number | null;
  /** All that was refunded until then. */
  refunded: number | null;
}

export interface TimelineStageChange {
  kind: 'stage';
  at: Date;
  stage: Stage;
  previousStage: Stage | null;
  /** The event because of which, as `source:type`; `null` for time alone, or an event that is not kept any more. */
  cause: string | null;
}

/** The newest entries of the customer with this id, if there is one, and of the address, newest first. */
export async function readTimeline(
  database: Queryable,
  email: string,
  customerId: string | undefined,
  limit: number,
): Promise<TimelineEntry[]> {
  const ids = customerId === undefined ? [] : [customerId];
  const [events, plans, payments, stages, mails, tickets] = await Promise.all([
    readEvents(database, email, customerId, limit),
    planStatements(database, ids),
    paymentStatements(database, ids),
    readStageChanges(database, ids),
    readTimelineMails(database, customerId, limit),
    readTimelineTickets(database, customerId, limit),
  ]);
  const changes = foldPlan(plans).changes.map(
    ({ tier, previousTier, status, lastChange, changedAt }): TimelinePlanChange => ({
      kind: 'plan',
      at: changedAt,
      change: lastChange,
      tier,
      previousTier,
      status,
    }),
  );
  const paid = payments
    .sort((one, other) => compareIds(one.eventId, other.eventId))
    .map(({ asOf, source, subject, currency, paidMinor, refundedMinor }): TimelinePayment => ({
      kind: 'payment',
      at: asOf,
      source,
      subject,
      currency,
      paid: paidMinor === undefined ? null : majorUnits(paidMinor, currency),
      refunded: refundedMinor === undefined ? null : majorUnits(refundedMinor, currency),
    }));
  const moves = stages.map(({ changedAt, stage, previousStage, cause }): TimelineStageChange => ({
    kind: 'stage',
    at: changedAt,
    stage,
    previousStage,
    cause,
  }));
  // From the oldest on, what an event led to comes after it.
  const oldestFirst: TimelineEntry[] = [
    ...events.reverse(),
    ...paid,
    ...changes,
    ...moves,
    ...mails.reverse(),
    ...tickets.reverse(),
  ];
  return oldestFirst
    .sort((one, other) => one.at.getTime() - other.at.getTime())
    .reverse()
    .slice(0, limit);
}

/** What the entry of its mail tells, unless the work on it is not done. */
const TOLD_OF_A_MAIL = `(
  event.source = 'resend'
  and event.type in ('email.sent', 'email.delivery_delayed', 'email.delivered', 'email.opened', 'email.clicked')
  and exists (
    select from lifecycle.message_event reported join lifecycle.message on message.id = reported.message_id
    where message.customer_id = $1 and reported.event_id = event.id)
  and not exists (select from lifecycle.delivery where event_id = event.id and state <> 'done'))`;

async function readEvents(
  database: Queryable,
  email: string,
  customerId: string | undefined,
  limit: number,
): Promise<TimelineEvent[]> {
  const { rows } = await database.query<Omit<TimelineEvent, 'kind'>>(
    `with recorded as (
       select event.id, occurred_at from lifecycle.customer_event join lifecycle.event on event.id = event_id
       where customer_id = $1 and not ${TOLD_OF_A_MAIL} order by occurred_at desc, event.id desc limit $4
     ), addressed as (
       select id, occurred_at from lifecycle.event
       where source = any ($2::text[]) and group_key = $3
         -- Told as the stage itself, unless a workflow has worked on it.
         and (type <> 'customer.stageChanged' or exists (
           select from lifecycle.delivery where event_id = event.id))
         and not ${TOLD_OF_A_MAIL}
       order by occurred_at desc, id desc limit $4
     ), chosen as (
       select id from (select * from recorded union select * from addressed) as either
       order by occurred_at desc, id desc limit $4
     )
     select event.id, source, external_id as "externalId", type, occurred_at as at, received_at as "receivedAt",
            coalesce((
              select jsonb_agg(jsonb_build_object(
                       'id', delivery.id::text, 'handler', handler.name, 'state', state, 'attempts', attempts,
                       'outcomes', outcomes, 'lastFailure', last_failure) order by delivery.id)
              from lifecycle.delivery join lifecycle.handler on handler.id = handler_id
              where event_id = event.id), '[]') as deliveries
     from chosen join lifecycle.event using (id)
     order by occurred_at desc, id desc`,
    [customerId ?? null, EVENT_SOURCES, groupKeyOf('email', email), limit],
  );
  return rows.map((row) => ({ kind: 'event', ...row }));
}
