import type { Queryable } from '../database';
import type { DeliveryFilter } from '../deliveries';
import type { SigningKey } from '../signing-key';

/** Which dead deliveries are meant: one, or all of a handler, or those of an event type (`source:type`) for it. */
export type ReplayQuestion =
  { which: 'one'; delivery: string } | { which: 'all'; handler: string; type: string | null };

/** Dead deliveries that can be worked on again. */
export interface DeadDeliveries {
  deliveries: number;
  /** The newest of them; `null` when there are none. */
  newest: DeadDelivery | null;
}

export interface DeadDelivery {
  id: string;
  /** Name of the workflow. */
  handler: string;
  /** `source:type`. */
  eventType: string;
  occurredAt: Date;
  /** Where its last try failed; `null` when that is not known. */
  service: string | null;
  message: string | null;
}

const TOKEN_SECONDS = 3_600;

/** An event without its payload cannot be worked on again, and does not count. */
export async function readDead(database: Queryable, question: ReplayQuestion): Promise<DeadDeliveries> {
  const { ids, handlerId, eventType } = deadOnly(question);
  const { rows } = await database.query<DeadDelivery & { deliveries: number }>(
    `select delivery.id, handler.name as handler, event.source || ':' || event.type as "eventType",
            event.occurred_at as "occurredAt", last_failure ->> 'service' as service,
            last_failure ->> 'message' as message, count(*) over ()::int as deliveries
     from lifecycle.delivery join lifecycle.event on event.id = event_id
       join lifecycle.handler on handler.id = handler_id
     where state = 'dead' and payload_removed_at is null
       and ($1::bigint[] is null or delivery.id = any ($1))
       and ($2::text is null or handler_id = $2)
       and ($3::text is null or event.source || ':' || event.type = $3)
     order by delivery.id desc limit 1`,
    [ids ?? null, handlerId ?? null, eventType ?? null],
  );
  const [row] = rows;
  if (row === undefined) return { deliveries: 0, newest: null };
  const { deliveries, ...newest } = row;
  return { deliveries, newest };
}

/** What is not dead is worked on anyway, or done. */
export function deadOnly(question: ReplayQuestion): DeliveryFilter {
  const states = ['dead'] as const;
  if (question.which === 'one') return { states, ids: [question.delivery] };
  const { handler: handlerId, type } = question;
  return { states, handlerId, ...(type !== null && { eventType: type }) };
}

/**
 * What a page carries that asks whether to replay, so that no other site can answer it in the name of somebody whose browser
 * knows the password: `<seconds since 1970>.<signature of that and the question>`. It is good until then, for an hour.
 */
export async function replayToken(key: SigningKey, question: ReplayQuestion, now: Date): Promise<string> {
  const expiresAt = String(Math.floor(now.getTime() / 1_000) + TOKEN_SECONDS);
  return `${expiresAt}.${await key.sign(signedText(question, expiresAt))}`;
}

/** Whether the token was given out for this very question and is still good. */
export async function isReplayToken(
  key: SigningKey,
  question: ReplayQuestion,
  token: string,
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
