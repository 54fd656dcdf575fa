-- What a registration says counts less than what others say later, or earlier.

-- When the registration happened that gave the source: the earliest that names one, not the earliest of all.
alter table lifecycle.customer add column sourced_at timestamptz;

update lifecycle.customer set sourced_at = signed_up_at where signup_source is not null;

-- Whether it was said by somebody who signed up, and not of a change.
alter table lifecycle.plan_statement add column sign_up boolean not null default false;

update lifecycle.plan_statement set sign_up = true
from lifecycle.event
where event.id = event_id and event.source = 'app' and event.type = 'user.registered';
