import type { TimelineDelivery, TimelineMail } from '../../../store';
import { badgeHtml, type Tone } from '../cells';
import { errorText } from '../error-text';
import { markup, theirs, type Html } from '../html';
import type { Links } from '../links';
import { countOf } from '../numbers';
import type { Serialized } from '../report';
import { moment } from '../times';

type Delivery = Serialized<TimelineDelivery>;
type Told = Delivery['outcomes'][number];

const STATE_TONES: Readonly<Record<Delivery['state'], Tone>> = {
  waiting: 'plain',
  leased: 'plain',
  done: 'good',
  failed: 'warn',
  dead: 'bad',
};
const STATE_NAMES: Readonly<Record<Delivery['state'], string>> = {
  waiting: 'waiting',
  leased: 'being worked on',
  done: 'done',
  failed: 'to be tried again',
  dead: 'dead',
};

/** What a workflow has done about an event, step by step, and why it is not done yet. */
export function deliveryHtml(delivery: Delivery, links: Links): Html {
  const { id, handler, state, attempts, outcomes, lastFailure } = delivery;
  const tries = attempts > 1 && markup` <small>${countOf(attempts, 'try', 'tries')}</small>`;
  const replay =
    state === 'dead' &&
    markup` <a href="${links.replayOne(id)}">Try again<span class="unseen"> ${handler}, delivery ${id}</span></a>`;
  const failure =
    lastFailure !== null &&
    state !== 'done' &&
    markup`<li class="error">${theirs(failureText(lastFailure))}</li>\n`;
  return markup`<div class="work"><p>${theirs(handler)} ${badgeHtml(STATE_NAMES[state], STATE_TONES[state])}${tries}${replay}</p>
${(outcomes.length > 0 || failure !== false) && markup`<ul>${outcomes.map((outcome) => markup`<li>${theirs(outcomeText(outcome))}</li>\n`)}${failure}</ul>`}</div>
`;
}

/** `Shopware: promo code created (VIP-1)` */
export function outcomeText(outcome: Told): string {
  const { service, action, id } = outcome;
  const of = said(service) === '' ? '' : `${said(service)}: `;
  const which = said(id) === '' ? '' : ` (${said(id)})`;
  return `${of}${said(action)}${which}`;
}

/** `Mautic: no answer in 30 s. (Node “Ensure contact”)` */
export function failureText(failure: Told): string {
  const { node, service, message } = failure;
  const where = said(node) === '' ? '' : ` (Node “${said(node)}”)`;
  return `${errorText(said(service), said(message))}${where}`;
}

/** What the provider has reported of a mail. */
export function reportsHtml(reports: Serialized<TimelineMail['reports']>): Html | false {
  if (reports.length === 0) return false;
  return markup`<ul class="work">${reports.map(
    ({ kind, at, link }) =>
      markup`<li>${kind}${link !== null && markup`: ${theirs(link)}`} <small>${moment(at)}</small></li>\n`,
  )}</ul>
`;
}

/** A workflow may have put anything there. */
function said(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}
