-- What the report counts: when stages were left, what became of the revenue of subscriptions, and of each payment how much
-- more its newest word says. Worked out when it is written, since a report over a year would have to sort all of it.

alter table lifecycle.stage_change
  -- When the customer's next change came, and to which stage; null while it is the last one.
  add column left_at timestamptz,
  add column next_stage text,
  add check ((left_at is null) = (next_stage is null));
update lifecycle.stage_change
set left_at = later.changed_at, next_stage = later.stage
from lifecycle.stage_change later
where later.customer_id = stage_change.customer_id and later.version = stage_change.version + 1;
create index stage_change_by_end on lifecycle.stage_change (left_at) where left_at is not null;
-- That there are few days, which else nobody could know who plans to group by them.
create statistics lifecycle.stage_change_days on ((changed_at at time zone 'UTC')::date) from lifecycle.stage_change;

-- Who came to their stage last, or, while it was not worked out yet, at all.
create index customer_by_arrival on lifecycle.customer (coalesce(stage_since, created_at), id);

-- A month's part of the amount of one period, in minor units; a month has 365 / 12 days. Null where it is not known.
create function lifecycle.monthly_minor(amount bigint, periods integer, unit text) returns numeric
language sql immutable parallel safe
as $$
  select greatest(amount, 0) * case unit
    when 'day' then 365::numeric
    when 'week' then 365::numeric
    when 'month' then 1::numeric
    when 'year' then 1::numeric
  end / (nullif(greatest(periods, 0), 0) * case unit
    when 'day' then 12::numeric
    when 'week' then 84::numeric
    when 'month' then 1::numeric
    when 'year' then 12::numeric
  end)
$$;

alter table lifecycle.subscription
  -- Monthly recurring revenue; 0 unless it is paid for: active or past_due in Stripe's words, not ended, not free.
  -- Neither on trial nor paused, and not unpaid, when Stripe has given up collecting.
  add column mrr_minor numeric not null generated always as (
    case
      when status in ('active', 'past_due') and ended_at is null and currency is not null
        then coalesce(lifecycle.monthly_minor(amount_minor, interval_count, interval_unit), 0)
      else 0
    end) stored;

create table lifecycle.revenue_change (
  id bigint generated always as identity primary key,
  subscription_id bigint not null references lifecycle.subscription on delete cascade,
  at timestamptz not null,
  currency text not null,
  -- new: paid for the first time. reactivated: paid again after having churned. failed, recovered: its payments.
  kind text not null check (kind in (
    'new', 'expansion', 'contraction', 'churned', 'reactivated', 'failed', 'recovered')),
  mrr_before numeric not null,
  mrr_after numeric not null,
  -- Of the subscription after it; of an end, before it.
  tier text check (tier in ('free', 'pro', 'enterprise'))
);
create index revenue_change_by_time on lifecycle.revenue_change (at, id);
create statistics lifecycle.revenue_change_days on ((at at time zone 'UTC')::date) from lifecycle.revenue_change;
create index revenue_change_by_subscription on lifecycle.revenue_change (subscription_id, id);

-- Keeps what happened between two readings of a subscription, the first of which is null for one that is new.
create function lifecycle.keep_revenue_changes(earlier lifecycle.subscription, later lifecycle.subscription)
returns void language plpgsql as $$
declare
  was numeric := coalesce(earlier.mrr_minor, 0);
  monthly numeric := lifecycle.monthly_minor(later.amount_minor, later.interval_count, later.interval_unit);
  has_paid boolean := earlier.id is not null and exists (
    select from lifecycle.revenue_change where subscription_id = later.id);
  -- When it began to be paid for cannot be told once it was there without being paid for, as a free one is.
  has_just_begun boolean := not has_paid
    and (earlier.id is null or earlier.status in ('trialing', 'incomplete'));
  begun_at timestamptz := greatest(later.started_at, later.trial_end);
  was_failing boolean := was > 0 and earlier.payment_failing;
  is_failing boolean := later.mrr_minor > 0 and later.payment_failing;
