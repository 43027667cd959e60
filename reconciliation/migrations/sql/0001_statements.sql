-- Statements of the bank: what the bank said never changes; what became of it does.

-- Imports into one account go one after the other: the second sees what the first has taken.
create function reconciliation_account_key(organization bigint, account bigint) returns bigint
language sql immutable as $$
    select hashtextextended('reconciliation ' || organization || ' ' || account, 0)
$$;

alter table reconciliation_statement
    add constraint statement_counts check (least(new, duplicates, conflicts, errors) >= 0),
    add constraint statement_balances_in_range check (
        opening_balance between -1e20 and 1e20 and closing_balance between -1e20 and 1e20);

alter table reconciliation_statementline
    add constraint line_date_in_range check (date between '1900-01-01' and '2200-12-31'),
    -- Bounded on both sides: NaN is greater than every number.
    add constraint line_amount_in_range check (amount between -1e19 and 1e19 and balance between -1e20 and 1e20),
    add constraint line_occurrence check (occurrence >= 1),
    add constraint line_fingerprints check (octet_length(fingerprint) = 16 and octet_length(content) = 16),
    add constraint line_status check (status in ('unmatched', 'suggested', 'matched', 'created', 'ignored')),
    add constraint line_verdict check (verdict in ('new', 'conflict')),
    add constraint line_status_of_match check (
        (status in ('suggested', 'matched', 'created')) = (match_id is not null)),
    add constraint line_ignored_for_a_reason check ((status = 'ignored') = (ignore_reason <> ''));

alter table reconciliation_remark
    add constraint remark_verdict check (verdict in ('duplicate_of', 'conflict', 'error')),
    add constraint remark_amount_in_range check (amount between -1e28 and 1e28);

create function reconciliation_statement_change() returns trigger language plpgsql as $$
begin
    if (new.id, new.organization_id, new.account_id, new.file_hash, new.file_name, new.format, new.created_at)
       is distinct from (old.id, old.organization_id, old.account_id, old.file_hash, old.file_name, old.format,
                         old.created_at)
       or (old.undone_at is not null and new.undone_at is distinct from old.undone_at) then
        raise exception 'statement % is what was imported', old.id
            using errcode = 'LG020', constraint = 'statement_final';
    end if;
    new.updated_at := now();
    return new;
end $$;
create trigger statement_change before update on reconciliation_statement
    for each row execute function reconciliation_statement_change();
alter table reconciliation_statement enable always trigger statement_change;

create function reconciliation_line_change() returns trigger language plpgsql as $$
begin
    if tg_op = 'DELETE' then
        if old.status not in ('unmatched', 'suggested') then
            raise exception 'line % is in use', old.id
                using errcode = 'LG020', constraint = 'line_in_use_stays';
        end if;
        return old;
    end if;
    if (new.id, new.organization_id, new.statement_id, new.account_id, new.place, new.date, new.value_date, new.amount,
        new.balance, new.description, new.counterparty, new.counterparty_account, new.reference, new.bank_id,
        new.kind, new.fingerprint, new.content, new.occurrence, new.created_at)
       is distinct from
       (old.id, old.organization_id, old.statement_id, old.account_id, old.place, old.date, old.value_date, old.amount,
        old.balance, old.description, old.counterparty, old.counterparty_account, old.reference, old.bank_id,
        old.kind, old.fingerprint, old.content, old.occurrence, old.created_at) then
        raise exception 'line % is what the bank wrote', old.id
            using errcode = 'LG020', constraint = 'line_facts_final';
    end if;
    new.updated_at := now();
    return new;
end $$;
create trigger line_change before update or delete on reconciliation_statementline
    for each row execute function reconciliation_line_change();
alter table reconciliation_statementline enable always trigger line_change;

-- More decimals than the account's currency has would never tie out.
create function reconciliation_lines_checked() returns trigger language plpgsql as $$
begin
    if exists (select from new_lines n
                 join ledger_account a on a.organization_id = n.organization_id and a.id = n.account_id
                 join organizations_currency c on c.code = a.currency_id
                where n.amount <> round(n.amount, c.decimals)) then
        raise exception 'a line has more decimals than its currency'
            using errcode = 'LG020', constraint = 'line_decimals';
    end if;
    return null;
end $$;
create trigger lines_checked after insert on reconciliation_statementline
    referencing new table as new_lines for each statement execute function reconciliation_lines_checked();
alter table reconciliation_statementline enable always trigger lines_checked;
