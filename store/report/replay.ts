import type { Queryable } from '../database';
import type { SigningKey } from '../signing-key';
import type { ReportScope } from './scope';

/** Dead deliveries that are to be worked on again: one, or all of a handler, or of an event type (`source:type`) for it. */
export type ReplayQuestion =
  { which: 'one'; delivery: string } | { which: 'all'; handler: string; type: string | null };

/** What would be replayed, for the page that asks whether it shall be, or what became of it. */
export interface ReplayReport {
  kind: 'replay';
  scope: ReportScope;
  question: ReplayQuestion;
  /** How many of them are dead and can be worked on again, after the answer: still. */
  deliveries: number;
  /** The newest of them. */
  newest: DeadDelivery | null;
  /** Has to come back with the answer; good for this question, for an hour. */
  token: string;
  /** `null` while it is only asked. `refused`: the token was not ours, for another question, or too old. */
  answer: null | 'refused' | { replayed: number };
}

export interface DeadDelivery {
  id: string;
  /** Name of the workflow. */
  handler: string;
  /** `source:type`. */
  eventType: string;
  occurredAt: Date;
  /** Where its last try failed. */
  service: string | null;
  message: string;
}

export type DeadDeliveries = Pick<ReplayReport, 'deliveries' | 'newest'>;

const TOKEN_SECONDS = 3_600;

/** What can be replayed: an event without its payload cannot be worked on again. */
export async function readDead(database: Queryable, question: ReplayQuestion): Promise<DeadDeliveries> {
  const one = question.which === 'one' ? question.delivery : null;
  const { handler, type } = question.which === 'all' ? question : { handler: null, type: null };
  const { rows } = await database.query<DeadDelivery & { deliveries: number }>(
    `select delivery.id, handler.name as handler, event.source || ':' || event.type as "eventType",
            event.occurred_at as "occurredAt", last_failure ->> 'service' as service,
            coalesce(last_failure ->> 'message', '') as message, count(*) over ()::int as deliveries
     from lifecycle.delivery join lifecycle.event on event.id = event_id join lifecycle.handler on handler.id = handler_id
     where state = 'dead' and payload_removed_at is null
       and ($1::bigint is null or delivery.id = $1)
       and ($2::text is null or handler_id = $2)
       and ($3::text is null or event.source || ':' || event.type = $3)
     order by delivery.id desc limit 1`,
    [one, handler, type],
  );
  const [row] = rows;
  if (row === undefined) return { deliveries: 0, newest: null };
  const { deliveries, ...newest } = row;
  return { deliveries, newest };
}

/**
 * What a page carries that asks, so that no other site can answer in the name of somebody whose browser knows the password:
 * `<seconds since 1970>.<signature of that and the question>`.
 */
export async function replayToken(key: SigningKey, question: ReplayQuestion, now: Date): Promise<string> {
  const expiresAt = String(Math.floor(now.getTime() / 1_000) + TOKEN_SECONDS);
  return `${expiresAt}.${await key.sign(signedText(question, expiresAt))}`;
}

/** Whether the token was given out for this very question, and less than an hour ago. */
export async function isReplayToken(
  key: SigningKey,
  token: string,
  question: ReplayQuestion,
  now: Date,
): Promise<boolean> {
  const [, expiresAt, signature] = /^(\d{1,12})\.([\w-]{24})$/.exec(token) ?? [];
  if (expiresAt === undefined || signature === undefined) return false;
  const isOurs = await key.verify(signedText(question, expiresAt), signature);
  return isOurs && now.getTime() < Number(expiresAt) * 1_000;
}

function signedText(question: ReplayQuestion, expiresAt: string): string {
  const parts =
    question.which === 'one' ? ['one', question.delivery] : ['all', question.handler, question.type];
  return `replay:${JSON.stringify([...parts, expiresAt])}`;
}
