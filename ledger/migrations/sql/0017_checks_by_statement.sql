-- Checks by the statement instead of by the row: a batch of ten thousand pays for each rule once. What is refused, and by
-- which name, is what it was; new is only that all entries of a transaction come in one statement.
--
-- A function keeps its plans for a session. Where a session begins while the tables are all but empty, every index that
-- begins with the organization looks equally good, and a plan that reads all of an organization's rows may be kept: the
-- 20,000th posting of a new installation read 40,000 entries. So look-ups by id ask for an order that only the right
-- index gives (between an id and itself, by id), and see 5.

-- 1. The header is stamped row by row, and looked at together: are the books ours and open, is the currency known?
-- No foreign key asks this: it would lock the one row of the currency, or of the organization, for each posting.
create or replace function ledger_transaction_change() returns trigger language plpgsql as $$
declare
    original ledger_transaction;
begin
    if tg_op <> 'INSERT' and old.status = 'posted' then
        raise exception 'transaction % is posted', old.id
            using errcode = 'LG001', constraint = 'posted_is_final';
    end if;
    if tg_op = 'DELETE' then return old; end if;
    if tg_op = 'UPDATE' and (new.id, new.organization_id, new.created_at)
                            is distinct from (old.id, old.organization_id, old.created_at) then
        raise exception 'transaction % keeps its identity', old.id
            using errcode = 'LG001', constraint = 'transaction_identity_final';
    end if;
    new.updated_at := now();
    new.posting_date := null;
    new.posted_xid := null;
    if new.status <> 'posted' then return new; end if;

    if current_setting('transaction_isolation') <> 'read committed' then
        raise exception 'post under READ COMMITTED: an older snapshot would check stale facts'
            using errcode = 'LG005', constraint = 'posting_read_committed';
    end if;
    -- The shared side of the books lock: closing books and suspending accounts wait for us. What is closed by now is
    -- looked at when all rows of the statement are in.
    perform pg_advisory_xact_lock_shared(crane_books_key(new.organization_id));
    if new.entry_count < 2 then
        raise exception 'transaction % declares % entries', new.id, new.entry_count
            using errcode = 'LG002', constraint = 'transaction_entry_count';
    end if;
    if new.original_id is not null then
        select * into original from ledger_transaction t
         where t.organization_id = new.organization_id
           and t.id between new.original_id and new.original_id order by t.id limit 1;
        if original.status is distinct from 'posted' then
            raise exception 'transaction % is not posted', new.original_id
                using errcode = 'LG002', constraint = 'reversal_of_posted';
        end if;
    end if;
    if new.reversal_scope is not null then
        if original.reversal_scope is not null and exists (
            select from ledger_transaction t where t.organization_id = new.organization_id
               and t.id = original.original_id and t.reversal_scope is not null) then
            raise exception 'transaction % reverses a reversal of a reversal', new.id
                using errcode = 'LG002', constraint = 'reversal_depth';
        end if;
        -- One reversal of a family at a time: what is left is checked when all is written.
        perform 1 from ledger_transaction t
          where t.organization_id = new.organization_id and t.id in (original.id, original.original_id)
          order by t.id for no key update;
    end if;
    new.posting_date := now();
    new.posted_xid := pg_current_xact_id();
    return new;
end $$;


create function ledger_transactions_written() returns trigger language plpgsql as $$
declare
    offence record;
begin
    select n.organization_id, n.currency_id, o.id as organization, o.books_closed_through, c.code into offence
      from new_transactions n
      left join lateral (
           select o.id, o.books_closed_through from organizations_organization o
            where o.id = n.organization_id limit 1) o on true
      left join organizations_currency c on c.code = n.currency_id
     where o.id is null or c.code is null or (n.status = 'posted' and n.transaction_date <= o.books_closed_through)
     order by n.id limit 1;
    if not found then return null; end if;
    if offence.organization is null then
        raise exception 'organization % is out of reach', offence.organization_id
            using errcode = 'LG010', constraint = 'posting_organization_in_reach';
    elsif offence.code is null then
        raise exception 'there is no currency %', offence.currency_id
            using errcode = 'LG002', constraint = 'transaction_currency_known';
    end if;
    raise exception 'books are closed through %', offence.books_closed_through
        using errcode = 'LG003', constraint = 'books_open';
