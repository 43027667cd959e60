-- Writes that wait for approval: decided once, and where the organization asks for it by other eyes than the author's.

grant update (parameters, payload, note, metadata, valid, problems, preview, current, validated_at, status, reason,
              decider_key_id, decider_user_id, decided_at, result_status, result, updated_at)
    on organizations_draft to crane_app;

alter table organizations_draft
    add constraint draft_status check (
        status in ('pending', 'approved', 'rejected', 'expired') and (status = 'pending') = (decided_at is null)),
    add constraint draft_author check (num_nonnulls(author_key_id, author_user_id) > 0),
    add constraint draft_decision check (
        (status in ('approved', 'rejected')) = (num_nonnulls(decider_key_id, decider_user_id) > 0)
        and (status = 'approved') = (result_status is not null)
        and (result_status is null or result_status between 200 and 299)
        and (status <> 'rejected' or btrim(reason) <> ''));

create function crane_draft_change() returns trigger language plpgsql as $$
declare
    four_eyes boolean;
begin
    if old.status <> 'pending' or (new.id, new.organization_id, new.operation, new.author_key_id, new.author_user_id,
                                   new.created_at, new.expires_at)
       is distinct from (old.id, old.organization_id, old.operation, old.author_key_id, old.author_user_id,
                         old.created_at, old.expires_at)
       or (new.status <> 'pending' and (new.payload, new.parameters) is distinct from (old.payload, old.parameters)) then
        raise exception 'draft % is decided', old.id using errcode = 'LG012', constraint = 'draft_final';
    end if;
    if new.status = 'approved' then
        select o.require_draft_approval into four_eyes from organizations_organization o where o.id = new.organization_id;
        if coalesce(four_eyes, true)
           and (new.decider_key_id = new.author_key_id or new.decider_user_id = new.author_user_id) then
            raise exception 'draft % is approved by its author', old.id
                using errcode = 'LG012', constraint = 'draft_four_eyes';
        end if;
    end if;
    return new;
end $$;
create trigger draft_change before update on organizations_draft
    for each row execute function crane_draft_change();
alter table organizations_draft enable always trigger draft_change;

-- Who might do everything may approve, too: until now there was nothing else.
alter table organizations_apikey no force row level security;
update organizations_apikey set permissions = permissions || '["approve"]'
 where jsonb_typeof(permissions) = 'array' and permissions @> '["read", "write", "delete"]'
   and not permissions ? 'approve';
alter table organizations_apikey force row level security;
