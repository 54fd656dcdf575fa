import { escapeHtml, htmlBadge, htmlTable, htmlTime } from '../html';
import type { Account } from './account';
import { formatAmount } from './currency';
import type { Delivery, Session, StoredEvent } from './model';
import { amountsOf } from './objects';
import { renderDisputes } from './render-disputes';
import { renderSubscriptions } from './render-subscriptions';

const SHOWN = 6;
/** A long basket is told by its first and last products. */
const LONGEST_BASKET = 3;

/** What the account holds, as a marketer would ask: who bought what, and did n8n hear about it. */
export function renderAccount(account: Account): string {
  return [
    `<h3>Purchases (${account.sessions.size})</h3>`,
    htmlTable(
      ['Buyer', 'Bought', 'Amount', 'Payment'],
      account.sessions
        .newest(SHOWN)
        .map((session) => [
          buyer(session),
          basket(session),
          `<span class="number">${escapeHtml(money(session))}</span>`,
          payment(session),
        ]),
      'No purchase yet. Buy something with the buttons above.',
    ),
    renderSubscriptions(account, SHOWN),
    renderDisputes(account, SHOWN),
    `<h3>Events (${account.events.size})</h3>`,
    htmlTable(
      ['When', 'What', 'Delivery'],
      account.events
        .newest(SHOWN)
        .map((event) => [
          htmlTime(new Date(event.created * 1000).toISOString()),
          what(account, event),
          delivery(account, event),
        ]),
      'No event yet.',
    ),
    webhooks(account),
  ].join('');
}

function buyer({ name, email, customerId }: Session): string {
  const who = name === null ? '' : `<strong>${escapeHtml(name)}</strong><br>`;
  const kind = customerId === null ? '' : ` ${htmlBadge('customer')}`;
  return `${who}<span class="soft">${escapeHtml(email ?? 'no e-mail')}</span>${kind}`;
}

function basket({ items }: Session): string {
  const names = items.map(
    (item) => `${item.quantity > 1 ? `${item.quantity} × ` : ''}${item.description ?? 'an item'}`,
  );
  if (names.length <= LONGEST_BASKET) return escapeHtml(names.join(', '));
  return escapeHtml(`${names[0]}, … ${names.at(-1)} (${names.length} items)`);
}

function money(session: Session): string {
  return formatAmount(amountsOf(session.items, session.free).amount_total, session.currency);
}

function payment(session: Session): string {
  if (session.paymentFailed) return htmlBadge('failed', 'bad');
  if (session.paymentStatus === 'paid') return htmlBadge('paid', 'good');
  return session.paymentStatus === 'unpaid' ? htmlBadge('under way', 'warn') : htmlBadge('free');
}

const EVENT_WORDS: Readonly<Record<string, string>> = {
  'checkout.session.completed': 'checkout completed',
  'checkout.session.async_payment_succeeded': 'delayed payment arrived',
  'checkout.session.async_payment_failed': 'delayed payment failed',
  'customer.created': 'customer created',
  'customer.updated': 'customer changed',
  'customer.deleted': 'customer deleted',
  'customer.subscription.created': 'subscription begun',
  'customer.subscription.updated': 'subscription changed',
  'customer.subscription.deleted': 'subscription ended',
  'customer.subscription.paused': 'subscription paused',
  'customer.subscription.resumed': 'subscription resumed',
  'customer.subscription.trial_will_end': 'trial ends soon',
  'invoice.paid': 'invoice paid',
  'invoice.payment_failed': 'invoice not paid',
  'charge.refunded': 'money given back',
  'charge.dispute.created': 'payment disputed',
};

function what(account: Account, { type, sessionId, customerId }: StoredEvent): string {
  const person = account.sessions.get(sessionId ?? '') ?? account.customers.get(customerId ?? '');
  const who = person
    ? `<br><span class="soft">${escapeHtml(person.email ?? person.name ?? 'unknown')}</span>`
    : '';
  return `<span title="${escapeHtml(type)}">${escapeHtml(EVENT_WORDS[type] ?? type)}</span>${who}`;
}

function delivery(account: Account, { deliveries }: StoredEvent): string {
  if (deliveries.length === 0) return htmlBadge('not sent');
  return deliveries
    .map((one) => {
      const several =
        deliveries.length > 1 ? ` <span class="soft">${escapeHtml(hostOf(account, one))}</span>` : '';
      return `${deliveryState(one)}${several}`;
    })
    .join('<br>');
}

function deliveryState({ state, attempts, nextAttemptAt }: Delivery): string {
  const last = attempts.at(-1);
  const answer = last && (last.status === 0 ? 'no answer' : String(last.status));
  const times = attempts.length > 1 ? ` · ${attempts.length} attempts` : '';
  if (state === 'delivered') return htmlBadge(`delivered${times}`, 'good');
  if (state === 'failed') return htmlBadge(`given up${times}`, 'bad');
  if (!answer) return htmlBadge('sending', 'warn');
  const next = nextAttemptAt === null ? '' : ` <span class="soft">next ${htmlTime(nextAttemptAt)}</span>`;
  return `${htmlBadge(`${answer}${times}`, 'warn')}${next}`;
}

function hostOf(account: Account, { endpointId }: Delivery): string {
  const endpoint = account.webhookEndpoints.get(endpointId);
  return endpoint ? new URL(endpoint.url).host : 'removed endpoint';
}

function webhooks(account: Account): string {
  const endpoints = [...account.webhookEndpoints.values()];
  if (endpoints.length === 0)
    return '<p class="note">No webhook endpoint yet: n8n is not told about purchases.</p>';
  const urls = endpoints.map(
    ({ url, status }) => `<code>${escapeHtml(url)}</code>${status === 'disabled' ? ' (off)' : ''}`,
  );
  return `<p class="note">Webhooks go to ${urls.join(', ')}</p>`;
}
