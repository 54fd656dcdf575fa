import type { CustomerRecord } from './customer';
import { findCustomers, lockCustomers } from './customer-rows';
import type { Queryable } from './database';
import { ERASED_ID, ERASED_PAYLOAD } from './erased';
import { groupKeyOf } from './group-key';
import type { Freed } from './groups';
import { eventsNaming, personPattern } from './naming';
import { eraseMailing } from './mailing-erasure';
import { findPerson, type Person } from './person';
import type { ProviderIds } from './provider-ids';
import type { SubscriptionReading } from './subscriptions';
import { eraseTickets } from './ticket-erasure';

/** What was removed, or emptied of all that is personal, by the tables of the store. */
export const ERASED_TABLES = [
  'customer',
  'subscription',
  'plan_statement',
  'payment_statement',
  'stage_change',
  'customer_event',
  'sequence_entry',
  'message',
  'suppression',
  'event',
  'delivery',
  'milestone',
  'invite',
  'effect',
  'sync_run',
  'ticket',
] as const;
export type ErasedTable = (typeof ERASED_TABLES)[number];
export type ErasedCounts = Record<ErasedTable, number>;

export interface Erasure {
  id: string;
  erasedAt: Date;
  reason: string | null;
  counts: ErasedCounts;
  /** How many events were being worked on: what such a run does from now on, it does without the store. */
  underWay: number;
  /** How many mails to them were being sent: what the provider took goes out. */
  mailsUnderWay: number;
  /** By what the outside systems know the person. It is not kept here. */
  elsewhere: ProviderIds & {
    /** Codes of invites that nobody has reported as used, revoked or expired. */
    discordInvites: string[];
    /** Numbers of the tickets whose channels are being deleted. */
    discordTickets: number[];
  };
}

/** Answers a record about somebody who was erased after it had happened; nothing of it was kept. */
export class PersonErased extends Error {
  override readonly name = 'PersonErased';

  constructor() {
    super('This person was erased after the event.');
  }
}

/**
 * Those of the records that happened before their person was erased, with the answer to each. To be called with the
 * customers locked: an erasure that is under way has come to its end then. A customer who was made only to be locked goes.
 */
export async function erasedRecords(
  transaction: Queryable,
  records: readonly CustomerRecord[],
): Promise<Map<CustomerRecord, PersonErased>> {
  const { rows } = await transaction.query<{ position: number }>(
    `select position
     from jsonb_to_recordset($1) as given (position integer, "eventId" bigint, "groupKey" text)
       join lifecycle.event on event.id = given."eventId"
     where exists (
       select from lifecycle.erased_group erased
       where erased.group_key = given."groupKey" and erased.erased_at >= event.occurred_at)`,
    [
      JSON.stringify(
        records.map(({ eventId, email }, position) => ({
          position,
          eventId,
          groupKey: groupKeyOf('email', email),
        })),
      ),
    ],
  );
  const erased = rows.flatMap(({ position }) => records[position] ?? []);
  const living = new Set(records.filter((record) => !erased.includes(record)).map(({ email }) => email));
  await dropJustMade(
    transaction,
    erased.map(({ email }) => email).filter((email) => !living.has(email)),
  );
  return new Map(erased.map((record) => [record, new PersonErased()]));
}

/** Removes those customers who were made by this transaction, only to be locked. */
async function dropJustMade(transaction: Queryable, emails: readonly string[]): Promise<void> {
  if (emails.length === 0) return;
  await transaction.query(
    `delete from lifecycle.customer where email = any ($1::text[]) and xmin = pg_current_xact_id()::xid`,
    [emails],
  );
}

/**
 * Those of the subscriptions whose people were not erased, or that began after it: a provider may go on to list somebody
 * for ever. To be called with the customers locked, as {@link erasedRecords}.
 */
export async function withoutErased<
  Each extends {
    reading: Pick<SubscriptionReading, 'externalCustomerId' | 'startedAt'>;
    email: string | null;
  },
>(transaction: Queryable, some: readonly Each[]): Promise<Each[]> {
  const { rows } = await transaction.query<{ position: number }>(
    `select position
     from jsonb_to_recordset($1) as given (position integer, keys text[], "startedAt" timestamptz)
     where exists (
       select from lifecycle.erased_group erased
       where erased.group_key = any (given.keys) and erased.erased_at >= given."startedAt")`,
    [
      JSON.stringify(
        some.map(({ reading: { externalCustomerId, startedAt }, email }, position) => ({
          position,
          keys: [
            groupKeyOf('customer', externalCustomerId),
            ...(email === null ? [] : [groupKeyOf('email', email)]),
          ],
          startedAt,
        })),
      ),
    ],
  );
  const erased = new Set(rows.map(({ position }) => position));
  const kept = some.filter((_each, position) => !erased.has(position));
  const living = new Set(kept.map(({ email }) => email));
  await dropJustMade(
    transaction,
    some.flatMap(({ email }) => (email === null || living.has(email) ? [] : email)),
  );
  return kept;
}

