import { Pool } from 'pg';
import { beforeEach, describe, expect, it } from '@jest/globals';
import {
  ENGAGEMENTS,
  type ChosenPreferences,
  type SendingResult,
  type SequenceDefinition,
  type Store,
} from '../../../store';
import { foldEmailChanges } from '../../../store/report/email-days';
import { MAIL_COUNTS, readEmailReport, type MailCounts } from '../../../store/report/emails';
import { entries } from '../../../store/report/lists/entries';
import { readList, type ReportList } from '../../../store/report/lists/list';
import { messages } from '../../../store/report/lists/messages';
import { suppressions } from '../../../store/report/lists/suppressions';
import { periodUpTo, type ReportScope } from '../../../store/report/scope';
import { Random } from '../../support/random';
import { sequence, step } from '../../support/sequences';
import { useStore } from '../../support/store';

const database = useStore();
const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
let store: Store;
let pool: Pool;

beforeEach(async () => {
  store = await database.empty();
  pool = new Pool({ connectionString: database.url(), max: 4 });
  database.beforeClosing(() => pool.end());
});

const text = (name: string, subject: string) => ({ name, weight: 1, subject, preheader: '', body: subject });
const VARIANTS = { variants: [text('A', 'Tips'), text('B', 'More tips')] };

/** Versions of two sequences: with another text, a step before, another order of variants, and another name. */
const DEFINITIONS: readonly [SequenceDefinition, ...SequenceDefinition[]] = [
  sequence({ steps: [step('Hello'), step('Tips', { delay: 1, unit: 'days', ...VARIANTS })] }),
  sequence({
    steps: [
      step('News'),
      step('Hello', { variants: [text('A', 'Good day')] }),
      step('Tips', {
        delay: 2,
        unit: 'days',
        wait: { events: ['resend:email.opened'], whenTimeIsUp: 'skip', other: null },
        variants: [...VARIANTS.variants].reverse(),
      }),
    ],
  }),
  sequence({ steps: [step('Hello'), step('Bye', { delay: 1, unit: 'days' })] }),
  sequence({ name: 'Receipts', kind: 'transactional', topic: null, steps: [step('Receipt')] }),
];

/** Lets customers of all tiers enter, get, open, leave and be erased, at random and some of it side by side. */
class History {
  readonly random: Random;
  now = Date.now() - 4 * DAY;
  private sent: Array<{ id: string; providerId: string; email: string; token: string }> = [];
  private count = 0;

  constructor(seed: number) {
    this.random = new Random(seed);
  }

  async play(turns: number): Promise<void> {
    for (let turn = 0; turn < turns; turn += 1) {
      this.now = Math.min(this.now + this.random.below((5 * DAY) / turns), Date.now());
      const some = Array.from({ length: 1 + this.random.below(3) }, () => this.turn());
      await Promise.all(some);
    }
  }

  private async turn(): Promise<void> {
    const turns = [
      () => this.enter(),
      () => this.enter(),
      () => this.send(),
      () => this.send(),
      () => this.report(),
      () => this.report(),
      () => this.unsubscribe(),
      () => this.end(),
      () => this.erase(),
      () => foldEmailChanges(pool, 50_000),
    ] as const;
    await this.random.pick(turns)();
  }

  private someone(): string {
    return `c${this.random.below(12)}@example.com`;
  }

  private async enter(): Promise<void> {
    const starts = Array.from({ length: 1 + this.random.below(4) }, () => ({
      email: this.someone(),
      cause: `cause ${(this.count += 1)}`,
      startedAt: new Date(this.now),
      data: {},
    }));
    const tier = this.random.pick(['free', 'pro', 'enterprise', null]);
    await store.sequences.start(this.random.pick(DEFINITIONS), starts, new Date(this.now));
    await pool.query('update lifecycle.customer set tier = $1 where email = $2', [tier, this.someone()]);
  }

