-- The chart of accounts: what an account may never become.

alter table ledger_account
    add constraint account_type check (type in ('asset', 'liability', 'equity', 'revenue', 'expense')),
    add constraint account_status check (status in ('active', 'suspended', 'archived')),
    add constraint account_not_its_own_parent check (parent_id <> id),
    add constraint account_bounds check (
        balance_floor <= balance_ceiling
        and balance_floor between -1e19 and 1e19 and balance_ceiling between -1e19 and 1e19);

-- A child has its parent's type: the type is part of the reference.
alter table ledger_account add constraint ledger_account_id_type_key unique (organization_id, id, type);
alter table ledger_account add constraint ledger_account_id_currency_key unique (organization_id, id, currency_id);
alter table ledger_account add constraint account_type_of_parent
    foreign key (organization_id, parent_id, type) references ledger_account (organization_id, id, type);

create sequence ledger_account_tree_seq;
grant usage on sequence ledger_account_tree_seq to crane_app;
grant select, insert, delete on ledger_account to crane_app;
grant update (name, description, status, role, balance_floor, balance_ceiling, metadata, is_system,
              parent_id, lft, rght, tree_id, level, updated_at) on ledger_account to crane_app;

-- Writers of one organization's tree wait for each other: two moves that cross would close a circle.
create function crane_chart_key(organization bigint) returns bigint language sql immutable parallel safe as $$
    select hashtextextended('crane.chart:' || organization::text, 0)
$$;

create function ledger_account_change() returns trigger language plpgsql as $$
begin
    if (new.id, new.organization_id, new.code, new.type, new.currency_id)
       is distinct from (old.id, old.organization_id, old.code, old.type, old.currency_id) then
        raise exception 'code, type and currency of an account are fixed for life'
            using errcode = 'LG011', constraint = 'account_identity_final';
    end if;
    if new.status is distinct from old.status then
        -- Waits for postings in flight, and keeps new ones out until this commits.
        perform pg_advisory_xact_lock(crane_books_key(new.organization_id));
    end if;
    new.updated_at := now();
    return new;
end $$;
create trigger account_change before update on ledger_account
    for each row execute function ledger_account_change();

-- A new account stands below one that is there already, so only a move can close a circle.
-- An ancestor that cannot be seen refuses: the settings that hide it must not hide the circle.
create function ledger_account_place() returns trigger language plpgsql as $$
declare
    ancestor bigint := new.parent_id;
begin
    if tg_op = 'UPDATE' and new.parent_id is not distinct from old.parent_id then return new; end if;
    if ancestor = new.id then return new; end if; -- account_not_its_own_parent says it
    perform pg_advisory_xact_lock(crane_chart_key(new.organization_id));
    while ancestor is not null loop
        if ancestor = new.id then
            raise exception 'an account cannot stand below itself'
                using errcode = 'LG011', constraint = 'account_no_cycle';
        end if;
        select a.parent_id into ancestor from ledger_account a
         where a.organization_id = new.organization_id and a.id = ancestor;
        if not found then
            raise exception 'account % has an ancestor out of reach', new.code
                using errcode = 'LG010', constraint = 'account_parent_in_reach';
        end if;
        exit when tg_op = 'INSERT';
    end loop;
    return new;
end $$;
create trigger account_place before insert or update of parent_id on ledger_account
    for each row execute function ledger_account_place();

create function ledger_account_delete() returns trigger language plpgsql as $$
begin
    if old.is_system then
        raise exception 'account % belongs to the system', old.code
            using errcode = 'LG011', constraint = 'account_system_stays';
    end if;
    return old;
end $$;
create trigger account_delete before delete on ledger_account
    for each row execute function ledger_account_delete();
