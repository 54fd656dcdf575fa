-- Subscriptions as the provider has them, the stages of customers, and runs of syncs.

create table lifecycle.subscription (
  id bigint generated always as identity primary key,
  source text not null,
  -- The provider's id of it.
  external_id text not null,
  -- The provider's id of whoever pays.
  external_customer_id text not null,
  -- Null while the provider knows no address of theirs. A reading without one takes nobody away.
  customer_id bigint references lifecycle.customer on delete set null,
  -- In the provider's own words: trialing, active, past_due, canceled, …
  status text not null,
  product_id text,
  product_name text,
  price_id text,
  tier text check (tier in ('free', 'pro', 'enterprise')),
  -- ISO 4217, in lower case; the amount of one period is in its minor units.
  currency text,
  amount_minor bigint,
  -- How long a period is, e.g. 3 and month.
  interval_count integer,
  interval_unit text,
  period_start timestamptz,
  period_end timestamptz,
  cancel_at_period_end boolean not null,
  cancel_at timestamptz,
  -- When it was asked to end; when it has ended.
  canceled_at timestamptz,
  ended_at timestamptz,
  cancellation_reason text,
  cancellation_feedback text,
  cancellation_comment text,
  trial_start timestamptz,
  trial_end timestamptz,
  -- Whether its newest invoice is open after a try to collect it.
  payment_failing boolean not null,
  metadata jsonb not null default '{}',
  -- When it came about at the provider.
  started_at timestamptz not null,
  -- When the provider was asked, and a digest of the answer (store/subscriptions.ts says which of two is the newer one).
  read_at timestamptz not null,
  content text collate "C" not null,
  first_seen_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (source, external_id)
);
create index subscription_by_customer on lifecycle.subscription (customer_id) where customer_id is not null;
create index subscription_by_external_customer on lifecycle.subscription (source, external_customer_id);

alter table lifecycle.customer
  add column trial_started_at timestamptz,
  add column trial_ends_at timestamptz,
  -- Follows from the rest (store/stage.ts); null until it was worked out for the first time.
  add column stage text check (stage in (
    'discovery', 'trial', 'purchase', 'onboarding', 'active', 'atRisk', 'churned', 'winBack')),
  add column stage_since timestamptz,
  -- How often the stage has changed.
  add column stage_version integer not null default 0;
create index customer_by_stage on lifecycle.customer (stage, stage_since);

create table lifecycle.stage_change (
  customer_id bigint not null references lifecycle.customer on delete cascade,
  version integer not null,
  previous_stage text,
  stage text not null,
  -- The event that made it so; null where nothing but time has passed. Without a reference, as with statements.
  cause_event_id bigint,
  changed_at timestamptz not null,
  primary key (customer_id, version)
);
create index stage_change_by_time on lifecycle.stage_change (changed_at);

create table lifecycle.sync_run (
  id bigint generated always as identity primary key,
  -- What is synced, e.g. stripe-subscriptions.
  name text not null,
  state text not null check (state in ('running', 'done', 'failed')),
  -- How far it got, in whatever form it understands; a run that was cut off is gone on with from there.
  position jsonb,
  counts jsonb not null default '{}',
  -- How often it was begun again after having been cut off.
  resumed integer not null default 0,
  last_failure text,
  -- Who works on it, until when nobody else may.
  lease uuid,
  lease_expires_at timestamptz,
  started_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  finished_at timestamptz,
  check ((state = 'running') = (finished_at is null))
);
create unique index sync_run_one_at_a_time on lifecycle.sync_run (name) where state = 'running';
create index sync_run_newest on lifecycle.sync_run (name, id desc);
