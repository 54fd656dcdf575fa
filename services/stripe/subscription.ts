import { parseAnswer, systemClock, type Clock } from '../http';
import { STRIPE, type StripeClient } from './client';
import { listAll } from './list';
import type { PlanStatus } from './plan-statement';
import {
  itemWith,
  productSchema,
  subscriptionWith,
  type SubscriptionAnswer,
  type SubscriptionItem,
} from './subscription-answer';
import { detailsOf, type SubscriptionDetails } from './subscription-details';
import { emailText, trimmed } from './text';
import { highestTier, tierIn, type Tier } from './tier';

// With the object asked for with `expand`: an id alone would silently be no plan.
const item = itemWith(productSchema);
const subscriptionSchema = subscriptionWith(item);

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
  details: SubscriptionDetails;
}

/**
 * The subscription as it is now, with its customer, products and newest invoice, in one call unless its items fill
 * several pages. `planKey` is the entry in the metadata of the products, or else of the prices, that names the tier.
 * Throws a `ServiceError` with status 404 for one that Stripe does not have; ended ones it keeps.
 */
export async function readSubscription(
  client: StripeClient,
  id: string,
  planKey = 'plan',
  clock: Pick<Clock, 'now'> = systemClock,
): Promise<Subscription> {
  const action = `retrieve the subscription ${id}`;
  const readAt = clock.now();
  const body = await client.get(action, `/v1/subscriptions/${encodeURIComponent(id)}`, {
    'expand[]': ['customer', 'items.data.price.product', 'latest_invoice'],
  });
  const answer = parseAnswer({ service: STRIPE, action }, subscriptionSchema, body);
  const items = answer.items.has_more ? await readItems(client, id) : answer.items.data;
  return subscriptionOf(answer, items, { planKey, readAt });
}

/** All items of a subscription, for one whose first ones were not all. */
export function readItems(client: StripeClient, id: string): Promise<SubscriptionItem[]> {
  return listAll(client, item, {
    action: `list the items of the subscription ${id}`,
    path: '/v1/subscription_items',
    query: { subscription: id, 'expand[]': ['data.price.product'] },
  });
}

/** What Stripe answered at `readAt` (milliseconds since 1970), with all items. */
export function subscriptionOf(
  answer: SubscriptionAnswer,
  items: readonly SubscriptionItem[],
  { planKey, readAt }: { planKey: string; readAt: number },
): Subscription {
  const tierOf = ({ price }: SubscriptionItem) => tierIn(planKey, price.product.metadata, price.metadata);
  const tier = highestTier(items.map(tierOf));
  const named = items.find((one) => tierOf(one) === tier) ?? items[0];
  return {
    id: answer.id,
    customerId: answer.customer.id,
    email: emailText(answer.customer.email),
    name: trimmed(answer.customer.name),
    productName: trimmed(named?.price.product.name),
    tier,
    status: statusOf(answer),
    hasBegun: !NEVER_BEGUN.has(answer.status),
    tierOfProduct: new Map(
      items.map(({ price: { product } }) => [product.id, tierIn(planKey, product.metadata)]),
    ),
    details: detailsOf(answer, items, { named, tier, readAt }),
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
}: SubscriptionAnswer): PlanStatus {
  if (status === 'canceled' || status === 'incomplete_expired') return 'churned';
  if (cancel_at_period_end || cancel_at) return 'cancelled';
  if (status === 'paused' || pause_collection) return 'paused';
  if (status === 'trialing' || status === 'active') return status;
  return 'past_due';
}