/** How many events may have been given their ids and not been committed when they were looked through. */
const MARGIN = 1_000;

/**
 * Removes the person with this address ({@link normalizedEmail}), or makes what has to stay say nothing of them. Whoever
 * takes in events, or records them of this person, waits for the end of it, once all events have been looked through.
 */
export async function erase(
  transaction: Queryable,
  email: string,
  reason: string | null,
): Promise<{ erasure: Erasure; freed: Freed[] }> {
  const isKnown = (await findCustomers(transaction, [email])).length > 0;
  const before = await eventsNaming(transaction, email);
  // Before the customer, as whoever begins a ticket does.
  await transaction.query('lock table lifecycle.ticket in share row exclusive mode');
  // Made when missing, so that nobody else makes it meanwhile.
  await lockCustomers(transaction, [email]);
  await transaction.query('lock table lifecycle.event in share row exclusive mode');
  const last = await eventsNaming(transaction, email, `${Math.max(0, Number(before.upTo) - MARGIN)}`);
  const person = await findPerson(transaction, email, [...new Set([...before.ids, ...last.ids])]);
  const pattern = personPattern(email, person.ids);

  const { rows: deliveries } = await transaction.query<Freed & { wasLeased: boolean }>(ERASE_DELIVERIES, [
    person.eventIds,
  ]);
  const milestone = await count(transaction, ERASE_MILESTONES, [person.eventIds]);
  const effect = await count(transaction, ERASE_EFFECTS, [
    person.eventIds,
    person.ids.mauticContacts,
    pattern,
    email,
  ]);
  const invites = await eraseInvites(transaction, person.ids);
  const tickets = await eraseTickets(transaction, person.tickets, pattern);
  const { mailsUnderWay, ...ofCustomer } = await eraseCustomer(transaction, person);
  const ofMailing = await eraseMailing(transaction, email, pattern);
  const counts: ErasedCounts = {
    ...ofCustomer,
    sequence_entry: ofCustomer.sequence_entry + ofMailing.sequence_entry,
    message: ofCustomer.message + ofMailing.message,
    suppression: ofMailing.suppression,
    customer: isKnown ? 1 : 0,
    subscription: await count(transaction, ERASE_SUBSCRIPTIONS, [
      person.customerId,
      person.ids.stripeCustomers,
      person.ids.lemonSqueezyCustomers,
      pattern,
    ]),
    event: await count(transaction, ERASE_EVENTS, [person.eventIds, ERASED_PAYLOAD, pattern, email]),
    delivery: deliveries.length,
    milestone,
    invite: invites.total,
    effect,
    sync_run: await count(transaction, ERASE_SYNC_RUNS, [pattern]),
    ticket: tickets,
  };
  const { id, erasedAt } = await keep(transaction, person, reason, counts);
  const freed = deliveries.filter(({ wasLeased }) => wasLeased);
  const elsewhere = { ...person.ids, discordInvites: invites.open, discordTickets: person.tickets.numbers };
  const erasure = { id, erasedAt, reason, counts, underWay: freed.length, mailsUnderWay, elsewhere };
  return { erasure, freed };
}

/**
 * Those that are being worked on are over as well: a run cannot be stopped from here, but what it reports in the end is
 * not kept any more, and nobody tries again.
 */
const ERASE_DELIVERIES = `
  with found as (
    select id, handler_id, group_key, state from lifecycle.delivery
    where event_id = any ($1::bigint[]) order by id for update
  )
  update lifecycle.delivery
  set state = 'done', alone = false, lease = null, lease_owner = null, lease_expires_at = null, group_key = null,
      -- When it was done stays: it tells how fast that was.
      updated_at = case found.state when 'done' then updated_at else now() end,
      last_failure = null, outcomes = jsonb_build_array(jsonb_build_object(
        'service', 'Lifecycle Store', 'at', now(), 'action', case found.state
          when 'done' then 'person erased: what was done for them is not kept'
          else 'person erased: nothing more is done for them' end))
  from found where delivery.id = found.id
  returning found.handler_id as "handlerId", found.group_key as "groupKey", found.state = 'leased' as "wasLeased"`;

/** It still counts: that it is known again says nothing of whose it was. */
const ERASE_MILESTONES = `
  with emptied as (
    update lifecycle.milestone set reference = null
    from lifecycle.delivery
    where delivery_id = delivery.id and reference is not null and event_id = any ($1::bigint[]) returning 1
  )
  select count(*) from emptied`;

