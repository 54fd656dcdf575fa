import { createHash } from 'node:crypto';
import { columnOf } from './column';
import type { Queryable } from './database';
import type { EventSource } from './events';
import type { Tier } from './plan';
import { storable } from './storable';

/** A subscription as its provider had it at `readAt`. What is not known, or does not apply, is `null`. */
export interface SubscriptionReading {
  source: EventSource;
  /** The provider's id: `sub_…`. */
  externalId: string;
  /** The provider's id of whoever pays: `cus_…`. */
  externalCustomerId: string;
  /** In the provider's own words. */
  status: string;
  /** Of the product that names the tier, else of the first. */
  productId: string | null;
  productName: string | null;
  priceId: string | null;
  tier: Tier | null;
  /** ISO 4217, in lower case. */
  currency: string | null;
  /** Of one period, all items together, in the currency's minor unit. */
  amountMinor: number | null;
  intervalCount: number | null;
  /** `day`, `week`, `month` or `year`. */
  intervalUnit: string | null;
  periodStart: Date | null;
  periodEnd: Date | null;
  cancelAtPeriodEnd: boolean;
  cancelAt: Date | null;
  /** When it was asked to end. */
  canceledAt: Date | null;
  endedAt: Date | null;
  cancellationReason: string | null;
  cancellationFeedback: string | null;
  cancellationComment: string | null;
  trialStart: Date | null;
  trialEnd: Date | null;
  /** Whether its newest invoice is open after a try to collect it. */
  paymentFailing: boolean;
  /** Whether its payments are paused, which its status may not tell: not kept, but another reading than without. */
  collectionPaused?: boolean | undefined;
  metadata: Record<string, string>;
  /** When it came about at the provider. */
  startedAt: Date;
  /** When the provider was asked. */
  readAt: Date;
}

/** A reading with whose it is. */
export interface OwnedReading {
  reading: SubscriptionReading;
  /** `null` while nobody's address is known: it takes nobody away who was known before. */
  customerId: string | null;
}

/** What became of a subscription's row. */
export interface WrittenSubscription {
  source: EventSource;
  externalId: string;
  customerId: string | null;
  /** Whether it was not known before. */
  isNew: boolean;
  /** Whether anything about it is another thing than before; else it was only seen again. */
  isChanged: boolean;
}

/** Types of the columns that a newer reading replaces. */
const READ = {
  externalCustomerId: 'text',
  status: 'text',
  productId: 'text',
  productName: 'text',
  priceId: 'text',
  tier: 'text',
  currency: 'text',
  amountMinor: 'bigint',
  intervalCount: 'integer',
  intervalUnit: 'text',
  periodStart: 'timestamptz',
  periodEnd: 'timestamptz',
  cancelAtPeriodEnd: 'boolean',
  cancelAt: 'timestamptz',
  canceledAt: 'timestamptz',
  endedAt: 'timestamptz',
  cancellationReason: 'text',
  cancellationFeedback: 'text',
  cancellationComment: 'text',
  trialStart: 'timestamptz',
  trialEnd: 'timestamptz',
  paymentFailing: 'boolean',
  metadata: 'jsonb',
} as const satisfies Partial<Record<keyof SubscriptionReading, string>>;

/** Those that stay as the first reading has them. */
const INSERTED = { source: 'text', externalId: 'text', startedAt: 'timestamptz' } as const;

const READ_COLUMNS = Object.keys(READ).map(columnOf);
const GIVEN = { ...INSERTED, ...READ, customerId: 'bigint', content: 'text', readAt: 'timestamptz' };

const IS_NEWER = '(subscription.read_at, subscription.content) < (excluded.read_at, excluded.content)';
const OWNER = `case when ${IS_NEWER} then coalesce(excluded.customer_id, subscription.customer_id)
                    else coalesce(subscription.customer_id, excluded.customer_id) end`;
const IS_CHANGED = `(${IS_NEWER} and subscription.content <> excluded.content
                     or subscription.customer_id is distinct from ${OWNER})`;

const UPSERT = `
  insert into lifecycle.subscription as subscription (${Object.keys(GIVEN).map(columnOf).join(', ')})
  select ${Object.keys(GIVEN)
    .map((field) => `"${field}"`)
    .join(', ')}
  from jsonb_to_recordset($1) as given (${Object.entries(GIVEN)
    .map(([field, type]) => `"${field}" ${type}`)
    .join(', ')})
  -- In the same order whoever writes them: two that share some would else wait for each other for ever.
  order by source, "externalId" collate "C"
  on conflict (source, external_id) do update
    set ${[...READ_COLUMNS, 'content', 'read_at']
      .map(
        (column) =>
          `${column} = case when ${IS_NEWER} then excluded.${column} else subscription.${column} end`,
      )
      .join(', ')},
        customer_id = ${OWNER},
        updated_at = case when ${IS_CHANGED} then now() else subscription.updated_at end
    where ${IS_NEWER} or (subscription.customer_id is null and excluded.customer_id is not null)
  returning source, external_id as "externalId", customer_id as "customerId", xmax = 0 as "isNew",
            updated_at = now() as "isChanged"`;

