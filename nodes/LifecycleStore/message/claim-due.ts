import { NodeOperationError, type IDataObject, type IExecuteFunctions } from 'n8n-workflow';
import type { ClaimedMessage } from '../../../store';
import { momentIn } from '../../shared/moment';
import { templateCustomer } from '../../shared/template-customer';
import { showOnlyFor, type Operation } from '../operation';

/** As long as n8n may take for a round of mails, rate limit and repeated calls included. */
const LEASE_SECONDS = 15 * 60;
export const CLAIM_OUTPUTS = ['Due', 'Nothing Due'];

export const claimDue: Operation = {
  properties: showOnlyFor('message', 'claimDue', [
    {
      displayName: 'Most Mails at Once',
      name: 'mostMails',
      type: 'number',
      typeOptions: { minValue: 1, maxValue: 5_000 },
      default: 1_000,
      description:
        'How many go on in one round, in batches of up to 100. Loop back to this node for the next ones.',
    },
    {
      displayName: 'Most Marketing Mails a Day',
      name: 'mostMarketingPerDay',
      type: 'number',
      typeOptions: { minValue: 1 },
      default: 2,
      description:
        "How many somebody gets of all sequences together, by the calendar of their time zone. What comes on top is dropped; transactional mails don't count.",
    },
    {
      displayName: 'Due By',
      name: 'dueBy',
      type: 'dateTime',
      default: '={{ $now.toISO() }}',
      description: 'Mails whose time has come by then',
    },
  ]),

  async execute(context, store) {
    const limit = context.getNodeParameter('mostMails', 0) as number;
    const mostMarketingPerDay = context.getNodeParameter('mostMarketingPerDay', 0) as number;
    const now = dueByOf(context);
    if (context.getMode() === 'manual') {
      const due = await store.messages.find({ states: ['planned'], dueBy: now }, limit);
      return [[], [{ json: { note: 'In the editor nothing is claimed or sent.', due: due.length } }]];
    }
    const options = { limit, mostMarketingPerDay, leaseSeconds: LEASE_SECONDS };
    const { messages, dropped, postponed, pause } = await store.messages.claimDue(options, now);
    if (messages.length === 0) {
      const paused = pause && { pausedUntil: pause.until.toISOString(), reason: pause.reason };
      return [[], [{ json: { sent: 0, dropped, postponed, ...paused } }]];
    }
    const tokens = await store.emailPreferences.tokensFor([
      ...new Set(messages.map(({ customerId }) => customerId)),
    ]);
    return [
      messages.map((message) => ({
        json: { message: messageJson(message, tokens.get(message.customerId)) },
        pairedItem: { item: 0 },
      })),
      [],
    ];
  },
};

/** Of the moment that the parameter says. Throws a `NodeOperationError` when it is none. */
function dueByOf(context: IExecuteFunctions): Date {
  const now = momentIn(context.getNodeParameter('dueBy', 0), context.getTimezone());
  if (now !== undefined) return now;
  throw new NodeOperationError(context.getNode(), '"Due By" is no time. Use one like 2026-01-31T10:00:00Z.');
}

function messageJson(message: ClaimedMessage, token: string | undefined): IDataObject {
  const { preferencesPage, sentAt } = message;
  const { id, lease, batchKey, sequence, step, variant, kind, from, replyTo } = message;
  const { subject, preheader, body, data } = message;
  const { timeZone, ...customer } = message.customer;
  const url = preferencesPage === null || token === undefined ? null : linkTo(preferencesPage, token);
  return {
    ...{ id, lease, batchKey, sequence, step, variant, kind, from, replyTo, to: customer.email },
    ...{ subject, preheader, body, data, sentAt: sentAt.toISOString(), timeZone },
    customer: templateCustomer(customer),
    unsubscribeUrl: kind === 'marketing' ? url : null,
    preferencesUrl: url,
  } as IDataObject;
}

function linkTo(page: string, token: string): string {
  return `${page}${page.includes('?') ? '&' : '?'}token=${encodeURIComponent(token)}`;
}
