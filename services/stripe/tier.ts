/** What a customer may be on. */
export type Tier = 'free' | 'pro' | 'enterprise';

/** Lowest first. */
const TIERS: readonly Tier[] = ['free', 'pro', 'enterprise'];

/** What Stripe keeps beside a product or a price. */
export type Metadata = Readonly<Record<string, string>>;

/**
 * The tier that an entry of the metadata names, in upper or lower case: the product's, else the price's. Undefined when
 * neither names one.
 */
export function tierIn(key: string, product: Metadata = {}, price: Metadata = {}): Tier | undefined {
  return tierOf(product[key]) ?? tierOf(price[key]);
}

/** The highest of several; null for none. */
export function highestTier(tiers: ReadonlyArray<Tier | undefined>): Tier | null {
  return TIERS.findLast((tier) => tiers.includes(tier)) ?? null;
}

function tierOf(value: string | undefined): Tier | undefined {
  return TIERS.find((tier) => tier === value?.trim().toLowerCase());
}