/**
 * Writes what was read of subscriptions, all in one statement. The contract, which makes the result the same in whatever
 * order and however often readings come:
 *
 * - **Newer** is what the provider was asked later (`readAt`). Its own clock cannot tell: it has whole seconds, in which
 *   a lot may happen, and what it says for a second is the state of now anyway. An older reading changes nothing.
 * - **A tie**, two readings of the same instant, goes to the one whose digest sorts higher. That is arbitrary, but the
 *   same in any order, which a bare `<` or `<=` would not be; the next reading settles it.
 * - **Insert-only** are source, id and `startedAt`. Whose it is is replaced, but never by nobody, since a deleted customer
 *   has no address any more; and as long as that is nobody, an older reading may tell it, too.
 * - **No-op**: a reading that says the same moves `readAt` alone, and is no change to anybody. Leaving that out as well
 *   would be wrong: of readings X, Y, X that arrive as X, X, Y, the Y would then count as the newest.
 *
 * Of several readings of one subscription in the list the newest counts. Gives the rows written.
 */
export async function writeSubscriptions(
  transaction: Queryable,
  owned: readonly OwnedReading[],
): Promise<WrittenSubscription[]> {
  if (owned.length === 0) return [];
  const newest = new Map<string, OwnedReading & { content: string }>();
  for (const each of owned) {
    const content = contentOf(each.reading);
    const key = `${each.reading.source} ${each.reading.externalId}`;
    const other = newest.get(key);
    // Also of two equal ones, so that one that names somebody is not lost.
    if (other && isNewer(other, { ...each, content })) continue;
    newest.set(key, { ...each, content, customerId: each.customerId ?? other?.customerId ?? null });
  }
  const given = [...newest.values()].map(({ reading, customerId, content }) => ({
    ...reading,
    customerId,
    content,
  }));
  const { rows } = await transaction.query<WrittenSubscription>(UPSERT, [JSON.stringify(given, storable)]);
  return rows;
}

function isNewer(
  one: { reading: SubscriptionReading; content: string },
  other: { reading: SubscriptionReading; content: string },
): boolean {
  const difference = one.reading.readAt.getTime() - other.reading.readAt.getTime();
  return difference > 0 || (difference === 0 && one.content > other.content);
}

/** A digest of all that a reading says, whenever it was made. */
function contentOf(reading: SubscriptionReading): string {
  const metadata = Object.entries(reading.metadata).sort(([one], [other]) => (one < other ? -1 : 1));
  const said = Object.keys(READ).map((field) => reading[field as keyof typeof READ]);
  return createHash('sha256')
    .update(JSON.stringify([said, metadata, ...(reading.collectionPaused ? ['paused'] : [])], storable))
    .digest('hex');
}

/** A customer's subscription, as far as it decides about the customer's stage. */
export type SubscriptionState = Pick<
  SubscriptionReading,
  | 'status'
  | 'tier'
  | 'cancelAtPeriodEnd'
  | 'cancelAt'
  | 'endedAt'
  | 'trialEnd'
  | 'paymentFailing'
  | 'startedAt'
> & { customerId: string };

/** All subscriptions of these customers. */
export async function subscriptionStates(
  database: Queryable,
  customerIds: readonly string[],
): Promise<SubscriptionState[]> {
  const { rows } = await database.query<SubscriptionState>(
    `select customer_id as "customerId", status, tier, cancel_at_period_end as "cancelAtPeriodEnd",
            cancel_at as "cancelAt", ended_at as "endedAt", trial_end as "trialEnd",
            payment_failing as "paymentFailing", started_at as "startedAt"
     from lifecycle.subscription where customer_id = any ($1::bigint[])`,
    [customerIds],
  );
  return rows;
}

/** A subscription as kept, with whose it is. */
export interface Subscription extends SubscriptionReading {
  id: string;
  customerId: string | null;
  /** The customer's; `null` while nobody's address is known. */
  email: string | null;
  firstSeenAt: Date;
  /** When anything about it was last another thing than before. */
  updatedAt: Date;
}

/** What subscriptions are looked for by; all that is given has to fit. */
export interface SubscriptionFilter {
  /** Of the customer; trimmed and in lower case. */
  email?: string | undefined;
  /** In the provider's own words. */
  statuses?: readonly string[] | undefined;
  /** Those whose payment fails or whose end is set, and that have not ended. */
  atRisk?: boolean | undefined;
}

const SELECTED = Object.keys({ ...INSERTED, ...READ })
  .map((field) => `subscription.${columnOf(field)}${field === 'amountMinor' ? '::float8' : ''} as "${field}"`)
  .join(', ');

/** The subscriptions that fit, what changed last first. */
export async function searchSubscriptions(
  database: Queryable,
  { email, statuses, atRisk }: SubscriptionFilter,
  limit: number,
): Promise<Subscription[]> {
  const { rows } = await database.query<Subscription>(
    `select subscription.id, subscription.customer_id as "customerId", customer.email, ${SELECTED},
            subscription.read_at as "readAt", first_seen_at as "firstSeenAt",
            subscription.updated_at as "updatedAt"
     from lifecycle.subscription left join lifecycle.customer on customer.id = subscription.customer_id
     where ($1::text is null or customer.email = $1)
       and ($2::text[] is null or subscription.status = any ($2))
       and (not $3 or (ended_at is null
         and (payment_failing or cancel_at_period_end or cancel_at is not null)))
     order by subscription.updated_at desc, subscription.id desc limit $4`,
    [email ?? null, statuses ?? null, atRisk ?? false, limit],
  );
  return rows;
}
