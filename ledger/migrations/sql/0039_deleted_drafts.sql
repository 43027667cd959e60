-- A draft that a schedule made may be deleted as any other: the occurrence stays, without it.
alter table ledger_execution
    drop constraint execution_of_own_transaction,
    add constraint execution_of_own_transaction foreign key (organization_id, transaction_id)
        references ledger_transaction (organization_id, id) on delete set null (transaction_id) not valid;

-- What became of an occurrence stays; only a failed one may still succeed, and what was deleted is not named any more.
create or replace function ledger_execution_change() returns trigger language plpgsql as $$
begin
    if tg_op = 'UPDATE' and new.transaction_id is null
       and to_jsonb(new) - 'transaction_id' = to_jsonb(old) - 'transaction_id'
       and not exists (select from ledger_transaction t
                        where t.organization_id = old.organization_id and t.id = old.transaction_id) then
        return new;
    end if;
    if tg_op = 'DELETE' or old.status <> 'failed'
       or (new.id, new.organization_id, new.recurring_id, new.number, new.due_date)
          is distinct from (old.id, old.organization_id, old.recurring_id, old.number, old.due_date) then
        raise exception 'occurrence % has been', old.id using errcode = 'LG012', constraint = 'execution_final';
    end if;
    return new;
end $$;
