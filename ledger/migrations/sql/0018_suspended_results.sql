-- A suspended account takes no postings, but it keeps its balance: where it is one of revenue or expense, closing the
-- year brings it to zero all the same, and reopening the year puts that back. Nothing else reaches it, and an archived
-- one nothing at all. Who posts to active accounts pays nothing for this: the pass that weighs entries tells who is idle.

create function ledger_may_post(a ledger_account, t ledger_transaction) returns boolean language sql stable
    set search_path = pg_catalog, public, pg_temp as $$
    select a.status = 'active' or (
        a.status = 'suspended' and a.type in ('revenue', 'expense') and t.type = 'closing' and exists (
            select from public.ledger_yearclosing c
             where c.organization_id = t.organization_id and c.ends_on = t.transaction_date
               and case when t.reversal_scope is null then c.closed_xid else c.reopened_xid end = pg_current_xact_id()))
$$;

create or replace function ledger_entries_posted() returns trigger language plpgsql
    security definer set search_path = pg_catalog, public, pg_temp as $$
declare
    offence record;
    fit boolean;
    idle boolean;
    bounded boolean;
begin
    select bool_and(x.fit is true), bool_or(x.idle), bool_or(x.bounded) into fit, idle, bounded
      from (select bool_and(t.entry_count is not null and n.line_no between 1 and t.entry_count
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
                   bool_or(a.status is distinct from 'active') as idle,
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
    if not fit or idle then
        select case
                   when t.id is null then 'entry_joins_posting'
                   when n.line_no not between 1 and t.entry_count then 'entry_line_declared'
                   when public.ledger_may_post(a, t) is not true then 'account_active'
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
         where (t.id is not null and n.line_no between 1 and t.entry_count and public.ledger_may_post(a, t)
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
    end if;
    if not fit then
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
    if idle then
        select a.id, a.code, n.transaction_id into offence
          from new_entries n
          join public.ledger_transaction t
            on t.organization_id = n.organization_id and t.id = n.transaction_id and t.reversal_scope is null
          join public.ledger_account a
            on a.organization_id = n.organization_id and a.id = n.account_id and a.status <> 'active'
         where (select sum(x.debit - x.credit) <> 0 or sum(x.base_debit - x.base_credit) <> 0
                  from public.ledger_accounttotal x
                 where x.organization_id = a.organization_id and x.account_id = a.id and x.grain = 'M'
                   and x.starts <= n.transaction_date)
         order by a.id limit 1;
        if found then
            raise exception 'account_active: transaction %, account % is not brought to zero', offence.transaction_id,
                            offence.code using errcode = 'LG006', constraint = 'account_active',
                                               detail = offence.id::text;
        end if;
    end if;
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
