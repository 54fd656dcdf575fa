import { randomUUID } from 'node:crypto';
import type { Queryable } from './database';
import { STANDING, standingJoins } from './email-standing';
import { judge, type DueMessage, type Verdict } from './message-gate';
import { isSameDay, zoneOf } from './schedule';
import { textOf, type MessageKind, type MessageText, type SequenceDefinition } from './sequence-definition';
import { DROP_OPEN_MESSAGES, finishEntries } from './sequence-rows';
import type { Stage } from './stage';
import type { Tier } from './plan';

/** As many as one call to Resend takes. Source: https://resend.com/docs/api-reference/emails/send-batch-emails */
const BATCH_SIZE = 100;
/** Resend knows an Idempotency-Key for 24 hours; with a margin for clocks. */
const KEY_LIVES_MS = 23 * 60 * 60_000;
const DAY_MS = 24 * 60 * 60_000;

/** What a mail says of its customer, as of when it was claimed first. */
export interface CustomerSnapshot {
  email: string;
  name: string | null;
  tier: Tier | null;
  stage: Stage | null;
  timeZone: string;
}

/** A mail to send now. */
export interface ClaimedMessage extends MessageText {
  id: string;
  customerId: string;
  /** The right to say what became of it. */
  lease: string;
  /** The same for all that go out in one call. */
  batchKey: string;
  sequence: string;
  step: string;
  /** Of several that the step has. */
  variant: string | null;
  kind: MessageKind;
  /** `null` for whoever sends all others. */
  from: string | null;
  replyTo: string | null;
  preferencesPage: string | null;
  customer: CustomerSnapshot;
  data: { [name: string]: unknown };
  /** When it was claimed first: a second try says the same. */
  sentAt: Date;
}

export interface Lease {
  lease: string;
  until: Date;
}

/** A mail that is claimed, and the place where all that it is made of stands. */
export interface ClaimedRow {
  id: string;
  customerId: string;
  lease: string;
  batchKey: string;
  batchPosition: number;
  step: number;
  variant: number;
  waitOutcome: string | null;
  versionId: string;
  snapshot: CustomerSnapshot;
  data: { [name: string]: unknown };
  sentAt: Date;
}

const CLAIMED = `
  message.id, message.customer_id as "customerId", message.lease, message.batch_key as "batchKey",
  message.batch_position as "batchPosition", message.step, message.variant, message.wait_outcome as "waitOutcome",
  entry.version_id as "versionId", message.snapshot, entry.data, message.batch_at as "sentAt"`;

/**
 * Takes up whole batches whose end is unknown, since their lease has run out. Those that the provider may not know any
 * more are given up.
 */
export async function takeUpAgain(
  transaction: Queryable,
  { lease, until }: Lease,
  limit: number,
  now: Date,
): Promise<ClaimedRow[]> {
  await transaction.query(
    `update lifecycle.message
     set state = 'unknown', batch_key = null, lease = null, leased_until = null, snapshot = null, updated_at = now(),
         reason = 'it is unknown whether it was sent: ' || coalesce(reason, 'the run that sent it was cut off')
     where state = 'sending' and leased_until <= $1 and batch_at <= $2`,
    [now, new Date(now.getTime() - KEY_LIVES_MS)],
  );
  const { rows } = await transaction.query<ClaimedRow>(
    `update lifecycle.message set lease = $1, leased_until = $2, updated_at = now()
     from lifecycle.sequence_entry entry
     where entry.id = message.entry_id and state = 'sending' and batch_key in (
       select batch_key from lifecycle.message where state = 'sending' and leased_until <= $3
       group by batch_key order by min(batch_at) limit $4)
     returning ${CLAIMED}`,
    [lease, until, now, Math.max(1, Math.floor(limit / BATCH_SIZE))],
  );
  return rows;
}

interface DueRow extends Omit<DueMessage, 'definition' | 'zone'> {
  id: string;
  entryId: string;
  customerId: string;
  versionId: string;
  email: string;
  name: string | null;
  tier: Tier | null;
  timeZone: string | null;
  /** When marketing mails were sent to the customer lately, and are being sent. */
  marketingSentAt: Date[];
}

