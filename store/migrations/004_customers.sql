-- Customers, and what providers and the application said about their plans and payments.

create table lifecycle.customer (
  id bigint generated always as identity primary key,
  -- Trimmed and in lower case.
  email text not null unique,
  name text,
  -- When the registration happened that gave the name; null when something else did.
  named_at timestamptz,
  -- Of the earliest registration.
  signed_up_at timestamptz,
  -- Of the earliest registration that names one, and when that happened.
  signup_source text,
  sourced_at timestamptz,
  -- Of the newest registration that says something about it.
  marketing_consent boolean not null default false,
  consent_at timestamptz,
  last_login_at timestamptz,
  last_activity text,
  last_activity_at timestamptz,
  -- Computed from all plan statements. The version counts how often the result has changed.
  tier text check (tier in ('free', 'pro', 'enterprise')),
  status text check (status in ('trialing', 'active', 'past_due', 'paused', 'cancelled', 'churned')),
  previous_tier text check (previous_tier in ('free', 'pro', 'enterprise')),
  last_change text check (last_change in ('start', 'upgrade', 'downgrade', 'churn', 'return')),
  plan_changed_at timestamptz,
  plan_version integer not null default 0,
  -- Computed from all payment statements, in major units of the currency.
  lifetime_value numeric not null default 0,
  currency text,
  value_version integer not null default 0,
  -- The deliveries that work on it; they count for as long as they are leased.
  held_by bigint[] not null default '{}',
  -- What the outside systems are known to hold.
  mautic_contact_id bigint,
  twenty_person_id text,
  segments text[] not null default '{}',
  campaigns text[] not null default '{}',
  synced_plan integer not null default 0,
  synced_value integer not null default 0,
  synced_login_at timestamptz,
  synced_activity text,
  synced_activity_at timestamptz,
  synced_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  check ((status is null) = (plan_changed_at is null and last_change is null)),
  check ((last_activity is null) = (last_activity_at is null))
);

-- Which events were about whom.
create table lifecycle.customer_event (
  customer_id bigint not null references lifecycle.customer on delete cascade,
  event_id bigint not null references lifecycle.event on delete cascade,
  primary key (customer_id, event_id)
);
create index customer_event_by_event on lifecycle.customer_event (event_id);

-- One for an event. Without a reference to it: what was said still holds when the event itself is not kept any more.
create table lifecycle.plan_statement (
  customer_id bigint not null references lifecycle.customer on delete cascade,
  event_id bigint not null,
  source text not null,
  -- Whose plan at the source: a subscription, an order, or the application's account.
  subject text not null,
  -- By the source's clock.
  as_of timestamptz not null,
  -- Order among the statements about one subject with the same time.
  rank integer not null,
  tier text check (tier in ('free', 'pro', 'enterprise')),
  status text not null check (status in ('trialing', 'active', 'past_due', 'paused', 'cancelled', 'churned')),
  previous_tier text check (previous_tier in ('free', 'pro', 'enterprise')),
  -- A subject of the source that does not count any more.
  replaces text,
  -- Whether it was said by somebody who signed up, and not of a change.
  sign_up boolean not null default false,
  primary key (customer_id, event_id)
);

-- Finds whose plan a subject was, for an event that names nobody.
create index plan_statement_by_subject on lifecycle.plan_statement (source, subject);

create table lifecycle.payment_statement (
  customer_id bigint not null references lifecycle.customer on delete cascade,
  event_id bigint not null,
  source text not null,
  subject text not null,
  as_of timestamptz not null,
  -- ISO 4217, in lower case; the amounts are in its minor units.
  currency text not null,
  paid_minor bigint,
  -- All that was refunded until then.
  refunded_minor bigint,
  primary key (customer_id, event_id)
);
