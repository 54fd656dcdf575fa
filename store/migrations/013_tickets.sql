-- Support tickets: each has a private channel in Discord, and keeps what was written there once it is closed.

create table lifecycle.ticket (
  number integer generated always as identity primary key,
  -- The submitted form it was opened by.
  interaction_id text not null unique,
  server_id text not null,
  -- Null once the person was erased.
  opener_id text,
  opener_name text,
  -- Key of the category, e.g. `billing`.
  category text not null,
  subject text,
  description text,
  -- As it was entered, trimmed and in lower case.
  email text,
  customer_id bigint references lifecycle.customer on delete set null,
  state text not null default 'opening' check (state in ('opening', 'open', 'closing', 'closed', 'finished')),
  -- Null until Discord's answer is recorded.
  channel_id text,
  -- Who was let in besides the opener and staff.
  people text[] not null default '{}',
  -- By purpose, e.g. `opening`: the channel and id of a message, or an empty object while its sending is under way.
  messages jsonb not null default '{}',
  assignee_id text,
  assignee_name text,
  assigned_at timestamptz,
  -- Null for one that was only assigned.
  claimed_at timestamptz,
  opened_at timestamptz not null default now(),
  -- First message of staff.
  first_answer_at timestamptz,
  -- Newest message of a person that was noticed, and when it was written.
  seen_message_id text,
  last_activity_at timestamptz not null default now(),
  -- Whether staff was told of the overdue first answer, and when the opener was last asked whether there is anything else.
  answer_asked_at timestamptz,
  reminded_at timestamptz,
  -- What closes it: an interaction, or a reminder. Whoever has it may go on with a closing that broke off.
  closing_key text,
  closing_at timestamptz,
  closings integer not null default 0,
  closed_at timestamptz,
  closed_by_id text,
  closed_by_name text,
  close_reason text,
  transcript_text text,
  transcript_html text,
  transcript_messages integer,
  reopened_by_interaction text,
  -- When its channel is to be archived or deleted.
  finish_due_at timestamptz,
  finishing_at timestamptz,
  finished_at timestamptz,
  erased_at timestamptz,
  check (state not in ('closed', 'finished') or closed_at is not null),
  check ((state = 'closed') <= (finish_due_at is not null)),
  check ((state = 'finished') = (finished_at is not null))
);

create index ticket_of_opener on lifecycle.ticket (opener_id, server_id, number);
create index ticket_of_customer on lifecycle.ticket (customer_id, number) where customer_id is not null;
create index ticket_by_email on lifecycle.ticket (email) where email is not null;
create index ticket_at_work on lifecycle.ticket (state, number) where state <> 'finished';
create index ticket_to_finish on lifecycle.ticket (finish_due_at) where state = 'closed';
create index ticket_opened on lifecycle.ticket (opened_at, number);
create index ticket_closed on lifecycle.ticket (closed_at, number) where closed_at is not null;
