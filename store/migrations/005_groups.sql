-- A group is worked on by one handler at a time, whichever it is.

-- Where two handlers are at it right now, one goes back and comes again when the other's lease has run out.
update lifecycle.delivery
set state = 'failed', due_at = greatest(due_at, lease_expires_at), lease = null, lease_owner = null,
    lease_expires_at = null, updated_at = now()
where state = 'leased' and exists (
  select from lifecycle.delivery other
  where other.group_key = delivery.group_key and other.state = 'leased' and other.id < delivery.id);

drop index lifecycle.delivery_one_lease_a_group;
create unique index delivery_one_lease_a_group on lifecycle.delivery (group_key)
  where state = 'leased' and group_key is not null;

-- Finds the earlier ones of a handler's group, and the handlers that wait for a group.
drop index lifecycle.delivery_due_by_group;
create index delivery_due_by_group on lifecycle.delivery (group_key, handler_id, due_at, id)
  where state in ('waiting', 'failed') and group_key is not null;
