-- What the intake keeps beside the events: our webhooks at the providers, and how far providers were read.

-- Finds what came in for one contact or customer, and since when.
create index event_by_group on lifecycle.event (source, group_key, occurred_at) where group_key is not null;

-- Webhooks that lead to us, so that they can be checked, repaired and removed.
create table lifecycle.webhook (
  source text not null,
  -- Our address, as the provider knows it.
  url text not null,
  -- The provider's id of it.
  external_id text not null,
  -- What it signs with; null when only the credential knows.
  secret text,
  -- The workflow and the trigger node in it, whose address this is.
  owner text not null,
  -- Only what we made ourselves may we remove.
  made_by_us boolean not null,
  -- False when it is not to exist any more, but could not be removed yet.
  wanted boolean not null default true,
  registered_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (source, url)
);

create table lifecycle.cursor (
  name text primary key,
  -- In whatever form the reader understands.
  position text not null,
  updated_at timestamptz not null default now()
);