begin
  if was = 0 and later.mrr_minor > 0 then
    insert into lifecycle.revenue_change (subscription_id, at, currency, kind, mrr_before, mrr_after, tier)
    values (
      later.id, case when has_just_begun then least(begun_at, later.read_at) else later.read_at end,
      later.currency, case when has_paid then 'reactivated' else 'new' end, 0, later.mrr_minor, later.tier);
  elsif was > 0 and later.mrr_minor = 0 then
    insert into lifecycle.revenue_change (subscription_id, at, currency, kind, mrr_before, mrr_after, tier)
    values (
      later.id, coalesce(later.ended_at, later.read_at), earlier.currency, 'churned', was, 0, earlier.tier);
  elsif was > 0 and earlier.currency <> later.currency then
    insert into lifecycle.revenue_change (subscription_id, at, currency, kind, mrr_before, mrr_after, tier)
    values
      (later.id, later.read_at, earlier.currency, 'churned', was, 0, earlier.tier),
      (later.id, later.read_at, later.currency, 'new', 0, later.mrr_minor, later.tier);
  elsif was <> later.mrr_minor then
    insert into lifecycle.revenue_change (subscription_id, at, currency, kind, mrr_before, mrr_after, tier)
    values (
      later.id, later.read_at, later.currency,
      case when later.mrr_minor > was then 'expansion' else 'contraction' end, was, later.mrr_minor, later.tier);
  elsif has_just_begun and later.ended_at > begun_at and later.status <> 'incomplete_expired'
    and monthly > 0 and later.currency is not null then
    -- Began and ended without having been seen in between.
    insert into lifecycle.revenue_change (subscription_id, at, currency, kind, mrr_before, mrr_after, tier)
    values
      (later.id, begun_at, later.currency, 'new', 0, monthly, later.tier),
      (later.id, later.ended_at, later.currency, 'churned', monthly, 0, later.tier);
  end if;
  if is_failing <> was_failing and later.mrr_minor > 0 then
    insert into lifecycle.revenue_change (subscription_id, at, currency, kind, mrr_before, mrr_after, tier)
    values (
      later.id, later.read_at, later.currency, case when is_failing then 'failed' else 'recovered' end,
      later.mrr_minor, later.mrr_minor, later.tier);
  end if;
end
$$;

create function lifecycle.subscription_is_new() returns trigger language plpgsql as $$
begin
  perform lifecycle.keep_revenue_changes(null, new);
  return null;
end
$$;

create function lifecycle.subscription_has_changed() returns trigger language plpgsql as $$
begin
  perform lifecycle.keep_revenue_changes(old, new);
  return null;
end
$$;

-- Whoever writes a subscription; most readings say nothing new, and cost no call.
create trigger subscription_is_new after insert on lifecycle.subscription for each row
  when (new.mrr_minor > 0 or new.ended_at is not null)
  execute function lifecycle.subscription_is_new();
create trigger subscription_has_changed after update on lifecycle.subscription for each row
  when (
    old.mrr_minor <> new.mrr_minor
    or old.ended_at is distinct from new.ended_at
    or new.mrr_minor > 0
      and (old.payment_failing <> new.payment_failing or old.currency is distinct from new.currency))
  execute function lifecycle.subscription_has_changed();

select lifecycle.keep_revenue_changes(null, subscription) from lifecycle.subscription order by id;

alter table lifecycle.payment_statement
  -- How much more was paid, and refunded, than was said of the payment before; less, where paid_minor was corrected.
  add column newly_paid_minor bigint not null default 0,
  add column newly_refunded_minor bigint not null default 0;

-- Statements come in any order, so that one in between changes what those after it say newly. Windows over one payment
-- each, so that a condition on the payment is looked up.
create view lifecycle.counted_payment as
select customer_id, event_id, source, subject,
       -- Those that say nothing of it are left out, as there is nothing before a first one.
       coalesce(paid_minor - coalesce(lag(paid_minor) over (
         partition by customer_id, source, subject, currency, paid_minor is null order by as_of, event_id), 0), 0)
         as newly_paid_minor,
       coalesce(greatest(refunded_minor - coalesce(max(refunded_minor) over (
         partition by customer_id, source, subject, currency order by as_of, event_id
         rows between unbounded preceding and 1 preceding), 0), 0), 0) as newly_refunded_minor
from lifecycle.payment_statement;

create function lifecycle.count_payment(customer bigint, payment_source text, payment_subject text)
returns void language sql as $$
  update lifecycle.payment_statement said
  set newly_paid_minor = counted.newly_paid_minor, newly_refunded_minor = counted.newly_refunded_minor
  from lifecycle.counted_payment counted
  where counted.customer_id = customer and counted.source = payment_source and counted.subject = payment_subject
    and said.customer_id = customer and said.event_id = counted.event_id
    and (said.newly_paid_minor, said.newly_refunded_minor)
      is distinct from (counted.newly_paid_minor, counted.newly_refunded_minor)
$$;

create function lifecycle.payment_is_said() returns trigger language plpgsql as $$
begin
  perform lifecycle.count_payment(new.customer_id, new.source, new.subject);
  if tg_op = 'UPDATE' and (old.customer_id, old.source, old.subject)
    is distinct from (new.customer_id, new.source, new.subject) then
    perform lifecycle.count_payment(old.customer_id, old.source, old.subject);
  end if;
  return null;
end
$$;

update lifecycle.payment_statement said
set newly_paid_minor = counted.newly_paid_minor, newly_refunded_minor = counted.newly_refunded_minor
from lifecycle.counted_payment counted
where said.customer_id = counted.customer_id and said.event_id = counted.event_id;

create trigger payment_is_said after insert on lifecycle.payment_statement for each row
  execute function lifecycle.payment_is_said();
create trigger payment_is_corrected
  after update of customer_id, source, subject, as_of, currency, paid_minor, refunded_minor
  on lifecycle.payment_statement for each row
  when (old.* is distinct from new.*) execute function lifecycle.payment_is_said();

create index payment_statement_by_time on lifecycle.payment_statement (as_of);
