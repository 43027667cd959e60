-- Open items: what is still to be paid, kept from movements that never change, and tied to the control accounts.

-- Written before its transaction, so that the reversal below finds it: the key is looked at when all is written.
alter table ledger_source
    add constraint source_of_own_transaction foreign key (organization_id, transaction_id)
        references ledger_transaction (organization_id, id) deferrable initially deferred,
    add constraint source_kind check (kind in ('invoice', 'bill', 'credit_note', 'vendor_credit', 'payment',
                                               'settlement', 'transfer', 'revaluation'));

alter table ledger_openitem
    add constraint open_item_kind check (kind in ('invoice', 'bill', 'credit_note', 'vendor_credit', 'payment')),
    add constraint open_item_dates check (
        date between '1900-01-01' and '2200-12-31' and due_date between '1900-01-01' and '2210-12-31'),
    add constraint open_item_amounts check (
        amount between -1e19 and 1e19 and base_amount between -1e19 and 1e19 and amount <> 0
        and sign(base_amount) in (0, sign(amount))),
    -- Never more is taken than is there, and with no amount left no base amount is left either.
    add constraint open_item_within_amount check (
        open_amount between least(amount, 0) and greatest(amount, 0) and sign(open_base) in (0, sign(amount))),
    add constraint open_item_no_residue check (open_amount <> 0 or open_base = 0);

alter table ledger_itemmovement
    add constraint movement_kind check (kind in ('opened', 'settled', 'unsettled', 'revalued', 'reversed')),
    add constraint movement_not_empty check (amount <> 0 or base_amount <> 0),
    add constraint movement_amounts check (
        amount between -1e19 and 1e19 and base_amount between -1e19 and 1e19),
    add constraint movement_named check (
        (settlement_id is not null) = (kind in ('settled', 'unsettled'))
        and (transaction_id is not null or settlement_id is not null));

-- The item: its identity is fixed; what is open of it moves by movements alone.
create function ledger_open_item_change() returns trigger language plpgsql as $$
begin
    if tg_op = 'INSERT' then
        new.open_amount := 0;
        new.open_base := 0;
        if not exists (select from ledger_account a where a.organization_id = new.organization_id
                          and a.id = new.account_id and a.role in ('receivable', 'payable')) then
            raise exception 'account % is no control account', new.account_id
                using errcode = 'LG012', constraint = 'open_item_on_control_account';
        end if;
        return new;
    end if;
    raise exception 'open item % moves by its movements', old.id
        using errcode = 'LG012', constraint = 'open_item_moved_by_movements';
end $$;
create trigger open_item_change before insert or delete on ledger_openitem
    for each row execute function ledger_open_item_change();
create trigger open_item_identity before update on ledger_openitem
    for each row when (pg_trigger_depth() = 0) execute function ledger_open_item_change();
alter table ledger_openitem enable always trigger open_item_change;
alter table ledger_openitem enable always trigger open_item_identity;

-- Movements come set by set. The items they move are held in one order; what is open of them is added up; and each
-- control account that a transaction touches must be told of as much as its entries there say.
-- Its plans are made anew each time, and the entries of a transaction are asked for in the order that only their own
-- index gives: a plan from when the tables were all but empty read all entries of the account for each movement (ten
-- thousand invoices: 24 s instead of 0.4).
create function ledger_items_moved() returns trigger language plpgsql
    security definer set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_custom_plan as $$
declare
    moved record;
    item_date date;
    offence record;
begin
    for moved in
        select n.organization_id, n.item_id, min(n.date) as first, sum(n.amount) as amount, sum(n.base_amount) as base
          from new_movements n group by 1, 2 order by 1, 2
    loop
        update public.ledger_openitem i
           set open_amount = i.open_amount + moved.amount, open_base = i.open_base + moved.base
         where i.organization_id = moved.organization_id and i.id = moved.item_id
        returning i.date into item_date;
        if moved.first < item_date then
            raise exception 'open item % is not there yet on that day', moved.item_id
                using errcode = 'LG012', constraint = 'movement_not_before_item';
        end if;
    end loop;

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
create trigger items_moved after insert on ledger_itemmovement
    referencing new table as new_movements for each statement execute function ledger_items_moved();
