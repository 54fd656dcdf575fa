import type { Queryable } from './database';
import type { JsonObject } from './events';
import { groupKeyOf } from './group-key';
import { MAIL_STEP, MAIL_SUBJECT } from './mail-text';
import { eventsNaming, personPattern } from './naming';
import { findPerson, type Person } from './person';

/** Everything that is held of a person. What stands in a table has its columns as fields; times are ISO 8601. */
export interface PersonExport {
  /** Trimmed and in lower case. */
  email: string;
  exportedAt: string;
  /** With what the outside systems are known to hold, and when that was synced. */
  customer: JsonObject | null;
  subscriptions: JsonObject[];
  /** What became of their monthly revenue. */
  revenueChanges: JsonObject[];
  planStatements: JsonObject[];
  paymentStatements: JsonObject[];
  stageChanges: JsonObject[];
  /** Each with its payload, and under `deliveries` the work on it. */
  events: JsonObject[];
  /** The sequences of e-mails that were entered, with what their mails could name. */
  sequences: JsonObject[];
  /** Mails that sequences have planned, each with its subject as written and, under `reports`, what was reported of it. */
  mails: JsonObject[];
  /** Since when nothing is sent to the address, and why. */
  suppression: JsonObject | null;
  /** What was chosen of the e-mails that can be chosen; the topic that is empty stands for all marketing. */
  emailPreferences: JsonObject[];
  invites: JsonObject[];
  /** Support tickets, each with what was written in its channel. */
  tickets: JsonObject[];
  effects: JsonObject[];
  /** When somebody with this address was erased, and why. */
  erasures: JsonObject[];
}

/** All that is held of the person with this address ({@link normalizedEmail}), or nothing. */
export async function exportPerson(database: Queryable, email: string): Promise<PersonExport | null> {
  const naming = await eventsNaming(database, email);
  const person = await findPerson(database, email, naming.ids);
  const { customerId, ids, eventIds, groupKeys, tickets } = person;
  const ofCustomer = [customerId];
  const emailKey = [groupKeyOf('email', email)];
  const [customer] = await read(database, 'customer', 'id = $1', ofCustomer);
  const [suppression] = await read(database, 'suppression', 'email_key = $1', emailKey);
  const payers = [customerId, ids.stripeCustomers, ids.lemonSqueezyCustomers];
  const held = {
    customer: customer ?? null,
    subscriptions: await read(database, 'subscription', OF_PAYER, payers),
    revenueChanges: await read(
      database,
      'revenue_change',
      `subscription_id in (select id from lifecycle.subscription where ${OF_PAYER})`,
      payers,
    ),
    planStatements: await read(database, 'plan_statement', 'customer_id = $1', ofCustomer),
    paymentStatements: await read(database, 'payment_statement', 'customer_id = $1', ofCustomer),
    stageChanges: await read(database, 'stage_change', 'customer_id = $1', ofCustomer),
    events: await readEvents(database, eventIds),
    sequences: await readRows(database, ENTRIES, ofCustomer),
    mails: await readRows(database, MAILS, ofCustomer),
    suppression: suppression ?? null,
    emailPreferences: await read(database, 'email_preference', 'email_key = $1', emailKey),
    invites: await read(database, 'invite', 'subject = any ($1::text[])', [
      ids.mauticContacts.map((id) => `mautic:${id}`),
    ]),
    tickets: await readRows(database, TICKETS, [tickets.numbers]),
    effects: await readEffects(database, person),
    erasures: await read(
      database,
      'erasure',
      'id in (select erasure_id from lifecycle.erased_group where group_key = any ($1::text[]))',
      [groupKeys],
    ),
  };
  const isEmpty = Object.values(held).every((part) => part === null || (Array.isArray(part) && !part.length));
  return isEmpty ? null : { email, exportedAt: new Date().toISOString(), ...held };
}

/** Which subscriptions are somebody's. */
const OF_PAYER = `(customer_id = $1 or (source = 'stripe' and external_customer_id = any ($2::text[]))
  or (source = 'lemonSqueezy' and external_customer_id = any ($3::text[])))`;

/** The rows with all their columns, however many there are of them. */
async function read(
  database: Queryable,
  table: string,
  condition: string,
  values: readonly unknown[],
): Promise<JsonObject[]> {
  return await readRows(
    database,
    `select to_jsonb(held) as content from lifecycle.${table} held where ${condition} order by held`,
    values,
  );
}

/** The `content` of all rows that a query gives. */
async function readRows(database: Queryable, sql: string, values: readonly unknown[]): Promise<JsonObject[]> {
  const { rows } = await database.query<{ content: JsonObject }>(sql, values);
  return rows.map(({ content }) => asFields(content));
}

const ENTRIES = `
  select to_jsonb(entry) || jsonb_build_object('sequence', sequence.name) as content
  from lifecycle.sequence_entry entry join lifecycle.sequence on sequence.id = sequence_id
  where customer_id = $1 order by entry.id`;

/** What one try to send them was known by says nothing of the person. */
const MAILS = `
  select to_jsonb(message) - array['batch_key', 'batch_position', 'batch_at', 'lease', 'leased_until']
           || jsonb_build_object(
             'sequence', sequence.name,
             'step', ${MAIL_STEP},
             'subject', ${MAIL_SUBJECT},
             'reports', coalesce((
               select jsonb_agg(jsonb_build_object('kind', kind, 'at', happened_at, 'link', link) order by happened_at)
               from lifecycle.message_event where message_id = message.id), '[]')) as content
  from lifecycle.message
    join lifecycle.sequence_entry entry on entry.id = entry_id
    join lifecycle.sequence on sequence.id = entry.sequence_id
    join lifecycle.sequence_version version on version.id = entry.version_id
  where message.customer_id = $1 order by message.id`;

/** The transcript once, as text; by what steps knew each other says nothing of the person. */
const TICKETS = `
  select to_jsonb(ticket) - array['transcript_html', 'messages', 'closing_key', 'closing_at', 'reopened_by_interaction'] as content
  from lifecycle.ticket where number = any ($1::int[]) order by number`;

async function readEvents(database: Queryable, ids: readonly string[]): Promise<JsonObject[]> {
  const { rows } = await database.query<{ content: JsonObject; deliveries: JsonObject[] }>(
    `select to_jsonb(event) as content,
            coalesce((
              select jsonb_agg(to_jsonb(delivery) || jsonb_build_object('workflow', handler.name) order by delivery.id)
              from lifecycle.delivery join lifecycle.handler on handler.id = handler_id
              where event_id = event.id), '[]') as deliveries
     from lifecycle.event where id = any ($1::bigint[]) order by id`,
    [ids],
  );
  return rows.map(({ content, deliveries }) => ({
    ...asFields(content),
    deliveries: deliveries.map(asFields),
  }));
}

async function readEffects(database: Queryable, { email, ids, eventIds }: Person): Promise<JsonObject[]> {
  return await read(
    database,
    'effect',
    `key ~* $3 or detail ->> 'contactId' = any ($2::text[])
       or begun_by in (select 'delivery ' || id from lifecycle.delivery where event_id = any ($1::bigint[]))`,
    [eventIds, ids.mauticContacts, personPattern(email, ids)],
  );
}

/** Columns as the fields that they are elsewhere: `external_id` as `externalId`. */
function asFields(row: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(row).map(([name, value]) => [
      name.replace(/_([a-z])/g, (_match, letter: string) => letter.toUpperCase()),
      value,
    ]),
  );
}
