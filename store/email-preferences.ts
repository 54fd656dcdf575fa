import type { Pool } from 'pg';
import { inTransaction, type Queryable } from './database';
import { groupKeyOf } from './group-key';
import { endEntries, lockEntries } from './sequence-rows';
import type { SigningKey } from './signing-key';

/** What the owner of an address gets, as far as they can choose. */
export interface EmailPreferences {
  email: string;
  /** Whether any marketing is wanted; `null` when they never chose. */
  wantsMarketing: boolean | null;
  /** All topics that there are mails about, in the order of their names. */
  topics: Array<{ topic: string; wanted: boolean }>;
}

/** What they choose; what is not given stays. */
export interface ChosenPreferences {
  wantsMarketing?: boolean | undefined;
  /** The topics that are wanted; all others are not. */
  topics?: readonly string[] | undefined;
}

/** Links in mails that speak for their recipient, and what recipients choose through them. */
export class EmailPreferenceCenter {
  constructor(
    private readonly pool: Pool,
    private readonly key: SigningKey,
  ) {}

  /** The tokens for links in mails to these customers; a token says who, and that we have made it. */
  async tokensFor(customerIds: readonly string[]): Promise<Map<string, string>> {
    const tokens = customerIds.map(
      async (id) => [id, `${id}.${await this.key.sign(signedText(id))}`] as const,
    );
    return new Map(await Promise.all(tokens));
  }

  /** What whoever has this token gets; `undefined` for one that is not ours, or whose customer was erased. */
  async read(token: string): Promise<EmailPreferences | undefined> {
    const customerId = await this.customerOf(token);
    return customerId === undefined ? undefined : await readPreferences(this.pool, customerId);
  }

  /**
   * Keeps what they choose. Sequences that are not wanted any more end at once. Gives what holds then; `undefined` for a
   * token that is not ours, or whose customer was erased.
   */
  async choose(
    token: string,
    { wantsMarketing, topics }: ChosenPreferences,
    now: Date = new Date(),
  ): Promise<EmailPreferences | undefined> {
    const customerId = await this.customerOf(token);
    if (customerId === undefined) return undefined;
    return await inTransaction(this.pool, async (client) => {
      const before = await readPreferences(client, customerId, 'for update');
      if (before === undefined) return undefined;
      const { email } = before;
      const chosen = [
        ...(wantsMarketing === undefined ? [] : [{ topic: '', wanted: wantsMarketing }]),
        ...(topics === undefined
          ? []
          : before.topics.map(({ topic }) => ({ topic, wanted: topics.includes(topic) }))),
      ];
      await keep(client, email, chosen, now);
      const unwanted = chosen.flatMap(({ topic, wanted }) => (wanted || topic === '' ? [] : topic));
      await lockEntries(client, [customerId]);
      await markLast(client, customerId, leftBy(before, { wantsMarketing, topics: unwanted }), now);
      const reason = 'the customer has unsubscribed';
      if (wantsMarketing === false) await endEntries(client, { email, onlyMarketing: true }, reason, now);
      else await endEntries(client, { email, topics: unwanted, onlyMarketing: true }, reason, now);
      return await readPreferences(client, customerId);
    });
  }

  private async customerOf(token: string): Promise<string | undefined> {
    const [, id, signature] = /^(\d{1,18})\.([\w-]{24})$/.exec(token) ?? [];
    if (id === undefined || signature === undefined) return undefined;
    return (await this.key.verify(signedText(id), signature)) ? id : undefined;
  }
}

function signedText(customerId: string): string {
  return `preferences:${customerId}`;
}

async function readPreferences(
  database: Queryable,
  customerId: string,
  lock: '' | 'for update' = '',
): Promise<EmailPreferences | undefined> {
  const { rows } = await database.query<{ email: string }>(
    `select email from lifecycle.customer where id = $1 ${lock}`,
    [customerId],
  );
  const [customer] = rows;
  if (customer === undefined) return undefined;
  const key = groupKeyOf('email', customer.email);
  const { rows: topics } = await database.query<{ topic: string; wanted: boolean }>(
    `select topic, coalesce(wanted, true) as wanted
     from (select distinct topic from lifecycle.sequence where kind = 'marketing' and topic is not null) as known
       left join (select topic, wanted from lifecycle.email_preference where email_key = $1) as chosen using (topic)
     order by topic`,
    [key],
  );
  const { rows: all } = await database.query<{ wanted: boolean }>(
    `select wanted from lifecycle.email_preference where email_key = $1 and topic = ''`,
    [key],
  );
  return { email: customer.email, wantsMarketing: all[0]?.wanted ?? null, topics };
}

/** The topics that somebody gets no more since this choice, and got before; `null` for all marketing. */
function leftBy(
  before: EmailPreferences,
  { wantsMarketing, topics }: { wantsMarketing: boolean | undefined; topics: readonly string[] },
): string[] | null {
  if (before.wantsMarketing === false) return [];
  if (wantsMarketing === false) return null;
  const wanted = new Set(before.topics.filter((topic) => topic.wanted).map(({ topic }) => topic));
  return topics.filter((topic) => wanted.has(topic));
}

/** What was sent longer ago is hardly why. */
const BECAUSE_OF_MS = 30 * 24 * 60 * 60_000;

/** Marks the mail after which somebody left these topics, or all marketing: the newest of those that they then had. */
async function markLast(
  transaction: Queryable,
  customerId: string,
  topics: readonly string[] | null,
  now: Date,
): Promise<void> {
  if (topics?.length === 0) return;
  await transaction.query(
    `update lifecycle.message set unsubscribed = true, updated_at = now()
     where id = (
       select message.id from lifecycle.message
         join lifecycle.sequence_entry entry on entry.id = message.entry_id
         join lifecycle.sequence on sequence.id = entry.sequence_id
       where message.customer_id = $1 and message.kind = 'marketing' and message.state = 'sent'
         and message.sent_at between $2 and $3 and ($4::text[] is null or sequence.topic = any ($4))
       order by message.sent_at desc, message.id desc limit 1)`,
    [customerId, new Date(now.getTime() - BECAUSE_OF_MS), now, topics],
  );
}

async function keep(
  transaction: Queryable,
  email: string,
  chosen: ReadonlyArray<{ topic: string; wanted: boolean }>,
  now: Date,
): Promise<void> {
  await transaction.query(
    `insert into lifecycle.email_preference (email_key, topic, wanted, chosen_at)
     select $1, topic, wanted, $3 from jsonb_to_recordset($2) as given (topic text, wanted boolean)
     on conflict (email_key, topic) do update set wanted = excluded.wanted, chosen_at = excluded.chosen_at`,
    [groupKeyOf('email', email), JSON.stringify(chosen), now],
  );
}
