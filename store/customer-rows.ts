import { type CustomerRow } from './customer';
import { columnOf } from './column';
import type { Queryable } from './database';
import type { PlanStatus, Tier } from './plan';
import type { Stage } from './stage';
import { storable } from './storable';

/** Types of the columns that records change; their names are those of the fields, in snake case. */
const FACTS = {
  name: 'text',
  namedAt: 'timestamptz',
  signedUpAt: 'timestamptz',
  signupSource: 'text',
  sourcedAt: 'timestamptz',
  marketingConsent: 'boolean',
  consentAt: 'timestamptz',
  timeZone: 'text',
  zonedAt: 'timestamptz',
  lastLoginAt: 'timestamptz',
  lastActivity: 'text',
  lastActivityAt: 'timestamptz',
  trialStartedAt: 'timestamptz',
  trialEndsAt: 'timestamptz',
  stage: 'text',
  stageSince: 'timestamptz',
  stageVersion: 'integer',
  tier: 'text',
  status: 'text',
  previousTier: 'text',
  lastChange: 'text',
  planChangedAt: 'timestamptz',
  planVersion: 'integer',
  lifetimeValue: 'numeric',
  currency: 'text',
  valueVersion: 'integer',
  heldBy: 'bigint[]',
} as const;

/** Types of the columns that syncs change. */
const SYNCED = {
  mauticContactId: 'bigint',
  twentyPersonId: 'text',
  segments: 'text[]',
  campaigns: 'text[]',
  syncedPlan: 'integer',
  syncedValue: 'integer',
  syncedLoginAt: 'timestamptz',
  syncedActivity: 'text',
  syncedActivityAt: 'timestamptz',
  syncedAt: 'timestamptz',
} as const;

type Columns = { readonly [Field in keyof CustomerRow]?: string };

/** JavaScript's numbers for those that PostgreSQL gives as text. */
const CASTS: Columns = { lifetimeValue: '::float8', mauticContactId: '::float8' };

const FIELDS = ['id', 'email', ...Object.keys(FACTS), ...Object.keys(SYNCED)] as Array<keyof CustomerRow>;
const SELECTED = FIELDS.map((field) => `${columnOf(field)}${CASTS[field] ?? ''} as "${field}"`).join(', ');

/** The customers with these addresses ({@link normalizedEmail}) that there are. */
export async function findCustomers(database: Queryable, emails: readonly string[]): Promise<CustomerRow[]> {
  const { rows } = await database.query<CustomerRow>(
    `select ${SELECTED} from lifecycle.customer where email = any ($1::text[])`,
    [emails],
  );
  return rows;
}

/** The customers with these addresses, made when missing, for this transaction alone until it ends: in one round trip. */
export async function lockCustomers(
  transaction: Queryable,
  emails: readonly string[],
): Promise<CustomerRow[]> {
  const { rows } = await transaction.query<CustomerRow>(
    // In the same order whoever takes them: two that share customers would else wait for each other for ever.
    `insert into lifecycle.customer (email)
     select email from unnest($1::text[]) as given (email) order by email collate "C"
     -- Changes nothing, but locks what is there and gives it, which "do nothing" would not.
     on conflict (email) do update set email = excluded.email
     returning ${SELECTED}`,
    [emails],
  );
  return rows;
}

/** The customers with these ids that there are, for this transaction alone until it ends. */
export async function lockCustomersById(
  transaction: Queryable,
  ids: readonly string[],
): Promise<CustomerRow[]> {
  const { rows } = await transaction.query<CustomerRow>(
    `select ${SELECTED} from lifecycle.customer where id = any ($1::bigint[])
     order by email collate "C" for update`,
    [ids],
  );
  return rows;
}

/** Those who have been in one of the stages since `until` or before, for this transaction alone until it ends. */
export async function lockCustomersInStages(
  transaction: Queryable,
  stages: readonly Stage[],
  until: Date,
  limit: number,
): Promise<CustomerRow[]> {
  const { rows } = await transaction.query<CustomerRow>(
    `select ${SELECTED} from lifecycle.customer
     where id in (
       select id from lifecycle.customer
       where stage = any ($1::text[]) and stage_since <= $2 order by stage_since limit $3)
     order by email collate "C" for update`,
    [stages, until, limit],
  );
  return rows;
}

/** What customers are looked for by; all that is given has to fit. */
export interface CustomerFilter {
  /** In their name or address, in whatever case. */
  text?: string | undefined;
  stages?: readonly Stage[] | undefined;
  tiers?: readonly Tier[] | undefined;
  statuses?: readonly PlanStatus[] | undefined;
}

/** The customers that fit, of whom something was last recorded first. */
export async function searchCustomers(
  database: Queryable,
  { text, stages, tiers, statuses }: CustomerFilter,
  limit: number,
): Promise<CustomerRow[]> {
  const { rows } = await database.query<CustomerRow>(
    `select ${SELECTED} from lifecycle.customer
     where ($1::text is null or position(lower($1) in email || ' ' || lower(coalesce(name, ''))) > 0)
       and ($2::text[] is null or stage = any ($2))
       and ($3::text[] is null or tier = any ($3))
       and ($4::text[] is null or status = any ($4))
     order by updated_at desc, id desc limit $5`,
    [text ?? null, stages ?? null, tiers ?? null, statuses ?? null, limit],
  );
  return rows;
}

/** Writes what records change of them. */
export async function writeFacts(transaction: Queryable, rows: readonly CustomerRow[]): Promise<void> {
  await write(transaction, FACTS, rows);
}

/** Writes what syncs change of them. */
export async function writeSynced(transaction: Queryable, rows: readonly CustomerRow[]): Promise<void> {
  await write(transaction, SYNCED, rows);
}

async function write(transaction: Queryable, columns: Columns, rows: readonly CustomerRow[]): Promise<void> {
  const fields = Object.keys(columns) as Array<keyof CustomerRow>;
  await transaction.query(
    `update lifecycle.customer
     set ${fields.map((field) => `${columnOf(field)} = given."${field}"`).join(', ')}, updated_at = now()
     from jsonb_to_recordset($1) as given (
       id bigint, ${fields.map((field) => `"${field}" ${columns[field]}`).join(', ')})
     where customer.id = given.id`,
    [JSON.stringify(rows, storable)],
  );
}
