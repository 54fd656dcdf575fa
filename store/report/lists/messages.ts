import { dayOf, type ReportPeriod, type ReportScope } from '../scope';
import { knownSteps, readSequenceVersions, type KnownMail } from '../sequence-steps';
import { readPage, type ListQuery, type ListRow, type ReportList } from './list';

/** In SQL, the mails that a count of `MailCounts` counts. Those that are few are found by an index of their own. */
const COUNTED: Readonly<Record<string, string>> = {
  planned: `message.state in ('planned', 'waiting', 'held', 'sending')`,
  sent: `message.state = 'sent'`,
  delivered: 'message.delivered',
  opened: 'message.opened',
  clicked: 'message.clicked',
  bounced: 'message.bounced',
  complained: 'message.complained',
  unsubscribed: 'message.unsubscribed',
  skipped: `message.state = 'dropped'`,
  failed: `message.state = 'failed'`,
  unknown: `message.state = 'unknown'`,
};

const STATES: Readonly<Record<string, string>> = {
  planned: 'planned',
  waiting: 'waiting for an event',
  held: 'waiting for an earlier mail',
  sending: 'being sent',
  sent: 'sent',
  dropped: 'skipped',
  failed: 'failed',
  unknown: 'unknown whether it was sent',
};

/** Mails of sequences. `step` and `variant` are numbers of the report; they say nothing without what they belong to. */
export const messages: ReportList = {
  name: 'messages',
  title: 'E-mails',
  filters: ['sequence', 'step', 'variant', 'state', 'reason', 'day'],
  columns: [
    { key: 'at', title: 'Time', kind: 'time' },
    { key: 'email', title: 'Customer', kind: 'customer' },
    { key: 'sequence', title: 'Sequence', kind: 'text' },
    { key: 'step', title: 'E-mail', kind: 'text' },
    { key: 'variant', title: 'Variant', kind: 'text' },
    { key: 'subject', title: 'Subject', kind: 'text' },
    { key: 'state', title: 'State', kind: 'text' },
    { key: 'engagement', title: 'Reported', kind: 'text' },
    { key: 'reason', title: 'Reason', kind: 'text' },
  ],

  async read(database, scope, filters, after, limit) {
    const sequences = (await readSequenceVersions(database)).map(({ name, versions }) => ({
      name,
      ...knownSteps(versions),
      versions: versions.map(({ id }) => id),
    }));
    const sequence = sequences.find(({ name }) => name === filters['sequence']);
    const query = queryOf(scope, filters, sequence);
    const page = await readPage(database, query, after, limit);
    const mailAt = new Map(
      sequences.flatMap(({ name, mails }) => mails.map((mail) => [placeOf(mail), { name, mail }] as const)),
    );
    return { ...page, rows: page.rows.map((row) => named(row, mailAt.get(String(row['place'])))) };
  },
};

interface NarrowedTo {
  versions: string[];
  mails: KnownMail[];
}

function queryOf(
  { period, tier }: ReportScope,
  { step, variant, state = '', reason, day }: Readonly<Partial<Record<string, string>>>,
  sequence: NarrowedTo | undefined,
): ListQuery {
  const values: unknown[] = [];
  const given = (value: unknown, type: string): string => `$${values.push(value)}::${type}`;
  const conditions = [
    ...(COUNTED[state] === undefined ? [] : [COUNTED[state]]),
    ...(tier === null ? [] : [`message.tier = ${given(tier, 'text')}`]),
  ];
  const days = wholeDays(period);
  const range = dayOf(days, day);
  // Whatever is planned is counted, whenever it is due, but on the days of a chart.
  if (state !== 'planned' || range !== days) {
    conditions.push(
      `message.counted_at >= ${given(range.from, 'timestamptz')}`,
      `message.counted_at < ${given(range.until, 'timestamptz')}`,
    );
  }
  if (sequence) conditions.push(...belongingTo(sequence, step, variant, given));
  if (reason !== undefined) {
    conditions.push(
      // As it is counted: by its digest alone. To compare the texts as well would mislead the planner.
      `message.state = 'dropped' and hashtextextended(message.reason, 0) = hashtextextended(${given(reason, 'text')}, 0)`,
    );
  }
  return {
    columns: `
      message.counted_at as at, customer.email, message.customer_id as "customerId", message.state,
      message.engagement, message.reason, message.wait_outcome as "waitOutcome",
      message.version_id || ' ' || message.step || ' ' || message.variant as place`,
    from: 'lifecycle.message join lifecycle.customer on customer.id = message.customer_id',
    conditions,
    values,
    at: 'message.counted_at',
    id: 'message.id',
    idType: 'bigint',
  };
}

/** Mails are counted by whole days: those for later today as well. */
function wholeDays(period: ReportPeriod): ReportPeriod {
  const until = new Date(period.until);
  until.setUTCHours(24, 0, 0, 0);
  return { ...period, until };
}

function belongingTo(
  { versions, mails }: NarrowedTo,
  step: string | undefined,
  variant: string | undefined,
  given: (value: unknown, type: string) => string,
): string[] {
  const ofStep = mails.filter((mail) => String(mail.step.step) === step);
  if (ofStep.length === 0) return [`message.version_id = any (${given(versions, 'bigint[]')})`];
  const ofVariant = ofStep.filter((mail) => String(mail.variant.variant) === variant);
  const wanted = ofVariant.length === 0 ? ofStep : ofVariant;
  return [
    // The first two let the index decide over nearly all; the last one is exact.
    `message.version_id = any (${given(
      wanted.map(({ versionId }) => versionId),
      'bigint[]',
    )})`,
    `message.step = any (${given(
      wanted.map(({ position }) => position),
      'integer[]',
    )})`,
    `message.version_id || ' ' || message.step || ' ' || message.variant = any (${given(wanted.map(placeOf), 'text[]')})`,
  ];
}

function placeOf({ versionId, position, variantPosition }: KnownMail): string {
  return `${versionId} ${position} ${variantPosition}`;
}

/** A row for people: with names where the store has positions. */
function named(
  {
    at = null,
    email = null,
    customerId = null,
    state,
    engagement = null,
    reason = null,
    waitOutcome,
  }: ListRow,
  known: { name: string; mail: KnownMail } | undefined,
): ListRow {
  const { mail } = known ?? {};
  const hasVariants = (mail?.step.variants.length ?? 0) > 1;
  return {
    ...{ at, email, customerId, engagement, reason },
    sequence: known?.name ?? null,
    step: mail?.step.name ?? null,
    variant: hasVariants ? (mail?.variant.name ?? null) : null,
    subject: (waitOutcome === 'timeIsUp' ? mail?.otherSubject : null) ?? mail?.subject ?? null,
    state: STATES[String(state)] ?? null,
  };
}
