import { z } from 'zod/v4';
import { ServiceError, asError, parseAnswer, systemClock, type Clock } from '../http';
import { STRIPE, type StripeClient } from './client';
import { payerIn, readPayer } from './payer';
import { endStatement, isEnd, planStatement, type PlanStatement, type StripeNotice } from './plan-statement';
import { readSubscription, type Subscription } from './subscription';
import type { SubscriptionDetails } from './subscription-details';
import { highestTier, tierIn, type Tier } from './tier';

/** What an event's subscription is now, and what that says about the customer's plan. */
export interface ReadSubscription extends Omit<
  Subscription,
  'customerId' | 'hasBegun' | 'tierOfProduct' | 'details'
> {
  customerId: string | null;
  /** Null once Stripe has the subscription no more. */
  details: SubscriptionDetails | null;
  statement: PlanStatement | null;
  /** Why there is no statement. */
  nothing?: string;
}

const metadata = z.record(z.string(), z.string()).optional();

/** What an update says the items were before; products are never expanded in events. */
const beforeSchema = z.object({
  data: z.object({
    previous_attributes: z.object({
      items: z.object({
        data: z.array(z.object({ price: z.object({ product: z.string(), metadata }) })),
      }),
    }),
  }),
});

const productSchema = z.object({ metadata });

/** Reads the subscriptions of one run's events, each subscription and product once. */
export class SubscriptionReader {
  private readonly readings = new Map<string, Promise<Subscription>>();
  private readonly products = new Map<string, Promise<Tier | undefined>>();

  /** `planKey` is the entry in the metadata of products that names the tier. */
  constructor(
    private readonly client: StripeClient,
    private readonly planKey: string,
    private readonly clock: Pick<Clock, 'now'> = systemClock,
  ) {}

  /**
   * The subscription `id` as it is now: whichever event asks, and in which order, the answer is right. Its statement has
   * the time of the event that asks. Throws `ServiceError` when it cannot be had; that Stripe no longer has it is an
   * answer only where the event says that it is over.
   */
  async read(id: string, notice: StripeNotice): Promise<ReadSubscription> {
    const subscription = await (isEnd(notice) ? unlessMissing(this.reading(id)) : this.reading(id));
    if (!subscription) return await this.afterTheEnd(id, notice);
    const previousTier = await this.previousTier(notice, subscription);
    return saying(subscription, this.planKey, planStatement(subscription, notice, previousTier));
  }

  private reading(id: string): Promise<Subscription> {
    return once(this.readings, id, () => readSubscription(this.client, id, this.planKey, this.clock));
  }

  private async afterTheEnd(id: string, notice: StripeNotice): Promise<ReadSubscription> {
    const { customerId } = payerIn(notice.payload);
    const payer = customerId === null ? undefined : await unlessMissing(readPayer(this.client, customerId));
    return {
      id,
      customerId,
      email: payer?.email ?? null,
      name: payer?.name ?? null,
      productName: null,
      tier: null,
      status: 'churned',
      statement: endStatement(id, notice),
      details: null,
    };
  }

  /** The highest tier among what the event says the items were before; undefined when it says nothing of the kind. */
  private async previousTier({ payload }: StripeNotice, now: Subscription): Promise<Tier | undefined> {
    const items = beforeSchema.safeParse(payload).data?.data.previous_attributes.items.data ?? [];
    const tiers = await Promise.all(
      items.map(async ({ price: { product, metadata: ofPrice } }) => {
        const known = now.tierOfProduct.has(product);
        const tier = known ? now.tierOfProduct.get(product) : await this.tierOfProduct(product);
        return tier ?? tierIn(this.planKey, undefined, ofPrice);
      }),
    );
    return highestTier(tiers) ?? undefined;
  }

  private tierOfProduct(id: string): Promise<Tier | undefined> {
    return once(this.products, id, async () => {
      const action = `retrieve the product ${id}`;
      const path = `/v1/products/${encodeURIComponent(id)}`;
      // A product that is gone says nothing; what the customer has now matters more.
      const { status, body } = await this.client.call({ action, method: 'GET', path, expect: [404] });
      if (status === 404) return undefined;
      return tierIn(this.planKey, parseAnswer({ service: STRIPE, action }, productSchema, body).metadata);
    });
  }
}

/** A subscription and what it says about a plan, or why it says nothing. */
export function saying(
  { id, customerId, email, name, productName, tier, details, ...subscription }: Subscription,
  planKey: string,
  statement: PlanStatement | null,
): ReadSubscription & Pick<Subscription, 'customerId' | 'details'> {
  return {
    id,
    customerId,
    email,
    name,
    productName,
    tier,
    status: statement?.status ?? subscription.status,
    statement,
    ...(!statement && { nothing: reasonFor({ ...subscription, productName }, planKey) }),
    details,
  };
}

function reasonFor(
  { hasBegun, productName }: Pick<Subscription, 'hasBegun' | 'productName'>,
  planKey: string,
): string {
  if (!hasBegun) return 'its first payment has not come';
  const product = productName === null ? 'its product' : `its product "${productName}"`;
  return `${product} names no plan: "${planKey}" in its metadata is not free, pro or enterprise`;
}

/** Undefined for what Stripe does not have. */
function unlessMissing<Value>(reading: Promise<Value>): Promise<Value | undefined> {
  return reading.catch((error: unknown) =>
    error instanceof ServiceError && error.status === 404 ? undefined : Promise.reject(asError(error)),
  );
}

function once<Value>(
  kept: Map<string, Promise<Value>>,
  key: string,
  read: () => Promise<Value>,
): Promise<Value> {
  const value = kept.get(key) ?? read();
  kept.set(key, value);
  return value;
}