  private async send(): Promise<void> {
    const now = new Date(this.now);
    const options = { limit: 1 + this.random.below(20), mostMarketingPerDay: 3, leaseSeconds: 600 };
    const { messages: claimed } = await store.messages.claimDue(options, now);
    const tokens = await store.emailPreferences.tokensFor(claimed.map(({ customerId }) => customerId));
    const results = claimed.map(({ id, lease, customerId, customer: { email } }): SendingResult => {
      const chance = this.random.below(12);
      this.sent.push({ id, providerId: `mail_${id}`, email, token: tokens.get(customerId) ?? '' });
      if (chance > 3) return { id, lease, providerId: `mail_${id}` };
      const failure = { message: `Refused: ${chance}.`, retryable: chance === 1, unsent: chance === 1 };
      return { id, lease, failure: { ...failure, sentBefore: chance === 2 } };
    });
    await store.messages.mark(results, now);
  }

  private async report(): Promise<void> {
    const reports = await Promise.all(
      Array.from({ length: 1 + this.random.below(8) }, async () => {
        const mail = this.sent[this.random.below(Math.max(1, this.sent.length))];
        const kind = this.random.pick(ENGAGEMENTS);
        const { id } = await store.events.accept({
          source: 'resend',
          externalId: `report ${(this.count += 1)}`,
          type: `email.${kind}`,
          occurredAt: new Date(this.now),
          payload: {},
        });
        return mail && id !== undefined
          ? {
              ...{
                eventId: id,
                providerId: mail.providerId,
                messageId: mail.id,
                kind,
                at: new Date(this.now),
              },
              ...{ recipients: [mail.email], detail: null, link: null },
              isFinal: kind === 'complained' && this.random.below(3) === 0,
            }
          : undefined;
      }),
    );
    const known = reports.filter((report) => report !== undefined);
    await store.engagement.record(known, new Date(this.now));
    // Once more, as a provider may do.
    if (this.random.below(2) === 0) await store.engagement.record(known.reverse(), new Date(this.now));
  }

  private async unsubscribe(): Promise<void> {
    const mail = this.sent[this.random.below(Math.max(1, this.sent.length))];
    const choice = this.random.pick<ChosenPreferences>([
      { wantsMarketing: false },
      { topics: [] },
      { wantsMarketing: true, topics: ['Tips'] },
    ]);
    if (mail) await store.emailPreferences.choose(mail.token, choice, new Date(this.now));
  }

  private async end(): Promise<void> {
    await store.sequences.end(
      this.someone(),
      undefined,
      `reason ${this.random.below(3)}`,
      new Date(this.now),
    );
  }

  private async erase(): Promise<void> {
    if (this.random.below(3) === 0) await store.privacy.erase(this.someone());
  }
}

function scopeOf(days: number, tier: ReportScope['tier'] = null): ReportScope {
  return { period: periodUpTo(new Date(), days), tier };
}

/** Counted mail by mail, from what was reported of each. */
async function countOne(scope: ReportScope, condition: string, values: unknown[] = []): Promise<MailCounts> {
  const from = scope.period.from.toISOString().slice(0, 10);
  const until = scope.period.until.toISOString().slice(0, 10);
  const ever = (...kinds: string[]): string =>
    `exists (select from lifecycle.message_event reported where reported.message_id = message.id
       and reported.kind in (${kinds.map((kind) => `'${kind}'`).join(', ')}))`;
  const conditions: MailCountConditions = {
    planned: `state in ('planned', 'waiting', 'held', 'sending')`,
    sent: `in_period and state = 'sent'`,
    delivered: `in_period and ${ever('delivered', 'opened', 'clicked')}`,
    opened: `in_period and ${ever('opened', 'clicked')}`,
    clicked: `in_period and ${ever('clicked')}`,
    bounced: `in_period and ${ever('bounced')}`,
    complained: `in_period and ${ever('complained')}`,
    unsubscribed: 'in_period and unsubscribed',
    skipped: `in_period and state = 'dropped'`,
    failed: `in_period and state = 'failed'`,
    unknown: `in_period and state = 'unknown'`,
  };
  const [row] = await database.sql<MailCounts>(
    `select ${MAIL_COUNTS.map((count) => `(count(*) filter (where ${conditions[count]}))::int as ${count}`).join(', ')}
     from (
       select message.*, sequence.name as sequence, day, day between '${from}' and '${until}' as in_period,
              version.content -> 'steps' -> message.step ->> 'name' as step_name,
              version.content -> 'steps' -> message.step -> 'variants' -> message.variant ->> 'name' as variant_name
       from lifecycle.message
         join lifecycle.sequence_entry entry on entry.id = message.entry_id
         join lifecycle.sequence on sequence.id = entry.sequence_id
         join lifecycle.sequence_version version on version.id = entry.version_id
         cross join lateral (
           select (case when sent_at is not null then sent_at
                        when state in ('dropped', 'failed', 'unknown') then message.updated_at
                        when due_at is not null then due_at else message.created_at end at time zone 'UTC')::date as day
         ) as placed
       where $1::text is null or entry.tier = $1
     ) as message where ${condition}`,
    [scope.tier, ...values],
  );
  if (row === undefined) throw new Error('Nothing was counted.');
  return row;
}
type MailCountConditions = Record<keyof MailCounts, string>;

