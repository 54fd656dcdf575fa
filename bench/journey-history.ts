import { Client } from 'pg';
import { openStore, periodUpTo } from '../store';
import { TIPS } from './tips-sequence';

/** How much there is in the store. */
export interface HistorySize {
  customers: number;
  /** Of each of the two, and as many deliveries as events. */
  messagesAndEvents: number;
}

const DAYS = 365;
const HANDLERS = 12;

/**
 * A year behind us, evenly spread, as if somebody had last looked at the dashboard today: customers with stages, subscriptions and payments, mails of four steps with what was
 * reported of them, events with what workflows made of them. Nothing in it is drawn by lot, so that two runs are alike.
 */
export async function seedHistory(databaseUrl: string, size: HistorySize): Promise<void> {
  await seedSequence(databaseUrl);
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    for (const [statement, count] of statementsFor(size)) {
      await client.query(statement, [count, size.customers, DAYS]);
    }
    await lookAtDashboard(databaseUrl);
    await client.query('vacuum analyze');
  } finally {
    await client.end();
  }
}

/** Through the store itself, so that the steps are what a sequence has. */
async function seedSequence(databaseUrl: string): Promise<void> {
  const store = await openStore(databaseUrl);
  try {
    await store.sequences.start(TIPS, [
      { email: 'first@example.com', cause: 'first', startedAt: new Date(), data: {} },
    ]);
  } finally {
    await store.close();
  }
}

/** Days that are over are counted when somebody first looks after them. */
async function lookAtDashboard(databaseUrl: string): Promise<void> {
  const store = await openStore(databaseUrl);
  try {
    await store.reports.overview({ period: periodUpTo(new Date(), DAYS), tier: null });
  } finally {
    await store.close();
  }
}

/** When the row with this number of $1 happened. */
const AT = `(now() - ($3::int * (1 - (n + 0.5) / $1::int)) * interval '1 day')`;
/** Of the customers made here, whose the row with this number is. */
const CUSTOMER = `(select min(id) from lifecycle.customer where email like 'user%') + n % $2::int`;

type Statement = readonly [sql: string, rows: number];

function statementsFor({ customers, messagesAndEvents }: HistorySize): Statement[] {
  return [
    [CUSTOMERS, customers],
    [STAGE_CHANGES, customers * 3],
    [SUBSCRIPTIONS, Math.ceil(customers * 0.6)],
    [SUBSCRIPTION_ENDS, customers],
    [HANDLER_ROWS, HANDLERS],
    [EVENTS, messagesAndEvents],
    [DELIVERIES, messagesAndEvents],
    [CUSTOMER_EVENTS, messagesAndEvents],
    [PAYMENTS, customers * 2],
    [ENTRIES, Math.ceil(messagesAndEvents / TIPS.steps.length)],
    [MESSAGES, messagesAndEvents],
    [MESSAGE_EVENTS, messagesAndEvents],
    [ENGAGEMENT, messagesAndEvents],
    [MILESTONES, customers * 2],
    [INVITES, Math.ceil(customers / 5)],
  ];
}

const CUSTOMERS = `
  insert into lifecycle.customer
    (email, name, tier, status, last_change, plan_changed_at, stage, stage_since, stage_version, marketing_consent)
  select 'user' || n || '@example.com', 'Ada ' || n || ' Lovelace', (array['free', 'pro', 'pro', 'enterprise'])[1 + n % 4],
         'active', 'start', ${AT},
         (array['discovery', 'trial', 'purchase', 'onboarding', 'active', 'active', 'active', 'atRisk', 'churned', 'winBack'])[1 + n % 10],
         ${AT}, 3, true
  from generate_series(0, $1::int - 1) as n where $2::int > 0`;

const STAGE_CHANGES = `
  insert into lifecycle.stage_change (customer_id, version, previous_stage, stage, next_stage, changed_at, left_at)
  select ${CUSTOMER}, 1 + n / $2::int,
         case n / $2::int when 1 then 'trial' when 2 then 'onboarding' end,
         case n / $2::int when 0 then 'trial' when 1 then 'onboarding' else 'active' end,
         case n / $2::int when 0 then 'onboarding' when 1 then 'active' end,
         ${AT}, case when n < $2::int * 2 then ${AT.replace('n +', '(n + $2::int) +')} end
  from generate_series(0, $1::int - 1) as n`;

const SUBSCRIPTIONS = `
  insert into lifecycle.subscription
    (source, external_id, external_customer_id, customer_id, status, product_name, tier, currency, amount_minor,
     interval_count, interval_unit, cancel_at_period_end, payment_failing, started_at, read_at, content)
  select 'stripe', 'sub_' || n, 'cus_' || n, ${CUSTOMER}, 'active', 'Pro', 'pro', (array['eur', 'usd', 'gbp'])[1 + n % 3],
         2900, 1, case n % 5 when 0 then 'year' else 'month' end, false, n % 40 = 0, ${AT}, ${AT}, n::text
  from generate_series(0, $1::int - 1) as n`;

/** A tenth of them ends, and a tenth grows. */
const SUBSCRIPTION_ENDS = `
  update lifecycle.subscription
  set status = case id % 10 when 0 then 'canceled' else status end,
      ended_at = case id % 10 when 0 then started_at + (now() - started_at) / 2 end,
      amount_minor = case id % 10 when 1 then amount_minor * 2 else amount_minor end,
      read_at = started_at + (now() - started_at) / 2
  where id % 10 < 2 and $1::int + $2::int + $3::int > 0`;

