import { z } from 'zod/v4';
import type { StripeClient } from './client';
import { listAll } from './list';

const product = z.object({ id: z.string(), name: z.string() });

export type Product = z.output<typeof product>;

/** All active products, by name. */
export async function listProducts(client: StripeClient): Promise<Product[]> {
  const products = await listAll(client, product, {
    action: 'list the products',
    path: '/v1/products',
    query: { active: true },
  });
  return products.sort((one, other) => one.name.localeCompare(other.name));
}
