import { z } from 'zod/v4';
import { parseAnswer } from '../http';
import { STRIPE, type StripeClient } from './client';

/** The most Stripe gives at once. */
const PAGE_SIZE = 100;

export interface ListCall {
  /** The end of "could not …". */
  action: string;
  path: string;
  query?: Record<string, string | boolean | readonly string[]>;
}

/** Every object of a list, page by page, in Stripe's order. Throws `ServiceError` when a page cannot be had. */
export async function listAll<Item extends z.ZodType<{ id: string }>>(
  client: StripeClient,
  item: Item,
  { action, path, query }: ListCall,
): Promise<Array<z.output<Item>>> {
  const page = z.object({ data: z.array(item), has_more: z.boolean() });
  const items: Array<z.output<Item>> = [];
  for (let after: string | undefined; ;) {
    const body = await client.get(action, path, {
      ...query,
      limit: PAGE_SIZE,
      ...(after !== undefined && { starting_after: after }),
    });
    const { data, has_more: hasMore } = parseAnswer({ service: STRIPE, action }, page, body);
    items.push(...data);
    after = data.at(-1)?.id;
    if (!hasMore || after === undefined) return items;
  }
}
