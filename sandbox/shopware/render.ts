import { escapeHtml, htmlBadge, htmlTable, htmlTime } from '../html';
import type { IndividualCode, Promotion, ShopwareState } from './state';

/** More rows than a person reads; the whole state is at the control API. */
const MOST_ROWS = 50;

/** Codes, newest first, and the promotions they belong to. */
export function renderShopware(state: ShopwareState): string {
  const codes = state.codes();
  const newest = codes.slice(-MOST_ROWS).reverse();
  const more = codes.length - newest.length;
  return [
    `<h3>Promo codes (${codes.length})</h3>`,
    htmlTable(
      ['Code', 'Promotion', 'State', 'Created'],
      newest.map((code) => codeRow(code, state)),
      'No codes yet.',
    ),
    more > 0 ? `<p>… and ${more} older ones</p>` : '',
    '<h3>Promotions</h3>',
    htmlTable(
      ['Promotion', 'State', 'Codes'],
      [...state.promotions.values()].map(promotionRow),
      'No promotions.',
    ),
  ].join('');
}

function codeRow(code: IndividualCode, state: ShopwareState): string[] {
  const promotion = state.promotions.get(code.promotionId)?.name ?? code.promotionId;
  return [
    `<code>${escapeHtml(code.code)}</code>`,
    escapeHtml(promotion),
    code.payload ? htmlBadge('redeemed', 'warn') : htmlBadge('unused', 'good'),
    htmlTime(code.createdAt),
  ];
}

function promotionRow(promotion: Promotion): string[] {
  const kind = promotion.useIndividualCodes ? 'individual codes' : `fixed code ${promotion.code ?? '(none)'}`;
  return [
    escapeHtml(promotion.name),
    promotion.active ? htmlBadge('active', 'good') : htmlBadge('inactive'),
    escapeHtml(promotion.useCodes ? kind : 'no codes'),
  ];
}
