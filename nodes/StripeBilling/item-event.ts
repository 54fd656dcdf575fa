import type { IExecuteFunctions } from 'n8n-workflow';
import { z } from 'zod/v4';
import { ServiceError } from '../../services/http';
import { STRIPE, type StripeNotice } from '../../services/stripe';

const sourceSchema = z.object({ event: z.object({ source: z.string() }) });

const eventSchema = z.object({
  event: z.object({
    type: z.string(),
    occurredAt: z.iso.datetime({ offset: true }).transform((text) => new Date(text)),
    payload: z.unknown(),
  }),
});

/**
 * The event of Stripe that an item is about; `elsewhere` for one of another source, which is none of this node's
 * business; undefined for an item without any. Throws a `ServiceError` that no retry heals for one that lacks what
 * events have.
 */
export function stripeEventOf(
  context: IExecuteFunctions,
  index: number,
): StripeNotice | 'elsewhere' | undefined {
  const json = context.getInputData()[index]?.json;
  const source = sourceSchema.safeParse(json).data?.event.source;
  if (source === undefined) return undefined;
  if (source !== 'stripe') return 'elsewhere';
  const { data } = eventSchema.safeParse(json);
  if (data) return data.event;
  throw new ServiceError(
    STRIPE,
    'The item\'s "event" lacks its type or time. Keep it as the Lifecycle Event Trigger gives it.',
    false,
  );
}
