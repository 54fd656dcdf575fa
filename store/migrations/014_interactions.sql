-- What opens the replies to an interaction of Discord: a secret, so it is kept beside the event and not in it.

create table lifecycle.interaction (
  id text primary key,
  application_id text not null,
  token text not null,
  expires_at timestamptz not null
);

create index interaction_expiry on lifecycle.interaction (expires_at);
