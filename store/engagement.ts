import type { Pool } from 'pg';
import { normalizedEmail } from './customer';
import { lockCustomersById } from './customer-rows';
import { inTransaction, type Queryable } from './database';
import { MAIL_STEP } from './mail-text';
import { linkEvents } from './recorded-events';
import { react } from './sequence-endings';
import { lockEntries } from './sequence-rows';
import { suppress } from './suppressions';

/** From the least telling to the most: a mail that was clicked stays that, whatever is reported of it late. */
export const ENGAGEMENTS = [
  'sent',
  'delayed',
  'delivered',
  'opened',
  'clicked',
  'failed',
  'suppressed',
  'bounced',
  'complained',
] as const;
export type EngagementKind = (typeof ENGAGEMENTS)[number];

/** What the provider reports of a mail. */
export interface EngagementReport {
  /** The stored event that says so. */
  eventId: string;
  /** The provider's id of the mail. */
  providerId: string;
  /** Our own, when the mail carries it: it is known even if we never heard that it was sent. */
  messageId?: string | undefined;
  kind: EngagementKind;
  at: Date;
  recipients: readonly string[];
  /** Whether the address is not to be sent to any more: it does not exist, or its owner complained. */
  isFinal: boolean;
  detail: string | null;
  link: string | null;
}

export interface RecordedEngagement {
  /** `null` for a mail of no sequence. */
  message: { id: string; sequence: string; step: string; email: string } | null;
  /** Addresses that are suppressed now because of it. */
  suppressed: string[];
}

/** What is reported of mails: the timeline, the states of the mails, suppressed addresses, and what sequences do about it. */
export class Engagement {
  constructor(private readonly pool: Pool) {}

  /**
   * Keeps what was reported, in any order and however often it comes, with the same result. The answers are in the
   * order of the reports.
   */
  async record(reports: readonly EngagementReport[], now: Date = new Date()): Promise<RecordedEngagement[]> {
    if (reports.length === 0) return [];
    return await inTransaction(this.pool, async (client) => {
      const messages = await findReported(client, reports);
      const recipients = await findRecipients(client, reports);
      const named = reports.map((report, index) => {
        const message = messages.get(index);
        const customerIds = message
          ? [message.customerId]
          : report.recipients.flatMap((email) => recipients.get(normalizedEmail(email)) ?? []);
        return { report, message, customerIds };
      });
      // In the same order whoever works on them, and as those who record events do.
      const locked = await lockCustomersById(client, [
        ...new Set(named.flatMap(({ customerIds }) => customerIds)),
      ]);
      // Whoever was erased meanwhile is gone with all mails, as if the report had come later.
      const living = new Set(locked.map(({ id }) => id));
      const about = named.map(({ report, message, customerIds }) => ({
        report,
        message: message && living.has(message.customerId) ? message : undefined,
        customerIds: customerIds.filter((id) => living.has(id)),
      }));
      await lockEntries(
        client,
        about.flatMap(({ customerIds }) => customerIds),
      );
      await keepReports(client, about);
      const events = about.flatMap(({ report: { eventId }, message, customerIds }) =>
        customerIds.map((customerId) => ({ customerId, eventId, entryId: message?.entryId })),
      );
      await linkEvents(client, events);
      const finals = about.filter(({ report: { isFinal } }) => isFinal);
      await suppress(
        client,
        finals.flatMap(({ report: { kind, at, detail, recipients: emails } }) =>
          emails.map((email) => ({
            email: normalizedEmail(email),
            reason: kind === 'complained' ? ('complained' as const) : ('bounced' as const),
            detail,
            at,
          })),
        ),
      );
      await react(client, [...new Set(events.map(({ customerId }) => customerId))], events, now);
      return about.map(({ report, message }) => ({
        message: message ? pick(message) : null,
        suppressed: report.isFinal ? report.recipients.map(normalizedEmail) : [],
      }));
    });
  }
}

interface ReportedMessage {
  index: number;
  id: string;
  entryId: string;
  customerId: string;
  sequence: string;
  step: string;
  email: string;
}

function pick({ id, sequence, step, email }: ReportedMessage): RecordedEngagement['message'] {
  return { id, sequence, step, email };
}

