import { Client } from 'pg';
import type { SequenceDefinition, SequenceStart, SequenceStep } from '../store';

export const DAY_MS = 24 * 60 * 60_000;
/** When everybody enters the sequence: a night in all of {@link ZONES}. */
export const ENTERED_AT = new Date('2027-03-01T05:00:00Z');
/** By then a day's mail is due in all of them, and the quiet hours are over. */
const DUE_AFTER_MS = 11 * 60 * 60_000;
const ZONES = ['Europe/Berlin', 'Europe/London', 'Europe/Athens', 'Africa/Lagos', 'America/New_York'];

function tip(name: string, subject: string, given: Partial<SequenceStep>): SequenceStep {
  const body = [
    'Hello {{ customer.firstName | default: "there" }},',
    '{% if customer.tier == "pro" %}as a **pro** you have all of it already.{% else %}it takes *two minutes*.{% endif %}',
    '1. Open [your project](https://app.example.com/projects?from={{ data.campaign | url_encode }})\n2. Invite somebody\n3. Look at it on {{ now | date: "%A" }}',
    'Questions? Just answer this mail.\n\n---\n\nThe people of Example',
  ].join('\n\n');
  const text = { subject, preheader: 'Three things to try first', body };
  const variants = [
    { name: 'A', weight: 1, ...text },
    { name: 'B', weight: 1, ...text, subject: `${subject}, {{ customer.firstName | default: "friend" }}` },
  ];
  return { name, delay: 0, unit: 'days', timeOfDay: null, weekdays: [], wait: null, variants, ...given };
}

/** A marketing sequence over three days that makes use of every rule: quiet hours, endings, topic, consent and stages. */
export const TIPS: SequenceDefinition = {
  name: 'Onboarding tips',
  kind: 'marketing',
  topic: 'Tips',
  audience: 'consented',
  from: 'Ada <ada@example.com>',
  replyTo: 'help@example.com',
  preferencesPage: 'https://n8n.example.com/webhook/email-preferences',
  endsOn: ['stripe:customer.subscription.deleted', 'resend:email.clicked'],
  onlyWhile: ['active'],
  quietHours: { from: '21:00', to: '08:00' },
  timeZone: 'Europe/Berlin',
  steps: [
    tip('Welcome', 'Welcome', {}),
    tip('Invite', 'Better together', { delay: 1, timeOfDay: '10:00' }),
    tip('Reports', 'See what happens', { delay: 1, timeOfDay: '10:00' }),
  ],
};

/** When the mails of each of its steps are due for everybody. */
export const DUE_BY = TIPS.steps.map(
  (_, day) => new Date(ENTERED_AT.getTime() + day * DAY_MS + DUE_AFTER_MS),
);

/** Not those that the run fills: to have been empty when looked at last is what no table in use is. */
const SEEDED =
  'lifecycle.customer, lifecycle.event, lifecycle.customer_event, lifecycle.suppression, lifecycle.email_preference';

/** Customers who are in the store, each with an event, and others who get no mail; as many of them. */
export async function seedCustomers(databaseUrl: string, count: number): Promise<void> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const before = new Date(ENTERED_AT.getTime() - 30 * DAY_MS);
    await client.query(
      `insert into lifecycle.customer (email, name, tier, stage, stage_since, marketing_consent, time_zone)
       select 'user' || n || '@example.com', 'Ada ' || n || ' Lovelace', case n % 2 when 0 then 'pro' else 'free' end,
              'active', $2, true, ($3::text[])[1 + n % cardinality($3::text[])]
       from generate_series(0, $1::int - 1) as n`,
      [count, before, ZONES],
    );
    await client.query(
      `with event as (
         insert into lifecycle.event (source, external_id, type, occurred_at, payload)
         select 'stripe', 'evt_' || id, 'customer.subscription.updated', $1::timestamptz + interval '40 days', '{}'
         from lifecycle.customer returning id, external_id
       )
       insert into lifecycle.customer_event (customer_id, event_id)
       select substr(external_id, 5)::bigint, id from event`,
      [before],
    );
    for (const reason of ['bounced', 'complained']) {
      await client.query(
        `insert into lifecycle.suppression (email_key, reason, suppressed_at)
         select 'email:' || left(encode(sha256(convert_to($2 || n, 'UTF8')), 'hex'), 32), $2, $3
         from generate_series(1, $1::int) as n`,
        [Math.ceil(count / 2), reason, before],
      );
    }
    await client.query(
      `insert into lifecycle.email_preference (email_key, topic, wanted, chosen_at)
       select 'email:' || left(encode(sha256(convert_to(email, 'UTF8')), 'hex'), 32), '', true, $1
       from lifecycle.customer where id % 4 = 0`,
      [before],
    );
    await client.query(`vacuum analyze ${SEEDED}`);
  } finally {
    await client.end();
  }
}

/** Lets customers of {@link seedCustomers} enter, from the one at `first` on. */
export function startsOf(first: number, count: number): SequenceStart[] {
  return Array.from({ length: count }, (_, index) => ({
    email: `user${first + index}@example.com`,
    cause: `sign-up ${first + index}`,
    // As they come in, second by second.
    startedAt: new Date(ENTERED_AT.getTime() + ((first + index) % 3_600) * 1000),
    data: { campaign: 'spring & summer' },
  }));
}
