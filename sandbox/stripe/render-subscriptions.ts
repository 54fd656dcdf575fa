import { escapeHtml, htmlBadge, htmlTable, type BadgeTone } from '../html';
import type { Account } from './account';
import { refundedOf, type Subscription, type SubscriptionStatus } from './billing-model';

/** Who is on which plan, how it stands, and what they have paid in all. */
export function renderSubscriptions(account: Account, most: number): string {
  const shown = [...account.subscriptions.values()].slice(-most).reverse();
  return [
    `<h3>Subscriptions (${account.subscriptions.size})</h3>`,
    htmlTable(
      ['Customer', 'Plan', 'State', 'Paid'],
      shown.map((subscription) => [
        customerOf(account, subscription),
        planOf(account, subscription),
        stateOf(subscription),
        `<span class="number">${escapeHtml(paidFor(account, subscription))}</span>`,
      ]),
      'No subscription yet.',
    ),
  ].join('');
}

function customerOf(account: Account, { customerId }: Subscription): string {
  const customer = account.customers.get(customerId);
  const name = customer?.name ? `<strong>${escapeHtml(customer.name)}</strong><br>` : '';
  const gone = customer?.deleted ? ` ${htmlBadge('deleted', 'bad')}` : '';
  return `${name}<span class="soft">${escapeHtml(customer?.email ?? customerId)}</span>${gone}`;
}

function planOf(account: Account, { items }: Subscription): string {
  const names = items.map(({ priceId }) => {
    const productId = account.prices.get(priceId)?.productId ?? '';
    return account.products.get(productId)?.name ?? priceId;
  });
  return escapeHtml(names.join(' + '));
}

const TONES: Readonly<Record<SubscriptionStatus, BadgeTone>> = {
  incomplete: 'warn',
  incomplete_expired: 'bad',
  trialing: 'good',
  active: 'good',
  past_due: 'warn',
  unpaid: 'warn',
  paused: 'plain',
  canceled: 'bad',
};

function stateOf({ status, cancelAt, collectionPaused, endedAt }: Subscription): string {
  const badges = [htmlBadge(status.replaceAll('_', ' '), TONES[status])];
  if (cancelAt !== null && endedAt === null) badges.push(htmlBadge(`ends ${dayOf(cancelAt)}`, 'warn'));
  if (collectionPaused) badges.push(htmlBadge('payments paused'));
  return badges.join(' ');
}

/** What is left of it after refunds. */
function paidFor(account: Account, { id, currency }: Subscription): string {
  const sum = [...account.charges.values()]
    .filter(({ invoiceId }) => account.invoices.get(invoiceId ?? '')?.subscriptionId === id)
    .reduce((total, charge) => total + charge.amount - refundedOf(charge), 0);
  return (sum / 100).toLocaleString('en', { style: 'currency', currency });
}

function dayOf(seconds: number): string {
  return new Date(seconds * 1000).toISOString().slice(0, 10);
}
