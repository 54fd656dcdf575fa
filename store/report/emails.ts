import type { Queryable } from '../database';
import type { MessageKind } from '../sequence-definition';
import type { ReportScope } from './scope';

export interface MailCounts {
  planned: number;
  sent: number;
  delivered: number;
  opened: number;
  clicked: number;
  bounced: number;
  complained: number;
  unsubscribed: number;
  skipped: number;
  failed: number;
  unknown: number;
}

export interface StepReport extends MailCounts {
  step: number;
  name: string;
  subject: string | null;
  variants: Array<MailCounts & { variant: number; name: string; subject: string | null }>;
}

export interface SequenceMailReport extends MailCounts {
  sequence: string;
  kind: MessageKind;
  topic: string | null;
  entered: number;
  underWay: number;
  steps: StepReport[];
}

export interface EmailReport {
  sequences: SequenceMailReport[];
  days: Array<MailCounts & { day: string }>;
  skipped: Array<{ reason: string; mails: number }>;
  suppressed: Array<{ reason: string; addresses: number }>;
}

export const readEmails: (database: Queryable, scope: ReportScope) => Promise<EmailReport> = () =>
  Promise.resolve({ sequences: [], days: [], skipped: [], suppressed: [] });
