-- Categories: what a transaction is about. They have no part in the balance.

alter table ledger_category
    add constraint category_type check (type in ('income', 'expense', 'other')),
    add constraint category_status check (status in ('active', 'archived')),
    add constraint category_name check (btrim(name) <> '');

grant update (name, description, status, metadata, updated_at) on ledger_category to crane_app;

create function ledger_category_change() returns trigger language plpgsql as $$
begin
    if (new.id, new.organization_id, new.type, new.created_at)
       is distinct from (old.id, old.organization_id, old.type, old.created_at) then
        raise exception 'the type of a category is fixed for life'
            using errcode = 'LG011', constraint = 'category_identity_final';
    end if;
    new.updated_at := now();
    return new;
end $$;
create trigger category_change before update on ledger_category
    for each row execute function ledger_category_change();

-- From now on a category that is named is there. Not valid yet: drafts and postings of before may name
-- categories that never were; the next migration gives these their rows, without keeping anybody from posting.
alter table ledger_transaction add constraint transaction_of_own_category
    foreign key (organization_id, category_id) references ledger_category (organization_id, id) not valid;

-- And it is active, when a transaction first takes it. A reversal keeps what its original has.
create function ledger_transaction_category() returns trigger language plpgsql as $$
begin
    if exists (select from ledger_category c where c.organization_id = new.organization_id
                  and c.id = new.category_id and c.status <> 'active') then
        raise exception 'category % is archived', new.category_id
            using errcode = 'LG006', constraint = 'transaction_category_active';
    end if;
    return new;
end $$;
create trigger transaction_category before insert on ledger_transaction
    for each row when (new.category_id is not null and new.reversal_scope is null)
    execute function ledger_transaction_category();
create trigger transaction_recategory before update of category_id on ledger_transaction
    for each row when (new.category_id is distinct from old.category_id and new.category_id is not null)
    execute function ledger_transaction_category();
alter table ledger_transaction enable always trigger transaction_category;
alter table ledger_transaction enable always trigger transaction_recategory;
