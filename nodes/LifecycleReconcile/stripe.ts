import { z } from 'zod/v4';
import { stripe } from '../../services/intake/providers/stripe';
import { eventPages, type StripeClient } from '../../services/stripe';
import type { Store } from '../../store';
import { addMissing, type CatchUpOptions, type CaughtUp } from './caught-up';

const CURSOR = 'reconcile:stripe';
/** An event may show up in Stripe's list later than one that is newer. What is looked at twice is stored once. */
const OVERLAP_MS = 60 * 60_000;

const positionSchema = z.object({
  /** What was created earlier has been looked at. */
  from: z.coerce.date(),
  /** What a run that stopped at its bound has left: up to `until`; from there on to `to` it got through. */
  rest: z.object({ until: z.coerce.date(), to: z.coerce.date() }).optional(),
});
type Position = z.output<typeof positionSchema>;

/**
 * Adds the events that Stripe lists and the store lacks. Stripe lists the newest first, so a run that stops at its bound
 * leaves older ones behind: the next run takes these first. The cursor moves only when the events are committed.
 */
export async function catchUpWithStripe(
  client: StripeClient,
  store: Store,
  { now, lookBackMs, mostPages }: CatchUpOptions,
): Promise<CaughtUp> {
  const types = stripe.eventTypes.map(({ type }) => type);
  const result: CaughtUp = { looked: 0, added: 0, from: now, to: now, more: false };
  let pages = 0;
  let position = await readPosition(store, new Date(now.getTime() - lookBackMs));
  result.from = position.from;

  for (;;) {
    const { from, rest } = position;
    const until = await walk(from, rest?.until ?? now);
    const to = rest?.to ?? now;
    position = until
      ? { from, rest: { until, to } }
      : { from: new Date(Math.max(from.getTime(), to.getTime() - OVERLAP_MS)) };
    await store.cursors.set(CURSOR, JSON.stringify(position));
    if (until) return { ...result, from: until, to, more: true };
    if (to === now) return result;
  }

  /** Goes back from `to` to `from`; gives the time it got to when it stopped before. */
  async function walk(from: Date, to: Date): Promise<Date | undefined> {
    let reached = to;
    for await (const page of eventPages(client, { from, to, types })) {
      const oldest = page.at(-1);
      if (oldest === undefined) break;
      if (pages >= mostPages) return reached;
      const events = page.filter(({ type }) => types.includes(type));
      result.looked += events.length;
      // Handed out in the order in which they happened.
      const parsed = events.toReversed().flatMap((event) => stripe.parse(event, now));
      result.added += await addMissing(store, 'stripe', parsed);
      pages += 1;
      reached = new Date(oldest.created * 1000);
    }
    return undefined;
  }
}

async function readPosition(store: Store, first: Date): Promise<Position> {
  const kept = await store.cursors.get(CURSOR);
  return kept === undefined ? { from: first } : positionSchema.parse(JSON.parse(kept));
}
