-- Deleting an organization: what is final stays final, except for an organization that goes as a whole, and that goes
-- only through one function, which looks for itself whether its deletion was asked for and is due.

alter table ledger_deletion add constraint deletion_days check (days between 1 and 3650);
-- When it was asked for is the database's to say, and nobody moves it.
create function ledger_deletion_asked() returns trigger language plpgsql as $$
begin
    new.created_at := now();
    return new;
end $$;
create trigger deletion_asked before insert on ledger_deletion
    for each row execute function ledger_deletion_asked();
alter table ledger_deletion enable always trigger deletion_asked;

-- What is left. It is nobody's books: whoever stood above the organization reads it, and who runs the installation.
alter table ledger_deletioncertificate add column deleted_xid xid8 not null default pg_current_xact_id();
alter table ledger_deletioncertificate enable row level security;
alter table ledger_deletioncertificate force row level security;
create policy certificate_read on ledger_deletioncertificate for select using (
    reader_ids && (select crane_actor_ids()) or deleted_id = (select crane_organization_id())
    or (select crane_is_superuser()));
create policy certificate_insert on ledger_deletioncertificate for insert
    with check (deleted_id = (select crane_organization_id()));
create policy backup_read on ledger_deletioncertificate for select to current_user using (
    (select current_setting('app.backup', true) = 'on'));
create policy certificate_update on ledger_deletioncertificate for update
    using (deleted_id = (select crane_organization_id()));
create policy certificate_delete on ledger_deletioncertificate for delete
    using (deleted_id = (select crane_organization_id()));
grant select on ledger_deletioncertificate to crane_app;

-- Whether the organization in whose name this database transaction works is deleted by it: its certificate says so,
-- which nothing but the function below writes.
create function crane_is_leaving() returns boolean language sql stable
    set search_path = pg_catalog, public, pg_temp as $$
    select exists (select from public.ledger_deletioncertificate c
                    where c.deleted_id = public.crane_organization_id()
                      and c.deleted_xid = pg_current_xact_id_if_assigned())
$$;

create or replace function crane_refuse_change() returns trigger language plpgsql as $$
begin
    if tg_op = 'DELETE' and tg_table_name <> 'ledger_deletioncertificate' and crane_is_leaving() then
        return old;
    end if;
    raise exception '% on %: rows are final', tg_op, tg_table_name
        using errcode = 'LG001', constraint = tg_argv[0];
end $$;

-- Every other trigger of a tenant table that hears of deletions rests as well while the organization goes. One that hears
-- of more is divided in two. Each app calls this when it has such triggers.
create function crane_let_leave() returns void language plpgsql as $$
declare
    t record;
    gone text;
begin
    for t in
        select g.tgname, x.name as table_name, g.tgtype, g.tgenabled = 'A' as always, pg_get_triggerdef(g.oid) as def
          from pg_trigger g join pg_class c on c.oid = g.tgrelid join crane_tenant_tables() x on x.name = c.relname
         where not g.tgisinternal and g.tgtype & 8 <> 0 and g.tgfoid <> 'crane_refuse_change'::regproc
           and pg_get_triggerdef(g.oid) not like '%crane_is_leaving()%'
    loop
        gone := t.tgname;
        execute format('drop trigger %I on %I', t.tgname, t.table_name);
        if t.tgtype & 20 <> 0 then
            execute regexp_replace(t.def, ' OR DELETE|DELETE OR ', '');
            if t.always then
                execute format('alter table %I enable always trigger %I', t.table_name, t.tgname);
            end if;
            gone := t.tgname || '_gone';
        end if;
        execute regexp_replace(regexp_replace(t.def,
            '^CREATE( CONSTRAINT)? TRIGGER \S+ (BEFORE|AFTER) .*? ON ',
            format('CREATE\1 TRIGGER %I \2 DELETE ON ', gone)),
            ' EXECUTE FUNCTION ', ' WHEN (not crane_is_leaving()) EXECUTE FUNCTION ');
        if t.always then
            execute format('alter table %I enable always trigger %I', t.table_name, gone);
        end if;
    end loop;
end $$;
revoke execute on function crane_let_leave() from public;
select crane_let_leave();

create policy tenant_delete on organizations_organization for delete
    using (id = (select crane_organization_id()) and (select crane_is_leaving()));

-- The one way out. It acts as the owner of the tables, for one organization, which it finds archived, alone, and to be
-- deleted since long enough; it leaves the certificate, and gives its number.
create function crane_delete_organization(target bigint) returns bigint language plpgsql
    security definer set search_path = pg_catalog, public, pg_temp as $$
declare
    asked public.ledger_deletion;
    gone public.organizations_organization;
    counts jsonb := '{}';
    t text;
    number bigint;
    made public.ledger_deletioncertificate;
