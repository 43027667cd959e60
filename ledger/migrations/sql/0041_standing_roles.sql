-- An account keeps the role that open items, settled ones too, and the defaults of contacts rely on; and a role goes to
-- accounts of its type only (ledger/accounts/charts.py says the same). Accounts of before may differ: doctor tells.
create function ledger_role_fits(role text, type text) returns boolean language sql immutable parallel safe as $$
    select type = any (case
        when role in ('cash', 'receivable', 'inventory') then array['asset']
        when role in ('clearing', 'suspense') then array['asset', 'liability']
        when role in ('payable', 'tax_payable') then array['liability']
        when role in ('owner_capital', 'retained_earnings') then array['equity']
        when role = 'sales' then array['revenue']
        when role in ('cost_of_sales', 'bank_fees') then array['expense']
        when role in ('realised_exchange', 'unrealised_exchange') then array['revenue', 'expense'] end)
$$;

create function ledger_account_role() returns trigger language plpgsql as $$
begin
    if new.role is not null and ledger_role_fits(new.role, new.type) is not true then
        raise exception 'account % of type % cannot be %', new.code, new.type, new.role
            using errcode = 'LG011', constraint = 'account_role_of_type';
    end if;
    if old.role is null or old.role not in ('receivable', 'payable') then return new; end if;
    -- Waits for postings in flight, which may open items, and keeps new ones out until this commits.
    perform pg_advisory_xact_lock(crane_books_key(old.organization_id));
    if exists (select from ledger_openitem i where i.organization_id = old.organization_id and i.account_id = old.id)
       or exists (select from ledger_contact c where c.organization_id = old.organization_id
                     and old.id in (c.receivable_account_id, c.payable_account_id)) then
        raise exception 'account % is a control account', old.code
            using errcode = 'LG012', constraint = 'control_account_stays';
    end if;
    return new;
end $$;
create trigger account_role before update of role on ledger_account
    for each row when (new.role is distinct from old.role) execute function ledger_account_role();
alter table ledger_account enable always trigger account_role;

-- As before (0007_closing.sql), but what reopened a year stands as well: undone, it would close the year a second time,
-- and the next closing would find nothing to close.
create or replace function ledger_closing_stands() returns trigger language plpgsql as $$
begin
    if exists (select from ledger_closingposting p
                 join ledger_yearclosing c on c.organization_id = p.organization_id and c.id = p.closing_id
                where p.organization_id = new.organization_id and p.transaction_id = new.original_id
                  and c.reopened_at is null) then
        raise exception 'transaction % closes a fiscal year', new.original_id
            using errcode = 'LG003', constraint = 'closing_stands';
    end if;
    if exists (select from ledger_transaction r
                 join ledger_closingposting p on p.organization_id = r.organization_id
                  and p.transaction_id = r.original_id
                where r.organization_id = new.organization_id and r.id = new.original_id
                  and r.reversal_scope is not null) then
        raise exception 'transaction % reopens a fiscal year', new.original_id
            using errcode = 'LG003', constraint = 'closing_stands';
    end if;
    return null;
end $$;
