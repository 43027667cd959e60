-- Reconciliation sessions: one at a time for each account, each after the one before, complete to the last unit.

-- Whoever changes a session of an account, or its marks, waits for the others.
create function reconciliation_session_key(organization bigint, account bigint) returns bigint
language sql immutable as $$
    select hashtextextended('reconciliation session ' || organization || ' ' || account, 0)
$$;

alter table reconciliation_reconciliation
    add constraint reconciliation_status check (status in ('in_progress', 'completed', 'cancelled')),
    add constraint reconciliation_opening_from check (opening_from in ('books', 'previous', 'given')),
    add constraint reconciliation_days check (
        start_date >= '1900-01-01' and end_date between start_date and '2200-12-31'),
    -- Bounded on both sides: NaN is greater than every number.
    add constraint reconciliation_balances_in_range check (
        opening_balance between -1e20 and 1e20 and closing_balance between -1e20 and 1e20),
    add constraint reconciliation_moments check (
        (status = 'completed') = (completed_at is not null) and (status = 'cancelled') = (cancelled_at is not null));

-- 1. The session. Balances are signed debit positive: money in.

-- The last completed session of an account, but for one.
create function reconciliation_last_completed(organization bigint, account bigint, session bigint)
returns reconciliation_reconciliation language sql stable as $$
    select s.* from reconciliation_reconciliation s
     where s.organization_id = organization and s.account_id = account and s.status = 'completed' and s.id <> session
     order by s.end_date desc limit 1
$$;

create function reconciliation_session_change() returns trigger language plpgsql as $$
begin
    if tg_op = 'DELETE' then
        raise exception 'reconciliation % stays on record', old.id
            using errcode = 'LG020', constraint = 'reconciliation_stays';
    end if;
    new.updated_at := now();
    if tg_op = 'UPDATE' then
        if (new.id, new.organization_id, new.account_id, new.start_date, new.opening_balance, new.opening_from,
            new.covers_through, new.created_at)
           is distinct from
           (old.id, old.organization_id, old.account_id, old.start_date, old.opening_balance, old.opening_from,
            old.covers_through, old.created_at)
           or (old.status <> 'in_progress'
               and (new.end_date, new.closing_balance) is distinct from (old.end_date, old.closing_balance))
           or (old.status = 'completed' and new.status = 'cancelled')
           or (old.status = 'cancelled' and new.status <> 'cancelled')
           or (old.status = new.status
               and (new.completed_at, new.cancelled_at) is distinct from (old.completed_at, old.cancelled_at)) then
            raise exception 'reconciliation % is what it was', old.id
                using errcode = 'LG020', constraint = 'reconciliation_final';
        end if;
        if (new.status, new.end_date, new.closing_balance)
           is not distinct from (old.status, old.end_date, old.closing_balance) then
            return new;
        end if;
    end if;
    if current_setting('transaction_isolation') <> 'read committed' then
        raise exception 'reconcile under READ COMMITTED: an older snapshot would compare with stale sessions'
            using errcode = 'LG005', constraint = 'posting_read_committed';
    end if;
    perform pg_advisory_xact_lock(reconciliation_session_key(new.organization_id, new.account_id));
    if tg_op = 'INSERT' then
        new.covers_through := null;
        if (reconciliation_last_completed(new.organization_id, new.account_id, new.id)).id is null then
            -- With the books held, the last entry that they have is the last that the opening can cover.
            perform pg_advisory_xact_lock(crane_books_key(new.organization_id));
            select coalesce(max(e.id), 0) into new.covers_through
              from ledger_entry e where e.organization_id = new.organization_id;
        end if;
    end if;
    return new;
end $$;
create trigger session_change before insert or update or delete on reconciliation_reconciliation
    for each row execute function reconciliation_session_change();
alter table reconciliation_reconciliation enable always trigger session_change;

-- Under the locks that were taken before. After the row, so that row security has had its say.
create function reconciliation_session_checked() returns trigger language plpgsql as $$
declare
    previous reconciliation_reconciliation;
    opening numeric;
begin
    if exists (select from ledger_account a join organizations_currency c on c.code = a.currency_id
                where a.organization_id = new.organization_id and a.id = new.account_id
                  and (new.opening_balance <> round(new.opening_balance, c.decimals)
                       or new.closing_balance <> round(new.closing_balance, c.decimals))) then
        raise exception 'the account''s currency has fewer decimals'
            using errcode = 'LG020', constraint = 'reconciliation_decimals';
    end if;
    previous := reconciliation_last_completed(new.organization_id, new.account_id, new.id);
    if new.status <> 'cancelled' and new.start_date <= previous.end_date then
        raise exception 'the account is reconciled through %', previous.end_date
            using errcode = 'LG020', constraint = 'reconciliation_follows';
    end if;
    if tg_op = 'UPDATE' then return null; end if;

    if new.status <> 'in_progress' then
        raise exception 'reconciliation % begins open', new.id
            using errcode = 'LG020', constraint = 'reconciliation_begins_open';
    end if;
    if previous.id is not null then
        opening := previous.closing_balance;
    else
        select ledger_balance_on(a.organization_id, a.id, new.start_date - 1)
               * case when a.type in ('asset', 'expense') then 1 else -1 end into opening
          from ledger_account a where a.organization_id = new.organization_id and a.id = new.account_id;
    end if;
    if (previous.id is not null) <> (new.opening_from = 'previous')
       or (new.opening_from <> 'given' and new.opening_balance is distinct from opening) then
        raise exception 'the opening balance is %', opening
            using errcode = 'LG020', constraint = 'reconciliation_opening';
    end if;
    return null;
