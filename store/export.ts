import type { Queryable } from './database';
import type { JsonObject } from './events';
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
  planStatements: JsonObject[];
  paymentStatements: JsonObject[];
  stageChanges: JsonObject[];
  /** Each with its payload, and under `deliveries` the work on it. */
  events: JsonObject[];
  invites: JsonObject[];
  effects: JsonObject[];
  /** When somebody with this address was erased, and why. */
  erasures: JsonObject[];
}

/** All that is held of the person with this address ({@link normalizedEmail}), or nothing. */
export async function exportPerson(database: Queryable, email: string): Promise<PersonExport | null> {
  const naming = await eventsNaming(database, email);
  const person = await findPerson(database, email, naming.ids);
  const { customerId, ids, eventIds, groupKeys } = person;
  const ofCustomer = [customerId];
  const [customer] = await read(database, 'customer', 'id = $1', ofCustomer);
  const held = {
    customer: customer ?? null,
    subscriptions: await read(
      database,
      'subscription',
      `customer_id = $1 or (source = 'stripe' and external_customer_id = any ($2::text[]))
         or (source = 'lemonSqueezy' and external_customer_id = any ($3::text[]))`,
      [customerId, ids.stripeCustomers, ids.lemonSqueezyCustomers],
    ),
    planStatements: await read(database, 'plan_statement', 'customer_id = $1', ofCustomer),
    paymentStatements: await read(database, 'payment_statement', 'customer_id = $1', ofCustomer),
    stageChanges: await read(database, 'stage_change', 'customer_id = $1', ofCustomer),
    events: await readEvents(database, eventIds),
    invites: await read(database, 'invite', 'subject = any ($1::text[])', [
      ids.mauticContacts.map((id) => `mautic:${id}`),
    ]),
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

/** The rows with all their columns, however many there are of them. */
async function read(
  database: Queryable,
  table: string,
  condition: string,
  values: readonly unknown[],
): Promise<JsonObject[]> {
  const { rows } = await database.query<{ content: JsonObject }>(
    `select to_jsonb(held) as content from lifecycle.${table} held where ${condition} order by held`,
    values,
  );
  return rows.map(({ content }) => asFields(content));
}

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