/** What is confirmed cannot be confirmed again, by a run that is under way and would say for whom it was. */
const ERASE_EFFECTS = `
  with found as (
    select key, key ~* $3 or strpos(lower(key), $4) > 0 as names from lifecycle.effect
    where key ~* $3 or detail ->> 'contactId' = any ($2::text[])
      or begun_by in (select 'delivery ' || id from lifecycle.delivery where event_id = any ($1::bigint[]))
  ), removed as (
    delete from lifecycle.effect using found where effect.key = found.key and names returning 1
  ), emptied as (
    update lifecycle.effect set detail = null, confirmed_at = coalesce(confirmed_at, now())
    from found where effect.key = found.key and not names returning 1
  )
  select (select count(*) from removed) + (select count(*) from emptied) as count`;

const ERASE_SUBSCRIPTIONS = `
  with removed as (
    delete from lifecycle.subscription
    where customer_id = $1 or subscription::text ~* $4
      or (source = 'stripe' and external_customer_id = any ($2::text[]))
      or (source = 'lemonSqueezy' and external_customer_id = any ($3::text[]))
    returning 1
  )
  select count(*) from removed`;

/** An id that names nobody stays, so that a redelivery is known again. */
const ERASE_EVENTS = `
  with emptied as (
    update lifecycle.event
    set payload = $2, payload_removed_at = coalesce(payload_removed_at, now()), group_key = null,
        external_id = case
          when external_id ~* $3 or strpos(lower(external_id), $4) > 0 then ${ERASED_ID}
          else external_id
        end
    where id = any ($1::bigint[]) returning 1
  )
  select count(*) from emptied`;

/** A failure may name somebody, and a position an object of theirs; without one the next run begins at the beginning. */
const ERASE_SYNC_RUNS = `
  with emptied as (
    update lifecycle.sync_run
    set last_failure = case when last_failure ~* $1 then 'It is not kept: it named somebody who was erased.' else last_failure end,
        position = case when position::text ~* $1 then null else position end
    where last_failure ~* $1 or position::text ~* $1 returning 1
  )
  select count(*) from emptied`;

async function count(transaction: Queryable, sql: string, values: readonly unknown[]): Promise<number> {
  const { rows } = await transaction.query<{ count: string }>(sql, values);
  return Number(rows[0]?.count ?? 0);
}

/** A code stays, so that it never counts as new; one that nobody knows yet is not waited for any more. */
async function eraseInvites(
  transaction: Queryable,
  { mauticContacts }: ProviderIds,
): Promise<{ total: number; open: string[] }> {
  const subjects = mauticContacts.map((id) => `mautic:${id}`);
  const { rows: begun } = await transaction.query(
    `delete from lifecycle.invite where subject = any ($1::text[]) and state = 'begun' returning id`,
    [subjects],
  );
  const { rows: coded } = await transaction.query<{ code: string; isOpen: boolean }>(
    `update lifecycle.invite set subject = 'erased', cause = null, channel_id = null
     where subject = any ($1::text[])
     returning code, state = 'live' and (expires_at is null or expires_at > now()) as "isOpen"`,
    [subjects],
  );
  const open = coded.filter(({ isOpen }) => isOpen).map(({ code }) => code);
  return { total: begun.length + coded.length, open };
}

/** What goes with the customer. */
const OF_CUSTOMER = [
  'plan_statement',
  'payment_statement',
  'stage_change',
  'customer_event',
  'sequence_entry',
  'message',
] as const;
type OfCustomer = Pick<ErasedCounts, (typeof OF_CUSTOMER)[number]> & Pick<Erasure, 'mailsUnderWay'>;

async function eraseCustomer(transaction: Queryable, { customerId }: Person): Promise<OfCustomer> {
  const { rows } = await transaction.query<OfCustomer>(
    `with removed as (delete from lifecycle.customer where id = $1)
     select ${OF_CUSTOMER.map((table) => `(select count(*)::int from lifecycle.${table} where customer_id = $1) as ${table}`).join(', ')},
            (select count(*)::int from lifecycle.message
             where customer_id = $1 and state = 'sending') as "mailsUnderWay"`,
    [customerId],
  );
  const [row] = rows;
  if (row === undefined) throw new Error('The customer could not be removed.');
  return row;
}

async function keep(
  transaction: Queryable,
  { groupKeys }: Person,
  reason: string | null,
  counts: ErasedCounts,
): Promise<{ id: string; erasedAt: Date }> {
  const { rows } = await transaction.query<{ id: string; erasedAt: Date }>(
    `with erasure as (
       insert into lifecycle.erasure (erased_at, reason, counts) values (clock_timestamp(), $1, $2)
       returning id, erased_at
     ), digests as (
       insert into lifecycle.erased_group (group_key, erased_at, erasure_id)
       select group_key, erased_at, id from erasure, unnest($3::text[]) as group_key
     )
     select id, erased_at as "erasedAt" from erasure`,
    [reason, counts, groupKeys],
  );
  const [row] = rows;
  if (row === undefined) throw new Error('The erasure could not be recorded.');
  return row;
}
