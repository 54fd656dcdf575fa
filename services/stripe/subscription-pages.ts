import { z } from 'zod/v4';
import { systemClock, type Clock } from '../http';
import type { StripeClient } from './client';
import { listPages } from './list';
import { planStatement, type StripeNotice } from './plan-statement';
import { prefetched } from './prefetched';
import { ProductCache } from './product-cache';
import { readItems, subscriptionOf, type Subscription } from './subscription';
import { itemWith, subscriptionWith, type SubscriptionItem } from './subscription-answer';
import { saying, type ReadSubscription } from './subscription-reader';
import { tierIn } from './tier';

// `data.items.data.price.product` would be five levels: docs.stripe.com/expand allows four.
const subscriptionSchema = subscriptionWith(itemWith(z.string()));

type Listed = z.output<typeof subscriptionSchema>;

/** Which subscriptions of a Stripe account are meant: other products may be sold there as well. */
export type OwnSubscriptions =
  | { by: 'any' }
  /** One of its products, or prices, names a plan under this key of its metadata. */
  | { by: 'metadata'; key: string }
  | { by: 'products'; ids: readonly string[] };

export interface SubscriptionQuery {
  /** The entry in the metadata of the products, or else of the prices, that names the tier. */
  planKey: string;
  ours: OwnSubscriptions;
  /** When it was made at Stripe: both ends included, in whole seconds. */
  createdFrom?: Date | undefined;
  createdUntil?: Date | undefined;
  /** The last id of an earlier page, to go on behind it. */
  after?: string | undefined;
}

/** A subscription as it is now; its statement has the time at which Stripe was asked. */
export type ListedSubscription = ReadSubscription & Pick<Subscription, 'customerId' | 'details'>;

export interface SubscriptionPage {
  /** Newest first. */
  readings: ListedSubscription[];
  /** How many are not ours. */
  skipped: number;
  /** The id of the page's last subscription, ours or not. */
  last: string;
}

/**
 * All subscriptions, ended ones as well, newest first, up to 100 at a time: one call for each page, and further ones for
 * products that were not seen before and for subscriptions with many items. The next page is read while the caller
 * works on one. Throws `ServiceError` when a page cannot be had; `after` goes on from there.
 */
export function subscriptionPages(
  client: StripeClient,
  query: SubscriptionQuery,
  clock: Pick<Clock, 'now'> = systemClock,
): AsyncGenerator<SubscriptionPage, void, undefined> {
  return prefetched(readPages(client, query, clock));
}

async function* readPages(
  client: StripeClient,
  query: SubscriptionQuery,
  clock: Pick<Clock, 'now'>,
): AsyncGenerator<SubscriptionPage, void, undefined> {
  const { createdFrom, createdUntil, after, planKey, ours } = query;
  const products = new ProductCache(client);
  const pages = listPages(client, subscriptionSchema, {
    action: 'list its subscriptions',
    path: '/v1/subscriptions',
    query: {
      status: 'all',
      ...(createdFrom && { 'created[gte]': secondsOf(createdFrom) }),
      ...(createdUntil && { 'created[lte]': secondsOf(createdUntil) }),
      'expand[]': ['data.customer', 'data.latest_invoice'],
    },
    after,
  });
  for (;;) {
    // A page is asked for by what comes next, and not before.
    const readAt = clock.now();
    const { done, value: answers } = await pages.next();
    if (done) return;
    const last = answers.at(-1)?.id;
    if (last === undefined) return;
    await products.load(answers.flatMap(({ items }) => items.data.map(({ price }) => price.product)));
    const readings: ListedSubscription[] = [];
    for (const answer of answers) {
      const items = await itemsOf(client, answer, products);
      if (isOurs(ours, items)) {
        readings.push(asItIs(subscriptionOf(answer, items, { planKey, readAt }), planKey));
      }
    }
    yield { readings, skipped: answers.length - readings.length, last };
  }
}

async function itemsOf(
  client: StripeClient,
  { id, items }: Listed,
  products: ProductCache,
): Promise<SubscriptionItem[]> {
  if (items.has_more) return await readItems(client, id);
  return items.data.map((item) => ({
    ...item,
    price: { ...item.price, product: products.get(item.price.product) },
  }));
}

function isOurs(ours: OwnSubscriptions, items: readonly SubscriptionItem[]): boolean {
  switch (ours.by) {
    case 'any':
      return true;
    case 'metadata':
      return items.some(
        ({ price }) => tierIn(ours.key, price.product.metadata, price.metadata) !== undefined,
      );
    case 'products':
      return items.some(({ price }) => ours.ids.includes(price.product.id));
  }
}

/**
 * Said by nobody but the list itself: an event of the same second whose subscription was read later knows better. Its
 * time is in whole seconds, as those of events are, or it would come after all of them.
 */
function asItIs(subscription: Subscription, planKey: string): ListedSubscription {
  const second = Math.floor(subscription.details.readAt.getTime() / 1000) * 1000;
  const notice: StripeNotice = {
    type: 'customer.subscription.updated',
    occurredAt: new Date(second),
    payload: undefined,
  };
  return saying(subscription, planKey, planStatement(subscription, notice));
}

function secondsOf(date: Date): string {
  return String(Math.floor(date.getTime() / 1000));
}
