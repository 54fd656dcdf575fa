-- How sequences of e-mails do: what it takes to count a million mails in no time, exactly.

alter table lifecycle.sequence_entry
  -- The customer's when they entered.
  add column tier text;
update lifecycle.sequence_entry entry set tier = customer.tier
from lifecycle.customer where customer.id = entry.customer_id and customer.tier is not null;

-- Entries of some days, and those that are under way, are counted by the index alone.
create index sequence_entry_by_time on lifecycle.sequence_entry (entered_at, id, sequence_id, tier);
drop index lifecycle.sequence_entry_open;
create index sequence_entry_open on lifecycle.sequence_entry (customer_id) include (sequence_id, tier)
  where ended_at is null;

alter table lifecycle.message
  -- Those of the entry, which is gone already when its mails are counted out.
  add column version_id bigint,
  add column tier text,
  -- What was ever reported of it. What was clicked was opened, and what was opened was delivered.
  add column delivered boolean not null default false,
  add column opened boolean not null default false,
  add column clicked boolean not null default false,
  add column bounced boolean not null default false,
  add column complained boolean not null default false,
  -- Whether it was the last one before the customer chose, through a link, to get no more of the kind.
  add column unsubscribed boolean not null default false;

-- To bring a million rows along takes ten times as long with their indexes; they come back below.
drop index lifecycle.message_due, lifecycle.message_waiting, lifecycle.message_sending,
  lifecycle.message_by_provider_id, lifecycle.message_by_customer;

update lifecycle.message
set version_id = known.version_id, tier = known.tier,
    delivered = kinds && '{delivered,opened,clicked}', opened = kinds && '{opened,clicked}',
    clicked = kinds && '{clicked}', bounced = kinds && '{bounced}', complained = kinds && '{complained}'
from (
  select own.id, entry.version_id, entry.tier, coalesce(reported.kinds, '{}') || coalesce(own.engagement, '') as kinds
  from lifecycle.message own
    join lifecycle.sequence_entry entry on entry.id = own.entry_id
    left join (
      select message_id, array_agg(distinct kind) as kinds from lifecycle.message_event group by message_id
    ) as reported on reported.message_id = own.id
) as known
where message.id = known.id;

alter table lifecycle.message
  alter column version_id set not null,
  -- When it counts: when it was sent; else since when it is clear that it is not, or for when it is planned.
  add column counted_at timestamptz generated always as (coalesce(
    sent_at,
    case when state in ('dropped', 'failed', 'unknown') then updated_at else coalesce(due_at, created_at) end)) stored;

create index message_due on lifecycle.message (due_at, id) where state = 'planned';
create index message_waiting on lifecycle.message (due_at, id) where state = 'waiting';
create index message_sending on lifecycle.message (leased_until) where state = 'sending';
create index message_by_provider_id on lifecycle.message (provider_id) where provider_id is not null;
create index message_by_customer on lifecycle.message (customer_id, id);

-- Lists the mails behind a figure. What they are looked for by most is decided by the index alone.
create index message_by_time on lifecycle.message (counted_at, id, version_id, step, variant, tier);
-- Those that are few.
create index message_amiss on lifecycle.message (counted_at, id)
  where state in ('failed', 'unknown') or bounced or complained or unsubscribed;
-- A reason may be longer than an index takes.
create index message_dropped on lifecycle.message (hashtextextended(reason, 0), counted_at, id) where state = 'dropped';
create index suppression_by_time on lifecycle.suppression (suppressed_at, email_key);

-- Mails by their day (UTC) and by all that they are counted by. A pure function of the mails, together with what is
-- noted in email_change: a report over a year is then read from thousands of rows.
create table lifecycle.email_day (
  day date not null,
  version_id bigint not null,
  step integer not null,
  variant integer not null,
  -- '' when it was not known.
  tier text not null,
  -- Digest of why they were dropped; 0 for all others.
  reason_key bigint not null,
  planned integer not null,
  sent integer not null,
  skipped integer not null,
  failed integer not null,
  unknown integer not null,
  delivered integer not null,
  opened integer not null,
  clicked integer not null,
  bounced integer not null,
  complained integer not null,
  unsubscribed integer not null,
  primary key (day, version_id, step, variant, tier, reason_key)
);

-- How many mails became such ones, or (below 0) are such ones no more, until that is added up in email_day. Whoever
-- changes mails only ever adds rows here, so that nobody waits for anybody.
create table lifecycle.email_change (
  day date not null,
  version_id bigint not null,
  step integer not null,
  variant integer not null,
  tier text not null,
  reason_key bigint not null,
  outcome text not null,
  delivered boolean not null,
  opened boolean not null,
  clicked boolean not null,
  bounced boolean not null,
  complained boolean not null,
  unsubscribed boolean not null,
  mails integer not null
);

create function lifecycle.outcome_of(state text) returns text language sql immutable as $$
  select case state
    when 'sent' then 'sent' when 'dropped' then 'skipped' when 'failed' then 'failed' when 'unknown' then 'unknown'
    else 'planned' end
$$;

