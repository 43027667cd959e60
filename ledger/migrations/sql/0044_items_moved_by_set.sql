-- As before (0024_open_items.sql), but the items are held in their order first and moved by one statement then: one for
-- each, planned anew each time, took a third of what PostgreSQL does for ten thousand invoices.
create or replace function ledger_items_moved() returns trigger language plpgsql
    security definer set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_custom_plan as $$
declare
    offence record;
begin
    perform from public.ledger_openitem i
      join (select distinct n.organization_id, n.item_id from new_movements n) m
        on i.organization_id = m.organization_id and i.id = m.item_id
     order by i.organization_id, i.id for no key update of i;
    with moved as (
        select n.organization_id, n.item_id, min(n.date) as first, sum(n.amount) as amount, sum(n.base_amount) as base
          from new_movements n group by 1, 2
    ), written as (
        update public.ledger_openitem i
           set open_amount = i.open_amount + m.amount, open_base = i.open_base + m.base
          from moved m
         where i.organization_id = m.organization_id and i.id = m.item_id
        returning i.id, i.date, m.first
    ) select w.id into offence from written w where w.first < w.date order by w.id limit 1;
    if found then
        raise exception 'open item % is not there yet on that day', offence.id
            using errcode = 'LG012', constraint = 'movement_not_before_item';
    end if;

    select m.transaction_id, m.account_id into offence
      from (select n.organization_id, n.transaction_id, n.account_id,
                   sum(n.amount) as amount, sum(n.base_amount) as base_amount
              from new_movements n where n.transaction_id is not null group by 1, 2, 3) m
      cross join lateral (
           select coalesce(sum(x.amount), 0) as amount, coalesce(sum(x.base_amount), 0) as base_amount
             from (select e.account_id, e.amount, e.base_amount from public.ledger_entry e
                    where e.organization_id = m.organization_id
                      and e.transaction_id between m.transaction_id and m.transaction_id
                    order by e.transaction_id, e.line_no offset 0) x
            where x.account_id = m.account_id) e
     where (m.amount, m.base_amount) <> (e.amount, e.base_amount)
     limit 1;
    if found then
        raise exception 'transaction % says something else of account % than its open items do',
                        offence.transaction_id, offence.account_id
            using errcode = 'LG012', constraint = 'movements_tie_to_entries';
    end if;

    -- A settlement that posts nothing takes from one item what it takes from the other.
    select m.settlement_id into offence
      from (select n.organization_id, n.settlement_id, n.account_id, n.date, sum(n.amount) as amount,
                   sum(n.base_amount) as base_amount
              from new_movements n where n.transaction_id is null group by 1, 2, 3, 4) m
     where m.amount <> 0 or m.base_amount <> 0
     limit 1;
    if found then
        raise exception 'settlement % does not cancel out', offence.settlement_id
            using errcode = 'LG012', constraint = 'settlement_cancels_out';
    end if;
    return null;
end $$;
