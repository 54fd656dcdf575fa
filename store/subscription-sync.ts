import type { Pool } from 'pg';
import { normalizedEmail, type CustomerRecord } from './customer';
import { lockCustomers } from './customer-rows';
import { inTransaction } from './database';
import { withoutErased } from './erasure';
import { insert, type Accepted, type JsonObject, type NewEvent } from './events';
import { groupKeyOf } from './group-key';
import type { PlanStatement } from './plan';
import { keepRecords } from './recording';
import {
  searchSubscriptions,
  writeSubscriptions,
  type Subscription,
  type SubscriptionFilter,
  type SubscriptionReading,
  type WrittenSubscription,
} from './subscriptions';

/** A subscription that a sync has come upon. */
export interface FoundSubscription {
  reading: SubscriptionReading;
  /** In whatever spelling; `null` when the provider has none. */
  email: string | null;
  name: string | null;
  /** What it says about its customer's plan; `null` for nothing. */
  plan: PlanStatement | null;
  /** The event to be raised when it has changed, as the provider would send it. */
  event: { type: string; payload: JsonObject };
}

export interface SyncedPage {
  created: number;
  updated: number;
  unchanged: number;
  /** Events put into the flow because of changes. */
  events: number;
}

export interface SyncOptions {
  /**
   * Whether workflows are to work on what has changed. Off for the first sync of all, which would else greet, and win
   * back, everybody who ever was.
   */
  deliver: boolean;
}

/** Subscriptions as their providers have them, each as it was last read. */
export class Subscriptions {
  constructor(private readonly pool: Pool) {}

  /**
   * Takes over a page of subscriptions, all or nothing, with as many statements as for one. What differs from the store
   * becomes an event, so that workflows work on it as if the provider had told; what does not, changes nothing.
   */
  async sync(found: readonly FoundSubscription[], { deliver }: SyncOptions): Promise<SyncedPage> {
    const given = found.map((each) => ({ ...each, email: each.email && normalizedEmail(each.email) }));
    return await inTransaction(this.pool, async (client) => {
      const rows = await lockCustomers(client, [...new Set(given.flatMap(({ email }) => email ?? []))]);
      const normalized = await withoutErased(client, given);
      const idOf = new Map(rows.map(({ email, id }) => [email, id]));
      const written = await writeSubscriptions(
        client,
        normalized.map(({ reading, email }) => ({ reading, customerId: idOf.get(email ?? '') ?? null })),
      );
      const changed = changedOf(normalized, written);
      const accepted = await insert(client, changed.map(eventOf), { deliver });
      const claimed = rows.map((row) => ({ row, records: recordsOf(row.email, changed, accepted) }));
      await keepRecords(
        client,
        claimed.filter(({ records }) => records.length > 0),
        { deliver },
      );
      const created = written.filter(({ isNew }) => isNew).length;
      return {
        created,
        updated: changed.length - created,
        unchanged: normalized.length - changed.length,
        events: deliver ? accepted.filter(({ duplicate }) => !duplicate).length : 0,
      };
    });
  }

  /** Keeps readings of subscriptions whose payers have no address: they are nobody's until one is known. */
  async keepOwnerless(readings: readonly SubscriptionReading[]): Promise<void> {
    if (readings.length === 0) return;
    const kept = await withoutErased(
      this.pool,
      readings.map((reading) => ({ reading, email: null })),
    );
    await writeSubscriptions(
      this.pool,
      kept.map(({ reading }) => ({ reading, customerId: null })),
    );
  }

  /** The subscriptions that fit, what changed last first. */
  async find(filter: SubscriptionFilter, limit: number): Promise<Subscription[]> {
    const { email } = filter;
    return await searchSubscriptions(
      this.pool,
      { ...filter, ...(email !== undefined && { email: normalizedEmail(email) }) },
      limit,
    );
  }
}

function changedOf(
  found: readonly FoundSubscription[],
  written: readonly WrittenSubscription[],
): FoundSubscription[] {
  const changed = new Set(written.flatMap(({ externalId, isChanged }) => (isChanged ? externalId : [])));
  return found.filter(({ reading }) => changed.has(reading.externalId));
}

function eventOf({ reading, event }: FoundSubscription): NewEvent {
  const { source, externalId, externalCustomerId, readAt } = reading;
  return {
    source,
    externalId: `sync:${externalId}:${readAt.getTime()}`,
    type: event.type,
    occurredAt: readAt,
    groupKey: groupKeyOf('customer', externalCustomerId),
    payload: event.payload,
  };
}

function recordsOf(
  email: string,
  changed: readonly FoundSubscription[],
  accepted: readonly Accepted[],
): CustomerRecord[] {
  return changed.flatMap((each, position): CustomerRecord[] => {
    const eventId = accepted[position]?.id;
    if (each.email !== email || eventId === undefined) return [];
    const { reading, name, plan } = each;
    return [
      {
        eventId,
        source: reading.source,
        email,
        ...(name !== null && { name }),
        ...(plan !== null && { plan }),
      },
    ];
  });
}