create function lifecycle.reason_key_of(state text, reason text) returns bigint language sql immutable as $$
  select case when state = 'dropped' then coalesce(hashtextextended(reason, 0), 0) else 0 end
$$;

create function lifecycle.note_email_changes() returns trigger language plpgsql as $$
begin
  if tg_op = 'INSERT' then
    insert into lifecycle.email_change
    select (counted_at at time zone 'UTC')::date, version_id, step, variant, coalesce(tier, ''),
           lifecycle.reason_key_of(state, reason), lifecycle.outcome_of(state),
           delivered, opened, clicked, bounced, complained, unsubscribed, count(*)
    from after_it group by 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13;
  elsif tg_op = 'DELETE' then
    insert into lifecycle.email_change
    select (counted_at at time zone 'UTC')::date, version_id, step, variant, coalesce(tier, ''),
           lifecycle.reason_key_of(state, reason), lifecycle.outcome_of(state),
           delivered, opened, clicked, bounced, complained, unsubscribed, -count(*)
    from before_it group by 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13;
  else
    insert into lifecycle.email_change
    select (counted_at at time zone 'UTC')::date, version_id, step, variant, coalesce(tier, ''),
           lifecycle.reason_key_of(state, reason), lifecycle.outcome_of(state),
           delivered, opened, clicked, bounced, complained, unsubscribed, sum(mails)
    from (select 1 as mails, * from after_it union all select -1, * from before_it) as changed
    group by 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13 having sum(mails) <> 0;
  end if;
  return null;
end
$$;

-- What is noted, in the columns of email_day. Rows of email_change never change, so a ctid names one.
create view lifecycle.email_day_change as
select ctid as place, day, version_id, step, variant, tier, reason_key,
       mails * (outcome = 'planned')::int as planned, mails * (outcome = 'sent')::int as sent,
       mails * (outcome = 'skipped')::int as skipped, mails * (outcome = 'failed')::int as failed,
       mails * (outcome = 'unknown')::int as unknown, mails * delivered::int as delivered,
       mails * opened::int as opened, mails * clicked::int as clicked, mails * bounced::int as bounced,
       mails * complained::int as complained, mails * unsubscribed::int as unsubscribed
from lifecycle.email_change;

-- Adds up to so many notes to email_day, and gives how many it were; none while somebody else does so.
create function lifecycle.fold_email_changes(most integer) returns integer language plpgsql as $$
declare
  places tid[];
  empty tid[];
begin
  if not pg_try_advisory_xact_lock(hashtextextended('lifecycle.email_change:fold', 0)) then
    return 0;
  end if;
  places := array(select ctid from lifecycle.email_change limit most);
  if cardinality(places) = 0 then
    return 0;
  end if;
  with folded as (
    insert into lifecycle.email_day as total
    select day, version_id, step, variant, tier, reason_key, sum(planned), sum(sent), sum(skipped), sum(failed),
           sum(unknown), sum(delivered), sum(opened), sum(clicked), sum(bounced), sum(complained), sum(unsubscribed)
    from lifecycle.email_day_change where place = any (places)
    group by day, version_id, step, variant, tier, reason_key
    on conflict (day, version_id, step, variant, tier, reason_key) do update
      set planned = total.planned + excluded.planned, sent = total.sent + excluded.sent,
          skipped = total.skipped + excluded.skipped, failed = total.failed + excluded.failed,
          unknown = total.unknown + excluded.unknown, delivered = total.delivered + excluded.delivered,
          opened = total.opened + excluded.opened, clicked = total.clicked + excluded.clicked,
          bounced = total.bounced + excluded.bounced, complained = total.complained + excluded.complained,
          unsubscribed = total.unsubscribed + excluded.unsubscribed
    returning ctid as place, planned, sent, skipped, failed, unknown, delivered, opened, clicked, bounced, complained,
              unsubscribed
  )
  select array_agg(place) into empty from folded
  where (planned, sent, skipped, failed, unknown) = (0, 0, 0, 0, 0)
    and (delivered, opened, clicked, bounced, complained, unsubscribed) = (0, 0, 0, 0, 0, 0);
  delete from lifecycle.email_day where ctid = any (empty);
  delete from lifecycle.email_change where ctid = any (places);
  return cardinality(places);
end
$$;

insert into lifecycle.email_change
select (counted_at at time zone 'UTC')::date, version_id, step, variant, coalesce(tier, ''),
       lifecycle.reason_key_of(state, reason), lifecycle.outcome_of(state),
       delivered, opened, clicked, bounced, complained, unsubscribed, count(*)
from lifecycle.message group by 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13;
select lifecycle.fold_email_changes(2147483647);

create trigger message_inserted after insert on lifecycle.message
  referencing new table as after_it for each statement execute function lifecycle.note_email_changes();
create trigger message_updated after update on lifecycle.message
  referencing old table as before_it new table as after_it for each statement execute function lifecycle.note_email_changes();
create trigger message_deleted after delete on lifecycle.message
  referencing old table as before_it for each statement execute function lifecycle.note_email_changes();