const ENDED_BY = `
  case when cardinality(version.ends_on) > 0 then (
    select event.source || ':' || event.type
    from lifecycle.customer_event recorded join lifecycle.event on event.id = recorded.event_id
    where recorded.customer_id = message.customer_id and event.occurred_at >= entry.entered_at
      and event.source || ':' || event.type = any (version.ends_on)
      -- What was opened or clicked counts for the sequence of its mail alone.
      and (event.source <> 'resend' or exists (
        select from lifecycle.message_event reported join lifecycle.message own on own.id = reported.message_id
        where reported.event_id = event.id and own.entry_id = entry.id))
    order by event.id limit 1)
  end`;

const MARKETING_SENT_AT = `
  case when message.kind = 'marketing' then array(
    select coalesce(other.sent_at, other.batch_at) from lifecycle.message other
    where other.customer_id = message.customer_id and other.kind = 'marketing'
      and other.state in ('sending', 'sent', 'unknown') and coalesce(other.sent_at, other.batch_at) > $2)
  else '{}' end`;

/** Decides over mails that are due, in the order of their times, and claims those that may go out. */
export async function judgeDue(
  transaction: Queryable,
  definitions: Map<string, SequenceDefinition>,
  { limit, mostMarketingPerDay }: { limit: number; mostMarketingPerDay: number },
  { lease, until }: Lease,
  now: Date,
): Promise<{ looked: number; claimed: ClaimedRow[]; dropped: number; postponed: number }> {
  const { rows } = await transaction.query<DueRow>(
    // Found and locked first, by the index alone; what is known of them is looked up afterwards, for these few.
    `with message as materialized (
       select message.id, message.entry_id, message.customer_id, message.kind, message.due_at
       from lifecycle.message join lifecycle.sequence_entry entry on entry.id = message.entry_id
       where message.state = 'planned' and message.due_at <= $1
       order by message.due_at, message.id limit $3
       -- Whose customer is being recorded right now comes with the next claim.
       for update of entry, message skip locked
     )
     select message.id, message.entry_id as "entryId", message.customer_id as "customerId",
            entry.version_id as "versionId", entry.entered_at as "enteredAt",
            customer.email, customer.name, customer.tier, customer.stage, customer.stage_since as "stageSince",
            customer.time_zone as "timeZone", ${STANDING}, ${ENDED_BY} as "endedBy",
            ${MARKETING_SENT_AT} as "marketingSentAt"
     from message
       join lifecycle.sequence_entry entry on entry.id = message.entry_id
       join lifecycle.sequence_version version on version.id = entry.version_id
       join lifecycle.sequence on sequence.id = entry.sequence_id
       join lifecycle.customer on customer.id = message.customer_id
       ${standingJoins('sequence.topic')}
     order by message.due_at, message.id`,
    [now, new Date(now.getTime() - 2 * DAY_MS), limit],
  );
  await readDefinitions(transaction, definitions, rows);
  const today = new Map<string, number>();
  const judged = rows.flatMap((row) => {
    const definition = definitions.get(row.versionId);
    if (definition === undefined) return [];
    const zone = zoneOf(row.timeZone, definition.timeZone);
    const claimedToday = today.get(row.customerId) ?? 0;
    const marketingToday = row.marketingSentAt.filter((at) => isSameDay(at, now, zone)).length + claimedToday;
    const verdict = judge({ ...row, definition, zone, marketingToday }, now, mostMarketingPerDay);
    if ('send' in verdict && definition.kind === 'marketing') today.set(row.customerId, claimedToday + 1);
    return [{ row, zone, verdict }];
  });
  const sendable = judged.filter(({ verdict }) => 'send' in verdict);
  const claimed = await claim(transaction, sendable, { lease, until }, now);
  await setAside(transaction, judged, now);
  const postponed = judged.filter(({ verdict }) => 'postpone' in verdict).length;
  return {
    looked: rows.length,
    claimed,
    dropped: judged.length - sendable.length - postponed,
    postponed,
  };
}

/** Adds the definitions that are missing. */
async function readDefinitions(
  transaction: Queryable,
  definitions: Map<string, SequenceDefinition>,
  rows: ReadonlyArray<{ versionId: string }>,
): Promise<void> {
  const missing = new Set(rows.map(({ versionId }) => versionId).filter((id) => !definitions.has(id)));
  if (missing.size === 0) return;
  const { rows: versions } = await transaction.query<{ id: string; content: SequenceDefinition }>(
    'select id, content from lifecycle.sequence_version where id = any ($1::bigint[])',
    [[...missing]],
  );
  for (const { id, content } of versions) definitions.set(id, content);
}

interface Judged {
  row: DueRow;
  zone: string;
  verdict: Verdict;
}

