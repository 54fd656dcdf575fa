import type { IDataObject } from 'n8n-workflow';
import { z } from 'zod/v4';
import { ServiceError } from '../../../services/http';
import { EVENT_SOURCES } from '../../../store';
import { TEST_DELIVERY } from '../../shared/item';

const time = z.iso.datetime({ offset: true }).transform((text) => new Date(text));

const itemSchema = z.object({
  event: z.object({
    id: z.string(),
    source: z.enum(EVENT_SOURCES),
    type: z.string(),
    occurredAt: time,
    payload: z.looseObject({}),
  }),
});
const deliverySchema = z.object({ id: z.string(), lease: z.string() });

export type EventOfItem = z.output<typeof itemSchema>['event'];

/** The event that an item is about. Throws a `ServiceError` that no retry heals when there is none. */
export function eventOf(json: IDataObject): EventOfItem {
  const { data } = itemSchema.safeParse(json);
  if (data) return data.event;
  throw new ServiceError(
    'Lifecycle Store',
    'The item carries no event. Put this node behind a Lifecycle Event Trigger, and keep the field "event" of each item up to here.',
    false,
  );
}

/**
 * The delivery by which the item came; `undefined` in the editor and outside of the handling of events: what is tried
 * there is not kept.
 */
export function deliveryOf(json: IDataObject): { id: string; lease: string } | undefined {
  const { data } = deliverySchema.safeParse(json.delivery);
  return data?.lease === TEST_DELIVERY.lease ? undefined : data;
}
