import type { IDisplayOptions, IExecuteFunctions, INodeProperties, INodePropertyOptions } from 'n8n-workflow';
import { asError } from '../../services/http';
import { SHOPWARE, withdrawPromoCodes, type WithdrawnPromoCode } from '../../services/shopware';
import { orError } from '../shared/parameters';
import type { ItemResult } from '../shared/process-items';
import { purchaseOf, purchaseProperties } from './purchase';
import { shopOf } from './shop';

export const option: INodePropertyOptions = {
  name: 'Withdraw',
  value: 'withdraw',
  action: 'Withdraw the promo code of a purchase',
  description: 'Remove the promo code of a purchase from the shop, unless it has been redeemed',
};

const showOnlyForWithdraw: IDisplayOptions = { show: { operation: ['withdraw'] } };

export const description: INodeProperties[] = purchaseProperties(showOnlyForWithdraw);

/** Adds `promoCode` to each item; all items are worked on together. A code that was redeemed stays, and is no error. */
export async function execute(
  context: IExecuteFunctions,
  indexes: readonly number[],
): Promise<Array<ItemResult | Error>> {
  const shop = await shopOf(context).catch(asError);
  if (shop instanceof Error) return indexes.map(() => shop);
  const results = await withdrawPromoCodes(
    shop,
    indexes.map((index) => orError(() => purchaseOf(context, index))),
  );
  return results.map((result) => (result instanceof Error ? result : itemOf(result)));
}

const ACTIONS: Readonly<Record<WithdrawnPromoCode['state'], string>> = {
  removed: 'promo code removed',
  redeemed: 'promo code kept: it has been redeemed already',
  missing: 'no promo code to remove',
};

function itemOf({ code, id, state }: WithdrawnPromoCode): ItemResult {
  return {
    json: { promoCode: { code, id, state } },
    outcomes: [{ service: SHOPWARE, action: ACTIONS[state], id }],
  };
}
