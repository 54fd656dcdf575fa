import type { Queryable } from './database';
import { EVENT_SOURCES } from './events';
import { groupKeyOf } from './group-key';
import { idsIn, type EventContent, type ProviderIds } from './provider-ids';
import { discordUserKey, ticketKey } from './ticket-opening';
import { ticketsOf, type PersonTickets } from './ticket-erasure';

/** All by which what is held of somebody is found. */
export interface Person {
  /** Trimmed and in lower case. */
  email: string;
  /** Absent for somebody of whom there are only events. */
  customerId: string | undefined;
  ids: ProviderIds;
  /** Those that the intake gives to events about the person. */
  groupKeys: string[];
  eventIds: string[];
  tickets: PersonTickets;
}

/**
 * Finds out what is held of the person with this address ({@link normalizedEmail}): the events that name it (`naming`), were
 * recorded of its customer, or are about what providers know the person by.
 */
export async function findPerson(
  database: Queryable,
  email: string,
  naming: readonly string[],
): Promise<Person> {
  const customer = await readCustomer(database, email);
  const emailKey = groupKeyOf('email', email);
  const own = await readContents(database, customer?.id, emailKey, naming);
  const found = idsIn(own, email);
  const tickets = await ticketsOf(database, email, customer?.id);
  const stripeCustomers = union(found.stripeCustomers, customer?.stripeCustomers ?? []);
  const ids: ProviderIds = {
    mauticContacts: union(found.mauticContacts, customer?.mauticContacts ?? []),
    stripeCustomers,
    stripeSubscriptions: await readSubscriptionIds(database, stripeCustomers),
    lemonSqueezyCustomers: union(found.lemonSqueezyCustomers, customer?.lemonSqueezyCustomers ?? []),
    twentyPeople: customer?.twentyPeople ?? [],
    resendMails: union(found.resendMails, customer?.resendMails ?? []),
    discordUsers: tickets.openers,
  };
  const groupKeys = [
    emailKey,
    ...ids.mauticContacts.map((id) => groupKeyOf('contact', id)),
    ...[...ids.stripeCustomers, ...ids.lemonSqueezyCustomers].map((id) => groupKeyOf('customer', id)),
    ...ids.resendMails.map((id) => groupKeyOf('object', id)),
    ...ids.discordUsers.map(discordUserKey),
    ...tickets.numbers.map(ticketKey),
  ];
  const eventIds = await readEventIds(database, customer?.id, groupKeys, naming);
  return { email, customerId: customer?.id, ids, groupKeys, eventIds, tickets };
}

function union(some: readonly string[], others: readonly string[]): string[] {
  return [...new Set([...some, ...others])];
}

interface CustomerIds extends Omit<ProviderIds, 'stripeSubscriptions' | 'discordUsers'> {
  id: string;
}

async function readCustomer(database: Queryable, email: string): Promise<CustomerIds | undefined> {
  const { rows } = await database.query<CustomerIds>(
    `select id, array_remove(array[mautic_contact_id::text], null) as "mauticContacts",
            array_remove(array[twenty_person_id], null) as "twentyPeople",
            array(select distinct external_customer_id from lifecycle.subscription
                  where customer_id = customer.id and source = 'stripe') as "stripeCustomers",
            array(select distinct external_customer_id from lifecycle.subscription
                  where customer_id = customer.id and source = 'lemonSqueezy') as "lemonSqueezyCustomers",
            array(select provider_id from lifecycle.message
                  where customer_id = customer.id and provider_id is not null order by id) as "resendMails"
     from lifecycle.customer where email = $1`,
    [email],
  );
  return rows[0];
}

async function readSubscriptionIds(database: Queryable, customers: readonly string[]): Promise<string[]> {
  const { rows } = await database.query<{ id: string }>(
    `select external_id as id from lifecycle.subscription
     where source = 'stripe' and external_customer_id = any ($1::text[]) order by 1`,
    [customers],
  );
  return rows.map(({ id }) => id);
}

const RECORDED = `select event_id from lifecycle.customer_event where customer_id = $1`;

async function readContents(
  database: Queryable,
  customerId: string | undefined,
  emailKey: string,
  naming: readonly string[],
): Promise<EventContent[]> {
  const { rows } = await database.query<EventContent>(
    `select source, payload, id in (${RECORDED}) as "isRecorded"
     from lifecycle.event
     where source in ('mautic', 'stripe', 'lemonSqueezy', 'resend')
       and (id in (${RECORDED}) or id = any ($2::bigint[])
         or id in (select id from lifecycle.event where source = any ($3::text[]) and group_key = $4))`,
    [customerId ?? null, naming, EVENT_SOURCES, emailKey],
  );
  return rows;
}

async function readEventIds(
  database: Queryable,
  customerId: string | undefined,
  groupKeys: readonly string[],
  naming: readonly string[],
): Promise<string[]> {
  const { rows } = await database.query<{ id: string }>(
    `select id from (
       ${RECORDED}
       union select id from lifecycle.event where source = any ($2::text[]) and group_key = any ($3::text[])
       union select unnest($4::bigint[])
     ) as found (id) order by id`,
    [customerId ?? null, EVENT_SOURCES, groupKeys, naming],
  );
  return rows.map(({ id }) => id);
}
