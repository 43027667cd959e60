-- Long reversals in linear time. Where statistics are from before a long transaction came, the planner
-- takes the organization for a small one and may read all of it for each entry. What the functions
-- answer is what they answered in 0003.

-- Entry by entry (offset 0 keeps it so), through the index of what is reversed.
create or replace function ledger_remaining(organization bigint, transactions bigint[])
returns table (transaction_id bigint, entry_id bigint, amount numeric, base_amount numeric)
language sql stable as $$
    with recursive family as (
        select e.transaction_id as root, e.id as entry_id, e.id as member, e.amount, e.base_amount
          from ledger_entry e
         where e.organization_id = organization and e.transaction_id = any (transactions)
        union all
        select f.root, f.entry_id, c.id, c.amount, c.base_amount
          from family f
         cross join lateral (
               select e.id, e.amount, e.base_amount from ledger_entry e
                where e.organization_id = organization and e.reverses_entry_id = f.member
               offset 0) c
    )
    select f.root, f.entry_id, sum(f.amount), sum(f.base_amount) from family f group by 1, 2
$$;

create or replace function ledger_transaction_check() returns trigger language plpgsql as $$
declare
    found_entries bigint; base_sum numeric; base_debits numeric; amount_sum numeric; currencies int;
    linked bigint; unfit bigint; left_over bigint; family bigint[];
begin
    select count(*), sum(e.base_amount), sum(e.base_amount) filter (where e.base_amount > 0), sum(e.amount),
           count(distinct e.currency_id), count(e.reverses_entry_id)
      into found_entries, base_sum, base_debits, amount_sum, currencies, linked
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
    if new.reversal_scope is null then
        if linked > 0 then
            raise exception 'transaction % reverses entries but is no reversal', new.id
                using errcode = 'LG002', constraint = 'reversal_mirrors_original';
        end if;
        return null;
    end if;

    -- Every entry of a reversal stands against an entry of its original, on the other side.
    select count(*) into unfit
      from ledger_entry e
      left join ledger_entry o on o.organization_id = new.organization_id and o.transaction_id = new.original_id
       and o.id = e.reverses_entry_id and o.account_id = e.account_id and o.entry_type <> e.entry_type
     where e.organization_id = new.organization_id and e.transaction_id = new.id and o.id is null;
    if unfit > 0 then
        raise exception 'transaction % does not mirror what it reverses', new.id
            using errcode = 'LG002', constraint = 'reversal_mirrors_original';
    end if;
    family := array(
        select t.id from ledger_transaction t where t.organization_id = new.organization_id and t.id = new.original_id
        union all
        select t.original_id from ledger_transaction t where t.organization_id = new.organization_id
           and t.id = new.original_id and t.reversal_scope is not null);
    -- Of no entry of the original, nor of what the original reverses, is more undone than there was.
    select count(*) filter (where not (
               sign(r.amount) in (0, sign(e.amount)) and abs(r.amount) <= abs(e.amount)
               and sign(r.base_amount) in (0, sign(e.base_amount)) and abs(r.base_amount) <= abs(e.base_amount)
               and ((r.amount = 0) = (r.base_amount = 0) or e.amount = 0 or e.base_amount = 0))),
           count(*) filter (where r.transaction_id = new.original_id and (r.amount <> 0 or r.base_amount <> 0))
      into unfit, left_over
      from ledger_remaining(new.organization_id, family) r
      join ledger_entry e on e.organization_id = new.organization_id and e.transaction_id = any (family)
       and e.id = r.entry_id;
    if unfit > 0 then
        raise exception 'transaction % reverses more than is left', new.id
            using errcode = 'LG002', constraint = 'reversal_within_original';
    end if;
    if (new.reversal_scope = 'full') <> (left_over = 0) then
        raise exception 'transaction % leaves % entries open as a % reversal', new.id, left_over, new.reversal_scope
            using errcode = 'LG002', constraint = 'reversal_scope_true';
    end if;
    return null;
end $$;
-- Both sides of its joins are the entries of a few transactions, each read once and matched by a hash.
alter function ledger_transaction_check() set enable_nestloop = off;
