import type { IDisplayOptions, IExecuteFunctions, INodeProperties, INodePropertyOptions } from 'n8n-workflow';
import { asError } from '../../services/http';
import { findRedeemedCodes, type PromoCodeShop, type RedeemedCodes } from '../../services/shopware';
import type { ItemResult } from '../shared/process-items';
import { promotionLocator, promotionSelector } from './promotion-locator';
import { shopOf } from './shop';

export const option: INodePropertyOptions = {
  name: 'Find Redeemed',
  value: 'findRedeemed',
  action: 'Find redeemed promo codes',
  description: 'Tell which promo codes of a promotion were used in an order',
};

const showOnlyForFindRedeemed: IDisplayOptions = { show: { operation: ['findRedeemed'] } };

export const description: INodeProperties[] = [
  {
    ...promotionLocator,
    description: 'The promotion whose codes are looked at. It need not be active any more.',
    displayOptions: showOnlyForFindRedeemed,
  },
  {
    displayName: 'Most Codes',
    name: 'mostCodes',
    type: 'number',
    typeOptions: { minValue: 1, maxValue: 100_000 },
    default: 5000,
    description: 'How many codes are read at most, those redeemed last first',
    displayOptions: showOnlyForFindRedeemed,
  },
];

/** Adds `redeemed` to each item: the codes, those redeemed last first, and whether there are more than were read. */
export async function execute(
  context: IExecuteFunctions,
  indexes: readonly number[],
): Promise<Array<ItemResult | Error>> {
  const shop = await shopOf(context).catch(asError);
  const results: Array<ItemResult | Error> = [];
  // One after the other: a look at many codes takes many calls.
  for (const index of indexes) {
    results.push(shop instanceof Error ? shop : await find(context, shop, index).catch(asError));
  }
  return results;
}

async function find(context: IExecuteFunctions, shop: PromoCodeShop, index: number): Promise<ItemResult> {
  const limit = context.getNodeParameter('mostCodes', index) as number;
  return itemOf(await findRedeemedCodes(shop, promotionSelector(context, index), limit));
}

function itemOf({ codes, hasMore }: RedeemedCodes): ItemResult {
  const rows = codes.map(({ redeemedAt, ...code }) => ({ ...code, redeemedAt: redeemedAt.toISOString() }));
  return { json: { redeemed: { codes: rows, hasMore } } };
}
