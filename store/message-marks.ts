import type { Queryable } from './database';
import { pauseSending } from './sending-pause';
import { finishEntries } from './sequence-rows';

/** What a try to send a mail came to. */
export interface SendingResult {
  /** Of the message. */
  id: string;
  lease: string;
  /** The provider's id, when it was sent. */
  providerId?: string | undefined;
  failure?: SendingFailure | undefined;
}

export interface SendingFailure {
  message: string;
  /** Whether trying again later, unchanged, can succeed. */
  retryable: boolean;
  /** Whether certainly nothing was sent; else nobody knows. */
  unsent: boolean;
  /** The provider had this call before, with other content: it must not be sent again. */
  sentBefore?: boolean | undefined;
  /** The provider takes nothing until then. */
  retryAt?: Date | undefined;
}

/** What became of a mail by it. */
export interface MarkedMessage {
  id: string;
  state: 'sent' | 'planned' | 'sending' | 'failed' | 'unknown' | 'dropped';
  /** When it is tried again. */
  dueAt: Date | null;
  reason: string | null;
}

/** Between tries, by their number; the last one from then on. */
const BACK_OFF_MINUTES = [1, 5, 10, 30, 60] as const;
/** What was due for longer than this is not sent any more: it would speak of another day. */
const GIVE_UP_AFTER_MS = 24 * 60 * 60_000;

/** Notes results down, in a fixed number of statements. See `Messages.mark`. */
export async function markMessages(
  transaction: Queryable,
  results: readonly SendingResult[],
  now: Date,
): Promise<MarkedMessage[]> {
  if (results.length === 0) return [];
  await pauseIfRefused(transaction, results, now);
  // Entries before mails, as whoever ends a sequence does: two would else wait for each other for ever.
  await transaction.query(
    `select from lifecycle.sequence_entry
     where id in (select entry_id from lifecycle.message where id = any ($1::bigint[])) order by id for update`,
    [results.map(({ id }) => id)],
  );
  const { rows: open } = await transaction.query<OpenMessage>(
    `select id, lease, attempts, due_at as "dueAt", state from lifecycle.message
     where id = any ($1::bigint[]) and state in ('sending', 'unknown') order by id for update`,
    [results.map(({ id }) => id)],
  );
  const openOf = new Map(open.map((message) => [message.id, message]));
  const changes = results.flatMap((result) => {
    const message = openOf.get(result.id);
    return message === undefined ? [] : (changeBy(result, message, now) ?? []);
  });
  const { rows: changed } = await transaction.query<MarkedRow>(
    `update lifecycle.message
     set state = given.state, due_at = given."dueAt", reason = given.reason, attempts = given.attempts,
         provider_id = coalesce(given."providerId", provider_id),
         sent_at = case when given.state = 'sent' then $2 else sent_at end,
         leased_until = case when given.state = 'sending' then given."leasedUntil" end,
         lease = case when given.state = 'sending' then lease end,
         batch_key = case when given.state = 'sending' then batch_key end,
         batch_position = case when given.state = 'sending' then batch_position end,
         snapshot = case when given.state = 'sending' then snapshot end,
         updated_at = now()
     from jsonb_to_recordset($1) as given (
       id bigint, state text, "dueAt" timestamptz, reason text, attempts integer, "providerId" text,
       "leasedUntil" timestamptz)
     where message.id = given.id
     returning ${MARKED}`,
    [JSON.stringify(changes), now],
  );
  const rows = [...changed, ...(await readUnchanged(transaction, results, changed))];
  await finishEntries(
    transaction,
    rows.map(({ entryId }) => entryId),
    now,
  );
  const markedOf = new Map(rows.map(({ id, state, dueAt, reason }) => [id, { id, state, dueAt, reason }]));
  return results.map(({ id }) => markedOf.get(id) ?? GONE(id));
}

type MarkedRow = MarkedMessage & { entryId: string };

const MARKED = `
  message.id, message.entry_id as "entryId", message.state, message.reason,
  case when message.state = 'sending' then message.leased_until else message.due_at end as "dueAt"`;

async function readUnchanged(
  transaction: Queryable,
  results: readonly SendingResult[],
  changed: readonly MarkedRow[],
): Promise<MarkedRow[]> {
  const known = new Set(changed.map(({ id }) => id));
  const others = results.map(({ id }) => id).filter((id) => !known.has(id));
  if (others.length === 0) return [];
  const { rows } = await transaction.query<MarkedRow>(
    `select ${MARKED} from lifecycle.message where id = any ($1::bigint[])`,
    [others],
  );
  return rows;
}

/** Of somebody who was erased meanwhile. */
const GONE = (id: string): MarkedMessage => ({
  id,
  state: 'dropped',
  dueAt: null,
  reason: 'there is nothing of it any more: the customer was erased',
});

interface OpenMessage {
  id: string;
  lease: string | null;
  attempts: number;
  dueAt: Date | null;
  state: 'sending' | 'unknown';
}

interface Change {
  id: string;
  state: MarkedMessage['state'];
  dueAt: Date | null;
  reason: string | null;
  attempts: number;
  providerId?: string;
  leasedUntil?: Date;
}

function changeBy(result: SendingResult, message: OpenMessage, now: Date): Change | undefined {
  const { id, providerId, failure } = result;
  const attempts = message.attempts + 1;
  const { dueAt } = message;
  if (providerId !== undefined) return { id, state: 'sent', dueAt, reason: null, attempts, providerId };
  // Somebody else has taken it up again, and knows more by now.
  if (failure === undefined || message.state !== 'sending' || message.lease !== result.lease)
    return undefined;
  const { message: reason, retryable, unsent, sentBefore = false, retryAt } = failure;
  if (sentBefore) return { id, state: 'unknown', dueAt, reason, attempts };
  if (!retryable) return { id, state: 'failed', dueAt, reason, attempts };
  const again = retryAt ?? new Date(now.getTime() + backOffMs(attempts));
  if (!unsent) return { id, state: 'sending', dueAt, reason, attempts, leasedUntil: again };
  const waited = now.getTime() - (dueAt ?? now).getTime();
  return waited > GIVE_UP_AFTER_MS && retryAt === undefined
    ? { id, state: 'failed', dueAt, reason: `given up after a day: ${reason}`, attempts }
    : { id, state: 'planned', dueAt: again, reason, attempts };
}

function backOffMs(attempts: number): number {
  const minutes = BACK_OFF_MINUTES[Math.min(attempts, BACK_OFF_MINUTES.length) - 1] ?? 60;
  return minutes * 60_000;
}

async function pauseIfRefused(
  transaction: Queryable,
  results: readonly SendingResult[],
  now: Date,
): Promise<void> {
  const [last] = results
    .flatMap(({ failure }) => (failure?.retryAt ? [{ until: failure.retryAt, reason: failure.message }] : []))
    .filter(({ until }) => until > now)
    .sort((one, other) => other.until.getTime() - one.until.getTime());
  if (last !== undefined) await pauseSending(transaction, last);
}
