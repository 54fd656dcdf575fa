import { buyerOf, objectOf, type LemonSqueezyEvent, type LemonSqueezyObject, type Named } from './schemas';
import type { Buyer, Nothing, PlanStatement, PlanStatus } from './statements';
import { tiersIn, type Tier } from './tier';

/** docs.lemonsqueezy.com/api/subscriptions/the-subscription-object; a cancelled one is paid until it expires. */
const STATUS_OF: ReadonlyMap<string, PlanStatus> = new Map([
  ['on_trial', 'trialing'],
  ['active', 'active'],
  ['past_due', 'past_due'],
  ['unpaid', 'past_due'],
  ['paused', 'paused'],
  ['cancelled', 'cancelled'],
  ['expired', 'churned'],
]);

/** What an order's status says of what was bought with it; one that is pending or failed was not bought. */
const STATUS_OF_ORDER: ReadonlyMap<string, PlanStatus> = new Map([
  ['paid', 'active'],
  ['partial_refund', 'active'],
  ['refunded', 'churned'],
]);

/** The more final a status is, the later it counts among those of one moment. */
const RANKS: Readonly<Record<PlanStatus, number>> = {
  trialing: 0,
  active: 1,
  past_due: 2,
  paused: 3,
  cancelled: 4,
  churned: 5,
};

/**
 * What an event says about its customer's plan; the tier is the word `free`, `pro` or `enterprise` in the name of the
 * variant, else of the product. Of an event that says nothing about a plan, the reason.
 */
export function planIn(event: LemonSqueezyEvent): (Buyer & { plan: PlanStatement }) | Nothing {
  const object = objectOf(event);
  if ('nothing' in object) return object;
  const said = whatIsSaid(object);
  if ('nothing' in said) return said;
  const { status, names, ...about } = said;
  const tier = tierIn(names);
  if (typeof tier !== 'string') return tier;
  const { attributes } = object;
  return {
    ...buyerOf(attributes),
    plan: {
      ...about,
      asOf: attributes.updated_at,
      rank: RANKS[status],
      tier: status === 'churned' ? null : tier,
      status,
    },
  };
}

function whatIsSaid(
  object: LemonSqueezyObject,
): { subject: string; replaces?: string; status: PlanStatus; names: Named } | Nothing {
  const { id, attributes } = object;
  switch (object.type) {
    case 'subscriptions': {
      const status = STATUS_OF.get(attributes.status);
      if (!status) return { nothing: `The subscription's status "${attributes.status}" is unknown.` };
      const { order_id: order, ...names } = object.attributes;
      return { subject: `subscription:${id}`, ...(order && { replaces: `order:${order}` }), status, names };
    }
    case 'orders': {
      const status = STATUS_OF_ORDER.get(attributes.status);
      if (!status) return { nothing: `The order is not paid: it is ${attributes.status}.` };
      return { subject: `order:${id}`, status, names: object.attributes.first_order_item ?? {} };
    }
    case 'subscription-invoices':
      return { nothing: 'An invoice says nothing about the plan.' };
  }
}

function tierIn({ variant_name: variant, product_name: product }: Named): Tier | Nothing {
  const names = [variant, product].flatMap((name) => name ?? []);
  const [tier, another] = names.map(tiersIn).find((tiers) => tiers.length > 0) ?? [];
  if (tier !== undefined && another === undefined) return tier;
  const what = names.map((name) => `"${name}"`).join(' of ') || 'What was bought';
  return {
    nothing: `${what} names ${tier ? 'several plans' : 'no plan'}. In Lemon Squeezy, put one of the words Free, Pro or Enterprise into the name of the variant.`,
  };
}
