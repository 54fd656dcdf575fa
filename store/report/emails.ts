import type { Queryable } from '../database';
import type { Tier } from '../plan';
import type { MessageKind } from '../sequence-definition';
import type { ReportPeriod, ReportScope } from './scope';
import { knownSteps, readSequenceVersions, type KnownStep, type SequenceVersions } from './sequence-steps';

export const MAIL_COUNTS = [
  'planned',
  'sent',
  'delivered',
  'opened',
  'clicked',
  'bounced',
  'complained',
  'unsubscribed',
  'skipped',
  'failed',
  'unknown',
] as const;

/**
 * Mails by what became of them. What was reported of them counts mails, each once, and what was clicked counts as opened,
 * what was opened as delivered. They are those of the days of a period: the day (UTC) of a mail is that on which it was sent,
 * or dropped, or failed. `planned` are all that are still to be sent, whenever that is.
 */
export type MailCounts = Record<(typeof MAIL_COUNTS)[number], number>;

/** See `knownSteps` for what one step is. */
export interface StepReport extends MailCounts {
  /** Stays the same for ever; not its place, which the order of the list tells. */
  step: number;
  name: string;
  /** Of the first variant, as written now. */
  subject: string | null;
  /** Empty without an A/B test. */
  variants: VariantReport[];
}

export interface VariantReport extends MailCounts {
  variant: number;
  name: string;
  subject: string | null;
}

export interface SequenceMailReport extends MailCounts {
  sequence: string;
  kind: MessageKind;
  topic: string | null;
  /** How often somebody has entered it in the period, and how often somebody is in it now, whenever they have entered. */
  entered: number;
  underWay: number;
  /** Those of the newest version, and others of which there are mails. */
  steps: StepReport[];
}

export interface EmailReport {
  /** All that there are, by their names. */
  sequences: SequenceMailReport[];
  /** Every day of the period. Here `planned` are mails for that very day. */
  days: Array<MailCounts & { day: string }>;
  /** The 50 most frequent reasons, most mails first. */
  skipped: Array<{ reason: string; mails: number }>;
  /** All addresses that nothing is sent to now, of customers of whatever tier. */
  suppressed: Array<{ reason: string; addresses: number }>;
}

/** A tier is the one that the customer had on entering the sequence. */
export async function readEmailReport(
  database: Queryable,
  { period, tier }: ReportScope,
): Promise<EmailReport> {
  return {
    sequences: await readSequenceMails(database, period, tier),
    days: await readDays(database, period, tier),
    skipped: await readSkipped(database, period, tier),
    suppressed: await readSuppressed(database),
  };
}

/** The counts by day: those that are added up, and those that are not yet. */
const COUNTED = `(
  select day, version_id, step, variant, tier, reason_key, ${MAIL_COUNTS.join(', ')} from lifecycle.email_day
  union all
  select day, version_id, step, variant, tier, reason_key, ${MAIL_COUNTS.join(', ')} from lifecycle.email_day_change
) as counted`;

/** With the parameters of {@link placed}. */
const IN_PERIOD = `day between coalesce($1::date, '-infinity') and coalesce($2::date, 'infinity')`;
const OF_TIER = '($3::text is null or tier = $3)';

type Days = Pick<ReportPeriod, 'from' | 'until'>;

/** The days of a period are whole: what is counted for later today belongs to it. */
function placed(period: Days | null, tier: Tier | null): unknown[] {
  return [period && dayNameOf(period.from), period && dayNameOf(period.until), tier];
}

function dayNameOf(at: Date): string {
  return at.toISOString().slice(0, 'YYYY-MM-DD'.length);
}

/** All sequences by their names; `null` for all time. */
export async function readSequenceMails(
  database: Queryable,
  period: Days | null,
  tier: Tier | null,
): Promise<SequenceMailReport[]> {
  const sums = MAIL_COUNTS.map((count) =>
    count === 'planned'
      ? 'sum(planned)::int as planned'
      : `coalesce(sum(${count}) filter (where ${IN_PERIOD}), 0)::int as ${count}`,
  );
  const { rows } = await database.query<MailCounts & { place: string }>(
    `select version_id || ' ' || step || ' ' || variant as place, ${sums.join(', ')}
     from ${COUNTED} where (${IN_PERIOD} or planned <> 0) and ${OF_TIER}
     group by version_id, step, variant`,
    placed(period, tier),
  );
  const countsAt = new Map(rows.map(({ place, ...counts }) => [place, counts]));
  const entries = await readEntries(database, period, tier);
  const sequences = await readSequenceVersions(database);
  return sequences.map((sequence) => reportOf(sequence, countsAt, entries.get(sequence.id)));
}

interface EntryCounts {
  entered: number;
  underWay: number;
}

