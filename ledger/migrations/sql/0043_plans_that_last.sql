-- The plans of a posting do not depend on when a session made them. The one of the first postings read all keys of
-- idempotency from end to end, since there were few, and the session kept it until the table was analyzed.
alter function ledger_post_at_once(text, bytea, bigint, bigint, text, text, text[]) set enable_seqscan = off;
