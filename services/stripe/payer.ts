import { z } from 'zod/v4';
import { parseAnswer } from '../http';
import { STRIPE, type StripeClient } from './client';
import { emailText, trimmed } from './text';

const text = z.string().nullish().catch(undefined);
const person = z.object({ email: text, name: text }).nullish().catch(undefined);

/** Where the objects of Stripe's events name who they are about. */
const objectSchema = z.object({
  object: text,
  id: text,
  customer: z
    .union([z.string(), z.object({ id: z.string() }).transform(({ id }) => id)])
    .nullish()
    .catch(undefined),
  // A customer.
  email: text,
  name: text,
  // An invoice.
  customer_email: text,
  customer_name: text,
  // A checkout session.
  customer_details: person,
  // A charge.
  billing_details: person,
  receipt_email: text,
});

const eventSchema = z.object({ data: z.object({ object: objectSchema }) });

const customerSchema = z.object({ id: z.string(), email: z.string().nullish(), name: z.string().nullish() });

const chargeSchema = z.object({
  // All else may be missing: without it, any answer at all would be a charge that names nobody.
  id: z.string(),
  // The object asked for with `expand`; null for a guest.
  customer: customerSchema.nullish(),
  billing_details: z.object({ email: z.string().nullish(), name: z.string().nullish() }).nullish(),
  receipt_email: z.string().nullish(),
});

const disputeSchema = z.object({
  data: z.object({
    object: z.object({
      object: z.literal('dispute'),
      charge: z.union([z.string(), z.object({ id: z.string() }).transform(({ id }) => id)]),
    }),
  }),
});

/** Who pays, as far as Stripe knows. */
export interface Payer {
  /** Null for somebody who paid as a guest. */
  customerId: string | null;
  /** Lower-cased and trimmed. */
  email: string | null;
  name: string | null;
}

/**
 * The customer as it is now. A deleted one has neither an address nor a name left. Throws a `ServiceError` when Stripe
 * has never had it.
 */
export async function readPayer(client: StripeClient, customerId: string): Promise<Payer> {
  const action = `retrieve the customer ${customerId}`;
  const body = await client.get(action, `/v1/customers/${encodeURIComponent(customerId)}`);
  const { id, email, name } = parseAnswer({ service: STRIPE, action }, customerSchema, body);
  return { customerId: id, email: emailText(email), name: trimmed(name) };
}

/**
 * Who paid a charge, in one call: the customer it is kept for, else the holder of the card, else whoever got the
 * receipt. Throws a `ServiceError` when Stripe does not have the charge.
 */
export async function readPayerOfCharge(client: StripeClient, chargeId: string): Promise<Payer> {
  const action = `retrieve the charge ${chargeId}`;
  const body = await client.get(action, `/v1/charges/${encodeURIComponent(chargeId)}`, {
    'expand[]': ['customer'],
  });
  const charge = parseAnswer({ service: STRIPE, action }, chargeSchema, body);
  const { customer, billing_details: holder, receipt_email: receipt } = charge;
  return {
    customerId: customer?.id ?? null,
    email: emailText(customer?.email) ?? emailText(holder?.email) ?? emailText(receipt),
    name: trimmed(customer?.name) ?? trimmed(holder?.name),
  };
}

/** The charge that a dispute is about, which is all it says of who paid; undefined for any other event. */
export function disputedChargeIn(event: unknown): string | undefined {
  return disputeSchema.safeParse(event).data?.data.object.charge;
}

/** Whether the object of an event names the holder of a card, who may be somebody else than the customer it is kept for. */
export function namesCardholder(event: unknown): boolean {
  const object = eventSchema.safeParse(event).data?.data.object;
  return object?.object === 'charge' && Boolean(object.customer);
}

/** Whom the object of an event (a session, invoice, charge, subscription or customer) names by itself. */
export function payerIn(event: unknown): Payer {
  const object = eventSchema.safeParse(event).data?.data.object;
  if (!object) return { customerId: null, email: null, name: null };
  const isCustomer = object.object === 'customer';
  // What the buyer typed comes before what was filled in for them.
  const emails = [
    object.customer_details?.email,
    object.customer_email,
    object.billing_details?.email,
    object.receipt_email,
    isCustomer ? object.email : null,
  ];
  const names = [
    object.customer_details?.name,
    object.customer_name,
    object.billing_details?.name,
    isCustomer ? object.name : null,
  ];
  return {
    customerId: trimmed(object.customer) ?? (isCustomer ? trimmed(object.id) : null),
    email: emails.map(emailText).find((email) => email !== null) ?? null,
    name: names.map(trimmed).find((name) => name !== null) ?? null,
  };
}
