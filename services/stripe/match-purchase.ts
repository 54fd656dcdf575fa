import type { LineItem } from './checkout-session';

/** Which products of a purchase count. */
export type PurchaseRule =
  | { by: 'any' }
  /** Products with this entry in their metadata; the value is compared without regard to case and outer blanks. */
  | { by: 'metadata'; key: string; value: string }
  | { by: 'products'; ids: readonly string[] };

export interface PurchasedProduct {
  /** Null for a line without a price. */
  id: string | null;
  name: string | null;
  quantity: number;
  metadata: Record<string, string>;
  matches: boolean;
}

export interface MatchedPurchase {
  /** One entry for each line of the purchase. */
  products: PurchasedProduct[];
  /** Of the matching lines together; 0 when none matches. */
  quantity: number;
  matches: boolean;
}

/** Decides line by line what of a purchase counts; it matches as soon as one line does. */
export function matchPurchase(rule: PurchaseRule, items: readonly LineItem[]): MatchedPurchase {
  const products = items.map((item) => ({
    id: item.product?.id ?? null,
    name: item.product?.name ?? item.description,
    quantity: item.quantity,
    metadata: item.product?.metadata ?? {},
    matches: itemMatches(rule, item),
  }));
  const matching = products.filter(({ matches }) => matches);
  const quantity = matching.reduce((sum, product) => sum + product.quantity, 0);
  return { products, quantity, matches: matching.length > 0 };
}

function itemMatches(rule: PurchaseRule, { product }: LineItem): boolean {
  switch (rule.by) {
    case 'any':
      return true;
    case 'products':
      return product !== null && rule.ids.includes(product.id);
    case 'metadata': {
      const value = product?.metadata[rule.key];
      return value !== undefined && normalised(value) === normalised(rule.value);
    }
  }
}

function normalised(value: string): string {
  return value.trim().toLowerCase();
}
