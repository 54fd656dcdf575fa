import { escapeHtml, htmlBadge, htmlTable } from '../html';
import type { Account } from './account';
import type { Dispute } from './billing-model';
import { formatAmount } from './currency';

/** Which payments the banks have been asked to take back; nothing while there are none. */
export function renderDisputes(account: Account, most: number): string {
  if (account.disputes.size === 0) return '';
  return [
    `<h3>Disputes (${account.disputes.size})</h3>`,
    htmlTable(
      ['Cardholder', 'Amount', 'Why', 'State'],
      account.disputes
        .newest(most)
        .map((dispute) => [
          `<span class="soft">${escapeHtml(payerOf(account, dispute))}</span>`,
          `<span class="number">${escapeHtml(formatAmount(dispute.amount, dispute.currency))}</span>`,
          escapeHtml(dispute.reason.replaceAll('_', ' ')),
          dispute.status === 'needs_response'
            ? htmlBadge('needs response', 'bad')
            : htmlBadge('inquiry', 'warn'),
        ]),
      '',
    ),
  ].join('');
}

function payerOf(account: Account, { chargeId }: Dispute): string {
  const charge = account.charges.get(chargeId);
  return charge?.email ?? charge?.name ?? chargeId;
}
