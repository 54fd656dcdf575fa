import type { Queryable } from './database';
import { readSequenceMails } from './report/emails';
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

/** All sequences that anybody ever entered, by their names, with all that ever became of their mails. */
export async function readSequenceReports(database: Queryable): Promise<SequenceReport[]> {
  const sequences = await readSequenceMails(database, null, null);
  return sequences.map(({ sequence: name, kind, topic, entered, underWay, planned, sent, ...counts }) => ({
    ...{ name, kind, topic, entered, underWay, planned, sent },
    ...{ opened: counts.opened, clicked: counts.clicked, dropped: counts.skipped },
    failed: counts.failed + counts.unknown,
  }));
}