async function claim(
  transaction: Queryable,
  sendable: readonly Judged[],
  { lease, until }: Lease,
  now: Date,
): Promise<ClaimedRow[]> {
  if (sendable.length === 0) return [];
  let batchKey = '';
  const given = sendable.map(({ row: { id, entryId, email, name, tier, stage }, zone }, index) => {
    if (index % BATCH_SIZE === 0) batchKey = randomUUID();
    const snapshot: CustomerSnapshot = { email, name, tier, stage, timeZone: zone };
    // Counted through all batches: what was due first goes out first.
    return { id, entryId, batchKey, position: index, snapshot };
  });
  const { rows } = await transaction.query<ClaimedRow>(
    `update lifecycle.message
     set state = 'sending', batch_key = given."batchKey", batch_position = given.position, batch_at = $2, lease = $3,
         leased_until = $4, snapshot = given.snapshot, updated_at = now()
     from jsonb_to_recordset($1) as given (
       id bigint, "entryId" bigint, "batchKey" uuid, position integer, snapshot jsonb)
       join lifecycle.sequence_entry entry on entry.id = given."entryId"
     where message.id = given.id
     returning ${CLAIMED}`,
    [JSON.stringify(given), now, lease, until],
  );
  return rows;
}

async function setAside(transaction: Queryable, judged: readonly Judged[], now: Date): Promise<void> {
  const ended = judged.flatMap(({ row: { entryId }, verdict }) =>
    'end' in verdict ? [{ id: entryId, reason: verdict.end }] : [],
  );
  if (ended.length > 0) {
    await transaction.query(
      `with given as (
         select distinct on (id) * from jsonb_to_recordset($1) as given (id bigint, reason text)
       ), ended as (
         update lifecycle.sequence_entry entry set ended_at = $2, end_reason = given.reason
         from given where entry.id = given.id and entry.ended_at is null
         returning entry.id, entry.end_reason
       )
       ${DROP_OPEN_MESSAGES}`,
      [JSON.stringify(ended), now],
    );
  }
  const moved = judged.flatMap(({ row: { id }, verdict }): object[] => {
    if ('drop' in verdict) return [{ id, state: 'dropped', dueAt: null, reason: verdict.drop }];
    if ('postpone' in verdict)
      return [
        { id, state: 'planned', dueAt: verdict.postpone, reason: 'it waits for the end of the quiet hours' },
      ];
    return [];
  });
  if (moved.length === 0) return;
  await transaction.query(
    `update lifecycle.message
     set state = given.state, due_at = given."dueAt", reason = given.reason, updated_at = now()
     from jsonb_to_recordset($1) as given (id bigint, state text, "dueAt" timestamptz, reason text)
     where message.id = given.id`,
    [JSON.stringify(moved)],
  );
  await finishEntries(
    transaction,
    judged.flatMap(({ row: { entryId }, verdict }) => ('drop' in verdict ? entryId : [])),
    now,
  );
}

/** Mails with all that they are made of, in the order in which they were due; so those of a batch keep theirs as well. */
export async function claimedMessages(
  transaction: Queryable,
  definitions: Map<string, SequenceDefinition>,
  claimed: readonly ClaimedRow[],
): Promise<ClaimedMessage[]> {
  await readDefinitions(transaction, definitions, claimed);
  return [...claimed].sort(byPlace).flatMap((row) => {
    const definition = definitions.get(row.versionId);
    const step = definition?.steps[row.step];
    const text = step && textOf(step, row.variant, row.waitOutcome);
    if (!definition || !step || !text) return [];
    const { id, customerId, lease, batchKey, snapshot: customer, data, sentAt } = row;
    const { name: sequence, kind, from, replyTo, preferencesPage } = definition;
    const variant = step.variants.length > 1 ? (step.variants[row.variant]?.name ?? null) : null;
    const { subject, preheader, body } = text;
    return {
      ...{ id, customerId, lease, batchKey, sequence, step: step.name, variant, kind, from, replyTo },
      ...{ preferencesPage, subject, preheader, body, customer, data, sentAt },
    };
  });
}

function byPlace(one: ClaimedRow, other: ClaimedRow): number {
  return (
    one.sentAt.getTime() - other.sentAt.getTime() ||
    one.batchPosition - other.batchPosition ||
    Number(one.batchKey > other.batchKey) - Number(one.batchKey < other.batchKey)
  );
}
