-- Invitations: one open for each address, accepted or taken back once.

grant update (round, expires_at, accepted_at, user_id, revoked_at, updated_at) on organizations_invitation to crane_app;

alter table organizations_invitation
    add constraint invitation_role check (role in ('owner', 'admin', 'accountant', 'viewer')),
    add constraint invitation_email check (email = lower(email) and position('@' in email) > 1),
    add constraint invitation_round check (round >= 0),
    add constraint invitation_end check (
        (accepted_at is null) = (user_id is null) and num_nonnulls(accepted_at, revoked_at) < 2);

create function crane_invitation_change() returns trigger language plpgsql as $$
begin
    if num_nonnulls(old.accepted_at, old.revoked_at) > 0 or new.round < old.round then
        raise exception 'invitation % has ended', old.id using errcode = 'LG012', constraint = 'invitation_final';
    end if;
    return new;
end $$;
create trigger invitation_change before update on organizations_invitation
    for each row execute function crane_invitation_change();
alter table organizations_invitation enable always trigger invitation_change;
