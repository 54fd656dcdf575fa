-- Finds whose plan a subject was, for an event that names nobody.
create index plan_statement_by_subject on lifecycle.plan_statement (source, subject);
