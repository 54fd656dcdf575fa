import { z } from 'zod/v4';
import { ServiceError, parseAnswer } from '../http';
import { STRIPE, type StripeClient } from './client';
import { listAll } from './list';
import { emailText, trimmed } from './text';

const product = z.object({
  id: z.string(),
  /** Missing, like the metadata, once the product is deleted. */
  name: z.string().optional(),
  metadata: z.record(z.string(), z.string()).optional(),
});

const lineItem = z.object({
  id: z.string(),
  description: z.string().nullish(),
  quantity: z.number().nullish(),
  // The product must be the object asked for with `expand`: an id alone would silently match no metadata.
  price: z.object({ product }).nullish(),
});

const checkoutSession = z.object({
  id: z.string(),
  payment_status: z.string(),
  currency: z.string().nullish(),
  amount_total: z.number().int().nullish(),
  locale: z.string().nullish(),
  customer_email: z.string().nullish(),
  customer_details: z.object({ email: z.string().nullish(), name: z.string().nullish() }).nullish(),
  /** There because it is asked for with `expand`: the first ten. */
  line_items: z.object({ data: z.array(lineItem), has_more: z.boolean() }),
  // Likewise. Null where nothing was to be paid, and for subscriptions, which their invoice is paid for.
  payment_intent: z.object({ latest_charge: z.object({ refunded: z.boolean() }).nullish() }).nullish(),
});

const foundSessions = z.object({ data: z.array(z.object({ id: z.string() })) });

/** What the flows need to know of a Checkout Session. */
export interface CheckoutSession {
  id: string;
  /** Lower-cased and trimmed; null when Stripe has none. */
  email: string | null;
  name: string | null;
  /** IETF language tag; null when Stripe left it to the browser (`auto`). */
  locale: string | null;
  /** ISO 4217, lower case. */
  currency: string | null;
  /** In the currency's smallest unit, discounts and taxes included. */
  amountTotal: number | null;
  /** `paid`, `unpaid`, `no_payment_required`, or what Stripe adds to these. */
  paymentStatus: string;
  /** Whether all of the money was given back, which leaves `paymentStatus` as it is. */
  refunded: boolean;
  /** All of them, also when they fill more than a page. */
  items: LineItem[];
}

/** One line of a purchase. */
export interface LineItem {
  id: string;
  description: string | null;
  quantity: number;
  /** Null when the line has no price; a deleted product has neither a name nor metadata. */
  product: { id: string; name: string | null; metadata: Record<string, string> } | null;
}

/**
 * The session as it is now, with all its line items and their products, which no event has; an event's copy of the
 * session may be outdated. One call, and one more for every hundred items when there are more than ten.
 */
export async function retrieveCheckoutSession(client: StripeClient, id: string): Promise<CheckoutSession> {
  const action = `retrieve the checkout session ${id}`;
  const body = await client.get(action, `/v1/checkout/sessions/${encodeURIComponent(id)}`, {
    'expand[]': ['line_items.data.price.product', 'payment_intent.latest_charge'],
  });
  const session = parseAnswer({ service: STRIPE, action }, checkoutSession, body);
  const { data, has_more: hasMore } = session.line_items;
  const items = hasMore ? await listLineItems(client, id) : data;
  return {
    id: session.id,
    // What the buyer typed comes before what the shop had filled in for them.
    email: emailText(session.customer_details?.email) ?? emailText(session.customer_email),
    name: trimmed(session.customer_details?.name),
    locale: session.locale && session.locale !== 'auto' ? session.locale : null,
    currency: session.currency ?? null,
    amountTotal: session.amount_total ?? null,
    paymentStatus: session.payment_status,
    refunded: session.payment_intent?.latest_charge?.refunded ?? false,
    items: items.map(lineItemOf),
  };
}

/**
 * The session in which a payment was made, as {@link retrieveCheckoutSession} has it; undefined for a payment that was
 * made elsewhere. Two calls: a list cannot hold products, which lie more levels deep than `expand` goes.
 */
export async function findCheckoutSession(
  client: StripeClient,
  paymentIntentId: string,
): Promise<CheckoutSession | undefined> {
  const action = `find the checkout session of the payment ${paymentIntentId}`;
  const body = await client.get(action, '/v1/checkout/sessions', {
    payment_intent: paymentIntentId,
    limit: 1,
  });
  const [session] = parseAnswer({ service: STRIPE, action }, foundSessions, body).data;
  return session && (await retrieveCheckoutSession(client, session.id));
}

async function listLineItems(
  client: StripeClient,
  sessionId: string,
): Promise<Array<z.output<typeof lineItem>>> {
  return await listAll(client, lineItem, {
    action: `list the items of the checkout session ${sessionId}`,
    path: `/v1/checkout/sessions/${encodeURIComponent(sessionId)}/line_items`,
    query: { 'expand[]': ['data.price.product'] },
  });
}

function lineItemOf({ id, description, quantity, price }: z.output<typeof lineItem>): LineItem {
  return {
    id,
    description: description ?? null,
    quantity: quantity ?? 1,
    product: price
      ? {
          id: price.product.id,
          name: price.product.name ?? null,
          metadata: price.product.metadata ?? {},
        }
      : null,
  };
}

/**
 * Whether the purchase may be fulfilled. `unpaid` means that the money is still on its way (delayed payment methods)
 * or failed to come. Source: https://docs.stripe.com/checkout/fulfillment
 */
export function isPaid(session: CheckoutSession): boolean {
  return session.paymentStatus === 'paid' || session.paymentStatus === 'no_payment_required';
}

/** The buyer's e-mail address. Throws a `ServiceError` that no retry heals when the session has none. */
export function requireEmail(session: CheckoutSession): string {
  if (session.email !== null) return session.email;
  throw new ServiceError(
    STRIPE,
    `Stripe has no e-mail address for the checkout session ${session.id}. Look the buyer up in the Stripe dashboard ` +
      'and serve them by hand; let Checkout ask for the e-mail address.',
    false,
  );
}
