import type { Queryable } from '../database';
import { normalizedEmail, publicCustomer, type Customer } from '../customer';
import { findCustomers } from '../customer-rows';
import { readTimeline, type TimelineEntry } from '../customer-timeline';
import { searchSubscriptions, type Subscription } from '../subscriptions';
import type { ReportScope } from './scope';

const MOST_ENTRIES = 500;
const MOST_SUBSCRIPTIONS = 100;

/** Somebody, with all that happened to them. */
export interface CustomerReport {
  kind: 'customer';
  scope: ReportScope;
  /** The id or the address that was asked for. */
  asked: string;
  /** `null` when nobody has it. */
  customer: Customer | null;
  /** What changed last first. */
  subscriptions: Subscription[];
  /** Newest first; also of an address that is nobody's yet. */
  timeline: TimelineEntry[];
  /** Whether there are older entries. */
  hasMore: boolean;
}

/** The customer with this id or address, in whatever spelling. */
export async function readCustomer(
  database: Queryable,
  asked: string,
  scope: ReportScope,
): Promise<CustomerReport> {
  const email = await emailOf(database, asked);
  const [row] = email === undefined ? [] : await findCustomers(database, [email]);
  const [subscriptions, timeline] =
    email === undefined
      ? [[], []]
      : [
          await searchSubscriptions(database, { email }, MOST_SUBSCRIPTIONS),
          await readTimeline(database, email, row?.id, MOST_ENTRIES + 1),
        ];
  return {
    kind: 'customer',
    scope,
    asked,
    customer: row ? publicCustomer(row) : null,
    subscriptions,
    timeline: timeline.slice(0, MOST_ENTRIES),
    hasMore: timeline.length > MOST_ENTRIES,
  };
}

/** `undefined` for an id that nobody has, and for what is neither id nor address. */
async function emailOf(database: Queryable, asked: string): Promise<string | undefined> {
  if (asked.includes('@')) return normalizedEmail(asked);
  if (!/^\d{1,18}$/.test(asked)) return undefined;
  const { rows } = await database.query<{ email: string }>(
    'select email from lifecycle.customer where id = $1',
    [asked],
  );
  return rows[0]?.email;
}
