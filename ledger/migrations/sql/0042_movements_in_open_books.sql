-- What is closed stays as it was also where nothing is posted: a settlement between items of one account has no transaction
-- whose date is looked at, but ageing and the cash basis go by its day. The shared side of the books lock: closing the
-- books waits for us, and what is closed by now is looked at when it has been waited for.
create function ledger_dates_open() returns trigger language plpgsql as $$
declare
    closed date;
begin
    perform pg_advisory_xact_lock_shared(crane_books_key(n.organization_id))
       from (select distinct organization_id from new_movements) n;
    select o.books_closed_through into closed
      from (select organization_id, min(date) as first from new_movements group by 1) n
      cross join lateral (
           select o.books_closed_through from organizations_organization o
            where o.id = n.organization_id limit 1) o
     where n.first <= o.books_closed_through limit 1;
    if found then
        raise exception 'books are closed through %', closed using errcode = 'LG003', constraint = 'books_open';
    end if;
    return null;
end $$;
create trigger dates_open after insert on ledger_itemmovement
    referencing new table as new_movements for each statement execute function ledger_dates_open();
alter table ledger_itemmovement enable always trigger dates_open;
