import { createHash } from 'node:crypto';
import type { Queryable } from './database';
import type { MessageKind, SequenceDefinition } from './sequence-definition';
import type { PlannedMessage } from './sequence-plan';
import type { Tier } from './plan';
import { storable } from './storable';

export interface SequenceVersion {
  id: string;
  sequenceId: string;
}

/** Keeps a definition, once, however often it comes; sequence and topic are then what it says. */
export async function keepVersion(
  database: Queryable,
  definition: SequenceDefinition,
): Promise<SequenceVersion> {
  const content = JSON.stringify(definition, storable);
  const { rows } = await database.query<SequenceVersion>(
    `with sequence as (
       insert into lifecycle.sequence (name, kind, topic) values ($1, $2, $3)
       on conflict (name) do update set kind = excluded.kind, topic = excluded.topic, updated_at = now()
       returning id
     )
     insert into lifecycle.sequence_version (sequence_id, digest, content, ends_on, only_while)
     select id, $4, $5, $6, $7 from sequence
     on conflict (sequence_id, digest) do update set digest = excluded.digest
     returning id, sequence_id as "sequenceId"`,
    [
      definition.name,
      definition.kind,
      definition.topic,
      createHash('sha256').update(content).digest('hex'),
      content,
      definition.endsOn,
      definition.onlyWhile,
    ],
  );
  const [row] = rows;
  if (row === undefined) throw new Error('The sequence could not be kept.');
  return row;
}

export interface NewEntry {
  customerId: string;
  /** The customer's. */
  tier: Tier | null;
  cause: string;
  startedAt: Date;
  enteredAt: Date;
  data: { readonly [name: string]: unknown };
}

/** Gives the ids in the order of the entries; `undefined` for a cause that has entered before, or stands twice in the list. */
export async function insertEntries(
  transaction: Queryable,
  { id, sequenceId }: SequenceVersion,
  entries: readonly NewEntry[],
): Promise<Array<string | undefined>> {
  if (entries.length === 0) return [];
  const { rows } = await transaction.query<{ id: string; customerId: string; cause: string }>(
    `insert into lifecycle.sequence_entry
       (sequence_id, version_id, customer_id, tier, cause, data, started_at, entered_at)
     select $1, $2, "customerId", tier, cause, data, "startedAt", "enteredAt"
     from jsonb_to_recordset($3) as given (
       "customerId" bigint, tier text, cause text, data jsonb, "startedAt" timestamptz, "enteredAt" timestamptz)
     on conflict (sequence_id, customer_id, cause) do nothing
     returning id, customer_id as "customerId", cause`,
    [sequenceId, id, JSON.stringify(entries, storable)],
  );
  const idOf = new Map(rows.map((row) => [`${row.customerId} ${row.cause}`, row.id]));
  return entries.map(({ customerId, cause }) => {
    const key = `${customerId} ${String(storable('', cause))}`;
    const entryId = idOf.get(key);
    idOf.delete(key);
    return entryId;
  });
}

export interface PlannedEntry {
  entryId: string;
  customerId: string;
  versionId: string;
  tier: Tier | null;
  plan: readonly PlannedMessage[];
}

/** Keeps what was planned, in one statement. An entry without any mail left to send is over. */
export async function insertMessages(
  transaction: Queryable,
  kind: MessageKind,
  planned: readonly PlannedEntry[],
  now: Date,
): Promise<void> {
  if (planned.length === 0) return;
  const messages = planned.flatMap(({ plan, ...entry }) => plan.map((message) => ({ ...message, ...entry })));
  await transaction.query(
    `insert into lifecycle.message
       (entry_id, customer_id, version_id, tier, step, variant, kind, state, due_at, waits_since, reason)
     select "entryId", "customerId", "versionId", tier, step, variant, $2, state, "dueAt", "waitsSince", reason
     from jsonb_to_recordset($1) as given (
       "entryId" bigint, "customerId" bigint, "versionId" bigint, tier text, step integer, variant integer, state text,
       "dueAt" timestamptz, "waitsSince" timestamptz, reason text)`,
    [JSON.stringify(messages), kind],
  );
  const withoutMail = planned.filter(({ plan }) => plan.every(({ state }) => state === 'dropped'));
  await finishEntries(
    transaction,
    withoutMail.map(({ entryId }) => entryId),
    now,
  );
}

/** All entries of these customers. Entries before mails, whatever is done: two would else wait for each other for ever. */
export async function lockEntries(transaction: Queryable, customerIds: readonly string[]): Promise<void> {
  await transaction.query(
    'select from lifecycle.sequence_entry where customer_id = any ($1::bigint[]) order by id for update',
    [customerIds],
  );
}

/** Drops what ended entries still have before them; `ended` names those, with their reasons. */
export const DROP_OPEN_MESSAGES = `
  update lifecycle.message
  set state = 'dropped', due_at = null, reason = 'the sequence ended: ' || ended.end_reason, updated_at = now()
  from ended where message.entry_id = ended.id and state in ('planned', 'waiting', 'held')`;

/** Which entries are to end: of somebody, in one sequence or about one topic if given, marketing alone if so wanted. */
export interface EntryFilter {
  email: string;
  sequence?: string | undefined;
  topics?: readonly string[] | undefined;
  onlyMarketing?: boolean | undefined;
}

/** Ends entries, and drops the mails that they still have before them; gives how many mails those are. */
export async function endEntries(
  transaction: Queryable,
  { email, sequence, topics, onlyMarketing = false }: EntryFilter,
  reason: string,
  now: Date,
): Promise<number> {
  const { rows } = await transaction.query<{ count: number }>(
    `with locked as (
       select entry.id
       from lifecycle.sequence_entry entry
         join lifecycle.sequence on sequence.id = entry.sequence_id
         join lifecycle.customer on customer.id = entry.customer_id
       where entry.ended_at is null and customer.email = $1 and ($2::text is null or sequence.name = $2)
         and ($3::text[] is null or sequence.topic = any ($3)) and (not $4 or sequence.kind = 'marketing')
       order by entry.id for update of entry
     ), ended as (
       update lifecycle.sequence_entry entry set ended_at = $5, end_reason = $6
       where id in (select id from locked) and ended_at is null
       returning entry.id, entry.end_reason
     ), dropped as (${DROP_OPEN_MESSAGES} returning 1)
     select count(*)::int as count from dropped`,
    [email, sequence ?? null, topics ?? null, onlyMarketing, now, reason],
  );
  return rows[0]?.count ?? 0;
}

/** Ends those of the entries that have no mail before them any more. */
export async function finishEntries(
  transaction: Queryable,
  entryIds: readonly string[],
  now: Date,
): Promise<void> {
  if (entryIds.length === 0) return;
  await transaction.query(
    `update lifecycle.sequence_entry entry set ended_at = $2, end_reason = 'completed'
     where id = any ($1::bigint[]) and ended_at is null and not exists (
       select from lifecycle.message
       where entry_id = entry.id and state in ('planned', 'waiting', 'held', 'sending'))`,
    [entryIds, now],
  );
}