const countsOf = (given: MailCounts): MailCounts =>
  Object.fromEntries(MAIL_COUNTS.map((count) => [count, given[count]])) as MailCounts;

/** How many rows a list has on all of its pages. */
async function lengthOf(
  list: ReportList,
  scope: ReportScope,
  filters: Record<string, string>,
): Promise<number> {
  let length = 0;
  let after: string | null = null;
  do {
    const page = await readList(list, pool, scope, filters, after, 7);
    length += page.rows.length;
    ({ after } = page);
  } while (after !== null);
  return length;
}

const SCOPES = [scopeOf(30), scopeOf(1), scopeOf(3, 'pro'), scopeOf(30, 'free')];

describe('the report on e-mails', () => {
  it('is tried on histories in which everything happens', async () => {
    const seen = new Set<string>();
    // What runs side by side comes in another order each time, so that one history may lack something.
    for (let seed = 1; seed <= 10 && seen.size < MAIL_COUNTS.length; seed += 1) {
      await new History(seed).play(60);
      const counts = await countOne(scopeOf(30), 'true');
      for (const count of MAIL_COUNTS) if (counts[count] > 0) seen.add(count);
    }
    expect([...seen].sort()).toEqual([...MAIL_COUNTS].sort());
  });

  it.each([1, 2, 3])('counts what a count of the mails themselves gives (history %i)', async (seed) => {
    await new History(seed).play(60);
    for (const scope of SCOPES) {
      const report = await readEmailReport(pool, scope);
      for (const { sequence: name, steps, ...counts } of report.sequences) {
        expect(countsOf(counts)).toEqual(await countOne(scope, 'sequence = $2', [name]));
        for (const { name: stepName, variants, ...ofStep } of steps) {
          const where = [name, stepName];
          expect(countsOf(ofStep)).toEqual(await countOne(scope, 'sequence = $2 and step_name = $3', where));
          for (const { name: variant, ...ofVariant } of variants)
            expect(countsOf(ofVariant)).toEqual(
              await countOne(scope, 'sequence = $2 and step_name = $3 and variant_name = $4', [
                ...where,
                variant,
              ]),
            );
        }
      }
      expect(report.days).toHaveLength(scope.period.days);
      for (const { day, ...counts } of report.days)
        expect(countsOf(counts)).toEqual(await countOne(scope, 'day = $2::date', [day]));
      for (const { reason, mails } of report.skipped)
        expect((await countOne(scope, 'reason = $2', [reason])).skipped).toBe(mails);
      const skipped = report.skipped.reduce((sum, { mails }) => sum + mails, 0);
      expect((await countOne(scope, 'true')).skipped).toBe(skipped);
    }
  });

  it('counts by a pure function of the mails: nothing is left once all are gone', async () => {
    await new History(4).play(30);
    await database.sql('delete from lifecycle.customer');
    await foldEmailChanges(pool, 50_000);
    expect(await database.sql('select from lifecycle.email_day')).toEqual([]);
    expect(await database.sql('select from lifecycle.email_change')).toEqual([]);
  });

  it('has as many rows behind each figure as it says', async () => {
    await new History(5).play(60);
    for (const scope of [scopeOf(30), scopeOf(3, 'pro')]) {
      const report = await readEmailReport(pool, scope);
      for (const { sequence: name, entered, underWay, steps } of report.sequences) {
        expect(await lengthOf(entries, scope, { sequence: name, state: 'entered' })).toBe(entered);
        expect(await lengthOf(entries, scope, { sequence: name, state: 'underWay' })).toBe(underWay);
        for (const each of steps)
          for (const state of MAIL_COUNTS) {
            const filters = { sequence: name, step: String(each.step), state };
            expect(await lengthOf(messages, scope, filters)).toBe(each[state]);
            for (const { variant, ...counts } of each.variants)
              expect(await lengthOf(messages, scope, { ...filters, variant: String(variant) })).toBe(
                counts[state],
              );
          }
      }
      for (const { day, ...counts } of report.days.slice(-4))
        for (const state of MAIL_COUNTS)
          expect(await lengthOf(messages, scope, { state, day })).toBe(counts[state]);
      for (const { reason, mails } of report.skipped)
        expect(await lengthOf(messages, scope, { state: 'skipped', reason })).toBe(mails);
      for (const { reason, addresses } of report.suppressed)
        expect(await lengthOf(suppressions, scope, { reason })).toBe(addresses);
    }
  });

  it('keeps steps together by their names, whatever else is edited, and tells the text of the newest version', async () => {
    const [first, second, third] = DEFINITIONS;
    for (const [index, definition] of [first, second, third].entries())
      await store.sequences.start(definition ?? first, [
        { email: 'ada@example.com', cause: String(index), startedAt: new Date(), data: {} },
      ]);
    const { sequences } = await readEmailReport(pool, scopeOf(1));
    expect(sequences).toMatchObject([
      {
        entered: 3,
        underWay: 3,
        planned: 7,
        steps: [
          { step: 0, name: 'Hello', subject: 'Hello subject', planned: 3, variants: [] },
          { step: 3, name: 'Bye', planned: 1 },
          { step: 1, name: 'Tips', planned: 2 },
          { step: 2, name: 'News', planned: 1 },
        ],
      },
    ]);
  });

  it('marks the newest mail of what somebody leaves through a link, once, and none for a complaint', async () => {
    const sent = new Date(Date.now() - 40 * DAY);
    const starts = (cause: string, startedAt: Date) => [
      { email: 'ada@example.com', cause, startedAt, data: {} },
    ];
    const go = async (definition: SequenceDefinition, at: Date): Promise<string> => {
      await store.sequences.start(definition, starts(`${definition.name} ${at.getTime()}`, at), at);
      const { messages: claimed } = await store.messages.claimDue(
        { limit: 1, mostMarketingPerDay: 99, leaseSeconds: 60 },
        at,
      );
      await store.messages.mark(
        claimed.map(({ id, lease }) => ({ id, lease, providerId: `mail_${id}` })),
        at,
      );
      return claimed[0]?.customerId ?? '';
    };
    const one = (name: string, topic: string) => sequence({ name, topic, steps: [step(name)] });
    const marked = async () =>
      (
        await database.sql<{ name: string }>(
          `select sequence.name from lifecycle.message join lifecycle.sequence_entry entry on entry.id = entry_id
           join lifecycle.sequence on sequence.id = sequence_id where unsubscribed order by message.id`,
        )
      ).map(({ name }) => name);
    const id = await go(one('Old', 'Old'), sent);
    await go(one('Tips', 'Tips'), new Date(Date.now() - 3 * DAY));
    await go(one('News', 'News'), new Date(Date.now() - 2 * DAY));
    const token = (await store.emailPreferences.tokensFor([id])).get(id) ?? '';
    await store.emailPreferences.choose(token, { topics: ['Tips', 'News'] });
    expect(await marked()).toEqual([]);
    await store.emailPreferences.choose(token, { topics: ['News'] });
    await store.emailPreferences.choose(token, { topics: ['News'] });
    expect(await marked()).toEqual(['Tips']);
    await store.emailPreferences.choose(token, { wantsMarketing: false });
    await store.emailPreferences.choose(token, { wantsMarketing: false });
    expect(await marked()).toEqual(['Tips', 'News']);
  });
});
