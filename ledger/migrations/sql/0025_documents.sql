-- Invoices, bills and the credits to them.

alter table ledger_document
    add constraint document_kind check (kind in ('invoice', 'bill', 'credit_note', 'vendor_credit')),
    add constraint document_status check (status in ('draft', 'issued', 'cancelled')),
    add constraint document_rounding check (tax_rounding in ('line', 'document')),
    add constraint document_dates check (
        (date is null or date between '1900-01-01' and '2200-12-31')
        and (due_date is null or due_date between '1900-01-01' and '2210-12-31')),
    add constraint document_due_after_date check (due_date is null or date is null or due_date >= date),
    add constraint document_amounts check (
        total between -1e19 and 1e19 and subtotal between -1e19 and 1e19 and tax_amount between -1e19 and 1e19
        and total = subtotal + tax_amount and credited between 0 and greatest(total, 0)
        and (currency_rate is null or (currency_rate > 0 and currency_rate < 1e12))
        and (base_total is null or base_total between 0 and 1e19)),
    add constraint document_numbered check (
        (series is null) = (series_year is null) and (series is null) = (series_no is null)
        and (series_no is null or series_no > 0)),
    -- What is issued has everything that an issued document has.
    add constraint document_issued_whole check (
        transaction_id is null or (number <> '' and date is not null and due_date is not null and total > 0
            and currency_rate is not null and base_total is not null and account_id is not null)),
    add constraint document_issued_posted check (status <> 'issued' or transaction_id is not null),
    add constraint document_credit_of_original check (
        original_id is null or kind in ('credit_note', 'vendor_credit'));

-- A draft may change in everything but what it is. What is issued changes in what happens to it, and in nothing else.
create function ledger_document_change() returns trigger language plpgsql as $$
begin
    if tg_op = 'DELETE' then
        if old.transaction_id is not null then
            raise exception 'document % is issued', old.number
                using errcode = 'LG012', constraint = 'document_final';
        end if;
        return old;
    end if;
    if (new.id, new.organization_id, new.kind, new.created_at)
       is distinct from (old.id, old.organization_id, old.kind, old.created_at) then
        raise exception 'a document stays what it is'
            using errcode = 'LG012', constraint = 'document_identity_final';
    end if;
    if old.transaction_id is not null
       and (to_jsonb(new) - '{status,credited,sent_at,viewed_at,metadata,version,updated_at}'::text[])
           is distinct from (to_jsonb(old) - '{status,credited,sent_at,viewed_at,metadata,version,updated_at}'::text[])
       or old.transaction_id is not null and new.status = 'draft' or old.status = 'cancelled' and new.status <> 'cancelled' then
        raise exception 'document % is issued', old.number
            using errcode = 'LG012', constraint = 'document_final';
    end if;
    new.updated_at := now();
    return new;
end $$;
create trigger document_change before update or delete on ledger_document
    for each row execute function ledger_document_change();
alter table ledger_document enable always trigger document_change;

-- A credit that is issued takes from what it credits, which holds the original: of two at once the second sees what
-- the first has left (document_amounts: credited up to the total).
create function ledger_document_credit() returns trigger language plpgsql as $$
begin
    update ledger_document d set credited = d.credited + new.total
     where d.organization_id = new.organization_id and d.id = new.original_id;
    return null;
exception when check_violation then
    raise exception 'more would be credited than document % says', new.original_id
        using errcode = 'LG012', constraint = 'credit_within_original';
end $$;
create trigger document_credit_new after insert on ledger_document
    for each row when (new.original_id is not null and new.transaction_id is not null)
    execute function ledger_document_credit();
create trigger document_credit after update of transaction_id on ledger_document
    for each row when (new.original_id is not null and new.transaction_id is not null and old.transaction_id is null)
    execute function ledger_document_credit();
alter table ledger_document enable always trigger document_credit_new;
alter table ledger_document enable always trigger document_credit;

alter table ledger_documenttax
    add constraint document_tax_amounts check (
        base between -1e19 and 1e19 and amount between -1e19 and 1e19
        and base_in_base between -1e19 and 1e19 and posted between -1e19 and 1e19
        and rate between 0 and 1000 and (account_id is not null or posted = 0));

-- Numbers only rise, one by one or by blocks.
alter table ledger_documentseries add constraint document_series_counts check (last_no > 0);
create function ledger_series_rises() returns trigger language plpgsql as $$
begin
    if new.last_no <= old.last_no or (new.organization_id, new.series, new.year)
                                     is distinct from (old.organization_id, old.series, old.year) then
        raise exception 'numbers of series % only rise', old.series
            using errcode = 'LG012', constraint = 'document_series_rises';
    end if;
    return new;
end $$;
create trigger document_series_rises before update on ledger_documentseries
    for each row execute function ledger_series_rises();
alter table ledger_documentseries enable always trigger document_series_rises;

create function ledger_next_numbers(organization bigint, wanted varchar, of_year smallint, how_many integer)
returns integer language sql as $$
    insert into ledger_documentseries as s (organization_id, series, year, last_no)
    values (organization, wanted, of_year, how_many)
        on conflict (organization_id, series, year) do update set last_no = s.last_no + how_many
    returning last_no
$$;
