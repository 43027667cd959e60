-- Which of the database's own transactions wrote a movement of an open item, and when: so that what was known of open
-- items at a moment can be told for ever. Movements of before are known at every moment.
alter table ledger_itemmovement add column recorded_xid xid8, add column recorded_at timestamptz;
alter table ledger_itemmovement alter column recorded_xid set default pg_current_xact_id(),
                                alter column recorded_at set default clock_timestamp();