end $$;
create trigger transactions_written after insert on ledger_transaction
    referencing new table as new_transactions for each statement execute function ledger_transactions_written();
create trigger transactions_rewritten after update on ledger_transaction
    referencing new table as new_transactions for each statement execute function ledger_transactions_written();
alter table ledger_transaction enable always trigger transactions_written;
alter table ledger_transaction enable always trigger transactions_rewritten;

-- 2. The entries are weighed when they come: one pass over the statement's own rows says whether all is well. Which
-- entry or transaction offends, and how, is looked up when one does.
create or replace function ledger_entries_posted() returns trigger language plpgsql
    security definer set search_path = pg_catalog, public, pg_temp as $$
declare
    offence record;
    fit boolean;
    bounded boolean;
begin
    select bool_and(x.fit is true), bool_or(x.bounded) into fit, bounded
      from (select bool_and(t.entry_count is not null and n.line_no between 1 and t.entry_count and a.status = 'active'
                       and (n.currency_id <> o.base_currency_id or (n.amount = n.base_amount and n.currency_rate = 1))
                       and (n.amount = trunc(n.amount) or n.amount = round(n.amount, (
                            select c.decimals from public.organizations_currency c where c.code = n.currency_id)))
                       and (n.base_amount = trunc(n.base_amount) or n.base_amount = round(n.base_amount, (
                            select c.decimals from public.organizations_currency c
                             where c.code = o.base_currency_id))))
                   and count(*) = min(t.entry_count) and sum(n.base_amount) = 0
                   and (sum(n.amount) = 0 or min(n.currency_id) <> max(n.currency_id))
                   and coalesce(sum(n.base_amount) filter (where n.base_amount > 0), 0) = min(t.total_debits)
                   and (count(n.reverses_entry_id) = 0 or min(t.reversal_scope) is not null) as fit,
                   bool_or(a.balance_floor is not null or a.balance_ceiling is not null) as bounded
              from new_entries n
              left join lateral (
                   select * from public.ledger_transaction t
                    where t.organization_id = n.organization_id
                      and t.id between n.transaction_id and n.transaction_id order by t.id limit 1) t
                on t.status = 'posted' and t.posted_xid = pg_current_xact_id() and t.posting_date = now()
              left join lateral (
                   select * from public.ledger_account a
                    where a.organization_id = n.organization_id
                      and a.id between n.account_id and n.account_id order by a.id limit 1) a on true
              left join lateral (
                   select o.base_currency_id from public.organizations_organization o
                    where o.id = n.organization_id limit 1) o on true
             group by n.organization_id, n.transaction_id) x;
    if not fit then
        select case
                   when t.id is null then 'entry_joins_posting'
                   when n.line_no not between 1 and t.entry_count then 'entry_line_declared'
                   when a.status is distinct from 'active' then 'account_active'
                   when n.amount <> round(n.amount, c.decimals) or n.base_amount <> round(n.base_amount, b.decimals)
                       then 'entry_decimals'
                   else 'entry_base_currency'
               end as rule, n.account_id, n.transaction_id, a.code
          into offence
          from new_entries n
          left join public.ledger_transaction t
                 on t.organization_id = n.organization_id and t.id = n.transaction_id and t.status = 'posted'
                and t.posted_xid = pg_current_xact_id() and t.posting_date = now()
          left join public.ledger_account a on a.organization_id = n.organization_id and a.id = n.account_id
          left join public.organizations_organization o on o.id = n.organization_id
          left join public.organizations_currency c on c.code = n.currency_id
          left join public.organizations_currency b on b.code = o.base_currency_id
         where (t.id is not null and n.line_no between 1 and t.entry_count and a.status = 'active'
                and n.amount = round(n.amount, c.decimals) and n.base_amount = round(n.base_amount, b.decimals)
                and (n.currency_id <> o.base_currency_id or (n.amount = n.base_amount and n.currency_rate = 1))
               ) is not true
         order by n.transaction_id, n.line_no limit 1;
        if found then
            raise exception '%: transaction %, account %', offence.rule, offence.transaction_id,
                            coalesce(offence.code, offence.account_id::text)
                using errcode = case offence.rule when 'account_active' then 'LG006'
                                                  when 'entry_joins_posting' then 'LG001'
                                                  when 'entry_line_declared' then 'LG001' else 'LG002' end,
                      constraint = offence.rule, detail = offence.account_id::text;
        end if;
        select x.* into offence
          from (select n.transaction_id, count(*) as found, t.entry_count, sum(n.base_amount) as base,
                       min(n.currency_id) = max(n.currency_id) and sum(n.amount) <> 0 as own_out,
                       coalesce(sum(n.base_amount) filter (where n.base_amount > 0), 0) as debits, t.total_debits
                  from new_entries n
                  join public.ledger_transaction t on t.organization_id = n.organization_id and t.id = n.transaction_id
                 group by n.transaction_id, t.entry_count, t.total_debits, t.reversal_scope
                having count(*) <> t.entry_count or sum(n.base_amount) <> 0
                    or (min(n.currency_id) = max(n.currency_id) and sum(n.amount) <> 0)
                    or coalesce(sum(n.base_amount) filter (where n.base_amount > 0), 0) <> t.total_debits
                    or (t.reversal_scope is null and count(n.reverses_entry_id) > 0)) x
         order by x.transaction_id limit 1;
        if offence.found <> offence.entry_count then
            raise exception 'transaction %: % entries, % declared', offence.transaction_id, offence.found,
                            offence.entry_count using errcode = 'LG002', constraint = 'transaction_entry_count';
        elsif offence.base <> 0 or offence.own_out then
            raise exception 'transaction %: out of balance by %', offence.transaction_id, offence.base
                using errcode = 'LG002', constraint = 'transaction_balances';
        elsif offence.debits <> offence.total_debits then
            raise exception 'transaction %: debits of % are said to be %', offence.transaction_id, offence.debits,
                            offence.total_debits using errcode = 'LG002', constraint = 'transaction_totals_of_entries';
        end if;
        raise exception 'transaction % reverses entries but is no reversal', offence.transaction_id
            using errcode = 'LG002', constraint = 'reversal_mirrors_original';
    end if;

    -- Accounts with a floor or a ceiling are serialised, in one order; all others are not.
    if bounded then
        perform 1 from public.ledger_account a
          where (a.balance_floor is not null or a.balance_ceiling is not null)
            and (a.organization_id, a.id) in (select n.organization_id, n.account_id from new_entries n)
          order by a.organization_id, a.id for no key update;
    end if;

    insert into public.ledger_accounttotal as total
           (organization_id, account_id, grain, starts, slot, debit, credit, base_debit, base_credit, entries)
    select n.organization_id, n.account_id, g.grain,
           case g.grain when 'D' then n.transaction_date else date_trunc('month', n.transaction_date)::date end,
           pg_backend_pid() % 32,
           coalesce(sum(n.amount) filter (where n.amount > 0), 0),
           coalesce(-sum(n.amount) filter (where n.amount < 0), 0),
           coalesce(sum(n.base_amount) filter (where n.base_amount > 0), 0),
           coalesce(-sum(n.base_amount) filter (where n.base_amount < 0), 0), count(*)
      from new_entries n cross join (values ('D'), ('M')) g (grain)
     group by 1, 2, 3, 4
     order by 1, 2, 3, 4
        on conflict (organization_id, account_id, grain, starts, slot) do update
       set debit = total.debit + excluded.debit, credit = total.credit + excluded.credit,
           base_debit = total.base_debit + excluded.base_debit,
           base_credit = total.base_credit + excluded.base_credit, entries = total.entries + excluded.entries;
    if bounded is not true then return null; end if;

    select a.id, a.code into offence
      from public.ledger_account a
      cross join lateral (
          select coalesce(sum(t.debit - t.credit), 0) * case when a.type in ('asset', 'expense') then 1 else -1 end
                 as balance
            from public.ledger_accounttotal t
           where t.organization_id = a.organization_id and t.account_id = a.id and t.grain = 'M') x
     where (a.balance_floor is not null or a.balance_ceiling is not null)
       and (a.organization_id, a.id) in (select n.organization_id, n.account_id from new_entries n)
       and (x.balance < a.balance_floor or x.balance > a.balance_ceiling)
     order by a.id limit 1;
    if found then
        raise exception 'account % would leave its bounds', offence.code
            using errcode = 'LG004', constraint = 'account_within_bounds', detail = offence.id::text;
    end if;
    return null;
