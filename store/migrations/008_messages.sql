-- Sequences of e-mails: what was planned for whom, what became of each mail, and who is not to get any.

alter table lifecycle.customer
  -- An IANA name; null when nobody has said one that exists.
  add column time_zone text,
  add column zoned_at timestamptz;

create table lifecycle.sequence (
  id bigint generated always as identity primary key,
  name text not null unique,
  kind text not null check (kind in ('marketing', 'transactional')),
  -- What people can choose not to get; null for transactional ones.
  topic text,
  updated_at timestamptz not null default now()
);

-- Never changed: whoever was planned mails by it gets those.
create table lifecycle.sequence_version (
  id bigint generated always as identity primary key,
  sequence_id bigint not null references lifecycle.sequence on delete cascade,
  -- Of the content.
  digest text not null,
  content jsonb not null,
  -- Out of the content, for queries: what ends it (`source:type`), and outside of which stages it ends.
  ends_on text[] not null,
  only_while text[] not null,
  created_at timestamptz not null default now(),
  unique (sequence_id, digest)
);

create table lifecycle.sequence_entry (
  id bigint generated always as identity primary key,
  sequence_id bigint not null references lifecycle.sequence on delete cascade,
  version_id bigint not null references lifecycle.sequence_version,
  customer_id bigint not null references lifecycle.customer on delete cascade,
  -- Why they are in it: the same cause enters once.
  cause text not null,
  -- What the templates may name beside the customer.
  data jsonb not null default '{}',
  -- What the delays count from, which may lie ahead; and since when it matters what happens to the customer.
  started_at timestamptz not null,
  entered_at timestamptz not null,
  ended_at timestamptz,
  end_reason text,
  unique (sequence_id, customer_id, cause),
  check ((ended_at is null) = (end_reason is null))
);
create index sequence_entry_open on lifecycle.sequence_entry (customer_id) where ended_at is null;

create table lifecycle.message (
  id bigint generated always as identity primary key,
  entry_id bigint not null references lifecycle.sequence_entry on delete cascade,
  customer_id bigint not null references lifecycle.customer on delete cascade,
  -- Position in the version's steps, from 0 on.
  step integer not null,
  -- Position among the step's variants.
  variant integer not null default 0,
  kind text not null check (kind in ('marketing', 'transactional')),
  -- planned: due at a time. waiting: for an event, until due_at. held: until a wait before it is over.
  state text not null check (state in (
    'planned', 'waiting', 'held', 'sending', 'sent', 'dropped', 'failed', 'unknown')),
  due_at timestamptz,
  -- Of a wait: events count from here on; whether one came.
  waits_since timestamptz,
  wait_outcome text check (wait_outcome in ('happened', 'timeIsUp')),
  -- Why it was dropped, or failed, or why nobody knows; while planned, why it was not sent yet.
  reason text,
  attempts integer not null default 0,
  -- One call to Resend, with its Idempotency-Key; the place among all that were claimed with it; since when it is tried.
  batch_key uuid,
  batch_position integer,
  batch_at timestamptz,
  lease uuid,
  leased_until timestamptz,
  -- What is said of the customer in it: a second try has to send the same bytes.
  snapshot jsonb,
  -- The provider's id, once it is sent.
  provider_id text,
  sent_at timestamptz,
  -- The most telling of what was reported of it, and since when.
  engagement text check (engagement in (
    'sent', 'delayed', 'delivered', 'opened', 'clicked', 'failed', 'suppressed', 'bounced', 'complained')),
  engaged_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (entry_id, step),
  check ((state = 'sending') = (batch_key is not null and lease is not null and leased_until is not null)),
  check (state not in ('planned', 'waiting') or due_at is not null)
);
create index message_due on lifecycle.message (due_at, id) where state in ('planned', 'waiting');
create index message_sending on lifecycle.message (leased_until) where state = 'sending';
create index message_by_provider_id on lifecycle.message (provider_id) where provider_id is not null;
create index message_by_customer on lifecycle.message (customer_id, id);

-- What was reported of a message, each event once.
create table lifecycle.message_event (
  message_id bigint not null references lifecycle.message on delete cascade,
  event_id bigint not null references lifecycle.event on delete cascade,
  kind text not null,
  happened_at timestamptz not null,
  -- What was clicked.
  link text,
  primary key (message_id, event_id)
);

-- Addresses that nothing is sent to. The key is a digest (store/group-key.ts) and stays when the person is erased.
create table lifecycle.suppression (
  email_key text primary key,
  email text,
  reason text not null check (reason in ('bounced', 'complained', 'byHand')),
  detail text,
  suppressed_at timestamptz not null
);

-- What people chose themselves, by the same key; the topic '' stands for all marketing.
create table lifecycle.email_preference (
  email_key text not null,
  topic text not null,
  wanted boolean not null,
  chosen_at timestamptz not null,
  primary key (email_key, topic)
);

-- Until when nothing is sent, since the provider takes no more.
create table lifecycle.sending_pause (
  id boolean primary key default true check (id),
  until timestamptz not null,
  reason text not null
);

-- Signs the links in mails. Two version 4 UUIDs hold 244 random bits.
create table lifecycle.signing_key (
  id boolean primary key default true check (id),
  key text not null
);
insert into lifecycle.signing_key (key) values (replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', ''));
