-- Soft locks, their lifts, and the closings of fiscal years.

alter table ledger_lockdate
    add constraint lock_area_known check (area in ('journal', 'sales', 'purchases', 'bank')),
    add constraint lock_date_in_range check (locked_through between '1900-01-01' and '2200-12-31');
alter table ledger_locklift
    add constraint lock_lift_area check (area in ('journal', 'sales', 'purchases', 'bank')),
    add constraint lock_lift_holder check ((user_id is null) <> (api_key_id is null)),
    add constraint lock_lift_reason check (reason ~ '\S');
alter table ledger_yearclosing
    add column closed_xid xid8, add column reopened_xid xid8,
    add constraint year_closing_days check (starts_on between '1899-01-01' and ends_on and ends_on <= '2200-12-31'),
    add constraint year_closing_named check (year = extract(year from ends_on)),
    add constraint year_reopened_for_a_reason check (reopened_at is null or reopen_reason ~ '\S');
grant update (locked_through, updated_at) on ledger_lockdate to crane_app;
grant update (ended_at, updated_at) on ledger_locklift to crane_app;
grant update (reopened_at, reopen_reason, updated_at) on ledger_yearclosing to crane_app;

-- The area of a transaction follows from its type (ledger/locks/areas.py says the same).
create function ledger_lock_area(type text) returns text language sql immutable parallel safe as $$
    select case type when 'income' then 'sales' when 'expense' then 'purchases' when 'transfer' then 'bank'
           else 'journal' end
$$;

-- 1. Moving a lock or ending a lift waits for postings in flight, and keeps new ones out until this commits.
create function ledger_lock_change() returns trigger language plpgsql as $$
begin
    perform pg_advisory_xact_lock(crane_books_key(new.organization_id));
    new.updated_at := now();
    return new;
end $$;
create trigger lock_change before insert or update on ledger_lockdate
    for each row execute function ledger_lock_change();

create function ledger_lift_change() returns trigger language plpgsql as $$
begin
    if old.ended_at is not null or new.ended_at is null then
        raise exception 'a lift can only be ended, and only once'
            using errcode = 'LG001', constraint = 'lock_lift_ends_once';
    end if;
    perform pg_advisory_xact_lock(crane_books_key(new.organization_id));
    new.updated_at := now();
    return new;
end $$;
create trigger lift_change before update on ledger_locklift
    for each row execute function ledger_lift_change();

-- 2. The closing of a year. One after the other, undone in the opposite order.
create function ledger_year_change() returns trigger language plpgsql as $$
begin
    perform pg_advisory_xact_lock(crane_books_key(new.organization_id));
    if tg_op = 'UPDATE' then
        if old.reopened_at is not null or new.reopened_at is null then
            raise exception 'a closing can only be reopened, and only once'
                using errcode = 'LG001', constraint = 'year_closing_final';
        end if;
        new.reopened_xid := pg_current_xact_id();
    else
        new.closed_xid := pg_current_xact_id();
        new.reopened_at := null;
        new.reopened_xid := null;
    end if;
    if exists (select from ledger_yearclosing c
                where c.organization_id = new.organization_id and c.reopened_at is null and c.year <> new.year
                  and c.ends_on >= new.starts_on) then
        raise exception 'year %: a later one, or part of it, is closed', new.year
            using errcode = 'LG002', constraint = 'year_closings_in_order';
    end if;
    new.updated_at := now();
    return new;
end $$;
create trigger year_change before insert or update on ledger_yearclosing
    for each row execute function ledger_year_change();

-- The hard lock does not move back into a closed year: reopening it does, and reverses the closing.
create function ledger_closed_years() returns trigger language plpgsql as $$
begin
    if exists (select from ledger_yearclosing c
                where c.organization_id = new.id and c.reopened_at is null
                  and c.ends_on > coalesce(new.books_closed_through, '-infinity')) then
        raise exception 'a fiscal year after % is closed', new.books_closed_through
            using errcode = 'LG003', constraint = 'closed_year_stays_closed';
    end if;
    return new;
end $$;
create trigger organization_closed_years before update on organizations_organization
    for each row when (new.books_closed_through is distinct from old.books_closed_through)
    execute function ledger_closed_years();

-- 3. The soft lock. The books lock is held since the header turned posted; the event that names who posted is
-- written by now: whoever the trail names is the one whose lift counts. Closing and reopening a year pass.
create function ledger_transaction_soft_lock() returns trigger language plpgsql as $$
declare
    locked date;
    held bigint;
begin
    select l.locked_through into locked from ledger_lockdate l
     where l.organization_id = new.organization_id and l.area = ledger_lock_area(new.type)
       and l.locked_through >= new.transaction_date;
    if not found then return null; end if;
    if new.type = 'closing' and exists (
        select from ledger_yearclosing c
         where c.organization_id = new.organization_id and c.ends_on = new.transaction_date
           and pg_current_xact_id() in (c.closed_xid, c.reopened_xid)) then
        return null;
    end if;
    select f.id into held
      from organizations_event e
      join ledger_locklift f on f.organization_id = e.organization_id
       and (f.user_id = e.user_id or f.api_key_id = e.api_key_id)
     where e.organization_id = new.organization_id and e.entity_type = 'transaction'
       and e.entity_id = 'TXN_' || lpad(to_hex(new.id), 16, '0') and e.event_type = 'transaction.posted'
       and f.area = ledger_lock_area(new.type) and f.ended_at is null and f.expires_at > clock_timestamp()
     order by f.id limit 1;
    if not found then
        raise exception 'transaction %: % is locked through %', new.id, ledger_lock_area(new.type), locked
            using errcode = 'LG003', constraint = 'transaction_soft_lock',
                  detail = json_build_object('area', ledger_lock_area(new.type), 'locked_through', locked);
    end if;
    insert into ledger_liftuse (organization_id, lift_id, transaction_id, locked_through, metadata)
    values (new.organization_id, held, new.id, locked, '{}');
    return null;
end $$;
create constraint trigger transaction_soft_lock after insert or update on ledger_transaction
    deferrable initially deferred for each row when (new.status = 'posted')
    execute function ledger_transaction_soft_lock();
alter table ledger_transaction enable always trigger transaction_soft_lock;

-- 4. What closed a year is reversed by reopening it, and by nothing else.
create function ledger_closing_stands() returns trigger language plpgsql as $$
begin
    if exists (select from ledger_closingposting p
                 join ledger_yearclosing c on c.organization_id = p.organization_id and c.id = p.closing_id
                where p.organization_id = new.organization_id and p.transaction_id = new.original_id
                  and c.reopened_at is null) then
        raise exception 'transaction % closes a fiscal year', new.original_id
            using errcode = 'LG003', constraint = 'closing_stands';
    end if;
    return null;
end $$;
create trigger transaction_closing_stands after insert or update on ledger_transaction
    for each row when (new.status = 'posted' and new.reversal_scope is not null)
    execute function ledger_closing_stands();
alter table ledger_transaction enable always trigger transaction_closing_stands;
