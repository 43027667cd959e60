-- The journal: a transaction balances, and what is posted is for ever.

alter table ledger_transaction add column posted_xid xid8;
alter table ledger_transaction
    add constraint transaction_type check (
        type in ('income', 'expense', 'transfer', 'journal', 'depreciation', 'opening', 'closing')),
    add constraint transaction_status check (status in ('pending', 'posted', 'failed')),
    add constraint transaction_date_in_range check (transaction_date between '1900-01-01' and '2200-12-31'),
    -- Bounded on both sides: NaN is greater than every number and would pass "> 0".
    add constraint transaction_amounts check (
        amount between 0 and 1e20 and total_debits between 0 and 1e20 and total_credits between 0 and 1e20),
    add constraint transaction_posted_totals check (status <> 'posted' or total_debits = total_credits),
    add constraint transaction_reversal check (
        reversal_scope is null or (reversal_scope = 'full' and original_id is not null and original_id <> id)),
    add constraint transaction_lines check ((status = 'posted') = (lines is null));
alter table ledger_transaction add constraint ledger_transaction_id_date_key
    unique (organization_id, id, transaction_date);

alter table ledger_entry
    add constraint entry_type_known check (entry_type in ('debit', 'credit')),
    add constraint entry_amount_in_range check (amount between -1e19 and 1e19),
    add constraint entry_base_amount_in_range check (base_amount between -1e19 and 1e19),
    -- Only an exchange difference has no amount in its own currency.
    add constraint entry_not_empty check (amount <> 0 or base_amount <> 0),
    add constraint entry_sign check (
        sign(amount) in (0, case entry_type when 'debit' then 1 else -1 end)
        and sign(base_amount) in (0, case entry_type when 'debit' then 1 else -1 end)),
    add constraint entry_rate check (currency_rate > 0 and currency_rate < 1e12);

-- An entry belongs to its own organization's header, on its date, and to its own
-- organization's account, in that account's currency.
alter table ledger_entry
    add constraint entry_of_own_transaction foreign key (organization_id, transaction_id, transaction_date)
        references ledger_transaction (organization_id, id, transaction_date),
    add constraint entry_on_own_account foreign key (organization_id, account_id, currency_id)
        references ledger_account (organization_id, id, currency_id);

-- 1. The header. Stamped by the database, never by the client.
create function ledger_transaction_change() returns trigger language plpgsql as $$
declare
    closed_through date;
    organization_found boolean;
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
    -- The shared side of the books lock: closing books and suspending accounts wait for us.
    perform pg_advisory_xact_lock_shared(crane_books_key(new.organization_id));
    select o.books_closed_through, true into closed_through, organization_found
      from organizations_organization o where o.id = new.organization_id;
    if organization_found is not true then
        raise exception 'organization % is out of reach', new.organization_id
            using errcode = 'LG010', constraint = 'posting_organization_in_reach';
    end if;
    if new.transaction_date <= closed_through then
        raise exception 'books are closed through %', closed_through
            using errcode = 'LG003', constraint = 'books_open';
    end if;
    if new.entry_count < 2 then
        raise exception 'transaction % declares % entries', new.id, new.entry_count
            using errcode = 'LG002', constraint = 'transaction_entry_count';
    end if;
    if new.reversal_scope is not null and not exists (
        select from ledger_transaction t where t.organization_id = new.organization_id
           and t.id = new.original_id and t.status = 'posted') then
        raise exception 'transaction % is not posted', new.original_id
            using errcode = 'LG002', constraint = 'reversal_of_posted';
    end if;
    new.posting_date := now();
    new.posted_xid := pg_current_xact_id();
    return new;
end $$;
create trigger transaction_change before insert or update or delete on ledger_transaction
    for each row execute function ledger_transaction_change();
alter table ledger_transaction enable always trigger transaction_change;

-- 2. The balance, once per header and not once per entry (which would be quadratic).
-- It counts, so entries that are missing or invisible refuse instead of passing.
create function ledger_transaction_check() returns trigger language plpgsql as $$
declare
    found_entries bigint; base_sum numeric; base_debits numeric; amount_sum numeric; currencies int; unmatched bigint;
