-- Files on transactions: beside the books. On a posted transaction the row stays when its file is removed.

alter table ledger_attachment
    add constraint attachment_facts check (
        name <> '' and size between 1 and 1073741824 and sha256 ~ '^[0-9a-f]{64}$' and path <> '');

grant update (description, metadata, removed_at, updated_at) on ledger_attachment to crane_app;

create function ledger_attachment_change() returns trigger language plpgsql as $$
begin
    if (new.id, new.organization_id, new.transaction_id, new.name, new.content_type, new.size, new.sha256, new.path,
        new.created_at)
       is distinct from (old.id, old.organization_id, old.transaction_id, old.name, old.content_type, old.size,
                         old.sha256, old.path, old.created_at)
       or (old.removed_at is not null and new.removed_at is distinct from old.removed_at) then
        raise exception 'attachment % is what it was', old.id
            using errcode = 'LG011', constraint = 'attachment_final';
    end if;
    new.updated_at := now();
    return new;
end $$;
create trigger attachment_change before update on ledger_attachment
    for each row execute function ledger_attachment_change();
alter table ledger_attachment enable always trigger attachment_change;

create function ledger_attachment_delete() returns trigger language plpgsql as $$
begin
    if old.removed_at is not null or exists (
        select from ledger_transaction t where t.organization_id = old.organization_id
           and t.id = old.transaction_id and t.status = 'posted') then
        raise exception 'attachment % stays on record', old.id
            using errcode = 'LG011', constraint = 'attachment_of_posted_stays';
    end if;
    return old;
end $$;
create trigger attachment_delete before delete on ledger_attachment
    for each row execute function ledger_attachment_delete();
alter table ledger_attachment enable always trigger attachment_delete;
