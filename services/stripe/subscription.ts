import { z } from 'zod/v4';
import { parseAnswer } from '../http';
import { STRIPE, type StripeClient } from './client';
import { listAll } from './list';
import type { PlanStatus } from './plan-statement';
import { emailText, trimmed } from './text';
import { highestTier, tierIn, type Tier } from './tier';

const metadata = z.record(z.string(), z.string()).optional();

const item = z.object({
  id: z.string(),
  price: z.object({
    metadata,
    // The object asked for with `expand`: an id alone would silently be no plan. A deleted one has no metadata.
    product: z.object({ id: z.string(), name: z.string().optional(), metadata }),
  }),
});

const subscriptionSchema = z.object({
  id: z.string(),
  status: z.string(),
  cancel_at_period_end: z.boolean(),
  cancel_at: z.number().nullish(),
  pause_collection: z.looseObject({}).nullish(),
  // Likewise; of a deleted customer only the id is left.
  customer: z.object({ id: z.string(), email: z.string().nullish(), name: z.string().nullish() }),
  items: z.object({ data: z.array(item), has_more: z.boolean() }),
});

type Item = z.output<typeof item>;
type Answer = z.output<typeof subscriptionSchema>;

/** A subscription as it is now. */
export interface Subscription {
  id: string;
  customerId: string;
  /** Lower-cased and trimmed; null when Stripe has none, as of a deleted customer. */
  email: string | null;
  name: string | null;
  /** Of the product that names the tier, else of the first. */
  productName: string | null;
  /** The highest that its products name; null when none is one of the plans. */
  tier: Tier | null;
  status: PlanStatus;
  /** Whether it ever came about: not while its first payment is missing, nor when that never came. */
  hasBegun: boolean;
  /** The tiers that its products name themselves, by product id. */
  tierOfProduct: ReadonlyMap<string, Tier | undefined>;
}

/**
 * The subscription as it is now, with its customer and products, in one call unless its items fill several pages.
 * `planKey` is the entry in the metadata of
 * the products, or else of the prices, that names the tier. Throws a `ServiceError` with status 404 for one that Stripe
 * does not have; ended ones it keeps.
 */
export async function readSubscription(
  client: StripeClient,
  id: string,
  planKey = 'plan',
): Promise<Subscription> {
  const action = `retrieve the subscription ${id}`;
  const body = await client.get(action, `/v1/subscriptions/${encodeURIComponent(id)}`, {
    'expand[]': ['customer', 'items.data.price.product'],
  });
  const answer = parseAnswer({ service: STRIPE, action }, subscriptionSchema, body);
  const items = answer.items.has_more ? await readItems(client, id) : answer.items.data;
  return subscriptionOf(answer, items, planKey);
}

function readItems(client: StripeClient, id: string): Promise<Item[]> {
  return listAll(client, item, {
    action: `list the items of the subscription ${id}`,
    path: '/v1/subscription_items',
    query: { subscription: id, 'expand[]': ['data.price.product'] },
  });
}

function subscriptionOf(answer: Answer, items: readonly Item[], planKey: string): Subscription {
  const products = items.map(({ price }) => ({
    ...price.product,
    tier: tierIn(planKey, price.product.metadata, price.metadata),
  }));
  const tier = highestTier(products.map((product) => product.tier));
  const named = products.find((product) => product.tier === tier) ?? products[0];
  return {
    id: answer.id,
    customerId: answer.customer.id,
    email: emailText(answer.customer.email),
    name: trimmed(answer.customer.name),
    productName: named?.name ?? null,
    tier,
    status: statusOf(answer),
    hasBegun: !NEVER_BEGUN.has(answer.status),
    tierOfProduct: new Map(products.map((product) => [product.id, tierIn(planKey, product.metadata)])),
  };
}

const NEVER_BEGUN: ReadonlySet<string> = new Set(['incomplete', 'incomplete_expired']);

/**
 * Stripe's status in the words of this package. Ended is ended; of what lives on, an end that is set comes first
 * (`cancel_at_period_end`, or a `cancel_at` as portals set it), then a pause of the subscription or of its payments.
 * `unpaid` counts as past due: Stripe has given up collecting, but the subscription can be taken up again.
 */
function statusOf({
  status,
  cancel_at_period_end,
  cancel_at,
  pause_collection,
}: Pick<Answer, 'status' | 'cancel_at_period_end' | 'cancel_at' | 'pause_collection'>): PlanStatus {
  if (status === 'canceled' || status === 'incomplete_expired') return 'churned';
  if (cancel_at_period_end || typeof cancel_at === 'number') return 'cancelled';
  if (status === 'paused' || pause_collection) return 'paused';
  if (status === 'trialing' || status === 'active') return status;
  return 'past_due';
}
