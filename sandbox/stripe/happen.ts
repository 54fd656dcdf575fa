import { z } from 'zod/v4';
import type { Json } from '../double';
import type { Account } from './account';
import { Billing, type Happening } from './billing';
import { nowInSeconds } from './schema-parts';

/** How the events about what was done are raised and delivered. */
export const eventsSchema = z.object({
  /** When it happened, by Stripe's clock of whole seconds; just now unless given. */
  timestamp: z.iso.datetime().optional(),
  /** Shape of the events: of an endpoint or account with an API version from before 2025-03-31, or a later one. */
  generation: z.enum(['current', 'before-2025-03-31']).default('current'),
  /** Not delivered, each can be sent by `redeliver`, in any order. */
  deliver: z.boolean().default(true),
  /** How often each is delivered at the same time. */
  copies: z.int().min(1).max(100).default(1),
  /** Whether they are sent in a random order. */
  shuffle: z.boolean().default(false),
});

export type EventsAsked = z.output<typeof eventsSchema>;

/** Raises and delivers events; gives their ids, in the order in which it happened. */
export type Publish = (
  happenings: readonly Happening[],
  asked: EventsAsked & { created: number },
) => string[];

/** Does something to the account and publishes what happened; answers with ids, those of the events among them. */
export type Happen = <Result extends { [name: string]: Json }>(
  asked: EventsAsked,
  act: (billing: Billing) => Result,
) => Json;

export function happenIn(account: Account, publish: Publish): Happen {
  return (asked, act) => {
    const created =
      asked.timestamp === undefined ? nowInSeconds() : Math.floor(Date.parse(asked.timestamp) / 1000);
    const billing = new Billing(account, created, asked.generation);
    const result = act(billing);
    return { ...result, eventIds: publish(billing.happenings, { ...asked, created }) };
  };
}
