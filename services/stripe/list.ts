import { z } from 'zod/v4';
import { parseAnswer, type CallOptions } from '../http';
import { STRIPE, type StripeClient } from './client';

/** The most Stripe gives at once. */
const PAGE_SIZE = 100;

export interface ListCall {
  /** The end of "could not …". */
  action: string;
  path: string;
  query?: Record<string, string | boolean | readonly string[]>;
  /** The id behind which to begin; from the list's beginning unless given. */
  after?: string | undefined;
  /** What an admin can do about a status of this call. */
  advice?: CallOptions['advice'];
}

/** Every object of a list, page by page, in Stripe's order. Throws `ServiceError` when a page cannot be had. */
export async function listAll<Item extends z.ZodType<{ id: string }>>(
  client: StripeClient,
  item: Item,
  call: ListCall,
): Promise<Array<z.output<Item>>> {
  const items: Array<z.output<Item>> = [];
  for await (const page of listPages(client, item, call)) items.push(...page);
  return items;
}

/** As {@link listAll}, a page of up to 100 at a time; the next one is fetched only when it is asked for. */
export async function* listPages<Item extends z.ZodType<{ id: string }>>(
  client: StripeClient,
  item: Item,
  { action, path, query, advice, ...call }: ListCall,
): AsyncGenerator<Array<z.output<Item>>, void, undefined> {
  const page = z.object({ data: z.array(item), has_more: z.boolean() });
  for (let { after } = call; ;) {
    const { body } = await client.call({
      action,
      method: 'GET',
      path,
      query: { ...query, limit: PAGE_SIZE, ...(after !== undefined && { starting_after: after }) },
      ...(advice && { advice }),
    });
    const { data, has_more: hasMore } = parseAnswer({ service: STRIPE, action }, page, body);
    yield data;
    after = data.at(-1)?.id;
    if (!hasMore || after === undefined) return;
  }
}
