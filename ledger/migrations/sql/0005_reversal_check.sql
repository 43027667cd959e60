-- What a reversal must be, beyond what every transaction must be (0003, 0004), apart from it: only reversals pay for
-- the setting that their long joins need.
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
