import type { Queryable } from './database';
import type { MessageKind } from './sequence-definition';

/** A sequence and how it goes, for people. */
export interface SequenceReport {
  name: string;
  kind: MessageKind;
  topic: string | null;
  /** How often somebody has entered it, and how often they still are in it. */
  entered: number;
  underWay: number;
  /** Mails by what has become of them. */
  planned: number;
  sent: number;
  opened: number;
  clicked: number;
  dropped: number;
  failed: number;
}

/** All sequences that anybody ever entered, by their names. */
export async function readSequenceReports(database: Queryable): Promise<SequenceReport[]> {
  const { rows } = await database.query<SequenceReport>(
    `select sequence.name, sequence.kind, sequence.topic,
            count(distinct entry.id)::int as entered,
            count(distinct entry.id) filter (where entry.ended_at is null)::int as "underWay",
            count(*) filter (where message.state in ('planned', 'waiting', 'held', 'sending'))::int as planned,
            count(*) filter (where message.state = 'sent')::int as sent,
            count(*) filter (where exists (
              select from lifecycle.message_event reported
              where reported.message_id = message.id and reported.kind in ('opened', 'clicked')))::int as opened,
            count(*) filter (where exists (
              select from lifecycle.message_event reported
              where reported.message_id = message.id and reported.kind = 'clicked'))::int as clicked,
            count(*) filter (where message.state = 'dropped')::int as dropped,
            count(*) filter (where message.state in ('failed', 'unknown'))::int as failed
     from lifecycle.sequence
       left join lifecycle.sequence_entry entry on entry.sequence_id = sequence.id
       left join lifecycle.message on message.entry_id = entry.id
     group by sequence.id order by sequence.name`,
  );
  return rows;
}
