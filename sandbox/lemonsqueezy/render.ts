import { escapeHtml, htmlBadge, htmlTable, htmlTime, type BadgeTone } from '../html';
import { named } from './json';
import type { Delivery, State, Subscription } from './state';

const SHOWN = 12;

const TONES: Readonly<Record<Subscription['status'], BadgeTone>> = {
  on_trial: 'plain',
  active: 'good',
  paused: 'warn',
  past_due: 'warn',
  unpaid: 'warn',
  cancelled: 'warn',
  expired: 'bad',
};

/** What the store holds, as a marketer would ask: who subscribes to what, what was paid, and did n8n hear about it. */
export function renderLemonSqueezy(state: State): string {
  const { webhook, subscriptions, orders, invoices, deliveries } = state;
  const payments = [...orders, ...invoices.filter(({ billingReason }) => billingReason !== 'initial')].sort(
    (one, other) => (one.updatedAt < other.updatedAt ? -1 : 1),
  );
  return [
    webhook ? '' : '<p class="note">No webhook is entered: n8n is not told about anything.</p>',
    `<h3>Subscriptions (${subscriptions.length})</h3>`,
    htmlTable(
      ['Customer', 'Variant', 'Status', 'Since'],
      newest(subscriptions).map(({ customerId, variantId, status, endsAt, createdAt }) => [
        customer(state, customerId),
        escapeHtml(named(state.variants, variantId).name),
        `${htmlBadge(status.replace('_', ' '), TONES[status])}${
          status === 'cancelled' && endsAt ? ` until ${escapeHtml(endsAt.slice(0, 10))}` : ''
        }`,
        htmlTime(createdAt),
      ]),
      'Nobody subscribes yet.',
    ),
    `<h3>Payments (${payments.length})</h3>`,
    htmlTable(
      ['Customer', 'For', 'Amount', 'Status'],
      newest(payments).map((paid) => [
        customer(state, paid.customerId),
        escapeHtml('billingReason' in paid ? paid.billingReason : named(state.variants, paid.variantId).name),
        escapeHtml(money(state, paid.total)),
        paid.refundedAmount > 0
          ? htmlBadge(`${money(state, paid.refundedAmount)} refunded`, 'warn')
          : htmlBadge(paid.status, paid.status === 'paid' ? 'good' : 'warn'),
      ]),
      'Nothing was paid yet.',
    ),
    `<h3>Webhooks (${deliveries.length})</h3>`,
    htmlTable(
      ['Event', 'Customer', 'Answer', 'Sent'],
      newest(deliveries).map((delivery) => [
        escapeHtml(delivery.event),
        escapeHtml(delivery.email),
        answer(delivery),
        htmlTime(delivery.at),
      ]),
      'Nothing was sent yet.',
    ),
  ].join('');
}

function newest<Entry>(entries: readonly Entry[]): Entry[] {
  return entries.slice(-SHOWN).reverse();
}

function customer({ customers }: State, id: number): string {
  const { name, email } = named(customers, id);
  return `<strong>${escapeHtml(name)}</strong><br><span class="soft">${escapeHtml(email)}</span>`;
}

function money({ store }: State, minor: number): string {
  return (minor / 100).toLocaleString('en', { style: 'currency', currency: store.currency });
}

function answer({ state, statuses }: Delivery): string {
  const times = statuses.length > 1 ? ` · ${statuses.length} tries` : '';
  if (state === 'sending') return htmlBadge('sending');
  const last = statuses.at(-1) ?? 0;
  return htmlBadge(`${last === 0 ? 'none' : last}${times}`, state === 'delivered' ? 'good' : 'bad');
}
