import { z } from 'zod/v4';
import type { PromoCodeShop } from './promo-codes';
import type { PromotionSelector } from './promotions';

/** Shopware's older releases allow no more in one search. */
const PAGE = 100;

const redeemedCode = z.object({
  id: z.string(),
  code: z.string(),
  payload: z.looseObject({ orderId: z.string().nullish() }),
  createdAt: z.iso.datetime({ offset: true }),
  updatedAt: z.iso.datetime({ offset: true }).nullish(),
});

/** A code that somebody has used in an order. */
export interface RedeemedCode {
  /** Shopware's id of the code. */
  id: string;
  code: string;
  orderId: string | null;
  /** Its last change: nothing of a code is changed after it was redeemed. */
  redeemedAt: Date;
}

export interface RedeemedCodes {
  /** Those that were redeemed last come first. */
  codes: RedeemedCode[];
  /** Whether there are older ones that were not read. */
  hasMore: boolean;
}

/**
 * The codes of a promotion that were redeemed, page by page, up to `limit` of them. The promotion need not be active any
 * more. Throws a `ServiceError`.
 */
export async function findRedeemedCodes(
  { client, promotions }: Pick<PromoCodeShop, 'client' | 'promotions'>,
  selector: PromotionSelector,
  limit: number,
): Promise<RedeemedCodes> {
  const { id: promotionId, name } = await promotions.find(client, selector);
  const found = new Map<string, RedeemedCode>();
  for (let page = 1; page <= limit / PAGE + 1; page += 1) {
    const rows = await client.search(
      `look for the redeemed promo codes of the promotion "${name}"`,
      'promotion-individual-code',
      {
        limit: PAGE,
        page,
        filter: [
          { type: 'equals', field: 'promotionId', value: promotionId },
          {
            type: 'not',
            operator: 'and',
            queries: [{ type: 'equals', field: 'payload', value: null }],
          },
        ],
        // One that is redeemed meanwhile moves the others on: a code may then come twice, and none is left out.
        sort: [
          { field: 'updatedAt', order: 'DESC' },
          { field: 'id', order: 'ASC' },
        ],
        includes: { promotion_individual_code: ['id', 'code', 'payload', 'createdAt', 'updatedAt'] },
      },
      redeemedCode,
    );
    for (const { id, code, payload, createdAt, updatedAt } of rows) {
      const redeemedAt = new Date(updatedAt ?? createdAt);
      found.set(id, { id, code, orderId: payload.orderId ?? null, redeemedAt });
    }
    if (rows.length < PAGE)
      return { codes: [...found.values()].slice(0, limit), hasMore: found.size > limit };
  }
  return { codes: [...found.values()].slice(0, limit), hasMore: true };
}
