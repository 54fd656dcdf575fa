-- Which invite was issued for whom and for what.

create table lifecycle.invite (
  id bigint generated always as identity primary key,
  -- Whom it is for, as `mautic:<contact id>`.
  subject text not null,
  -- The event it was issued for; null for a link that was found on the contact and not issued here.
  cause text,
  channel_id text,
  -- Null until Discord's answer is recorded. Stays when the invite has ended, so that no code counts as new twice.
  code text unique,
  state text not null check (state in ('begun', 'live', 'revoked', 'gone')),
  begun_at timestamptz not null default now(),
  issued_at timestamptz,
  -- Null: never.
  expires_at timestamptz,
  ended_at timestamptz,
  check ((state = 'begun') = (code is null)),
  check ((state in ('revoked', 'gone')) = (ended_at is not null)),
  check ((cause is null) = (channel_id is null))
);

-- For one event one invite to a channel; another channel when the contact's tier changed between two tries.
create unique index invite_one_for_a_cause on lifecycle.invite (subject, cause, channel_id)
  where state in ('begun', 'live');
create index invite_live on lifecycle.invite (subject, id) where state = 'live';
