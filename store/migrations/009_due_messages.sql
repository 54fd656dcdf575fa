-- One index for each of what a claim looks for: of mails that are due there may be many, of waits that are over few.

drop index lifecycle.message_due;
create index message_due on lifecycle.message (due_at, id) where state = 'planned';
create index message_waiting on lifecycle.message (due_at, id) where state = 'waiting';
