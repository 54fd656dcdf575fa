import { z } from 'zod/v4';
import { ServiceError } from '../http';
import { SHOPWARE, type ShopwareClient } from './client';

const CACHE_MS = 5 * 60_000;
const LIST_PAGE = 50;

const promotion = z.object({
  id: z.string(),
  name: z.string().nullish(),
  active: z.boolean().nullish(),
  useCodes: z.boolean().nullish(),
  useIndividualCodes: z.boolean().nullish(),
  validFrom: z.string().nullish(),
  validUntil: z.string().nullish(),
});

type PromotionEntity = z.output<typeof promotion>;

const INCLUDES = {
  promotion: ['id', 'name', 'active', 'useCodes', 'useIndividualCodes', 'validFrom', 'validUntil'],
};

/** A promotion that individual codes can be added to. */
export interface Promotion {
  /** 32 lower-case hexadecimal digits. */
  id: string;
  name: string;
}

export interface PromotionSelector {
  by: 'name' | 'id';
  value: string;
}

/**
 * Finds promotions and makes sure that an individual code in them can be redeemed. What was found is kept for five
 * minutes; what was not usable is not, so that a promotion put right is used at the next try.
 */
export class Promotions {
  private readonly found = new Map<string, { entity: Promise<PromotionEntity>; until: number }>();

  constructor(private readonly now: () => number = Date.now) {}

  /** Throws a `ServiceError` that names what to change in Shopware's admin when the promotion cannot be used. */
  async require(client: ShopwareClient, selector: PromotionSelector): Promise<Promotion> {
    const entity = await this.lookUp(client, selector);
    const name = entity.name ?? selector.value;
    const problems = problemsOf(entity, this.now());
    if (problems.length === 0) return { id: entity.id, name };
    this.forget(selector);
    throw new ServiceError(
      SHOPWARE,
      `${SHOPWARE}'s promotion "${name}" cannot take individual codes: ${problems.join('; ')}. ` +
        'Change this in the Shopware admin, under Marketing > Promotions.',
      false,
    );
  }

  /** The promotion as it is, whether codes can be added to it or not. */
  async find(client: ShopwareClient, selector: PromotionSelector): Promise<Promotion> {
    const { id, name } = await this.lookUp(client, selector);
    return { id, name: name ?? selector.value };
  }

  /** To be called when something failed that an outdated look-up may have caused. */
  forget(selector: PromotionSelector): void {
    this.found.delete(keyOf(selector));
  }

  private lookUp(client: ShopwareClient, selector: PromotionSelector): Promise<PromotionEntity> {
    const kept = this.found.get(keyOf(selector));
    if (kept && kept.until > this.now()) return kept.entity;
    const entity = findPromotion(client, selector);
    this.found.set(keyOf(selector), { entity, until: this.now() + CACHE_MS });
    entity.catch(() => this.forget(selector));
    return entity;
  }
}

/** Promotions whose name contains `text`, by name, for a drop-down; `page` counts from 1. */
export async function searchPromotions(
  client: ShopwareClient,
  text: string,
  page: number,
): Promise<{ promotions: Promotion[]; hasMore: boolean }> {
  const entities = await client.search(
    'list the promotions',
    'promotion',
    {
      limit: LIST_PAGE,
      page,
      ...(text !== '' && { filter: [{ type: 'contains', field: 'name', value: text }] }),
      sort: [{ field: 'name', order: 'ASC' }],
      includes: INCLUDES,
    },
    promotion,
  );
  return {
    promotions: entities.map(({ id, name }) => ({ id, name: name ?? id })),
    hasMore: entities.length === LIST_PAGE,
  };
}

async function findPromotion(
  client: ShopwareClient,
  { by, value }: PromotionSelector,
): Promise<PromotionEntity> {
  if (by === 'id' && !/^[0-9a-f]{32}$/.test(value)) {
    throw unusable(`"${value}" is not the ID of a promotion: it has 32 digits from 0 to 9 and a to f`);
  }
  const entities = await client.search(
    `find the promotion "${value}"`,
    'promotion',
    // Two, to tell a name that is not unique.
    { limit: 2, filter: [{ type: 'equals', field: by, value }], includes: INCLUDES },
    promotion,
  );
  const [entity, another] = entities;
  if (!entity) {
    throw unusable(
      `there is no promotion with the ${by === 'id' ? 'ID' : 'name'} "${value}". Create it in the Shopware admin, ` +
        'under Marketing > Promotions, or choose another one in the node',
    );
  }
  if (another) {
    throw unusable(
      `more than one promotion is named "${value}". Rename one of them, or choose it by ID in the node`,
    );
  }
  return entity;
}

function problemsOf(entity: PromotionEntity, now: number): string[] {
  return [
    entity.active ? undefined : 'it is not active: switch on "Active"',
    entity.useCodes && entity.useIndividualCodes
      ? undefined
      : 'it is not set up for individual codes: set "Promotion code type" to "Individual promotion codes"',
    entity.validFrom && Date.parse(entity.validFrom) > now
      ? `it is valid only from ${entity.validFrom}: change "Valid from"`
      : undefined,
    entity.validUntil && Date.parse(entity.validUntil) < now
      ? `it was valid until ${entity.validUntil}: change "Valid until"`
      : undefined,
  ].filter((problem) => problem !== undefined);
}

function keyOf({ by, value }: PromotionSelector): string {
  return `${by}:${value}`;
}

function unusable(reason: string): ServiceError {
  return new ServiceError(
    SHOPWARE,
    `${SHOPWARE} could not get the promotion for a promo code: ${reason}.`,
    false,
  );
}
