-- Writing the journal: headers, entries and events of one or many transactions in one call. The plans are made once
-- for each session; as statements of their own they cost more than the rows. It decides nothing and runs with the
-- caller's rights: row security, triggers and constraints see the same rows as ever.
create function ledger_write(organization bigint, document jsonb) returns void language plpgsql as $$
begin
    if document -> 'headers' <> '[]' then
        insert into ledger_transaction (
            id, organization_id, type, status, transaction_date, description, reference_number, external_id, currency_id,
            amount, total_debits, total_credits, account_id, contact_id, category_id, lines, entry_count, original_id,
            reversal_scope, reversal_reason, error_code, error_message, version, metadata, created_at)
        select t.id, organization, t.type, t.status, t.transaction_date, t.description, t.reference_number, t.external_id,
               t.currency_id, t.amount, t.total_debits, t.total_credits, t.account_id, t.contact_id, t.category_id, t.lines,
               t.entry_count, t.original_id, t.reversal_scope, t.reversal_reason, t.error_code, t.error_message, 1,
               t.metadata, now()
          from jsonb_to_recordset(document -> 'headers') as t (
               id bigint, type text, status text, transaction_date date, description text, reference_number text,
               external_id text, currency_id text, amount numeric, total_debits numeric, total_credits numeric,
               account_id bigint, contact_id bigint, category_id bigint, lines jsonb, entry_count int, original_id bigint,
               reversal_scope text, reversal_reason text, error_code text, error_message text, metadata jsonb);
    end if;

    if document -> 'turned' <> '[]' then
        update ledger_transaction t
           set status = 'posted', lines = null, entry_count = p.entry_count, amount = p.amount,
               total_debits = p.total_debits, total_credits = p.total_credits, error_code = null,
               error_message = null, version = t.version + 1
          from jsonb_to_recordset(document -> 'turned') as p (
               id bigint, entry_count int, amount numeric, total_debits numeric, total_credits numeric)
         where t.organization_id = organization and t.id = p.id;
    end if;

    if document -> 'entries' <> '[]' then
        insert into ledger_entry (
            id, organization_id, transaction_id, line_no, account_id, transaction_date, entry_type, currency_id,
            amount, base_amount, currency_rate, description, reference, metadata)
        select e.id, organization, e.transaction_id, e.line_no, e.account_id, e.transaction_date, e.entry_type,
               e.currency_id, e.amount, e.base_amount, e.currency_rate, e.description, e.reference, e.metadata
          from jsonb_to_recordset(document -> 'entries') as e (
               id bigint, transaction_id bigint, line_no int, account_id bigint, transaction_date date,
               entry_type text, currency_id text, amount numeric, base_amount numeric, currency_rate numeric,
               description text, reference text, metadata jsonb);
    end if;

    perform crane_record(organization, document -> 'who', document -> 'facts');
    -- Last, so that what the database refuses is refused here and not at the commit.
    set constraints all immediate;
    set constraints all deferred;
end $$;