begin
    perform set_config('app.organization_id', target::text, true), set_config('app.reach', array[target]::text, true),
            set_config('app.scoped_id', '', true), set_config('app.superuser', 'on', true);
    perform pg_advisory_xact_lock(public.crane_books_key(target));
    select * into gone from public.organizations_organization o where o.id = target for update;
    select * into asked from public.ledger_deletion d where d.organization_id = target for update;
    if asked.id is null or gone.status is distinct from 'archived'
       or asked.created_at + make_interval(days => asked.days) > now() then
        raise exception 'the deletion of organization % is not due', target
            using errcode = 'LG014', constraint = 'deletion_due';
    end if;
    if exists (select from public.organizations_organization o where o.parent_id = target) then
        raise exception 'organizations stand below organization %', target
            using errcode = 'LG014', constraint = 'deletion_of_childless';
    end if;

    for t in select x.name from public.crane_tenant_tables() x loop
        execute format('select count(*) from public.%I where organization_id = $1', t) into number using target;
        if number > 0 then counts := counts || jsonb_build_object(t, number); end if;
    end loop;
    made.id := public.crane_next_id();
    made.deleted_id := target;
    made.name := gone.name;
    made.reader_ids := array_remove(gone.owner_ids, target) || gone.overseer_ids;
    made.reason := asked.reason;
    made.asked_by := asked.actor;
    made.asked_at := asked.created_at;
    made.deleted_at := now();
    made.counts := counts;
    select encode(c.hash, 'hex') into made.head from public.ledger_checkpoint c
     where c.organization_id = target order by c.seq desc limit 1;
    made.statement := jsonb_build_object(
        'id', public.crane_public_id('DLC', made.id), 'organization_id', public.crane_public_id('ORG', target),
        'organization_name', made.name, 'reason', made.reason, 'requested_by', made.asked_by,
        'requested_at', public.crane_instant(made.asked_at), 'deleted_at', public.crane_instant(made.deleted_at),
        'counts', counts, 'head', made.head)::text;
    made.digest := encode(sha256(convert_to(made.statement, 'UTF8')), 'hex');
    made.deleted_xid := pg_current_xact_id();
    insert into public.ledger_deletioncertificate select made.*;

    for t in select x.name from public.crane_tenant_tables() x order by x.depth desc, x.name loop
        execute format('delete from public.%I where organization_id = $1', t) using target;
        get diagnostics number = row_count;
        if number <> coalesce((counts ->> t)::bigint, 0) then
            raise exception 'somebody writes to % of organization %', t, target using errcode = '40001';
        end if;
    end loop;
    delete from public.organizations_organization o where o.id = target;
    set constraints all immediate;
    perform set_config('app.superuser', '', true);
    return made.id;
end $$;
revoke execute on function crane_delete_organization(bigint) from public;
grant execute on function crane_delete_organization(bigint) to crane_app;

-- What is to be deleted is not put to work again meanwhile.
create function ledger_deletion_stands() returns trigger language plpgsql as $$
begin
    if exists (select from ledger_deletion d where d.organization_id = new.id) then
        raise exception 'organization % is to be deleted', new.id
            using errcode = 'LG014', constraint = 'deletion_stands';
    end if;
    return new;
end $$;
create trigger organization_stays_archived before update on organizations_organization
    for each row when (old.status = 'archived' and new.status <> 'archived')
    execute function ledger_deletion_stands();

-- Nothing is posted in an archived organization, whoever tries: a schedule, a job that was queued before, a provider.
create or replace function ledger_transactions_written() returns trigger language plpgsql as $$
declare
    offence record;
begin
    select n.organization_id, n.currency_id, o.id as organization, o.status, o.books_closed_through, c.code into offence
      from new_transactions n
      left join lateral (
           select o.id, o.status, o.books_closed_through from organizations_organization o
            where o.id = n.organization_id limit 1) o on true
      left join organizations_currency c on c.code = n.currency_id
     where o.id is null or c.code is null
        or (n.status = 'posted' and (n.transaction_date <= o.books_closed_through or o.status <> 'active'))
     order by n.id limit 1;
    if not found then return null; end if;
    if offence.organization is null then
        raise exception 'organization % is out of reach', offence.organization_id
            using errcode = 'LG010', constraint = 'posting_organization_in_reach';
    elsif offence.code is null then
        raise exception 'there is no currency %', offence.currency_id
            using errcode = 'LG002', constraint = 'transaction_currency_known';
    elsif offence.status <> 'active' then
        raise exception 'organization % is archived', offence.organization_id
            using errcode = 'LG014', constraint = 'posting_organization_active';
    end if;
    raise exception 'books are closed through %', offence.books_closed_through
        using errcode = 'LG003', constraint = 'books_open';
end $$;
