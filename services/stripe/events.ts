import { z } from 'zod/v4';
import type { StripeClient } from './client';
import { listPages } from './list';

/** The most `types[]` that Stripe takes in one call. Source: https://docs.stripe.com/api/events/list */
const MOST_TYPES = 20;

const event = z.looseObject({
  id: z.string(),
  type: z.string(),
  created: z.number().int().positive(),
});

/** An event as Stripe keeps it: what its webhook would carry, in the API version in which it came about. */
export type StripeEvent = z.output<typeof event>;

export interface EventWindow {
  /** Both ends included; Stripe's clock has whole seconds. It keeps events for 30 days. */
  from: Date;
  to: Date;
  /** Names of the types that are wanted. With more of them than Stripe takes in a call, all types are listed. */
  types: readonly string[];
}

/**
 * The events of a window, whether or not their webhooks were taken, newest first, up to 100 at a time. Throws
 * `ServiceError` when a page cannot be had.
 */
export function eventPages(
  client: StripeClient,
  { from, to, types }: EventWindow,
): AsyncGenerator<StripeEvent[], void, undefined> {
  return listPages(client, event, {
    action: 'list its events',
    path: '/v1/events',
    query: {
      'created[gte]': String(Math.floor(from.getTime() / 1000)),
      'created[lte]': String(Math.floor(to.getTime() / 1000)),
      ...(types.length <= MOST_TYPES && { 'types[]': types }),
    },
  });
}
