-- Events, the workflows that handle them, the deliveries of one to the other, and effects.

create table lifecycle.event (
  id bigint generated always as identity primary key,
  source text not null check (source in ('stripe', 'mautic', 'lemonSqueezy', 'resend', 'discord', 'app')),
  external_id text not null,
  type text not null,
  -- What must not be worked on side by side: a contact, a customer. A digest, so that it names nobody.
  group_key text,
  occurred_at timestamptz not null,
  received_at timestamptz not null default now(),
  payload jsonb not null,
  unique (source, external_id)
);

create index event_by_type on lifecycle.event (source, type, id);

create table lifecycle.handler (
  -- The workflow and the trigger node in it.
  id text primary key,
  workflow_id text not null,
  name text not null,
  -- As `source:type`.
  event_types text[] not null,
  published boolean not null,
  registered_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);

create table lifecycle.delivery (
  id bigint generated always as identity primary key,
  event_id bigint not null references lifecycle.event on delete cascade,
  handler_id text not null references lifecycle.handler on delete cascade,
  group_key text,
  state text not null default 'waiting' check (state in ('waiting', 'leased', 'done', 'failed', 'dead')),
  attempts integer not null default 0,
  due_at timestamptz not null default now(),
  -- Tried by itself, after a run that failed as a whole: it may be the one that made the run fail.
  alone boolean not null default false,
  lease uuid,
  lease_expires_at timestamptz,
  -- Advisory lock that the process holding the lease keeps for as long as it lives.
  lease_owner integer,
  outcomes jsonb not null default '[]',
  last_failure jsonb,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (event_id, handler_id),
  check ((state = 'leased') = (lease is not null and lease_expires_at is not null))
);

-- What can be claimed next, in order; and whether an earlier one of the same group comes first.
create index delivery_due on lifecycle.delivery (handler_id, due_at, id) where state in ('waiting', 'failed');
create index delivery_due_by_group on lifecycle.delivery (handler_id, group_key, due_at, id)
  where state in ('waiting', 'failed') and group_key is not null;
-- At most one of a group is worked on at a time, whatever the claiming code believes.
create unique index delivery_one_lease_a_group on lifecycle.delivery (handler_id, group_key)
  where state = 'leased' and group_key is not null;
create index delivery_leased on lifecycle.delivery (lease_expires_at) where state = 'leased';
create index delivery_unfinished on lifecycle.delivery (state, updated_at) where state in ('failed', 'dead');

create table lifecycle.effect (
  key text primary key,
  begun_by text not null,
  begun_at timestamptz not null default now(),
  confirmed_at timestamptz,
  detail jsonb
);
