import type { Queryable } from './database';
import type { EngagementKind } from './engagement';
import { MAIL_STEP, MAIL_SUBJECT } from './mail-text';

/** A mail of a sequence that was sent to the customer, or was not to be sent, or could not be. */
export interface TimelineMail {
  kind: 'mail';
  /** When it was sent, or since when it is clear that it is not. */
  at: Date;
  id: string;
  sequence: string;
  step: string;
  /** As written: a template. */
  subject: string | null;
  state: 'sent' | 'dropped' | 'failed' | 'unknown';
  /** Why it was not sent, or is not known to be; `null` for one that was. */
  reason: string | null;
  /** What was reported of it, in the order in which it happened. */
  reports: Array<{ kind: EngagementKind; at: string; link: string | null }>;
}

/** The newest mails of the customer with this id that are over, newest first. */
export async function readTimelineMails(
  database: Queryable,
  customerId: string | undefined,
  limit: number,
): Promise<TimelineMail[]> {
  const { rows } = await database.query<Omit<TimelineMail, 'kind'>>(
    `select coalesce(message.sent_at, message.updated_at) as at, message.id, sequence.name as sequence,
            ${MAIL_STEP} as step, ${MAIL_SUBJECT} as subject,
            message.state, message.reason,
            coalesce((
              select jsonb_agg(jsonb_build_object('kind', reported.kind, 'at', reported.happened_at, 'link', reported.link)
                               order by reported.happened_at, reported.event_id)
              from lifecycle.message_event reported where message_id = message.id), '[]') as reports
     from lifecycle.message
       join lifecycle.sequence_entry entry on entry.id = message.entry_id
       join lifecycle.sequence on sequence.id = entry.sequence_id
       join lifecycle.sequence_version version on version.id = entry.version_id
     where message.customer_id = $1 and message.state in ('sent', 'dropped', 'failed', 'unknown')
     order by 1 desc, message.id desc limit $2`,
    [customerId ?? null, limit],
  );
  return rows.map((row) => ({ kind: 'mail', ...row }));
}
