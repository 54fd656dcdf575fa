-- What the reports on the machine and on the campaign look for. Of what every event writes no index is added, only widened.

-- How many events of a type came in when, and the newest of them.
drop index lifecycle.event_by_type;
create index event_by_type on lifecycle.event (source, type, received_at, id);

-- What is to be worked on, and since when.
drop index lifecycle.delivery_due;
create index delivery_due on lifecycle.delivery (handler_id, due_at, id) include (state, created_at)
  where state in ('waiting', 'failed');
drop index lifecycle.delivery_unfinished;
create index delivery_dead on lifecycle.delivery (handler_id, created_at, id) where state = 'dead';
-- What was worked on, by when it came in and by when it was done.
create index delivery_done on lifecycle.delivery (handler_id, created_at, id) where state = 'done';
create index delivery_done_at on lifecycle.delivery (updated_at) where state = 'done';

-- How much came in on days (UTC) that are over: neither when nor from where anything came is ever changed. Days before
-- day_counted.until are in; the store adds further ones when a report is read (store/report/days.ts).
create table lifecycle.event_day (
  day date not null,
  source text not null,
  events integer not null,
  primary key (day, source)
);
create table lifecycle.delivery_day (
  day date not null,
  handler_id text not null references lifecycle.handler on delete cascade,
  deliveries integer not null,
  primary key (day, handler_id)
);
create table lifecycle.day_counted (
  id boolean primary key default true check (id),
  until date not null
);
insert into lifecycle.day_counted (until) values ('-infinity');

-- Tells how many mails were sent today, and this month.
create index message_by_sending on lifecycle.message (sent_at) where sent_at is not null;

-- A single-use invite that is gone before its time, and that nobody took back, was used. What ended otherwise, nobody knows.
alter table lifecycle.invite drop constraint invite_state_check;
alter table lifecycle.invite add constraint invite_state_check check (state in ('begun', 'live', 'revoked', 'used', 'gone'));
alter table lifecycle.invite drop constraint invite_check1;
alter table lifecycle.invite add constraint invite_check1 check ((state in ('revoked', 'used', 'gone')) = (ended_at is not null));
update lifecycle.invite set state = 'used'
where state = 'gone' and issued_at is not null
  and (expires_at is null or expires_at > ended_at + interval '1 minute');

create index invite_by_issue on lifecycle.invite (issued_at, id) where issued_at is not null;
create index invite_by_end on lifecycle.invite (state, ended_at, id) where ended_at is not null;
create index invite_by_expiry on lifecycle.invite (expires_at, id) where state in ('live', 'gone');

-- What a campaign counts, each thing once: out of the outcomes of deliveries, and of what was found out by looking.
create table lifecycle.milestone (
  id bigint generated always as identity primary key,
  kind text not null check (kind in ('purchase', 'couponIssued', 'couponRedeemed', 'couponRevoked', 'leadCreated')),
  -- A digest of the id that the thing has where it is kept: it says nothing, and so stays when a person is erased.
  key text not null,
  -- That id itself; null when it is not kept.
  reference text,
  -- Whose outcome it was; null for what was found out by looking.
  delivery_id bigint references lifecycle.delivery on delete set null,
  happened_at timestamptz not null,
  unique (kind, key)
);
create index milestone_by_time on lifecycle.milestone (kind, happened_at, id);
create index milestone_by_delivery on lifecycle.milestone (delivery_id) where delivery_id is not null;

-- What deliveries have led to so far; as store/milestones.ts reads their outcomes from now on.
insert into lifecycle.milestone (kind, key, reference, delivery_id, happened_at)
select distinct on (counted.kind, outcome ->> 'id')
       counted.kind, encode(sha256(convert_to(outcome ->> 'id', 'UTF8')), 'hex'), outcome ->> 'id', delivery.id,
       coalesce(
         case when outcome ->> 'at' ~ '^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$' then (outcome ->> 'at')::timestamptz end,
         delivery.updated_at)
from lifecycle.delivery
  cross join jsonb_array_elements(outcomes) outcome
  join (values
    ('Stripe', 'purchase looked up', 'purchase'),
    ('Shopware', 'promo code created', 'couponIssued'),
    ('Shopware', 'promo code found', 'couponIssued'),
    ('Shopware', 'promo code removed', 'couponRevoked'),
    ('Shopware', 'promo code kept: it has been redeemed already', 'couponRedeemed'),
    ('EspoCRM', 'lead created', 'leadCreated')
  ) as counted (service, action, kind)
    on counted.service = outcome ->> 'service' and counted.action = outcome ->> 'action'
where outcome ->> 'id' <> ''
order by counted.kind, outcome ->> 'id', 5;
