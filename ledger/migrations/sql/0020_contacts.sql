-- Contacts: who documents, payments and transactions are with.

alter table ledger_contact
    add constraint contact_name check (btrim(name) <> ''),
    add constraint contact_type check (contact_type in ('customer', 'vendor', 'employee', 'other')),
    add constraint contact_country check (country ~ '^([A-Z]{2})?$'),
    add constraint contact_terms check (payment_terms_days between 0 and 365),
    add constraint contact_not_into_itself check (merged_into_id <> id),
    add constraint contact_currency_known foreign key (currency_id) references organizations_currency (code);

create function ledger_contact_change() returns trigger language plpgsql as $$
begin
    if tg_op = 'UPDATE' then
        if (new.id, new.organization_id, new.created_at) is distinct from (old.id, old.organization_id, old.created_at)
           or (old.merged_into_id is not null and new.merged_into_id is null) then
            raise exception 'contact % keeps its identity', old.id
                using errcode = 'LG013', constraint = 'contact_identity_final';
        end if;
        new.updated_at := now();
    end if;
    -- A family has one head: nobody is merged into a contact that was merged itself, or into two.
    if new.merged_into_id is not null and exists (
        select from ledger_contact c where c.organization_id = new.organization_id and c.id = new.merged_into_id
           and c.merged_into_id is not null) then
        raise exception 'contact % was merged itself', new.merged_into_id
            using errcode = 'LG013', constraint = 'contact_merged_into_head';
    end if;
    return new;
end $$;
create trigger contact_change before insert or update on ledger_contact
    for each row execute function ledger_contact_change();
alter table ledger_contact enable always trigger contact_change;
