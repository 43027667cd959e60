-- Transfers: posted once, reversed once, otherwise never changed.

alter table ledger_transfer
    add constraint transfer_amounts check (
        amount > 0 and amount < 1e19 and to_amount > 0 and to_amount < 1e19
        and fee_amount >= 0 and fee_amount < amount),
    add constraint transfer_between_two check (from_account_id <> to_account_id),
    add constraint transfer_date_in_range check (transferred_at between '1900-01-01' and '2200-12-31'),
    add constraint transfer_reversed_whole check ((reversed_on is null) = (reversed_transaction_id is null));

create function ledger_transfer_change() returns trigger language plpgsql as $$
begin
    if tg_op = 'DELETE' or old.reversed_on is not null
       or (to_jsonb(new) - '{reversed_on,reversed_transaction_id,updated_at}'::text[])
          is distinct from (to_jsonb(old) - '{reversed_on,reversed_transaction_id,updated_at}'::text[]) then
        raise exception 'transfer % is posted', old.id
            using errcode = 'LG012', constraint = 'transfer_final';
    end if;
    new.updated_at := now();
    return new;
end $$;
create trigger transfer_change before update or delete on ledger_transfer
    for each row execute function ledger_transfer_change();
alter table ledger_transfer enable always trigger transfer_change;
