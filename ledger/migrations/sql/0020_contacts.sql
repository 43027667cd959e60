-- Contacts: who documents, payments and transactions are with.

alter table ledger_contact
    add constraint contact_name check (btrim(name) <> ''),
    add constraint contact_type check (contact_type in ('customer', 'vendor', 'employee', 'other')),
    add constraint contact_country check (country ~ '^([A-Z]{2})?$'),
    add constraint contact_terms check (payment_terms_days between 0 and 365),
    add constraint contact_not_into_itself check (merged_into_id <> id),
    add constraint contact_merged_is_disabled check (merged_into_id is null or not enabled),
    add constraint contact_currency_known foreign key (currency_id) references organizations_currency (code);

create function ledger_contact_change() returns trigger language plpgsql as $$
declare
    above bigint;
begin
    if tg_op = 'UPDATE' then
        if (new.id, new.organization_id, new.created_at) is distinct from (old.id, old.organization_id, old.created_at)
           or (old.merged_into_id is not null and new.merged_into_id is null) then
            raise exception 'contact % keeps its identity', old.id
                using errcode = 'LG013', constraint = 'contact_identity_final';
        end if;
        new.updated_at := now();
    end if;
    -- A family has one head: nobody is merged into a contact that was merged itself, and a head with a family of its
    -- own brings it along first. The head is held, so that it cannot be merged away meanwhile.
    if new.merged_into_id is not null and (tg_op = 'INSERT' or new.merged_into_id is distinct from old.merged_into_id) then
        select c.merged_into_id into above from ledger_contact c
         where c.organization_id = new.organization_id and c.id = new.merged_into_id for no key update;
        if above is not null or exists (
            select from ledger_contact c where c.organization_id = new.organization_id and c.merged_into_id = new.id) then
            raise exception 'contact % cannot be merged into %', new.id, new.merged_into_id
                using errcode = 'LG013', constraint = 'contact_merged_into_head';
        end if;
    end if;
    return new;
end $$;
create trigger contact_change before insert or update on ledger_contact
    for each row execute function ledger_contact_change();
alter table ledger_contact enable always trigger contact_change;

-- From now on a contact that a transaction names is there. Not valid yet: drafts and postings of before may name contacts
-- that never were; a later migration gives these their rows, without keeping anybody from posting.
alter table ledger_transaction add constraint transaction_of_own_contact
    foreign key (organization_id, contact_id) references ledger_contact (organization_id, id) not valid;

-- And it was not merged, when a transaction first takes it. A reversal keeps what its original has.
create function ledger_transaction_contact() returns trigger language plpgsql as $$
declare
    survivor bigint;
begin
    select c.merged_into_id into survivor from ledger_contact c
     where c.organization_id = new.organization_id and c.id between new.contact_id and new.contact_id
     order by c.id limit 1;
    if survivor is not null then
        raise exception 'contact % was merged', new.contact_id
            using errcode = 'LG013', constraint = 'transaction_contact_not_merged', detail = survivor::text;
    end if;
    return new;
end $$;
create trigger transaction_contact before insert on ledger_transaction
    for each row when (new.contact_id is not null and new.reversal_scope is null)
    execute function ledger_transaction_contact();
create trigger transaction_recontact before update of contact_id on ledger_transaction
    for each row when (new.contact_id is distinct from old.contact_id and new.contact_id is not null)
    execute function ledger_transaction_contact();
alter table ledger_transaction enable always trigger transaction_contact;
alter table ledger_transaction enable always trigger transaction_recontact;

-- Where the organization wants it, nothing is posted on a control account without a contact. What was posted for
-- something says there whose it is, and a reversal undoes what there was. Where it is off, one row is read.
-- Out of reach nothing is found here, and entries_posted refuses.
create function ledger_entries_named() returns trigger language plpgsql as $$
declare
    offence record;
begin
    if not exists (
        select from (select distinct n.organization_id from new_entries n) n
          cross join lateral (
               select o.require_contact_on_control_accounts as required from organizations_organization o
                where o.id = n.organization_id limit 1) o
         where o.required) then
        return null;
    end if;
    select n.transaction_id, n.line_no into offence
      from new_entries n
      cross join lateral (
           select a.role from ledger_account a
            where a.organization_id = n.organization_id and a.id between n.account_id and n.account_id
            order by a.id limit 1) a
      cross join lateral (
           select t.contact_id, t.reversal_scope from ledger_transaction t
            where t.organization_id = n.organization_id and t.id between n.transaction_id and n.transaction_id
            order by t.id limit 1) t
      cross join lateral (
           select o.require_contact_on_control_accounts as required from organizations_organization o
            where o.id = n.organization_id limit 1) o
     where o.required and a.role in ('receivable', 'payable') and t.contact_id is null and t.reversal_scope is null
       and not exists (
           select from ledger_source s
            where s.organization_id = n.organization_id and s.transaction_id between n.transaction_id and n.transaction_id)
     order by n.transaction_id, n.line_no limit 1;
    if found then
        raise exception 'transaction % needs a contact', offence.transaction_id
            using errcode = 'LG013', constraint = 'control_entry_has_contact', detail = (offence.line_no - 1)::text;
    end if;
    return null;
end $$;
create trigger entries_named after insert on ledger_entry
    referencing new table as new_entries for each statement execute function ledger_entries_named();
alter table ledger_entry enable always trigger entries_named;