const HANDLER_ROWS = `
  insert into lifecycle.handler (id, workflow_id, name, event_types, published)
  select 'handler-' || n, 'workflow-' || n, 'Workflow ' || n, array['stripe:customer.subscription.updated'], n % 6 <> 0
  from generate_series(0, $1::int - 1) as n where $2::int + $3::int > 0`;

const EVENTS = `
  insert into lifecycle.event (source, external_id, type, group_key, occurred_at, received_at, payload)
  select (array['resend', 'resend', 'resend', 'stripe', 'app'])[1 + n % 5], 'evt_' || n,
         (array['email.delivered', 'email.opened', 'email.clicked', 'customer.subscription.updated', 'user.activity'])[1 + n % 5],
         'email:' || (n % $2::int), ${AT}, ${AT}, jsonb_build_object('id', n, 'what', repeat('something ', 20))
  from generate_series(0, $1::int - 1) as n`;

/** One in a thousand is dead, and the newest ones wait. */
const DELIVERIES = `
  insert into lifecycle.delivery
    (event_id, handler_id, group_key, state, attempts, due_at, outcomes, last_failure, created_at, updated_at)
  select id, 'handler-' || id % ${HANDLERS}, group_key, state, case state when 'waiting' then 0 else 1 end, received_at,
         case state when 'done' then '[{"service": "Mautic", "action": "contact updated", "id": "1"}]'::jsonb else '[]' end,
         case when state in ('dead', 'failed')
           then '{"node": "Update contact", "service": "Mautic", "message": "Mautic could not be reached.", "retryable": true}'::jsonb end,
         received_at, received_at + interval '1 second'
  from (
    select *, case when id % 1000 = 0 then 'dead' when id % 1000 = 1 then 'failed'
                   when id > $1::int - 200 then 'waiting' else 'done' end as state
    from lifecycle.event where $2::int + $3::int > 0) as event`;

const CUSTOMER_EVENTS = `
  insert into lifecycle.customer_event (customer_id, event_id)
  select ${CUSTOMER.replace('n %', 'id %')}, id from lifecycle.event where $1::int + $3::int > 0`;

const PAYMENTS = `
  insert into lifecycle.payment_statement
    (customer_id, event_id, source, subject, as_of, currency, paid_minor, refunded_minor)
  select ${CUSTOMER}, n, 'stripe', 'in_' || n, ${AT}, (array['eur', 'usd', 'gbp'])[1 + n % 3], 2900,
         case when n % 50 = 0 then 2900 end
  from generate_series(0, $1::int - 1) as n`;

const ENTRIES = `
  insert into lifecycle.sequence_entry
    (sequence_id, version_id, customer_id, tier, cause, started_at, entered_at, ended_at, end_reason)
  select version.sequence_id, version.id, ${CUSTOMER}, (array['free', 'pro', 'pro', 'enterprise'])[1 + n % 4],
         'cause ' || n, ${AT}, ${AT},
         case when n < $1::int * 0.95 then ${AT} end, case when n < $1::int * 0.95 then 'all mails are sent' end
  from generate_series(0, $1::int - 1) as n, lifecycle.sequence_version version`;

const MESSAGES = `
  insert into lifecycle.message
    (entry_id, customer_id, version_id, tier, step, variant, kind, state, due_at, reason, provider_id, sent_at, created_at)
  select entry.id, entry.customer_id, entry.version_id, entry.tier, step, entry.id % 2, 'marketing', kind.state, entry.entered_at,
         case kind.state when 'dropped' then 'the customer has unsubscribed' end,
         case kind.state when 'sent' then 'mail-' || entry.id || '-' || step end,
         case kind.state when 'sent' then entry.entered_at end, entry.entered_at
  from lifecycle.sequence_entry entry cross join generate_series(0, ${TIPS.steps.length - 1}) as step
    cross join lateral (select case when entry.ended_at is null then 'planned' when entry.id % 20 = 0 then 'dropped' else 'sent' end as state) kind
  where entry.cause <> 'first' and $1::int + $2::int + $3::int > 0`;

const MESSAGE_EVENTS = `
  insert into lifecycle.message_event (message_id, event_id, kind, happened_at)
  select message.id, event.id, substr(event.type, 7), event.occurred_at
  from lifecycle.message join lifecycle.event on event.id = message.id
  where event.source = 'resend' and message.state = 'sent' and $1::int + $2::int + $3::int > 0`;

/** As the store sets it when a report comes in. */
const ENGAGEMENT = `
  update lifecycle.message
  set delivered = true, opened = reported.kind in ('opened', 'clicked'), clicked = reported.kind = 'clicked', bounced = message.id % 97 = 0,
      complained = message.id % 997 = 0, unsubscribed = message.id % 499 = 0, engagement = reported.kind, engaged_at = reported.happened_at
  from lifecycle.message_event reported where reported.message_id = message.id and $1::int + $2::int + $3::int > 0`;

const MILESTONES = `
  insert into lifecycle.milestone (kind, key, happened_at)
  select (array['purchase', 'couponIssued', 'couponRedeemed', 'leadCreated'])[1 + n % 4], 'key ' || n, ${AT}
  from generate_series(0, $1::int - 1) as n where $2::int > 0`;

const INVITES = `
  insert into lifecycle.invite (subject, cause, channel_id, code, state, begun_at, issued_at, ended_at)
  select 'mautic:' || n, 'cause ' || n, '1', 'code-' || n, case n % 3 when 0 then 'live' else 'gone' end, ${AT}, ${AT},
         case n % 3 when 0 then null else ${AT} end
  from generate_series(0, $1::int - 1) as n where $2::int > 0`;
