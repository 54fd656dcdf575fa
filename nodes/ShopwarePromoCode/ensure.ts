import type { IDisplayOptions, IExecuteFunctions, INodeProperties, INodePropertyOptions } from 'n8n-workflow';
import { asError } from '../../services/http';
import { SHOPWARE, ensurePromoCodes, type PromoCode, type PromoCodeOrder } from '../../services/shopware';
import type { ItemResult } from '../shared/process-items';
import { promotionLocator, promotionSelector } from './promotion-locator';
import { purchaseOf, purchaseProperties } from './purchase';
import { shopOf } from './shop';

export const option: INodePropertyOptions = {
  name: 'Ensure',
  value: 'ensure',
  action: 'Ensure a promo code for a purchase',
  description: 'Create a promo code for a purchase, unless the purchase already has one',
};

const showOnlyForEnsure: IDisplayOptions = { show: { operation: ['ensure'] } };

export const description: INodeProperties[] = [
  { ...promotionLocator, displayOptions: showOnlyForEnsure },
  ...purchaseProperties(showOnlyForEnsure),
];

/** Adds `promoCode` to each item; all items are worked on together. */
export async function execute(
  context: IExecuteFunctions,
  indexes: readonly number[],
): Promise<Array<ItemResult | Error>> {
  const shop = await shopOf(context).catch(asError);
  if (shop instanceof Error) return indexes.map(() => shop);
  const results = await ensurePromoCodes(
    shop,
    indexes.map((index) => orderOf(context, index)),
  );
  return results.map((result) => (result instanceof Error ? result : itemOf(result)));
}

function orderOf(context: IExecuteFunctions, index: number): PromoCodeOrder | Error {
  try {
    return {
      promotion: promotionSelector(context, index),
      ...purchaseOf(context, index),
    };
  } catch (error) {
    return asError(error);
  }
}

function itemOf(promoCode: PromoCode): ItemResult {
  const { id, code, promotion, created } = promoCode;
  return {
    json: { promoCode: { code, id, promotion: { ...promotion }, created } },
    outcomes: [{ service: SHOPWARE, action: created ? 'promo code created' : 'promo code found', id }],
  };
}
