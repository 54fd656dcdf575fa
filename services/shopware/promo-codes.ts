import pLimit from 'p-limit';
import { asError, ServiceError } from '../http';
import { SHOPWARE, type ShopwareClient } from './client';
import { derivePromoCode } from './derive-promo-code';
import { createMany, createOne, findByIds, type IndividualCode, type StoredCode } from './individual-codes';
import type { Promotion, Promotions, PromotionSelector } from './promotions';

/** What {@link ensureTogether} gives for a single code, which takes one call less without it. */
const NONE: ReadonlyMap<string, StoredCode> = new Map();

/** Codes created one by one at a time, when they could not be created together. */
const CONCURRENCY = 5;

/** What a purchase should get. */
export interface PromoCodeOrder {
  promotion: PromotionSelector;
  /** See `PromoCodeSource`. */
  purchaseId: string;
  prefix: string;
}

export interface PromoCode {
  code: string;
  /** Shopware's id of the code. */
  id: string;
  promotion: Promotion;
  /** False when an earlier try had already created it. */
  created: boolean;
}

export interface PromoCodeShop {
  client: ShopwareClient;
  /** Kept between calls for one shop. */
  promotions: Promotions;
  /** Secret that the codes are derived from. */
  key: string;
}

/** An order of which everything is known but whether its code is in the shop. */
interface PreparedOrder {
  order: PromoCodeOrder;
  promotion: Promotion;
  row: IndividualCode;
}

/**
 * Makes sure that each purchase has its code in its promotion, however often it is asked. Gives a code or an error for
 * each order, in their order; an order that could not even be read, and so is an error already, stays one.
 *
 * One new code takes one call. Several take one search and one batch call; when the batch is refused, which Shopware
 * does as a whole, each is created by itself so that only the faulty ones fail. The batch holds only codes that are
 * not there yet: for one that is, Shopware asks for the right to *update* codes, which its stock roles lack.
 */
export async function ensurePromoCodes(
  shop: PromoCodeShop,
  orders: ReadonlyArray<PromoCodeOrder | Error>,
): Promise<Array<PromoCode | Error>> {
  const prepared = await Promise.all(
    orders.map((order) => (order instanceof Error ? order : prepare(shop, order).catch(asError))),
  );
  const rows = prepared.flatMap((one) => (one instanceof Error ? [] : [one.row]));
  const together = rows.length > 1 ? await ensureTogether(shop.client, rows).catch(asError) : NONE;
  const limit = pLimit(CONCURRENCY);
  const codeOf = async (one: PreparedOrder): Promise<PromoCode | Error> => {
    const result = await limit(() => complete(shop.client, one, together)).catch(asError);
    if (result instanceof Error) shop.promotions.forget(one.order.promotion);
    return result;
  };
  return await Promise.all(prepared.map((one) => (one instanceof Error ? one : codeOf(one))));
}

async function prepare(
  { client, promotions, key }: PromoCodeShop,
  order: PromoCodeOrder,
): Promise<PreparedOrder> {
  const { id, code } = derivePromoCode({ key, purchaseId: order.purchaseId, prefix: order.prefix });
  const promotion = await promotions.require(client, order.promotion);
  return { order, promotion, row: { id, code, promotionId: promotion.id } };
}

/** What is in the shop already, and what could be created in one call, by id. */
async function ensureTogether(
  client: ShopwareClient,
  rows: readonly IndividualCode[],
): Promise<Map<string, StoredCode>> {
  // By id, since a batch may hold two events of one purchase.
  const byId = new Map(rows.map((row) => [row.id, row]));
  const existing = await findByIds(client, [...byId.keys()]);
  const missing = [...byId.values()].filter(({ id }) => !existing.has(id));
  const created = missing.length > 1 && (await createdTogether(client, missing)) ? missing : [];
  return new Map<string, StoredCode>([
    ...[...existing.values()].map((row) => [row.id, { row, created: false }] as const),
    ...created.map((row) => [row.id, { row, created: true }] as const),
  ]);
}

/** False whatever went wrong: one by one, each code meets the same trouble, or succeeds, and says so itself. */
async function createdTogether(client: ShopwareClient, rows: readonly IndividualCode[]): Promise<boolean> {
  try {
    await createMany(client, rows);
    return true;
  } catch {
    return false;
  }
}

/**
 * A row that was there already is this purchase's own, since nobody else can derive its id. Its code is taken as it
 * stands, as the prefix in the node may have been changed since; but a purchase gets no second code elsewhere.
 */
async function complete(
  client: ShopwareClient,
  { order, promotion, row }: PreparedOrder,
  together: ReadonlyMap<string, StoredCode> | Error,
): Promise<PromoCode> {
  if (together instanceof Error) throw together;
  const stored = together.get(row.id) ?? (await createOne(client, row));
  const { id, code, promotionId } = stored.row;
  if (promotionId === promotion.id) return { code, id, promotion, created: stored.created };
  throw new ServiceError(
    SHOPWARE,
    `${SHOPWARE} already has the promo code ${code} for the purchase ${order.purchaseId}, in another promotion ` +
      `(${promotionId}). Choose that promotion in the node, or give this one a purchase ID of its own.`,
    false,
  );
}