function reportOf(
  { name: sequence, kind, topic, versions }: SequenceVersions,
  countsAt: ReadonlyMap<string, MailCounts>,
  { entered, underWay }: EntryCounts = { entered: 0, underWay: 0 },
): SequenceMailReport {
  const { steps, mails } = knownSteps(versions);
  const counted = mails.flatMap(({ versionId, position, variantPosition, step, variant }) => {
    const counts = countsAt.get(`${versionId} ${position} ${variantPosition}`);
    return counts === undefined ? [] : [{ step, variant, counts }];
  });
  const reports = steps.map((step) => {
    const own = counted.filter((each) => each.step === step);
    return { isCurrent: step.isCurrent, ...stepReport(step, own) };
  });
  return {
    ...{ sequence, kind, topic, entered, underWay },
    ...totalOf(counted.map(({ counts }) => counts)),
    steps: reports.flatMap(({ isCurrent, ...report }) => (isCurrent || isAny(report) ? [report] : [])),
  };
}

function stepReport(
  { step, name, variants }: KnownStep,
  counted: ReadonlyArray<{ variant: KnownStep['variants'][number]; counts: MailCounts }>,
): StepReport {
  const reports = variants
    .map(({ isCurrent, variant, name: variantName, subject }) => {
      const own = counted.filter((each) => each.variant.variant === variant);
      return {
        isCurrent,
        ...{ variant, name: variantName, subject, ...totalOf(own.map(({ counts }) => counts)) },
      };
    })
    .flatMap(({ isCurrent, ...report }) => (isCurrent || isAny(report) ? [report] : []));
  const subject = (variants.find(({ isCurrent }) => isCurrent) ?? variants.at(-1))?.subject ?? null;
  const total = totalOf(counted.map(({ counts }) => counts));
  return { step, name, subject, ...total, variants: reports.length > 1 ? reports : [] };
}

function totalOf(all: readonly MailCounts[]): MailCounts {
  const total = { ...NONE };
  for (const count of MAIL_COUNTS) for (const counts of all) total[count] += counts[count];
  return total;
}

function isAny(counts: MailCounts): boolean {
  return MAIL_COUNTS.some((count) => counts[count] > 0);
}

const NONE: MailCounts = {
  planned: 0,
  sent: 0,
  delivered: 0,
  opened: 0,
  clicked: 0,
  bounced: 0,
  complained: 0,
  unsubscribed: 0,
  skipped: 0,
  failed: 0,
  unknown: 0,
};

/** By the id of the sequence. */
async function readEntries(
  database: Queryable,
  period: Days | null,
  tier: Tier | null,
): Promise<Map<string, EntryCounts>> {
  const { rows } = await database.query<EntryCounts & { sequenceId: string }>(
    `select sequence_id as "sequenceId", sum(entered)::int as entered, sum("underWay")::int as "underWay"
     from (
       select sequence_id, count(*) as entered, 0 as "underWay" from lifecycle.sequence_entry
       where entered_at >= coalesce($1::timestamptz, '-infinity') and entered_at < coalesce($2::timestamptz, 'infinity')
         and ${OF_TIER} group by sequence_id
       union all
       select sequence_id, 0, count(*) from lifecycle.sequence_entry
       where ended_at is null and ${OF_TIER} group by sequence_id
     ) as counted group by sequence_id`,
    [period?.from ?? null, period?.until ?? null, tier],
  );
  return new Map(rows.map(({ sequenceId, ...counts }) => [sequenceId, counts]));
}

async function readDays(database: Queryable, period: Days, tier: Tier | null): Promise<EmailReport['days']> {
  const { rows } = await database.query<MailCounts & { day: string }>(
    `select to_char(day, 'YYYY-MM-DD') as day, ${MAIL_COUNTS.map((count) => `coalesce(${count}, 0)::int as ${count}`).join(', ')}
     from (select $1::date + n as day from generate_series(0, $2::date - $1::date) as n) as days
       left join (
         select day, ${MAIL_COUNTS.map((count) => `sum(${count}) as ${count}`).join(', ')}
         from ${COUNTED} where ${IN_PERIOD} and ${OF_TIER} group by day
       ) as summed using (day)
     order by day`,
    placed(period, tier),
  );
  return rows;
}

const MOST_REASONS = 50;

async function readSkipped(
  database: Queryable,
  period: Days,
  tier: Tier | null,
): Promise<EmailReport['skipped']> {
  const { rows } = await database.query<EmailReport['skipped'][number]>(
    // The counts name a reason by its digest, so that a text that names somebody is nowhere but in the mail.
    `select coalesce(known.reason, '') as reason, mails
     from (
       select reason_key, sum(skipped)::int as mails from ${COUNTED}
       where skipped <> 0 and ${IN_PERIOD} and ${OF_TIER}
       group by reason_key having sum(skipped) > 0 order by 2 desc, 1 limit ${MOST_REASONS}
     ) as most
       left join lateral (
         select reason from lifecycle.message
         where state = 'dropped' and hashtextextended(reason, 0) = reason_key limit 1
       ) as known on true
     order by mails desc, reason`,
    placed(period, tier),
  );
  return rows;
}

async function readSuppressed(database: Queryable): Promise<EmailReport['suppressed']> {
  const { rows } = await database.query<EmailReport['suppressed'][number]>(
    `select reason, count(*)::int as addresses from lifecycle.suppression group by reason order by 2 desc, 1`,
  );
  return rows;
}