begin
    select count(*), sum(e.base_amount), sum(e.base_amount) filter (where e.base_amount > 0), sum(e.amount),
           count(distinct e.currency_id)
      into found_entries, base_sum, base_debits, amount_sum, currencies
      from ledger_entry e where e.organization_id = new.organization_id and e.transaction_id = new.id;
    if found_entries <> new.entry_count then
        raise exception 'transaction %: % entries, % declared', new.id, found_entries, new.entry_count
            using errcode = 'LG002', constraint = 'transaction_entry_count';
    end if;
    if base_sum <> 0 or (currencies = 1 and amount_sum <> 0) then
        raise exception 'transaction %: out of balance by %', new.id, base_sum
            using errcode = 'LG002', constraint = 'transaction_balances';
    end if;
    if coalesce(base_debits, 0) <> new.total_debits then
        raise exception 'transaction %: debits of % are said to be %', new.id, base_debits, new.total_debits
            using errcode = 'LG002', constraint = 'transaction_totals_of_entries';
    end if;
    if new.reversal_scope = 'full' then
        select count(*) into unmatched
          from (select e.* from ledger_entry e where e.organization_id = new.organization_id
                   and e.transaction_id = new.original_id) o
          full join (select e.* from ledger_entry e where e.organization_id = new.organization_id
                        and e.transaction_id = new.id) r on r.line_no = o.line_no
         where (r.account_id, r.amount, r.base_amount) is distinct from (o.account_id, -o.amount, -o.base_amount);
        if unmatched <> 0 then
            raise exception 'transaction % does not mirror what it reverses', new.id
                using errcode = 'LG002', constraint = 'reversal_mirrors_original';
        end if;
    end if;
    return null;
end $$;
create constraint trigger transaction_check after insert or update on ledger_transaction
    deferrable initially deferred for each row when (new.status = 'posted')
    execute function ledger_transaction_check();
alter table ledger_transaction enable always trigger transaction_check;

-- 3. Entries join only a header that this very database transaction has posted, and only
-- on a line it declared: once all declared lines are there, nothing more can ever join.
-- Then the totals move, in one statement and one global order, so that nobody deadlocks.
create function ledger_entries_posted() returns trigger language plpgsql
    security definer set search_path = pg_catalog, public, pg_temp as $$
declare
    offence record;
    bounded boolean;
begin
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

    -- Accounts with a floor or a ceiling are serialised, in one order; all others are not.
    perform 1 from public.ledger_account a
      where (a.balance_floor is not null or a.balance_ceiling is not null)
        and (a.organization_id, a.id) in (select n.organization_id, n.account_id from new_entries n)
      order by a.organization_id, a.id for no key update;
    bounded := found;

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
    if not bounded then return null; end if;

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
create trigger entries_posted after insert on ledger_entry
    referencing new table as new_entries for each statement execute function ledger_entries_posted();
alter table ledger_entry enable always trigger entries_posted;
revoke execute on function ledger_entries_posted() from public;

create trigger transaction_no_truncate before truncate on ledger_transaction
    for each statement execute function crane_refuse_change('ledger_no_truncate');
alter table ledger_transaction enable always trigger transaction_no_truncate;

alter table ledger_accounttotal set (fillfactor = 70);

-- Must always be empty: where totals and entries say different things.
create view ledger_drift with (security_invoker = true) as
select coalesce(e.organization_id, t.organization_id) as organization_id,
       coalesce(e.account_id, t.account_id) as account_id, coalesce(e.day, t.day) as day,
       e.debit as entries_debit, t.debit as totals_debit, e.credit as entries_credit, t.credit as totals_credit
  from (select organization_id, account_id, transaction_date as day,
               coalesce(sum(amount) filter (where amount > 0), 0) as debit,
               coalesce(-sum(amount) filter (where amount < 0), 0) as credit,
               sum(base_amount) as base, count(*) as entries
          from ledger_entry group by 1, 2, 3) e
  full join (select organization_id, account_id, starts as day, sum(debit) as debit, sum(credit) as credit,
                    sum(base_debit - base_credit) as base, sum(entries) as entries
               from ledger_accounttotal where grain = 'D' group by 1, 2, 3) t
       using (organization_id, account_id, day)
 where (e.debit, e.credit, e.base, e.entries) is distinct from (t.debit, t.credit, t.base, t.entries);
grant select on ledger_drift to crane_app;
