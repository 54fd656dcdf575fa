import type { Queryable } from './database';
import { textOf, type MessageKind, type SequenceDefinition } from './sequence-definition';

export const MESSAGE_STATES = [
  'planned',
  'waiting',
  'held',
  'sending',
  'sent',
  'dropped',
  'failed',
  'unknown',
] as const;
export type MessageState = (typeof MESSAGE_STATES)[number];

/** What mails are looked for by; all that is given has to fit. */
export interface MessageFilter {
  email?: string | undefined;
  sequence?: string | undefined;
  states?: readonly MessageState[] | undefined;
  /** Those whose time has come by then. */
  dueBy?: Date | undefined;
}

/** A mail of a sequence and what became of it, for people. */
export interface FoundMessage {
  id: string;
  email: string;
  sequence: string;
  step: string;
  /** As written: a template. */
  subject: string | null;
  kind: MessageKind;
  state: MessageState;
  dueAt: Date | null;
  sentAt: Date | null;
  reason: string | null;
  engagement: string | null;
  engagedAt: Date | null;
  cause: string;
  providerId: string | null;
}

/** Mails that fit, what happened or will happen last first. */
export async function findMessages(
  database: Queryable,
  { email, sequence, states, dueBy }: MessageFilter,
  limit: number,
): Promise<FoundMessage[]> {
  const { rows } = await database.query<
    FoundMessage & {
      variant: number;
      position: number;
      waitOutcome: string | null;
      definition: SequenceDefinition;
    }
  >(
    `select message.id, customer.email, sequence.name as sequence, message.step as position, message.variant,
            message.wait_outcome as "waitOutcome", message.kind, message.state, message.due_at as "dueAt", message.sent_at as "sentAt", message.reason,
            message.engagement, message.engaged_at as "engagedAt", entry.cause, message.provider_id as "providerId",
            version.content as definition
     from lifecycle.message
       join lifecycle.customer on customer.id = message.customer_id
       join lifecycle.sequence_entry entry on entry.id = message.entry_id
       join lifecycle.sequence on sequence.id = entry.sequence_id
       join lifecycle.sequence_version version on version.id = entry.version_id
     where ($1::text is null or customer.email = $1) and ($2::text is null or sequence.name = $2)
       and ($3::text[] is null or message.state = any ($3))
       and ($5::timestamptz is null or message.due_at <= $5)
     order by coalesce(message.sent_at, message.due_at, message.updated_at) desc, message.id desc limit $4`,
    [email ?? null, sequence ?? null, states ?? null, limit, dueBy ?? null],
  );
  return rows.map(({ definition, position, variant, waitOutcome, ...message }) => {
    const step = definition.steps[position];
    const subject = (step && textOf(step, variant, waitOutcome)?.subject) ?? null;
    return { ...message, step: step?.name ?? String(position), subject };
  });
}
