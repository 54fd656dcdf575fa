import { escapeHtml, htmlBadge, htmlTable, type BadgeTone } from '../html';
import type { Account } from './account';
import { refundedOf, type Subscription, type SubscriptionStatus } from './billing-model';
import { formatAmount } from './currency';
import { periodText } from './periods';

/** Who is on which plan, how it stands, and what they have paid in all. */
export function renderSubscriptions(account: Account, most: number): string {
  return [
    `<h3>Subscriptions (${account.subscriptions.size})</h3>`,
    htmlTable(
      ['Customer', 'Plan', 'State', 'Paid'],
      account.subscriptions
        .newest(most)
        .map((subscription) => [
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
  const prices = items.map(({ priceId }) => account.prices.get(priceId));
  const names = prices.map(
    (price, index) => account.products.get(price?.productId ?? '')?.name ?? items[index]?.priceId ?? '',
  );
  const rates = prices.flatMap((price) =>
    price ? [`${formatAmount(price.unitAmount, price.currency)} ${periodText(price)}`] : [],
  );
  return `${escapeHtml(names.join(' + '))}<br><span class="soft">${escapeHtml(rates.join(' + '))}</span>`;
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

function stateOf(subscription: Subscription): string {
  const { status, cancelAt, collectionPaused, endedAt, cancellationFeedback: feedback } = subscription;
  const badges = [htmlBadge(status.replaceAll('_', ' '), TONES[status])];
  if (cancelAt !== null && endedAt === null) badges.push(htmlBadge(`ends ${dayOf(cancelAt)}`, 'warn'));
  if (collectionPaused) badges.push(htmlBadge('payments paused'));
  if (feedback !== null)
    badges.push(`<span class="soft">${escapeHtml(feedback.replaceAll('_', ' '))}</span>`);
  return badges.join(' ');
}

/** What is left of it after refunds. */
function paidFor(account: Account, { id, currency }: Subscription): string {
  const sum = [...account.charges.values()]
    .filter(({ invoiceId }) => account.invoices.get(invoiceId ?? '')?.subscriptionId === id)
    .reduce((total, charge) => total + charge.amount - refundedOf(charge), 0);
  return formatAmount(sum, currency);
}

function dayOf(seconds: number): string {
  return new Date(seconds * 1000).toISOString().slice(0, 10);
}
