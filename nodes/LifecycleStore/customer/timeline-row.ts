import { z } from 'zod/v4';
import type {
  TimelineDelivery,
  TimelineEntry,
  TimelineEvent,
  TimelineMail,
  TimelinePayment,
  TimelinePlanChange,
  TimelineStageChange,
  TimelineTicket,
} from '../../../store';
import { eventTypeNamed } from '../../shared/event-types';
import { MAILS, PLAN_CHANGES } from '../../shared/timeline-words';

/** An entry of a customer's timeline, as people read it in a table. */
export interface TimelineRow {
  /** ISO 8601. */
  at: string;
  what: string;
  /** Who said so; a dash, as in all columns, where there is nothing to say: it follows from several. */
  source: string;
  /** Of the work on an event, for each workflow in the order of `workflow`. */
  state: string;
  workflow: string;
  detail: string;
}

/** n8n shows empty texts in red, as if something was missing. */
const NOTHING = '–';

const outcomeSchema = z.object({ service: z.string(), action: z.string() });
const failureSchema = z.object({ message: z.string() });

/** The entry in words. */
export function timelineRow(entry: TimelineEntry): TimelineRow {
  switch (entry.kind) {
    case 'event':
      return eventRow(entry);
    case 'plan':
      return planRow(entry);
    case 'payment':
      return paymentRow(entry);
    case 'stage':
      return stageRow(entry);
    case 'mail':
      return mailRow(entry);
    case 'ticket':
      return ticketRow(entry);
  }
}

function eventRow({ at, source, type, deliveries }: TimelineEvent): TimelineRow {
  return {
    at: at.toISOString(),
    what: eventTypeNamed(`${source}:${type}`)?.title ?? type,
    source,
    state: deliveries.map(({ state }) => state).join(', ') || NOTHING,
    workflow: deliveries.map(({ handler }) => handler).join(', ') || NOTHING,
    detail: deliveries.flatMap(detailsOf).join('; ') || NOTHING,
  };
}

/** What was done, and why it is not done yet. */
function detailsOf({ state, outcomes, lastFailure }: TimelineDelivery): string[] {
  const done = outcomes.flatMap((outcome) => {
    const { data } = outcomeSchema.safeParse(outcome);
    return data ? [`${data.service}: ${data.action}`] : [];
  });
  const failure = failureSchema.safeParse(lastFailure).data;
  return failure && state !== 'done' ? [...done, `failed: ${failure.message}`] : done;
}

function planRow({ at, change, tier, previousTier, status }: TimelinePlanChange): TimelineRow {
  const before = previousTier === null ? '' : `${previousTier} → `;
  const after = tier === null ? status : `${tier} (${status})`;
  return { ...nobodysWork(at), what: PLAN_CHANGES[change], detail: `${before}${after}` };
}

function paymentRow({ at, source, subject, currency: code, paid, refunded }: TimelinePayment): TimelineRow {
  const currency = code.toUpperCase();
  const amounts = [
    ...(paid === null ? [] : [`${paid} ${currency} paid`]),
    ...(refunded === null || refunded === 0 ? [] : [`${refunded} ${currency} refunded in all`]),
  ];
  const what = refunded === null || refunded === 0 ? 'Payment' : 'Refund';
  return { ...nobodysWork(at), what, source, detail: `${amounts.join(', ')} (${subject})` };
}

function stageRow({ at, stage, previousStage, cause }: TimelineStageChange): TimelineRow {
  const before = previousStage === null ? '' : `${previousStage} → `;
  const because = cause === null ? '' : ` (${eventTypeNamed(cause)?.title ?? cause})`;
  return { ...nobodysWork(at), what: 'Stage reached', detail: `${before}${stage}${because}` };
}

/** `Welcome: "Tips", "5 tips for {{ customer.firstName }}"; delivered, opened 2 times, clicked (https://example.com)` */
function mailRow({ at, sequence, step, subject, state, reason, reports }: TimelineMail): TimelineRow {
  const mail = `${sequence}: "${step}"${subject === null ? '' : `, "${subject}"`}`;
  const kinds = [...new Set(reports.map(({ kind }) => kind))].filter((kind) => kind !== 'sent');
  const reported = kinds.map((kind) => {
    const same = reports.filter((report) => report.kind === kind);
    const links = [...new Set(same.flatMap(({ link }) => link ?? []))].join(', ');
    return `${kind}${same.length > 1 ? ` ${same.length} times` : ''}${links && ` (${links})`}`;
  });
  const told = [...(reason === null ? [] : [reason]), ...(reported.length > 0 ? [reported.join(', ')] : [])];
  return { ...nobodysWork(at), what: MAILS[state], detail: [mail, ...told].join('; ') };
}

/** `Ticket 12 (billing): "Invoice missing"; closed because: solved` */
function ticketRow({ at, what, number, category, subject, assignee, reason }: TimelineTicket): TimelineRow {
  const ticket = `Ticket ${number} (${category})${subject === null ? '' : `: "${subject}"`}`;
  const told = [
    ...(assignee === null ? [] : [`assigned to ${assignee}`]),
    ...(reason === null ? [] : [`closed because: ${reason}`]),
  ];
  const title = what === 'opened' ? 'Support ticket opened' : 'Support ticket closed';
  return { ...nobodysWork(at), what: title, source: 'discord', detail: [ticket, ...told].join('; ') };
}

function nobodysWork(at: Date): Pick<TimelineRow, 'at' | 'source' | 'state' | 'workflow'> {
  return { at: at.toISOString(), source: NOTHING, state: NOTHING, workflow: NOTHING };
}
