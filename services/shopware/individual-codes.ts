import { z } from 'zod/v4';
import { ServiceError, parseAnswer, type HttpResponse } from '../http';
import { SHOPWARE, hasErrorCode, type SearchCriteria, type ShopwareClient } from './client';

/** Shopware's older releases allow no more in one search (`shopware.api.max_limit`). */
const BATCH = 100;

const individualCode = z.object({ id: z.string(), code: z.string(), promotionId: z.string() });

/** A row of a promotion's individual codes. */
export type IndividualCode = z.output<typeof individualCode>;

const INCLUDES = { promotion_individual_code: ['id', 'code', 'promotionId'] };

/** With who redeemed it, in which order; null until then. Never left out, or a redeemed code would pass for a new one. */
const redeemableCode = individualCode.extend({ payload: z.json() });

/** A code, and whether somebody has redeemed it. */
export interface RedeemableCode {
  id: string;
  code: string;
  redeemed: boolean;
}

/** A code that is in the shop now. */
export interface StoredCode {
  row: IndividualCode;
  /** Whether it was put there by this call. */
  created: boolean;
}

/** Of these ids, the codes that are already in the shop, by id. */
export async function findByIds(
  client: ShopwareClient,
  ids: readonly string[],
): Promise<Map<string, IndividualCode>> {
  const rows = await searchByIds(client, ids, INCLUDES, individualCode);
  return new Map(rows.map((row) => [row.id, row]));
}

/** As {@link findByIds}, with whether each has been redeemed. */
export async function findRedeemable(
  client: ShopwareClient,
  ids: readonly string[],
): Promise<Map<string, RedeemableCode>> {
  const includes = { promotion_individual_code: [...INCLUDES.promotion_individual_code, 'payload'] };
  const rows = await searchByIds(client, ids, includes, redeemableCode);
  return new Map(rows.map(({ id, code, payload }) => [id, { id, code, redeemed: payload !== null }]));
}

async function searchByIds<Row extends z.ZodType>(
  client: ShopwareClient,
  ids: readonly string[],
  includes: SearchCriteria['includes'],
  schema: Row,
): Promise<Array<z.output<Row>>> {
  const pages = await Promise.all(
    chunks(ids).map((chunk) =>
      client.search(
        'look for promo codes of these purchases',
        'promotion-individual-code',
        { limit: BATCH, ids: chunk, includes },
        schema,
      ),
    ),
  );
  return pages.flat();
}

/** Takes a code out of the shop; that it is gone already is as good. */
export async function removeOne(client: ShopwareClient, { id, code }: RedeemableCode): Promise<void> {
  await client.call({
    action: `remove the promo code ${code}`,
    method: 'DELETE',
    path: `/promotion-individual-code/${id}`,
    expect: [404],
    repeatable: true,
  });
}

/**
 * Puts many new codes into the shop, in one call per hundred; each call is carried out as a whole or not at all.
 * `payload`, which says who redeemed a code, is never sent: it would make a redeemed code good again.
 */
export async function createMany(client: ShopwareClient, rows: readonly IndividualCode[]): Promise<void> {
  for (const chunk of chunks(rows)) {
    await client.call({
      action: `create ${chunk.length} promo codes`,
      method: 'POST',
      path: '/_action/sync',
      body: [{ entity: 'promotion_individual_code', action: 'upsert', payload: chunk }],
    });
  }
}

/**
 * Puts one code into the shop unless it is there, with one call when it is new. A call whose answer was lost is
 * repeated: then Shopware says that the id exists, which is success. Throws `ServiceError`.
 */
export async function createOne(client: ShopwareClient, row: IndividualCode): Promise<StoredCode> {
  const call = {
    action: `create the promo code ${row.code}`,
    method: 'POST',
    path: '/promotion-individual-code',
    body: row,
    expect: [400, 500],
    repeatable: true,
  } as const;
  const answer = await client.call(call);
  if (answer.status < 300) return { row, created: true };
  if (hasErrorCode(answer, 'FRAMEWORK__WRITE_TYPE_INTEND_ERROR')) {
    return { row: await readOne(client, row.id), created: false };
  }
  if (answer.status === 500) return { row: await ownRowAfter500(client, row, call, answer), created: false };
  throw client.failure(call, answer);
}

/**
 * The code column is unique over all promotions, and Shopware tells a violation only as an unhandled SQL error 1062,
 * on some releases without its number. So every 500 is followed by a look at who has the code.
 */
async function ownRowAfter500(
  client: ShopwareClient,
  row: IndividualCode,
  call: { action: string },
  answer: HttpResponse,
): Promise<IndividualCode> {
  const [holder] = await client.search(
    `look for the promo code ${row.code}`,
    'promotion-individual-code',
    { limit: 1, filter: [{ type: 'equals', field: 'code', value: row.code }], includes: INCLUDES },
    individualCode,
  );
  if (!holder) throw client.failure(call, answer);
  if (holder.id === row.id) return holder;
  throw new ServiceError(
    SHOPWARE,
    `${SHOPWARE} could not ${call.action}: the code is taken by another purchase or was made by hand ` +
      `(individual code ${holder.id} of promotion ${holder.promotionId}). Delete that one if it is not in use, ` +
      'or give this purchase a code by hand.',
    false,
  );
}

async function readOne(client: ShopwareClient, id: string): Promise<IndividualCode> {
  const action = `read the promo code ${id}`;
  const { body } = await client.call({ action, method: 'GET', path: `/promotion-individual-code/${id}` });
  return parseAnswer({ service: SHOPWARE, action }, z.object({ data: individualCode }), body).data;
}

function chunks<Item>(items: readonly Item[]): Item[][] {
  return Array.from({ length: Math.ceil(items.length / BATCH) }, (_, index) =>
    items.slice(index * BATCH, (index + 1) * BATCH),
  );
}
