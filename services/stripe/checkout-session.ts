import { z } from 'zod/v4';
import { ServiceError, parseAnswer } from '../http';
import { STRIPE, type StripeClient } from './client';
import { listAll } from './list';

const checkoutSession = z.object({
  id: z.string(),
  payment_status: z.string(),
  currency: z.string().nullish(),
  amount_total: z.number().int().nullish(),
  locale: z.string().nullish(),
  customer_email: z.string().nullish(),
  customer_details: z.object({ email: z.string().nullish(), name: z.string().nullish() }).nullish(),
});

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
}

/** One line of a purchase. */
export interface LineItem {
  id: string;
  description: string | null;
  quantity: number;
  /** Null when the line has no price; a deleted product has neither a name nor metadata. */
  product: { id: string; name: string | null; metadata: Record<string, string> } | null;
}

/** The session as it is now; an event's copy of it may be outdated. */
export async function retrieveCheckoutSession(client: StripeClient, id: string): Promise<CheckoutSession> {
  const action = `retrieve the checkout session ${id}`;
  const body = await client.get(action, `/v1/checkout/sessions/${encodeURIComponent(id)}`);
  const session = parseAnswer({ service: STRIPE, action }, checkoutSession, body);
  return {
    id: session.id,
    // What the buyer typed comes before what the shop had filled in for them.
    email:
      text(session.customer_details?.email)?.toLowerCase() ??
      text(session.customer_email)?.toLowerCase() ??
      null,
    name: text(session.customer_details?.name) ?? null,
    locale: session.locale && session.locale !== 'auto' ? session.locale : null,
    currency: session.currency ?? null,
    amountTotal: session.amount_total ?? null,
    paymentStatus: session.payment_status,
  };
}

/** All line items of a session, with their products; neither is part of the event or of the session itself. */
export async function listLineItems(client: StripeClient, sessionId: string): Promise<LineItem[]> {
  const items = await listAll(client, lineItem, {
    action: `list the items of the checkout session ${sessionId}`,
    path: `/v1/checkout/sessions/${encodeURIComponent(sessionId)}/line_items`,
    query: { 'expand[]': ['data.price.product'] },
  });
  return items.map((item) => ({
    id: item.id,
    description: item.description ?? null,
    quantity: item.quantity ?? 1,
    product: item.price
      ? {
          id: item.price.product.id,
          name: item.price.product.name ?? null,
          metadata: item.price.product.metadata ?? {},
        }
      : null,
  }));
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

function text(value: string | null | undefined): string | undefined {
  return value?.trim() || undefined;
}
