import { z } from 'zod/v4';
import { contentDigest } from '../content-digest';
import { UnreadableBody, groupKeyOf, headerOf, type EventType, type Provider } from '../provider';
import { isSignedWithOneOf } from '../signature';
import { invoiceSample, orderSample, subscriptionSample } from './lemon-squeezy-samples';

const SIGNATURE = /^[\da-f]{64}$/i;

const eventTypes: readonly EventType[] = [
  { type: 'order_created', title: 'Order created', sample: orderSample('order_created', 'paid') },
  { type: 'order_refunded', title: 'Order refunded', sample: orderSample('order_refunded', 'refunded') },
  ...(
    [
      ['subscription_created', 'Subscription created', 'active'],
      ['subscription_updated', 'Subscription updated', 'active'],
      ['subscription_cancelled', 'Subscription cancelled', 'cancelled'],
      ['subscription_resumed', 'Subscription resumed', 'active'],
      ['subscription_expired', 'Subscription expired', 'expired'],
      ['subscription_paused', 'Subscription paused', 'paused'],
      ['subscription_unpaused', 'Subscription unpaused', 'active'],
    ] as const
  ).map(([type, title, status]) => ({ type, title, sample: subscriptionSample(type, status) })),
  ...(
    [
      ['subscription_payment_success', 'Subscription payment succeeded', 'paid'],
      ['subscription_payment_failed', 'Subscription payment failed', 'pending'],
      ['subscription_payment_recovered', 'Subscription payment recovered', 'paid'],
      ['subscription_payment_refunded', 'Subscription payment refunded', 'refunded'],
    ] as const
  ).map(([type, title, status]) => ({ type, title, sample: invoiceSample(type, status) })),
];

const eventSchema = z.looseObject({
  meta: z.looseObject({ event_name: z.string().min(1) }),
  data: z.looseObject({
    type: z.string().min(1),
    id: z.union([z.string().min(1), z.int()]).transform(String),
    attributes: z.looseObject({}),
  }),
});
const personSchema = z.object({
  user_email: z.string().nullish().catch(null),
  customer_id: z.union([z.string(), z.int()]).nullish().catch(null),
});
/** As in `2026-01-01T12:00:00.000000Z`, of which Lemon Squeezy fills whole seconds. */
const timeSchema = z.object({ updated_at: z.iso.datetime({ offset: true }) });
const part = z.union([z.string(), z.number()]).nullish().catch(null);
/** What may change twice in a second. Not the whole object: in it are addresses that run out. */
const stateSchema = z.object({ status: part, variant_id: part, refunded_amount: part });

export const lemonSqueezy: Provider = {
  source: 'lemonSqueezy',
  title: 'Lemon Squeezy',
  eventTypes,

  /**
   * `X-Signature: <hex>`, HMAC-SHA256 of the raw body (docs.lemonsqueezy.com/help/webhooks/signing-requests). Lemon
   * Squeezy signs no time, so none can be checked.
   */
  verify(request, secrets) {
    const header = headerOf(request, 'x-signature');
    if (header === undefined || header === '') return 'the X-Signature header is missing';
    if (!SIGNATURE.test(header)) return 'the X-Signature header is malformed';
    return isSignedWithOneOf(secrets, request.rawBody, Buffer.from(header, 'hex'))
      ? undefined
      : 'the signature is wrong';
  },

  parse(body, now, request) {
    const parsed = eventSchema.safeParse(body);
    if (!parsed.success) {
      const path = parsed.error.issues[0]?.path.join('.') ?? '';
      throw new UnreadableBody(400, `not a Lemon Squeezy event${path ? `: look at "${path}"` : ''}`);
    }
    const event = parsed.data;
    const type = event.meta.event_name;
    const named = request && headerOf(request, 'x-event-name');
    if (named !== undefined && named !== type)
      throw new UnreadableBody(422, 'meta.event_name: is not what the X-Event-Name header says');
    const time = timeSchema.safeParse(event.data.attributes);
    const updatedAt = time.data?.updated_at;
    return [
      {
        // It has no ids for events: what it is about, and in which state that was, tells them apart.
        externalId:
          updatedAt === undefined
            ? contentDigest(event)
            : [type, event.data.type, event.data.id, updatedAt, ...stateOf(event.data)].join(':'),
        type,
        occurredAt: updatedAt === undefined ? now : new Date(updatedAt),
        groupKey: groupKey(event.data),
        payload: event,
      },
    ];
  },
};

function stateOf({ attributes }: z.output<typeof eventSchema>['data']): Array<string | number> {
  return Object.values(stateSchema.parse(attributes)).flatMap((value) => value ?? []);
}

/** The person when the object names one, else the customer, else the object itself. */
function groupKey({ type, id, attributes }: z.output<typeof eventSchema>['data']): string {
  const { user_email: email, customer_id: customer } = personSchema.parse(attributes);
  if (email) return groupKeyOf('email', email);
  return customer ? groupKeyOf('customer', String(customer)) : groupKeyOf('object', `${type}:${id}`);
}
