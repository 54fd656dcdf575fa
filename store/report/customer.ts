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
  /** `null` for an address that only events name. */
  customer: Customer | null;
  email: string;
  /** What changed last first. */
  subscriptions: Subscription[];
  /** Newest first. */
  timeline: TimelineEntry[];
  /** Whether there are older entries than these. */
  more: boolean;
}

/** The customer with this id or address, in whatever spelling; `undefined` when nothing is known of them. */
export async function readCustomer(
  database: Queryable,
  asked: string,
  scope: ReportScope,
): Promise<CustomerReport | undefined> {
  const email = await emailOf(database, asked);
  if (email === undefined) return undefined;
  const [row] = await findCustomers(database, [email]);
  const timeline = await readTimeline(database, email, row?.id, MOST_ENTRIES + 1);
  if (row === undefined && timeline.length === 0) return undefined;
  return {
    kind: 'customer',
    scope,
    customer: row ? publicCustomer(row) : null,
    email,
    subscriptions: await searchSubscriptions(database, { email }, MOST_SUBSCRIPTIONS),
    timeline: timeline.slice(0, MOST_ENTRIES),
    more: timeline.length > MOST_ENTRIES,
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
