import type { Queryable } from './database';
import type { SequenceDefinition } from './sequence-definition';

export type SuppressionReason = 'bounced' | 'complained' | 'byHand';

/** What is known of an address that decides whether a mail may go there. */
export interface EmailStanding {
  suppression: SuppressionReason | null;
  /** What they chose on all marketing; `null` when they never did. */
  wantsMarketing: boolean | null;
  /** What they chose on the sequence's topic. */
  wantsTopic: boolean | null;
  marketingConsent: boolean;
}

/** Digest of an address as `groupKeyOf('email', …)` gives it, in SQL; the column holds a normalized one. */
export const emailKeyOf = (column: string): string =>
  `'email:' || left(encode(sha256(convert_to(${column}, 'UTF8')), 'hex'), 32)`;

/** Joins that give {@link STANDING} for `customer` and the topic in `topic`, an expression. */
export const standingJoins = (topic: string): string => `
  left join lifecycle.suppression suppression on suppression.email_key = ${emailKeyOf('customer.email')}
  left join lifecycle.email_preference marketing_wish
    on marketing_wish.email_key = ${emailKeyOf('customer.email')} and marketing_wish.topic = ''
  left join lifecycle.email_preference topic_wish
    on topic_wish.email_key = ${emailKeyOf('customer.email')} and topic_wish.topic = ${topic}`;

export const STANDING = `
  suppression.reason as suppression, marketing_wish.wanted as "wantsMarketing", topic_wish.wanted as "wantsTopic",
  customer.marketing_consent as "marketingConsent"`;

const SUPPRESSED: Readonly<Record<SuppressionReason, string>> = {
  bounced: 'the address does not exist: a mail to it bounced',
  complained: 'the recipient has marked a mail as spam',
  byHand: 'the address is suppressed',
};

/** Why a mail of this sequence may not go to somebody, for people to read; `undefined` when it may. */
export function barredBy(
  { kind, topic, audience }: Pick<SequenceDefinition, 'kind' | 'topic' | 'audience'>,
  { suppression, wantsMarketing, wantsTopic, marketingConsent }: EmailStanding,
): string | undefined {
  if (suppression !== null) return SUPPRESSED[suppression];
  if (kind === 'transactional') return undefined;
  if (wantsMarketing === false) return 'the customer has unsubscribed';
  if (topic !== null && wantsTopic === false) return `the customer has unsubscribed from "${topic}"`;
  if (audience === 'confirmed' && wantsMarketing !== true)
    return 'the customer has not confirmed the subscription';
  if (audience === 'consented' && !marketingConsent && wantsMarketing !== true)
    return 'the customer has not agreed to marketing';
  return undefined;
}

/** What is known of customers' addresses, by the address; they must be in the store. */
export async function readStandings(
  database: Queryable,
  customers: ReadonlyArray<{ id: string; email: string }>,
  topic: string | null,
): Promise<Map<string, EmailStanding>> {
  const { rows } = await database.query<EmailStanding & { email: string }>(
    `select customer.email, ${STANDING} from lifecycle.customer ${standingJoins('$2::text')}
     where customer.id = any ($1::bigint[])`,
    [customers.map(({ id }) => id), topic],
  );
  return new Map(rows.map(({ email, ...standing }) => [email, standing]));
}
