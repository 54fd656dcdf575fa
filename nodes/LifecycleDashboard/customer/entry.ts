import { eventTypeNamed } from '../../shared/event-types';
import { MAILS, PLAN_CHANGES } from '../../shared/timeline-words';
import { SOURCE_NAMES, STAGE_NAMES, TIER_NAMES } from '../names';
import { moneyInMajor } from '../numbers';
import type { CustomerReport } from '../report';

export type Entry = CustomerReport['timeline'][number];

/** An entry of the timeline in words; names, subjects and errors in it are text of others. */
export interface EntryText {
  what: string;
  about: string;
}

export function entryText(entry: Entry): EntryText {
  switch (entry.kind) {
    case 'event':
      return {
        what: eventTypeNamed(`${entry.source}:${entry.type}`)?.title ?? entry.type,
        about: `${SOURCE_NAMES[entry.source]} ${entry.type}`,
      };
    case 'plan':
      return { what: PLAN_CHANGES[entry.change], about: planText(entry) };
    case 'payment':
      return paymentText(entry);
    case 'stage':
      return { what: `Now in ${STAGE_NAMES[entry.stage]}`, about: stageText(entry) };
    case 'mail':
      return { what: MAILS[entry.state], about: mailText(entry) };
    case 'ticket':
      return { what: `Support ticket ${entry.what}`, about: ticketText(entry) };
  }
}

type Of<Kind extends Entry['kind']> = Extract<Entry, { kind: Kind }>;

function planText({ tier, previousTier, status }: Of<'plan'>): string {
  const before = previousTier === null ? '' : `${TIER_NAMES[previousTier]} → `;
  const state = status.replace('_', ' ');
  return `${before}${tier === null ? state : `${TIER_NAMES[tier]} (${state})`}`;
}

function paymentText({ source, subject, currency, paid, refunded }: Of<'payment'>): EntryText {
  const isRefund = refunded !== null && refunded !== 0;
  const amounts = [
    ...(paid === null ? [] : [`${moneyInMajor(paid, currency)} paid`]),
    ...(isRefund ? [`${moneyInMajor(refunded, currency)} refunded in all`] : []),
  ];
  return {
    what: isRefund ? 'Refund' : 'Payment',
    about: `${amounts.join(', ')} (${SOURCE_NAMES[source]} ${subject})`,
  };
}

function stageText({ previousStage, cause }: Of<'stage'>): string {
  const before = previousStage === null ? 'Before: not known' : `Before: ${STAGE_NAMES[previousStage]}`;
  return cause === null ? before : `${before}; because of: ${eventTypeNamed(cause)?.title ?? cause}`;
}

/** A mail that was sent went out as the sequence says; of others something else is the reason. */
function mailText({ sequence, step, subject, state, reason }: Of<'mail'>): string {
  const mail = `Step “${step}” of the sequence “${sequence}”${subject === null ? '' : `: “${subject}”`}`;
  if (reason === null) return mail;
  return `${mail}. ${state === 'dropped' ? 'Why not' : 'Reason'}: ${reason}`;
}

function ticketText({ number, category, subject, reason }: Of<'ticket'>): string {
  const ticket = `Ticket ${number} (${category})${subject === null ? '' : `: “${subject}”`}`;
  return reason === null ? ticket : `${ticket}. Reason: ${reason}`;
}
