import pLimit from 'p-limit';
import { asError, orError } from '../http';
import type { ShopwareClient } from './client';
import { derivePromoCode, type DerivedPromoCode } from './derive-promo-code';
import { findRedeemable, removeOne, type RedeemableCode } from './individual-codes';
import type { PromoCodeOrder, PromoCodeShop } from './promo-codes';

/** Codes removed at a time. */
const CONCURRENCY = 5;

/** Whose code is to be withdrawn. */
export type PromoCodeWithdrawal = Pick<PromoCodeOrder, 'purchaseId' | 'prefix'>;

export interface WithdrawnPromoCode {
  /** As it was issued; as it would be issued, where the shop has none. */
  code: string;
  /** Shopware's id of the code. */
  id: string;
  /** `redeemed`: it was used before, and so stays. `missing`: it never was in the shop, or is gone already. */
  state: 'removed' | 'redeemed' | 'missing';
}

/**
 * Takes the codes of purchases out of the shop, unless they have been redeemed: an order keeps its discount. Gives what
 * came of each, or an error, in their order; one that is an error already stays one. Asking again changes nothing. One
 * search for up to a hundred, and one call for each code that is removed.
 */
export async function withdrawPromoCodes(
  { client, key }: Pick<PromoCodeShop, 'client' | 'key'>,
  withdrawals: ReadonlyArray<PromoCodeWithdrawal | Error>,
): Promise<Array<WithdrawnPromoCode | Error>> {
  const wanted = withdrawals.map((one) =>
    one instanceof Error ? one : orError(() => derivePromoCode({ key, ...one })),
  );
  // By id, since a run may hold two events of one purchase.
  const ids = new Set(wanted.flatMap((one) => (one instanceof Error ? [] : one.id)));
  const found = ids.size > 0 ? await findRedeemable(client, [...ids]).catch(asError) : NONE;
  const limit = pLimit(CONCURRENCY);
  return await Promise.all(
    wanted.map((one) => {
      if (one instanceof Error) return one;
      if (found instanceof Error) return found;
      return limit(() => withdraw(client, one, found.get(one.id))).catch(asError);
    }),
  );
}

const NONE: ReadonlyMap<string, RedeemableCode> = new Map();

async function withdraw(
  client: ShopwareClient,
  derived: DerivedPromoCode,
  stored: RedeemableCode | undefined,
): Promise<WithdrawnPromoCode> {
  if (!stored) return { ...derived, state: 'missing' };
  const { id, code, redeemed } = stored;
  if (redeemed) return { id, code, state: 'redeemed' };
  await removeOne(client, stored);
  return { id, code, state: 'removed' };
}
