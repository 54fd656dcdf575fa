-- Persons who were erased, and payloads that are not kept any more.

alter table lifecycle.event
  -- Since when the payload is a stub; null while it is what came in.
  add column payload_removed_at timestamptz;

-- Finds the oldest payloads without a look at those that are gone.
create index event_with_payload on lifecycle.event (received_at, id) where payload_removed_at is null;

create table lifecycle.erasure (
  id bigint generated always as identity primary key,
  erased_at timestamptz not null,
  -- As somebody typed it. It is to name nobody.
  reason text,
  -- How many rows of each table were removed or emptied.
  counts jsonb not null
);

-- All that is left of whom it was: digests, as the intake gives them to events.
create table lifecycle.erased_group (
  group_key text not null,
  erased_at timestamptz not null,
  erasure_id bigint not null references lifecycle.erasure on delete cascade,
  primary key (group_key, erasure_id)
);
