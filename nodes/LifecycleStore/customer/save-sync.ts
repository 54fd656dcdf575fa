import type { IDataObject } from 'n8n-workflow';
import { z } from 'zod/v4';
import { ServiceError } from '../../../services/http';
import { MAUTIC } from '../../../services/mautic';
import type { SyncEntry } from '../../../store';
import { orError } from '../../shared/parameters';
import { processBatch } from '../../shared/process-items';
import { showOnlyFor, type Operation } from '../operation';
import { deliveryOf } from './event-of-item';

const SERVICE = 'Lifecycle Store';
const time = z.iso.datetime({ offset: true }).transform((text) => new Date(text));

const memberships = z.object({ segments: z.array(z.string()), campaigns: z.array(z.string()) });

/** What earlier nodes added to an item. */
const itemSchema = z.object({
  customer: z.object({
    id: z.string(),
    sync: z
      .object({
        plan: z.number().optional(),
        login: time.optional(),
        activity: time.optional(),
        value: z.number().optional(),
      })
      .default({}),
  }),
  contact: z.object({ id: z.int() }).optional(),
  person: z.object({ id: z.string() }).optional(),
  audience: memberships.extend({ outOf: memberships }).optional(),
  failures: z.array(z.object({ service: z.string() })).default([]),
});

export const saveSync: Operation = {
  properties: showOnlyFor('customer', 'saveSync', []),

  execute: (context, store) =>
    processBatch(context, { service: SERVICE }, async (indexes) => {
      const items = context.getInputData();
      const entries = indexes.map((index) => orError(() => entryOf(items[index]?.json ?? {})));
      const saved = entries.flatMap((entry) => (entry === undefined || entry instanceof Error ? [] : entry));
      if (saved.length > 0) await store.customers.saveSync(saved);
      return entries.map((entry) => {
        if (entry instanceof Error) return entry;
        if (entry === undefined) return { json: {} };
        return { json: {}, outcomes: [{ service: SERVICE, action: 'sync saved', id: entry.customerId }] };
      });
    }),
};

/** What the steps before have reached for the item's customer; `undefined` when the event is only tried in the editor. */
function entryOf(json: IDataObject): SyncEntry | undefined {
  const read = itemSchema.safeParse(json);
  if (!read.success) {
    const field = read.error.issues[0]?.path.join('.') ?? '';
    throw new ServiceError(
      SERVICE,
      `The item carries nothing that could be saved for a customer: look at its field "${field}". Put the node Lifecycle Store, "Customer: Record", before this one, and keep the field "customer" of each item up to here.`,
      false,
    );
  }
  if (deliveryOf(json) === undefined) return undefined;
  const { customer, contact, person, audience, failures } = read.data;
  // What Mautic was to show is done only when Mautic shows it: a step that failed and carried on is tried again.
  const mauticFailed = failures.some(({ service }) => service === MAUTIC);
  return {
    customerId: customer.id,
    ...(contact && { mauticContactId: contact.id }),
    ...(person && { twentyPersonId: person.id }),
    ...(audience && {
      segments: { in: audience.segments, out: audience.outOf.segments },
      campaigns: { in: audience.campaigns, out: audience.outOf.campaigns },
    }),
    ...(!mauticFailed && customer.sync),
  };
}
