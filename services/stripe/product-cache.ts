import type { StripeClient } from './client';
import { listAll } from './list';
import { productSchema, type ProductOfItem } from './subscription-answer';

/** The most that one call is asked for; each of them is a part of its address. */
const MOST_IDS = 50;

/** Products by their ids, each read once, for lists that cannot hold them: `expand` goes four levels deep at most. */
export class ProductCache {
  private readonly products = new Map<string, ProductOfItem>();

  constructor(private readonly client: StripeClient) {}

  /** Reads those that are not known yet. Throws `ServiceError` when they cannot be had. */
  async load(ids: Iterable<string>): Promise<void> {
    const missing = [...new Set(ids)].filter((id) => !this.products.has(id));
    for (let start = 0; start < missing.length; start += MOST_IDS) {
      const wanted = missing.slice(start, start + MOST_IDS);
      const found = await listAll(this.client, productSchema, {
        action: 'list the products of subscriptions',
        path: '/v1/products',
        query: { 'ids[]': wanted },
      });
      // One that was deleted has nothing left but its id.
      for (const id of wanted) this.products.set(id, { id });
      for (const product of found) this.products.set(product.id, product);
    }
  }

  /** One that was loaded. */
  get(id: string): ProductOfItem {
    return this.products.get(id) ?? { id };
  }
}
