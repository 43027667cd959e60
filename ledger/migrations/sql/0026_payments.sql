-- Payments: posted once; reversed once; otherwise never changed.

alter table ledger_payment
    add constraint payment_direction check (direction in ('in', 'out')),
    add constraint payment_status check (
        status in ('posted', 'reversed') and (status = 'reversed') = (reversed_transaction_id is not null)
        and (reversed_on is null) = (reversed_transaction_id is null)),
    add constraint payment_date_in_range check (payment_date between '1900-01-01' and '2200-12-31'),
    add constraint payment_amounts check (
        amount > 0 and amount < 1e19 and account_amount > 0 and account_amount < 1e19
        and fee_amount >= 0 and fee_amount < 1e19 and currency_rate > 0 and currency_rate < 1e12),
    add constraint payment_refund_of_another check (refund_of_id <> id);

create function ledger_payment_change() returns trigger language plpgsql as $$
begin
    if tg_op = 'DELETE' or (to_jsonb(new)
            - '{status,reversed_on,reversed_transaction_id,notes,reference,payment_method,metadata,updated_at}'::text[])
        is distinct from (to_jsonb(old)
            - '{status,reversed_on,reversed_transaction_id,notes,reference,payment_method,metadata,updated_at}'::text[])
       or (old.status = 'reversed' and (new.status, new.reversed_on, new.reversed_transaction_id)
            is distinct from (old.status, old.reversed_on, old.reversed_transaction_id)) then
        raise exception 'payment % is posted', old.id
            using errcode = 'LG012', constraint = 'payment_final';
    end if;
    new.updated_at := now();
    return new;
end $$;
create trigger payment_change before update or delete on ledger_payment
    for each row execute function ledger_payment_change();
alter table ledger_payment enable always trigger payment_change;