async function findReported(
  transaction: Queryable,
  reports: readonly EngagementReport[],
): Promise<Map<number, ReportedMessage>> {
  const { rows } = await transaction.query<ReportedMessage>(
    `select distinct on (index) index, message.id, message.entry_id as "entryId",
            message.customer_id as "customerId", sequence.name as sequence, customer.email,
            ${MAIL_STEP} as step
     from jsonb_to_recordset($1) as given (index integer, "providerId" text, "messageId" bigint)
       join lifecycle.message on message.provider_id = given."providerId"
         or (message.id = given."messageId" and message.provider_id is null)
       join lifecycle.customer on customer.id = message.customer_id
       join lifecycle.sequence_entry entry on entry.id = message.entry_id
       join lifecycle.sequence on sequence.id = entry.sequence_id
       join lifecycle.sequence_version version on version.id = entry.version_id
     order by index, message.provider_id nulls last`,
    [
      JSON.stringify(
        reports.map(({ providerId, messageId }, index) => ({
          index,
          providerId,
          messageId: idOrNull(messageId),
        })),
      ),
    ],
  );
  return new Map(rows.map((row) => [row.index, row]));
}

/** What comes back in a tag may be anything. */
function idOrNull(text: string | undefined): string | null {
  return text !== undefined && /^\d{1,18}$/.test(text) ? text : null;
}

async function findRecipients(
  transaction: Queryable,
  reports: readonly EngagementReport[],
): Promise<Map<string, string>> {
  const emails = reports.flatMap(({ recipients }) => recipients.map(normalizedEmail));
  const { rows } = await transaction.query<{ id: string; email: string }>(
    'select id, email from lifecycle.customer where email = any ($1::text[])',
    [[...new Set(emails)]],
  );
  return new Map(rows.map(({ id, email }) => [email, id]));
}

const RANK = (column: string): string => `array_position($2::text[], ${column})`;

/** What a report says of a mail beside itself: what was clicked was opened, and what was opened was delivered. */
const SAYS = {
  delivered: ['delivered', 'opened', 'clicked'],
  opened: ['opened', 'clicked'],
  clicked: ['clicked'],
  bounced: ['bounced'],
  complained: ['complained'],
} as const satisfies { [flag: string]: readonly EngagementKind[] };
const EVER_SAID = Object.entries(SAYS)
  .map(([flag, kinds]) => `bool_or(kind in (${kinds.map((kind) => `'${kind}'`).join(', ')})) as ${flag}`)
  .join(', ');
const KEEP_SAID = Object.keys(SAYS)
  .map((flag) => `${flag} = message.${flag} or said.${flag}`)
  .join(', ');

/** A mail of which nobody knew whether it was sent has been; one that is under way stays in its batch, for the answer. */
async function keepReports(
  transaction: Queryable,
  about: ReadonlyArray<{ report: EngagementReport; message: ReportedMessage | undefined }>,
): Promise<void> {
  const given = about.flatMap(({ report: { eventId, providerId, kind, at, link }, message }) =>
    message ? [{ messageId: message.id, eventId, providerId, kind, at, link }] : [],
  );
  if (given.length === 0) return;
  await transaction.query(
    `with given as (
       select * from jsonb_to_recordset($1) as given (
         "messageId" bigint, "eventId" bigint, "providerId" text, kind text, at timestamptz, link text)
     ), kept as (
       insert into lifecycle.message_event (message_id, event_id, kind, happened_at, link)
       select "messageId", event.id, kind, at, link from given join lifecycle.event on event.id = "eventId"
       on conflict do nothing
     ), best as (
       select distinct on ("messageId") * from given order by "messageId", ${RANK('kind')} desc, at
     ), said as (
       select "messageId", ${EVER_SAID} from given group by "messageId"
     )
     update lifecycle.message
     set provider_id = coalesce(provider_id, best."providerId"),
         engaged_at = case when ${RANK('best.kind')} > coalesce(${RANK('engagement')}, 0) then best.at else engaged_at end,
         engagement = case when ${RANK('best.kind')} > coalesce(${RANK('engagement')}, 0) then best.kind else engagement end,
         sent_at = case when state = 'unknown' then best.at else sent_at end,
         reason = case when state = 'unknown' then null else reason end,
         state = case when state = 'unknown' then 'sent' else state end,
         ${KEEP_SAID},
         updated_at = now()
     from best join said using ("messageId") where message.id = "messageId"`,
    [JSON.stringify(given), ENGAGEMENTS],
  );
}