end $$;

-- 3. A posted header has its entries. They were weighed when they came, all of them or none, so the first is enough.
alter table ledger_transaction add constraint transaction_has_entries
    foreign key (organization_id, id, first_line) references ledger_entry (organization_id, transaction_id, line_no)
    deferrable initially deferred;

-- 4. At the commit, or when asked for: does a reversal undo what there was, and is the day open to who posted it?
drop trigger transaction_soft_lock on ledger_transaction;
drop function ledger_transaction_soft_lock();
create function ledger_pass_soft_lock(new ledger_transaction, locked date) returns void language plpgsql as $$
declare
    held bigint;
begin
    if new.type = 'closing' and exists (
        select from ledger_yearclosing c
         where c.organization_id = new.organization_id and c.ends_on = new.transaction_date
           and pg_current_xact_id() in (c.closed_xid, c.reopened_xid)) then
        return;
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
end $$;

create or replace function ledger_transaction_check() returns trigger language plpgsql as $$
declare
    locked date;
begin
    select l.locked_through into locked from ledger_lockdate l
     where l.organization_id = new.organization_id and l.area = ledger_lock_area(new.type)
       and l.locked_through >= new.transaction_date;
    if locked is not null then perform ledger_pass_soft_lock(new, locked); end if;
    if new.reversal_scope is not null then perform ledger_reversal_check(new); end if;
    return null;
