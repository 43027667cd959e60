-- Matches that pay documents: which, and by what payment. Both are as final as the entries.

alter table reconciliation_match
    drop constraint match_origin,
    add constraint match_origin
        check (origin in ('manual', 'automatic', 'rule', 'created', 'transfer', 'document')),
    add constraint match_pays_documents
        check (cardinality(document_ids) <= 1000
               and (payment_id is null or (cardinality(document_ids) > 0 and transaction_id is not null))),
    add constraint match_of_own_payment foreign key (organization_id, payment_id)
        references ledger_payment (organization_id, id);

create or replace function reconciliation_match_change() returns trigger language plpgsql as $$
begin
    if tg_op = 'DELETE' then
        if old.status <> 'suggested' then
            raise exception 'match % stays on record', old.id using errcode = 'LG020', constraint = 'match_stays';
        end if;
        return old;
    end if;
    if (new.id, new.organization_id, new.account_id, new.origin, new.line_ids, new.document_ids, new.created_at)
       is distinct from
       (old.id, old.organization_id, old.account_id, old.origin, old.line_ids, old.document_ids, old.created_at)
       or (old.status <> 'suggested'
           and (new.entry_ids, new.fee, new.transaction_id, new.payment_id)
               is distinct from (old.entry_ids, old.fee, old.transaction_id, old.payment_id))
       or (old.status = 'undone' and new.status <> 'undone')
       or (old.status = 'accepted' and new.status = 'suggested') then
        raise exception 'match % is what was decided', old.id using errcode = 'LG020', constraint = 'match_final';
    end if;
    new.updated_at := now();
    return new;
end $$;
