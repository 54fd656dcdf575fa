import { z } from 'zod/v4';
import {
  UnreadableBody,
  groupKeyOf,
  headerOf,
  type EventType,
  type IntakeEvent,
  type Provider,
} from '../provider';
import { isSignedWithOneOf } from '../signature';

/** Older or newer signatures are refused (docs.stripe.com/webhooks: five minutes; a future one is refused as well). */
const TOLERANCE_SECONDS = 300;

const checkoutSession = {
  id: 'cs_test_sample',
  object: 'checkout.session',
  mode: 'payment',
  status: 'complete',
  payment_status: 'paid',
  amount_total: 100,
  currency: 'eur',
  customer: null,
  customer_details: { email: 'ada@example.com', name: 'Ada Lovelace' },
};

const eventTypes: readonly EventType[] = [
  {
    type: 'checkout.session.completed',
    title: 'Checkout completed',
    sample: {
      id: 'evt_sample',
      object: 'event',
      type: 'checkout.session.completed',
      data: { object: checkoutSession },
    },
  },
  { type: 'checkout.session.async_payment_succeeded', title: 'Delayed payment succeeded' },
  { type: 'checkout.session.async_payment_failed', title: 'Delayed payment failed' },
  { type: 'checkout.session.expired', title: 'Checkout expired' },
  { type: 'customer.created', title: 'Customer created' },
  { type: 'customer.updated', title: 'Customer updated' },
  { type: 'customer.deleted', title: 'Customer deleted' },
  { type: 'customer.subscription.created', title: 'Subscription created' },
  { type: 'customer.subscription.updated', title: 'Subscription updated' },
  { type: 'customer.subscription.deleted', title: 'Subscription ended' },
  { type: 'customer.subscription.paused', title: 'Subscription paused' },
  { type: 'customer.subscription.resumed', title: 'Subscription resumed' },
  { type: 'customer.subscription.trial_will_end', title: 'Trial ends soon' },
  { type: 'invoice.paid', title: 'Invoice paid' },
  { type: 'invoice.payment_failed', title: 'Invoice payment failed' },
  { type: 'charge.refunded', title: 'Charge refunded' },
  { type: 'charge.dispute.created', title: 'Dispute opened' },
];

const eventSchema = z.looseObject({
  id: z.string().startsWith('evt_'),
  type: z.string().min(1),
  created: z.number().int().positive(),
  data: z.looseObject({ object: z.looseObject({}) }),
});

const personSchema = z.object({
  id: z.string().optional(),
  email: z.string().nullish(),
  customer_email: z.string().nullish(),
  customer_details: z.object({ email: z.string().nullish() }).nullish(),
  billing_details: z.object({ email: z.string().nullish() }).nullish(),
  customer: z.union([z.string(), z.object({ id: z.string() })]).nullish(),
});

export const stripe: Provider = {
  source: 'stripe',
  title: 'Stripe',
  eventTypes,

  /** `Stripe-Signature: t=…,v1=…[,v1=…]`, HMAC-SHA256 of `<t>.<raw body>` keyed with the literal secret. */
  verify(request, secrets, now) {
    const header = headerOf(request, 'stripe-signature');
    if (header === undefined) return 'the Stripe-Signature header is missing';
    const parts = header.split(',').map((part) => part.trim().split('=', 2));
    const timestamp = parts.find(([scheme]) => scheme === 't')?.[1];
    const signatures = parts.flatMap(([scheme, value]) =>
      scheme === 'v1' && value ? [Buffer.from(value, 'hex')] : [],
    );
    if (timestamp === undefined || !/^\d{1,12}$/.test(timestamp) || signatures.length === 0) {
      return 'the Stripe-Signature header is malformed';
    }
    const signed = Buffer.concat([Buffer.from(`${timestamp}.`), request.rawBody]);
    if (!isSignedWithOneOf(secrets, signed, ...signatures)) return 'the signature is wrong';
    const ageSeconds = now.getTime() / 1000 - Number(timestamp);
    return Math.abs(ageSeconds) > TOLERANCE_SECONDS
      ? 'the signature is too old or from the future'
      : undefined;
  },

  parse(body): IntakeEvent[] {
    const parsed = eventSchema.safeParse(body);
    if (!parsed.success) {
      const path = parsed.error.issues[0]?.path.join('.') ?? '';
      throw new UnreadableBody(400, `not a Stripe event${path ? `: look at "${path}"` : ''}`);
    }
    const event = parsed.data;
    return [
      {
        externalId: event.id,
        type: event.type,
        occurredAt: new Date(event.created * 1000),
        groupKey: groupKey(event.data.object),
        payload: event,
      },
    ];
  },
};

/** The person when the object names one, else the customer, else the object itself. */
function groupKey(object: object): string | undefined {
  const parsed = personSchema.safeParse(object);
  if (!parsed.success) return undefined;
  const { id, email, customer_email, customer_details, billing_details, customer } = parsed.data;
  const address = customer_details?.email ?? customer_email ?? email ?? billing_details?.email;
  if (address) return groupKeyOf('email', address);
  const customerId = typeof customer === 'string' ? customer : customer?.id;
  if (customerId) return groupKeyOf('customer', customerId);
  return id ? groupKeyOf('object', id) : undefined;
}