end $$;
create trigger session_begun after insert on reconciliation_reconciliation
    for each row execute function reconciliation_session_checked();
create trigger session_changed after update on reconciliation_reconciliation
    for each row when ((new.status, new.end_date, new.closing_balance)
                       is distinct from (old.status, old.end_date, old.closing_balance))
    execute function reconciliation_session_checked();
alter table reconciliation_reconciliation enable always trigger session_begun;
alter table reconciliation_reconciliation enable always trigger session_changed;

-- At the end of the transaction: what is completed adds up, what is cancelled holds nothing.
create function reconciliation_session_holds() returns trigger language plpgsql as $$
declare
    marks record;
begin
    select count(*) as many, coalesce(sum(e.amount), 0) as amount into marks
      from reconciliation_reconciledentry x
      join ledger_entry e on e.organization_id = x.organization_id and e.id = x.entry_id
     where x.organization_id = new.organization_id and x.reconciliation_id = new.id;
    if exists (select from reconciliation_reconciliation s
                where s.organization_id = new.organization_id and s.id = new.id
                  and (s.status = 'completed' and s.opening_balance + marks.amount <> s.closing_balance
                       or s.status = 'cancelled' and marks.many > 0)) then
        raise exception 'reconciliation % does not tie: its entries are %', new.id, marks.amount
            using errcode = 'LG020', constraint = 'reconciliation_ties';
    end if;
    return null;
end $$;
create constraint trigger session_holds after insert or update on reconciliation_reconciliation
    deferrable initially deferred for each row when (new.status <> 'in_progress')
    execute function reconciliation_session_holds();
alter table reconciliation_reconciliation enable always trigger session_holds;

-- 2. The marks: on entries of the session's account, while it is open, and not on what its opening balance covers.
create function reconciliation_marks_checked() returns trigger language plpgsql as $$
declare
    session_key bigint;
begin
    if current_setting('transaction_isolation') <> 'read committed' then
        raise exception 'reconcile under READ COMMITTED: an older snapshot would see stale sessions'
            using errcode = 'LG005', constraint = 'posting_read_committed';
    end if;
    for session_key in
        select distinct reconciliation_session_key(s.organization_id, s.account_id)
          from marks m
          join reconciliation_reconciliation s on s.organization_id = m.organization_id and s.id = m.reconciliation_id
         order by 1
    loop
        perform pg_advisory_xact_lock(session_key);
    end loop;
    if exists (select from marks m
                 join reconciliation_reconciliation s
                   on s.organization_id = m.organization_id and s.id = m.reconciliation_id
                where s.status <> 'in_progress') then
        raise exception 'only an open reconciliation marks entries'
            using errcode = 'LG020', constraint = 'reconciled_while_open';
    end if;
    if tg_op = 'DELETE' then return null; end if;
    if exists (select from marks m
                 join reconciliation_reconciliation s
                   on s.organization_id = m.organization_id and s.id = m.reconciliation_id
                 join ledger_entry e on e.organization_id = m.organization_id and e.id = m.entry_id
                where e.account_id <> s.account_id) then
        raise exception 'an entry of another account'
            using errcode = 'LG020', constraint = 'reconciled_on_own_account';
    end if;
    if exists (select from marks m
                 join ledger_entry e on e.organization_id = m.organization_id and e.id = m.entry_id
                 join reconciliation_reconciliation f
                   on f.organization_id = e.organization_id and f.account_id = e.account_id
                where f.status <> 'cancelled' and f.opening_from = 'books'
                  and e.transaction_date < f.start_date and e.id <= f.covers_through) then
        raise exception 'an entry that the opening balance covers'
            using errcode = 'LG020', constraint = 'reconciled_not_covered';
    end if;
    return null;
end $$;
create trigger marks_made after insert on reconciliation_reconciledentry
    referencing new table as marks for each statement execute function reconciliation_marks_checked();
create trigger marks_taken_back after delete on reconciliation_reconciledentry
    referencing old table as marks for each statement execute function reconciliation_marks_checked();
create trigger marks_are_final before update on reconciliation_reconciledentry
    for each row execute function crane_refuse_change('marks_are_final');
alter table reconciliation_reconciledentry enable always trigger marks_made;
alter table reconciliation_reconciledentry enable always trigger marks_taken_back;
alter table reconciliation_reconciledentry enable always trigger marks_are_final;

-- 3. What a session posted: a transaction with an entry on its account, while it is open.
create function reconciliation_adjustment_checked() returns trigger language plpgsql as $$
declare
    session record;
begin
    select s.account_id, s.status into session from reconciliation_reconciliation s
     where s.organization_id = new.organization_id and s.id = new.reconciliation_id for share;
    if session.status <> 'in_progress' then
        raise exception 'only an open reconciliation is adjusted'
            using errcode = 'LG020', constraint = 'adjustment_while_open';
    end if;
    if not exists (select from ledger_entry e
                    where e.organization_id = new.organization_id and e.transaction_id = new.transaction_id
                      and e.account_id = session.account_id) then
        raise exception 'transaction % has no entry on the account', new.transaction_id
            using errcode = 'LG020', constraint = 'adjustment_on_own_account';
    end if;
    return null;
end $$;
create trigger adjustment_checked after insert on reconciliation_adjustment
    for each row execute function reconciliation_adjustment_checked();
alter table reconciliation_adjustment enable always trigger adjustment_checked;