alter table ledger_itemmovement enable always trigger items_moved;
revoke execute on function ledger_items_moved() from public;

-- Settlements: a debit item and a credit item, once, and undone once.
alter table ledger_settlement
    add constraint settlement_amounts check (
        debit_amount > 0 and debit_amount < 1e19 and credit_amount > 0 and credit_amount < 1e19
        and debit_base between 0 and 1e19 and credit_base between 0 and 1e19
        and realised between -1e19 and 1e19 and realised = credit_base - debit_base),
    add constraint settlement_undone check (undone_on is null or undone_on >= date);

create function ledger_settlement_change() returns trigger language plpgsql as $$
begin
    if tg_op = 'INSERT' then
        if exists (
            select from ledger_openitem i where i.organization_id = new.organization_id
               and (i.id = new.debit_item_id and i.amount < 0 or i.id = new.credit_item_id and i.amount > 0)) then
            raise exception 'a settlement takes a debit and a credit'
                using errcode = 'LG012', constraint = 'settlement_of_two_sides';
        end if;
        return new;
    end if;
    if tg_op = 'DELETE' or old.undone_on is not null or new.undone_on is null
       or (to_jsonb(new) - '{undone_on,undone_transaction_id}'::text[])
          is distinct from (to_jsonb(old) - '{undone_on,undone_transaction_id}'::text[]) then
        raise exception 'settlement % is undone once and changed never', old.id
            using errcode = 'LG012', constraint = 'settlement_final';
    end if;
    return new;
end $$;
create trigger settlement_change before insert or update or delete on ledger_settlement
    for each row execute function ledger_settlement_change();
alter table ledger_settlement enable always trigger settlement_change;

-- What was posted for a document, a payment … is reversed for it too. Looked at when all is written.
create function ledger_reversal_source() returns trigger language plpgsql as $$
begin
    if exists (select from ledger_source s where s.organization_id = new.organization_id
                  and s.transaction_id between new.original_id and new.original_id order by s.transaction_id limit 1)
       and not exists (select from ledger_source s where s.organization_id = new.organization_id
                  and s.transaction_id between new.id and new.id order by s.transaction_id limit 1) then
        raise exception 'transaction % is undone through what it was posted for', new.original_id
            using errcode = 'LG012', constraint = 'reversal_through_source';
    end if;
    return null;
end $$;
create constraint trigger reversal_source after insert or update on ledger_transaction
    deferrable initially deferred for each row when (new.status = 'posted' and new.reversal_scope is not null)
    execute function ledger_reversal_source();
alter table ledger_transaction enable always trigger reversal_source;

-- What contacts owe and are owed in base currency, in one look: by contact and side, what is open, what of it is due,
-- and what credit is left. Zero where there is nothing.
create function ledger_contact_balances(organization bigint, contacts bigint[], today date)
returns table (contact_id bigint, role varchar, outstanding numeric, overdue numeric, credit numeric)
language sql stable as $$
    select i.contact_id, a.role, sum(i.open_base) * s.sign,
           coalesce(sum(i.open_base) filter (where i.amount * s.sign > 0 and i.due_date < today), 0) * s.sign,
           -coalesce(sum(i.open_base) filter (where i.amount * s.sign < 0), 0) * s.sign
      from ledger_openitem i
      join ledger_account a on a.organization_id = i.organization_id and a.id = i.account_id
     cross join lateral (select case a.role when 'receivable' then 1 else -1 end as sign) s
     where i.organization_id = organization and i.contact_id = any (contacts) and i.open_amount <> 0
     group by 1, 2, s.sign
$$;