end $$;

-- 5. Keys are checked by plans that a session keeps, as well. While the journal is small (32 pages) all plans are made
-- anew each time, since every index looks equally good; the first that is kept was made for a journal worth the name.
create or replace function ledger_write(organization bigint, document jsonb) returns void language plpgsql as $$
begin
    perform set_config('plan_cache_mode', case when pg_relation_size('ledger_entry') < 32 * 8192
                                               then 'force_custom_plan' else 'auto' end, true);
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
               error_message = null, reversal_scope = p.reversal_scope, version = t.version + 1
          from jsonb_to_recordset(document -> 'turned') as p (
               id bigint, entry_count int, amount numeric, total_debits numeric, total_credits numeric,
               reversal_scope text)
         where t.organization_id = organization and t.id = p.id;
    end if;

    if document -> 'entries' <> '[]' then
        insert into ledger_entry (
            id, organization_id, transaction_id, line_no, account_id, transaction_date, entry_type, currency_id,
            amount, base_amount, currency_rate, description, reference, metadata, reverses_entry_id)
        select e.id, organization, e.transaction_id, e.line_no, e.account_id, e.transaction_date, e.entry_type,
               e.currency_id, e.amount, e.base_amount, e.currency_rate, e.description, e.reference, e.metadata,
               e.reverses_entry_id
          from jsonb_to_recordset(document -> 'entries') as e (
               id bigint, transaction_id bigint, line_no int, account_id bigint, transaction_date date,
               entry_type text, currency_id text, amount numeric, base_amount numeric, currency_rate numeric,
               description text, reference text, metadata jsonb, reverses_entry_id bigint);
    end if;

    perform crane_record(organization, document -> 'who', document -> 'facts');
    -- Last, so that what the database refuses is refused here and not at the commit.
    set constraints all immediate;
    set constraints all deferred;
end $$;
