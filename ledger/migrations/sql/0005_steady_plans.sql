-- Plans that hold whatever the statistics say. A function keeps its plans for a session. Where a session begins while
-- the tables are all but empty, every index that begins with the organization looks equally good, and a plan that reads
-- all of an organization's rows may be kept: the 20,000th posting of a new installation read 40,000 entries. So each
-- look-up asks for an order that only the right index gives: between an id and itself, by id; of a transaction, by line.
-- What the functions below refuse, and by which rule, is what it was.

-- What a reversal must be, beyond what every transaction must be (0003, 0004).
create function ledger_reversal_check(reversal ledger_transaction) returns void language plpgsql
    set enable_nestloop = off as $$
declare
    unfit bigint; left_over bigint; family bigint[];
begin
    -- Every entry of a reversal stands against an entry of its original, on the other side.
    select count(*) into unfit
      from ledger_entry e
      left join ledger_entry o on o.organization_id = reversal.organization_id and o.transaction_id = reversal.original_id
       and o.id = e.reverses_entry_id and o.account_id = e.account_id and o.entry_type <> e.entry_type
     where e.organization_id = reversal.organization_id and e.transaction_id = reversal.id and o.id is null;
    if unfit > 0 then
        raise exception 'transaction % does not mirror what it reverses', reversal.id
            using errcode = 'LG002', constraint = 'reversal_mirrors_original';
    end if;
    family := array(
        select t.id from ledger_transaction t where t.organization_id = reversal.organization_id and t.id = reversal.original_id
        union all
        select t.original_id from ledger_transaction t where t.organization_id = reversal.organization_id
           and t.id = reversal.original_id and t.reversal_scope is not null);
    -- Of no entry of the original, nor of what the original reverses, is more undone than there was.
    select count(*) filter (where not (
               sign(r.amount) in (0, sign(e.amount)) and abs(r.amount) <= abs(e.amount)
               and sign(r.base_amount) in (0, sign(e.base_amount)) and abs(r.base_amount) <= abs(e.base_amount)
               and ((r.amount = 0) = (r.base_amount = 0) or e.amount = 0 or e.base_amount = 0))),
           count(*) filter (where r.transaction_id = reversal.original_id and (r.amount <> 0 or r.base_amount <> 0))
      into unfit, left_over
      from ledger_remaining(reversal.organization_id, family) r
      join ledger_entry e on e.organization_id = reversal.organization_id and e.transaction_id = any (family)
       and e.id = r.entry_id;
    if unfit > 0 then
        raise exception 'transaction % reverses more than is left', reversal.id
            using errcode = 'LG002', constraint = 'reversal_within_original';
    end if;
    if (reversal.reversal_scope = 'full') <> (left_over = 0) then
        raise exception 'transaction % leaves % entries open as a % reversal', reversal.id, left_over, reversal.reversal_scope
            using errcode = 'LG002', constraint = 'reversal_scope_true';
    end if;
end $$;

create or replace function ledger_transaction_check() returns trigger language plpgsql as $$
declare
    found_entries bigint; base_sum numeric; base_debits numeric; amount_sum numeric; one_currency boolean; linked bigint;
begin
    select count(*), sum(e.base_amount), sum(e.base_amount) filter (where e.base_amount > 0), sum(e.amount),
           min(e.currency_id) = max(e.currency_id), count(e.reverses_entry_id)
      into found_entries, base_sum, base_debits, amount_sum, one_currency, linked
      from (select * from ledger_entry e
             where e.organization_id = new.organization_id and e.transaction_id = new.id order by e.line_no) e;
    if found_entries <> new.entry_count then
        raise exception 'transaction %: % entries, % declared', new.id, found_entries, new.entry_count
            using errcode = 'LG002', constraint = 'transaction_entry_count';
    end if;
    if base_sum <> 0 or (one_currency and amount_sum <> 0) then
        raise exception 'transaction %: out of balance by %', new.id, base_sum
            using errcode = 'LG002', constraint = 'transaction_balances';
    end if;
    if coalesce(base_debits, 0) <> new.total_debits then
        raise exception 'transaction %: debits of % are said to be %', new.id, base_debits, new.total_debits
            using errcode = 'LG002', constraint = 'transaction_totals_of_entries';
    end if;
    if new.reversal_scope is not null then
        perform ledger_reversal_check(new);
    elsif linked > 0 then
        raise exception 'transaction % reverses entries but is no reversal', new.id
            using errcode = 'LG002', constraint = 'reversal_mirrors_original';
    end if;
    return null;
end $$;
alter function ledger_transaction_check() reset enable_nestloop;

-- One pass that only says whether all is well; which entry offends, and how, is looked up when one does.
create or replace function ledger_entries_posted() returns trigger language plpgsql
    security definer set search_path = pg_catalog, public, pg_temp as $$
declare
    offence record;
    fit boolean;
    bounded boolean;
begin
    select bool_and(x.fit is true), bool_or(x.bounded) into fit, bounded
      from (select t.entry_count is not null and n.line_no between 1 and t.entry_count and a.status = 'active'
                   and (n.currency_id <> o.base_currency_id or (n.amount = n.base_amount and n.currency_rate = 1))
                   and (n.amount = trunc(n.amount) or n.amount = round(n.amount, (
                        select c.decimals from public.organizations_currency c where c.code = n.currency_id)))
                   and (n.base_amount = trunc(n.base_amount) or n.base_amount = round(n.base_amount, (
                        select c.decimals from public.organizations_currency c where c.code = o.base_currency_id)))
                   as fit,
                   a.balance_floor is not null or a.balance_ceiling is not null as bounded
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
                    where o.id = n.organization_id limit 1) o on true) x;
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
        raise exception '%: transaction %, account %', offence.rule, offence.transaction_id,
                        coalesce(offence.code, offence.account_id::text)
            using errcode = case offence.rule when 'account_active' then 'LG006'
                                              when 'entry_joins_posting' then 'LG001'
                                              when 'entry_line_declared' then 'LG001' else 'LG002' end,
                  constraint = offence.rule, detail = offence.account_id::text;
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
